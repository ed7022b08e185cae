/** CMS beside an approval, written by hand: in the one form, and in each way in which it can be another one. */
import { createHash } from "node:crypto";

import type { Bytes } from "@signet/protocol";

import { sha256 } from "./seeded-keys.ts";
import { commonName, der, integer, octets, oid, sequence, setOf, sortedSet, time } from "./written-der.ts";
import type { KeyOf } from "./written-der.ts";

const sha256Identifier = sequence(oid("2.16.840.1.101.3.4.2.1"));
const sha512Identifier = sequence(oid("2.16.840.1.101.3.4.2.3"));
const [signedData, data] = ["1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"];

/** Whatever of it is wished otherwise. */
export interface CmsWish {
  readonly digest?: Bytes;
  readonly digestIdentifier?: Bytes;
  readonly identifier?: Bytes;
  readonly time?: Bytes;
  readonly certificateHash?: Bytes;
  readonly signer?: Bytes;
  readonly attributes?: (four: readonly Bytes[]) => readonly Bytes[];
  /** As they are written, by default sorted. */
  readonly set?: (tag: number, attributes: readonly Bytes[]) => Bytes;
  readonly content?: readonly Bytes[];
  readonly certificates?: (tag: number, all: readonly Bytes[]) => Bytes;
  readonly signers?: (one: Bytes) => readonly Bytes[];
  readonly behind?: readonly Bytes[];
  readonly unsigned?: readonly Bytes[];
  readonly isUnattributed?: boolean;
}

export const attribute = (type: string, ...values: readonly Bytes[]): Bytes =>
  sequence(oid(type), setOf(...values));

/** @param issuer of the first certificate, whose serial number is 17 */
export function writtenCms(
  key: KeyOf,
  certificates: readonly Bytes[],
  document: Uint8Array,
  atMs: number,
  wish: CmsWish = {},
): Bytes {
  const isLong = key.algorithm === "EdDSA";
  const hash = isLong ? createHash("sha512").update(document).digest() : sha256(document);
  const { digest = octets(hash), time: signed = time(atMs) } = wish;
  const { certificateHash = sha256(certificates[0] ?? new Uint8Array()) } = wish;
  const { digestIdentifier = isLong ? sha512Identifier : sha256Identifier, identifier = key.identifier } =
    wish;
  const four = [
    attribute("1.2.840.113549.1.9.3", oid(data)),
    attribute("1.2.840.113549.1.9.5", signed),
    attribute("1.2.840.113549.1.9.4", digest),
    attribute("1.2.840.113549.1.9.16.2.47", sequence(sequence(sequence(octets(certificateHash))))),
  ];
  const { attributes = (all) => all, set = sortedSet, signers = (one) => [one] } = wish;
  const chosen = attributes(four);
  const signature = key.sign(wish.isUnattributed === true ? document : set(0x31, chosen));
  const { signer = sequence(commonName("Root"), integer(0x11)), unsigned = [] } = wish;
  const info = sequence(
    integer(1),
    signer,
    digestIdentifier,
    ...(wish.isUnattributed === true ? [] : [set(0xa0, chosen)]),
    identifier,
    octets(signature),
    ...unsigned,
  );
  const { behind = [], certificates: held = sortedSet, content = [] } = wish;
  const whole = sequence(
    integer(1),
    setOf(digestIdentifier),
    sequence(oid(data), ...content),
    held(0xa0, certificates),
    setOf(...signers(info)),
    ...behind,
  );
  return sequence(oid(signedData), der(0xa0, whole));
}

const other = Uint8Array.from({ length: 32 }, () => 7);

/** By their names: what of the one form is another one, or of something else. @param atMs of the approval */
export function cmsWishes(atMs: number): Readonly<Record<string, CmsWish>> {
  return {
    plain: {},
    "another-digest": { digest: octets(other) },
    "another-second": { time: time(atMs + 1_000) },
    "long-time": { time: time(atMs, true) },
    "without-second": { time: der(0x17, Buffer.from("2609220000Z")) },
    "another-certificate": { certificateHash: other },
    "another-signer": { signer: sequence(commonName("Root"), integer(0x12)) },
    "another-algorithm": { identifier: sequence(oid("1.2.840.10045.4.3.3")) },
    "digest-parameters": { digestIdentifier: sequence(oid("2.16.840.1.101.3.4.2.1"), der(0x05)) },
    "three-attributes": { attributes: (four) => four.slice(0, 3) },
    "no-content-type": { attributes: (four) => four.slice(1) },
    "five-attributes": {
      attributes: (four) => [...four, attribute("1.2.840.113549.1.9.16.2.1", octets(other))],
    },
    "attribute-twice": { attributes: (four) => [...four, ...four.slice(0, 1)] },
    "two-values": {
      attributes: (four) => [
        ...four.slice(0, 3),
        attribute("1.2.840.113549.1.9.16.2.47", octets(other), octets(other)),
      ],
    },
    unsorted: { set: (tag, all) => der(tag, ...all.toSorted((one, two) => Buffer.compare(two, one))) },
    attached: { content: [der(0xa0, octets(other))] },
    "two-signers": { signers: (one) => [one, one] },
    "no-signers": { signers: () => [] },
    "lists-behind": { behind: [setOf()] },
    unsigned: { unsigned: [der(0xa1)] },
    "behind-signature": { unsigned: [der(0x05)] },
    unattributed: { isUnattributed: true },
    "no-certificates": { certificates: (tag) => der(tag) },
    "certificates-unsorted": { certificates: (tag, all) => der(tag, ...all.toReversed(), ...all) },
    "no-certificate": { certificates: (tag) => der(tag, octets(other)) },
  };
}
