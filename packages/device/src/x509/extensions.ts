/** The extensions that a validation needs (RFC 5280 section 4.2.1), read from strict DER. */
import type { Bytes } from "@signet/protocol";

import { oidOf, readDer, smallIntegerOf, tags } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";

export interface GeneralName {
  /** The number of its choice, such as 1 for rfc822Name (section 4.2.1.6). */
  readonly form: number;
  readonly node: DerNode;
}

export const nameForms = { otherName: 0, rfc822Name: 1, directoryName: 4, uri: 6 } as const;

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** Bits of the first byte of KeyUsage; its bit 0 is the highest. */
export const keyUsages = { digitalSignature: 0x80, keyCertSign: 0x04, cRLSign: 0x02 } as const;

export interface CertificateExtensions {
  readonly basicConstraints?: { readonly cA: boolean; readonly pathLength?: number };
  /** First byte of the BIT STRING. */
  readonly keyUsage?: number;
  /** Dotted OIDs. */
  readonly extendedKeyUsage?: readonly string[];
  readonly alternativeNames: readonly GeneralName[];
  readonly nameConstraints?: NameConstraints;
  /** The places where lists of revoked certificates for all reasons and by the issuer itself are published. */
  readonly distributionPoints: readonly GeneralName[];
  /** Whether there is a critical one that is none of these: what it demands is not known here. */
  readonly unknownCritical: boolean;
}

/** What is read as it goes. */
type Draft = { -readonly [K in keyof CertificateExtensions]?: CertificateExtensions[K] };

const distributionPointsOid = "2.5.29.31";

const readers: Readonly<Record<string, (value: DerNode, draft: Draft) => boolean>> = {
  "2.5.29.15": readKeyUsage,
  "2.5.29.17": readAlternativeNames,
  "2.5.29.19": readBasicConstraints,
  "2.5.29.30": readNameConstraints,
  "2.5.29.37": readExtendedKeyUsage,
  [distributionPointsOid]: readDistributionPoints,
  // Certificate policies: no particular one is asked for, so any will do (section 6.1.1 (c), any-policy).
  "2.5.29.32": () => true,
};

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** DER of the value. */
  readonly value: Bytes;
}

/** @param list SEQUENCE OF Extension @returns undefined when one is badly encoded or there twice */
export function readExtensionList(list: DerNode | undefined): readonly Extension[] | undefined {
  if (list?.tag !== tags.sequence) return undefined;
  const extensions = new Map<string, Extension>();
  for (const { tag, children } of list.children) {
    const oid = oidOf(children[0]);
    const flag = children.length === 3 ? children[1] : undefined;
    const value = children.at(-1);
    if (tag !== tags.sequence || oid === undefined || value?.tag !== tags.octetString) return undefined;
    if (children.length > 3 || children.length < 2) return undefined;
    if (flag !== undefined && flag.tag !== tags.boolean) return undefined;
    if (extensions.has(oid)) return undefined;
    extensions.set(oid, { oid, critical: flag?.contents[0] === 0xff, value: value.contents });
  }
  return [...extensions.values()];
}

/** @param list undefined where the certificate has no extensions @returns undefined when one of them is badly encoded */
export function readExtensions(list: DerNode | undefined): CertificateExtensions | undefined {
  const draft: Draft = {};
  const extensions = list === undefined ? [] : readExtensionList(list);
  if (extensions === undefined) return undefined;
  let unknownCritical = false;
  for (const { oid, critical, value } of extensions) {
    const reader = readers[oid];
    if (reader === undefined) {
      unknownCritical ||= critical;
      continue;
    }
    // That lists are asked for wherever they say that they are cannot be promised: none is fetched here.
    unknownCritical ||= critical && oid === distributionPointsOid;
    const node = readDer(value);
    if (node === undefined || !reader(node, draft)) return undefined;
  }
  return { alternativeNames: [], distributionPoints: [], ...draft, unknownCritical };
}

function readKeyUsage(value: DerNode, draft: Draft): boolean {
  if (value.tag !== tags.bitString) return false;
  draft.keyUsage = value.contents[1] ?? 0;
  return true;
}

function readBasicConstraints(value: DerNode, draft: Draft): boolean {
  if (value.tag !== tags.sequence) return false;
  const rest = [...value.children];
  const cA = rest[0]?.tag === tags.boolean ? rest.shift()?.contents[0] === 0xff : false;
  if (rest.length === 0) {
    draft.basicConstraints = { cA };
    return true;
  }
  const pathLength = smallIntegerOf(rest[0]);
  if (rest.length > 1 || pathLength === undefined) return false;
  draft.basicConstraints = { cA, pathLength };
  return true;
}

function readExtendedKeyUsage(value: DerNode, draft: Draft): boolean {
  if (value.tag !== tags.sequence || value.children.length === 0) return false;
  const oids = value.children.map(oidOf);
  draft.extendedKeyUsage = oids.filter((oid) => oid !== undefined);
  return draft.extendedKeyUsage.length === oids.length;
}

/** Context tag n, constructed or not, is choice n of GeneralName. */
export function generalNameOf(node: DerNode): GeneralName | undefined {
  const form = node.tag & 0x1f;
  return node.tag >> 6 === 2 && form <= 8 ? { form, node } : undefined;
}

function readAlternativeNames(value: DerNode, draft: Draft): boolean {
  if (value.tag !== tags.sequence || value.children.length === 0) return false;
  const names = value.children.map(generalNameOf).filter((name) => name !== undefined);
  draft.alternativeNames = names;
  return names.length === value.children.length;
}

/**
 * CRLDistributionPoints (section 4.2.1.13). What names other issuers or some reasons, or names relative to the issuer, is passed over,
 * as is what cannot be read: a list that is for a certain place then does not count for the certificate.
 */
function readDistributionPoints(value: DerNode, draft: Draft): boolean {
  draft.distributionPoints = value.children.flatMap(({ children: [place, ...others] }) =>
    others.length > 0 ? [] : (fullNameOf(place) ?? []),
  );
  return true;
}

/** @param place `[0] DistributionPointName` @returns its full name; undefined for another one, or none */
export function fullNameOf(place: DerNode | undefined): readonly GeneralName[] | undefined {
  const [choice, ...others] = place?.children ?? [];
  if (place?.tag !== 0xa0 || choice?.tag !== 0xa0 || others.length > 0) return undefined;
  const names = choice.children.map(generalNameOf).filter((name) => name !== undefined);
  return names.length > 0 && names.length === choice.children.length ? names : undefined;
}

function readNameConstraints(value: DerNode, draft: Draft): boolean {
  if (value.tag !== tags.sequence || value.children.length === 0) return false;
  const read: { permitted: GeneralName[]; excluded: GeneralName[] } = { permitted: [], excluded: [] };
  let lastTag = 0;
  for (const { tag, children } of value.children) {
    if ((tag !== 0xa0 && tag !== 0xa1) || tag <= lastTag || children.length === 0) return false;
    lastTag = tag;
    for (const subtree of children) {
      // minimum is 0 and maximum absent (section 4.2.1.10), so that in DER the base stands alone.
      const [base] = subtree.children;
      if (subtree.tag !== tags.sequence || base === undefined || subtree.children.length > 1) return false;
      const name = generalNameOf(base);
      if (name === undefined) return false;
      read[tag === 0xa0 ? "permitted" : "excluded"].push(name);
    }
  }
  draft.nameConstraints = read;
  return true;
}
