/** DER, certificates and CMS written by hand, so that everything about them can be wrong. */
import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject, SigningOptions } from "node:crypto";

import { deviceIdOf } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { encodeTranscript } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { named, sha256 } from "./seeded-keys.ts";

export function der(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const body = Buffer.concat(parts);
  const digits = body.length < 0x80 ? [] : [...Buffer.from(body.length.toString(16).padStart(4, "0"), "hex")];
  while (digits[0] === 0) digits.shift();
  const length = body.length < 0x80 ? [body.length] : [0x80 | digits.length, ...digits];
  return Uint8Array.from([tag, ...length, ...body]);
}

export const sequence = (...parts: readonly Uint8Array[]): Bytes => der(0x30, ...parts);
export const setOf = (...parts: readonly Uint8Array[]): Bytes => der(0x31, ...parts);
export const sortedSet = (tag: number, parts: readonly Uint8Array[]): Bytes =>
  der(tag, ...parts.toSorted((one, other) => Buffer.compare(one, other)));
export const integer = (...bytes: readonly number[]): Bytes => der(0x02, Uint8Array.from(bytes));
export const octets = (bytes: Uint8Array): Bytes => der(0x04, bytes);
export const bits = (bytes: Uint8Array): Bytes => der(0x03, Uint8Array.of(0), bytes);
export const text = (written: string, tag = 0x0c): Bytes => der(tag, Buffer.from(written));

export function oid(dotted: string): Bytes {
  const [first = 0n, second = 0n, ...arcs] = dotted.split(".").map(BigInt);
  const digitsOf = (arc: bigint): number[] => {
    const digits = [Number(arc % 128n)];
    for (let rest = arc / 128n; rest > 0n; rest /= 128n) digits.unshift(Number(0x80n | (rest % 128n)));
    return digits;
  };
  return der(0x06, Uint8Array.from([first * 40n + second, ...arcs].flatMap(digitsOf)));
}

export function time(ms: number, isLong = false): Bytes {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/\D/g, "")}Z`;
  return isLong ? text(digits, 0x18) : text(digits.slice(2), 0x17);
}

/** Each attribute an RDN of its own. */
export const nameOf = (...attributes: readonly (readonly [type: string, value: Bytes])[]): Bytes =>
  sequence(...attributes.map(([type, value]) => setOf(sequence(oid(type), value))));
export const commonName = (written: string): Bytes => nameOf(["2.5.4.3", text(written)]);

export interface KeyOf {
  readonly algorithm: DeviceAlgorithm;
  /** AlgorithmIdentifier of what it signs, DER. */
  readonly identifier: Bytes;
  readonly spki: Bytes;
  readonly sign: (message: Uint8Array) => Bytes;
  readonly signRaw: (message: Uint8Array) => Bytes;
}

const hex = (digits: string): Bytes => Uint8Array.from(Buffer.from(digits, "hex"));
const pssWith32 =
  "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120";

function keyOf(
  privateKey: KeyObject,
  algorithm: DeviceAlgorithm,
  hash: string | null,
  identifier: string,
  options: SigningOptions = {},
): KeyOf {
  const by = (more: SigningOptions) => (message: Uint8Array) =>
    Uint8Array.from(sign(hash, message, { key: privateKey, ...options, ...more }));
  const spki = Uint8Array.from(createPublicKey(privateKey).export({ format: "der", type: "spki" }));
  return {
    algorithm,
    identifier: hex(identifier),
    spki,
    sign: by({}),
    signRaw: by({ dsaEncoding: "ieee-p1363" }),
  };
}

const ed25519Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** The same each time. */
export function ed25519(name: string): KeyOf {
  const key = Buffer.concat([ed25519Prefix, named(`key ${name}`)]);
  return keyOf(createPrivateKey({ key, format: "der", type: "pkcs8" }), "EdDSA", null, "300506032b6570");
}

/** New each time. */
export const ecdsa = (
  namedCurve: "P-256" | "P-384" | "P-521" = "P-256",
  hash: 256 | 384 | 512 = 256,
): KeyOf =>
  keyOf(
    generateKeyPairSync("ec", { namedCurve }).privateKey,
    "ES256",
    `sha${hash}`,
    `300a06082a8648ce3d0403${{ 256: "02", 384: "03", 512: "04" }[hash]}`,
  );

export function rsa({
  bits: modulusLength = 2_048,
  isPss = false,
  exponent = 65_537,
  hash = "sha256",
} = {}): KeyOf {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength, publicExponent: exponent });
  if (isPss) {
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    return keyOf(privateKey, "PS256", hash, pssWith32, padding);
  }
  const last = hash === "sha1" ? "05" : "0b";
  return keyOf(privateKey, "RS256", hash, `300d06092a864886f70d0101${last}0500`);
}

/** Whatever of a certificate is wished otherwise. */
export interface CertificateWish {
  readonly subject?: Bytes;
  readonly issuer?: Bytes;
  readonly from?: Bytes;
  readonly to?: Bytes;
  readonly serial?: Bytes;
  readonly version?: Bytes;
  readonly extensions?: readonly Bytes[];
  readonly inner?: Bytes;
}

export const extension = (type: string, value: Bytes, isCritical = false): Bytes =>
  sequence(oid(type), ...(isCritical ? [der(0x01, Uint8Array.of(0xff))] : []), octets(value));
export const keyUsage = (byte: number): Bytes => {
  const unused = Math.clz32(byte & -byte) === 32 ? 0 : 31 - Math.clz32(byte & -byte);
  return extension("2.5.29.15", der(0x03, Uint8Array.of(unused, byte)), true);
};
export const authority = (pathLength?: number): Bytes =>
  extension(
    "2.5.29.19",
    sequence(der(0x01, Uint8Array.of(0xff)), ...(pathLength === undefined ? [] : [integer(pathLength)])),
    true,
  );
export const purposes = (...types: readonly string[]): Bytes =>
  extension("2.5.29.37", sequence(...types.map(oid)));
export const mailOf = (address: string): Bytes => text(address, 0x81);
export const alternative = (...names: readonly Bytes[]): Bytes => extension("2.5.29.17", sequence(...names));
export const constraints = (permitted: readonly Bytes[], excluded: readonly Bytes[] = []): Bytes => {
  const trees = (tag: number, names: readonly Bytes[]) =>
    names.length === 0 ? [] : [der(tag, ...names.map((name) => sequence(name)))];
  return extension("2.5.29.30", sequence(...trees(0xa0, permitted), ...trees(0xa1, excluded)), true);
};

export function certificate(of: KeyOf, by: KeyOf, atMs: number, wish: CertificateWish = {}): Bytes {
  const dayMs = 86_400_000;
  const { extensions = [keyUsage(0x80)], inner = by.identifier, serial = integer(0x11) } = wish;
  const { from = time(atMs - dayMs), issuer = commonName("Root"), to = time(atMs + dayMs) } = wish;
  const { subject = commonName("Anna Aalto"), version = der(0xa0, integer(2)) } = wish;
  const listed = extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))];
  const tbs = sequence(version, serial, inner, issuer, sequence(from, to), subject, of.spki, ...listed);
  return sequence(tbs, by.identifier, bits(by.sign(tbs)));
}

/** @param kind by default one that has such keys */
export async function deviceOf(
  key: KeyOf,
  certificates: readonly Bytes[],
  kind: "software" | "pkcs11" = key.algorithm === "RS256" || key.algorithm === "PS256"
    ? "pkcs11"
    : "software",
): Promise<SignatureDevice> {
  return {
    kind,
    algorithm: key.algorithm,
    publicKey: key.spki,
    deviceId: await deviceIdOf(key.spki),
    ...(certificates.length === 0 ? {} : { certificates }),
    sign: async (transcript) => {
      const encoded = encodeTranscript(transcript);
      return { transcript: encoded, signature: { kind, signature: key.signRaw(sha256(encoded)) } };
    },
  };
}
