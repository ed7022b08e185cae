/** Certificate revocation lists (RFC 5280 section 5) as strict DER. Nothing is validated here. */
import { equalBytes } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { toHex } from "../hex.ts";
import { readSigned } from "./certificate.ts";
import type { CertificateIn, Signed } from "./certificate.ts";
import { readDer, smallIntegerOf, tags, timeOf } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";
import { fullNameOf, readExtensionList } from "./extensions.ts";
import type { Extension, GeneralName } from "./extensions.ts";
import { rdnsOf } from "./distinguished-name.ts";
import { sameName, samePlace } from "./name-comparison.ts";

export interface RevocationList extends Signed {
  /** Name. */
  readonly issuer: DerNode;
  readonly thisUpdateMs: number;
  /** Undefined where it does not say: then nobody knows how long it holds. */
  readonly nextUpdateMs: number | undefined;
  /** Serial numbers, contents of the INTEGER as hexadecimal digits. */
  readonly revoked: ReadonlySet<string>;
  /** Which of its issuer's certificates it says all of; undefined for a list that does not say all there is to say of any. */
  readonly scope: ListScope | undefined;
}

/** What an issuingDistributionPoint (section 5.2.5) leaves over. */
interface ListScope {
  /** Only certificates that are published there are on it; absent: all. */
  readonly places?: readonly GeneralName[];
  readonly only?: "people" | "authorities";
}

/** Why a file or a list is not used. */
export interface ListFault {
  readonly code: ErrorCode;
  /** In whose name it is, where that much can be read. */
  readonly issuer?: DerNode;
}

export type ReadList = { readonly list: RevocationList } | { readonly fault: ListFault };

/** A list may be large (200,000 certificates take seconds) and is asked for at every sign-in. */
const readLists = new WeakMap<Bytes, ReadList>();

/**
 * The same bytes, which must not change, are read once.
 * @returns fault `certificate.crlMalformed` (no list in strict DER), `certificate.crlVersion` (1, which has no room for what a list is
 *   about), `certificate.crlIndirect` (speaks for other authorities than its issuer, or may)
 */
export function readListOnce(bytes: Bytes): ReadList {
  const known = readLists.get(bytes) ?? readRevocationList(bytes);
  readLists.set(bytes, known);
  return known;
}

function readRevocationList(bytes: Bytes): ReadList {
  const read = readSigned(bytes);
  const [first, second, third] = read?.body ?? [];
  // A list of version 1 has no version: the algorithm comes first, then the name and a time.
  const isVersion1 = first?.tag === tags.sequence && isTime(third);
  const fault = (code: ErrorCode): ReadList => {
    const issuer = isVersion1 ? second : third;
    return { fault: { code, ...(isFullName(issuer) && { issuer }) } };
  };
  if (read === undefined) return fault("certificate.crlMalformed");
  if (isVersion1) return fault("certificate.crlVersion");
  const list = listOf(read.body, read.signed);
  if (list === undefined) return fault("certificate.crlMalformed");
  return list === "indirect" ? fault("certificate.crlIndirect") : { list };
}

/** A Name with anything in it: of another one nobody could say whose it is. */
const isFullName = (name: DerNode | undefined): name is DerNode =>
  name !== undefined && name.children.length > 0 && rdnsOf(name) !== undefined;

const isTime = (node: DerNode | undefined): boolean =>
  node?.tag === tags.utcTime || node?.tag === tags.generalizedTime;

function listOf(body: readonly DerNode[], signed: Signed): RevocationList | "indirect" | undefined {
  const rest = [...body];
  if (smallIntegerOf(rest.shift()) !== 1) return undefined;
  const algorithm = rest.shift();
  const issuer = rest.shift();
  const thisUpdateMs = timeOf(rest.shift());
  const nextUpdateMs = isTime(rest[0]) ? timeOf(rest.shift()) : undefined;
  const entries = rest[0]?.tag === tags.sequence ? rest.shift() : undefined;
  const extensions = rest[0]?.tag === 0xa0 ? rest.shift() : undefined;
  if (algorithm === undefined || !equalBytes(algorithm.bytes, signed.algorithm)) return undefined;
  if (!isFullName(issuer) || thisUpdateMs === undefined || rest.length > 0) return undefined;

  const said = extensions === undefined ? [] : readExtensionList(extensions.children[0]);
  if (said === undefined) return undefined;
  const isDelta = said.some(({ oid }) => oid === oids.deltaIndicator);
  let scope = scopeOf(said);
  if (scope === "indirect") return "indirect";
  const revoked = new Set<string>();
  for (const { children } of entries?.children ?? []) {
    const [serial, date, entryExtensions] = children;
    if (serial?.tag !== tags.integer || timeOf(date) === undefined || children.length > 3) return undefined;
    const ofEntry = entryExtensions === undefined ? [] : readExtensionList(entryExtensions);
    if (ofEntry === undefined) return undefined;
    if (ofEntry.some(({ oid }) => oid === oids.certificateIssuer)) return "indirect";
    if (ofEntry.some(({ critical }) => critical)) scope = undefined;
    if (!isDelta || !isRemoved(ofEntry)) revoked.add(toHex(serial.contents));
  }
  return { ...signed, issuer, thisUpdateMs, nextUpdateMs, revoked, scope };
}

const oids = {
  deltaIndicator: "2.5.29.27",
  issuingDistributionPoint: "2.5.29.28",
  reasonCode: "2.5.29.21",
  certificateIssuer: "2.5.29.29",
} as const;

/** removeFromCRL, which only a delta can say (section 5.3.1): of what was on hold, and is not any more. */
const isRemoved = (extensions: readonly Extension[]): boolean =>
  extensions.some(({ oid, value }) => oid === oids.reasonCode && toHex(value) === "0a0108");

/** @param extensions of the list @returns undefined also for what is critical and unknown */
function scopeOf(extensions: readonly Extension[]): ListScope | "indirect" | undefined {
  const point = extensions.find(({ oid }) => oid === oids.issuingDistributionPoint);
  const scope = point === undefined ? {} : pointScope(readDer(point.value));
  if (scope === "indirect") return "indirect";
  const isWhole = extensions.every(
    ({ oid, critical }) =>
      oid === oids.issuingDistributionPoint || (!critical && oid !== oids.deltaIndicator),
  );
  return isWhole ? scope : undefined;
}

/** Those parts of an issuingDistributionPoint that are known here; some reasons, and attribute certificates, are not. */
const parts = { place: 0xa0, people: 0x81, authorities: 0x82, indirect: 0x84 } as const;

function pointScope(point: DerNode | undefined): ListScope | "indirect" | undefined {
  if (point?.children.some(({ tag }) => tag === parts.indirect) === true) return "indirect";
  if (point?.tag !== tags.sequence || point.children.length === 0) return undefined;
  const scope: { -readonly [K in keyof ListScope]: ListScope[K] } = {};
  let lastPart = -1;
  for (const child of point.children) {
    const part = child.tag & 0x1f;
    if (part <= lastPart) return undefined;
    lastPart = part;
    if (child.tag === parts.place) {
      const places = fullNameOf(child);
      if (places === undefined) return undefined;
      scope.places = places;
      continue;
    }
    // FALSE is the default, and not written in DER.
    const isTrue = child.contents.length === 1 && child.contents[0] === 0xff;
    const only =
      child.tag === parts.people ? "people" : child.tag === parts.authorities ? "authorities" : undefined;
    if (only === undefined || scope.only !== undefined || !isTrue) return undefined;
    scope.only = only;
  }
  return scope;
}

/** Whether the list says all there is to say of a certificate by its issuer (section 6.3.3 (b) (2)). */
export function covers({ scope }: RevocationList, { extensions }: CertificateIn): boolean {
  if (scope === undefined) return false;
  const isAuthority = extensions.basicConstraints?.cA === true;
  if (scope.only !== undefined && isAuthority !== (scope.only === "authorities")) return false;
  return (
    scope.places?.some((place) => extensions.distributionPoints.some((one) => samePlace(place, one))) ?? true
  );
}

/** Those of `former` that can be read, and in whose issuer's name there is none among `now`. */
export function withoutSuccessor(former: readonly Bytes[], now: readonly Bytes[]): readonly Bytes[] {
  const issuers = now.map(issuerOf).filter((issuer) => issuer !== undefined);
  return former.filter((crl) => {
    const issuer = issuerOf(crl);
    return issuer !== undefined && !issuers.some((other) => sameName(issuer, other));
  });
}

function issuerOf(crl: Bytes): DerNode | undefined {
  const read = readListOnce(crl);
  return "list" in read ? read.list.issuer : undefined;
}
