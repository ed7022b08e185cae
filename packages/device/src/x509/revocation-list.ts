/** Certificate revocation lists (RFC 5280 section 5): complete and direct ones. */
import { equalBytes } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { toHex } from "../hex.ts";
import { readSigned } from "./certificate.ts";
import type { CertificateIn, Signed } from "./certificate.ts";
import { smallIntegerOf, tags, timeOf } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";
import { keyUsages, readExtensionList } from "./extensions.ts";
import { isSignedBy } from "./signature.ts";

interface RevocationList extends Signed {
  /** DER of the Name. */
  readonly issuer: Bytes;
  readonly thisUpdateMs: number;
  /** Undefined where it does not say: then nobody knows how long it holds. */
  readonly nextUpdateMs: number | undefined;
  /** Serial numbers, contents of the INTEGER as hexadecimal digits. */
  readonly revoked: ReadonlySet<string>;
  /** Whether it is all there is to say about its issuer's certificates: no delta, no part, nothing critical that is unknown. */
  readonly complete: boolean;
}

const isTime = (node: DerNode | undefined): boolean =>
  node?.tag === tags.utcTime || node?.tag === tags.generalizedTime;

/** A list may be large (200,000 certificates take seconds) and is asked for at every sign-in. */
const readLists = new WeakMap<Bytes, { readonly list: RevocationList | undefined }>();

/** @returns undefined when it is no list in strict DER. The same bytes, which must not change, are read once */
export function readListOnce(bytes: Bytes): RevocationList | undefined {
  const known = readLists.get(bytes) ?? { list: readRevocationList(bytes) };
  readLists.set(bytes, known);
  return known.list;
}

function readRevocationList(bytes: Bytes): RevocationList | undefined {
  const read = readSigned(bytes);
  if (read === undefined) return undefined;
  const rest = [...read.body];
  if (smallIntegerOf(rest.shift()) !== 1) return undefined;
  const algorithm = rest.shift();
  const issuer = rest.shift();
  const thisUpdateMs = timeOf(rest.shift());
  const nextUpdateMs = isTime(rest[0]) ? timeOf(rest.shift()) : undefined;
  const entries = rest[0]?.tag === tags.sequence ? rest.shift() : undefined;
  const extensions = rest[0]?.tag === 0xa0 ? rest.shift() : undefined;
  if (algorithm === undefined || !equalBytes(algorithm.bytes, read.signed.algorithm)) return undefined;
  if (issuer?.tag !== tags.sequence || thisUpdateMs === undefined || rest.length > 0) return undefined;

  const revoked = new Set<string>();
  let complete = isComplete(extensions?.children[0]);
  for (const { children } of entries?.children ?? []) {
    const [serial, date, entryExtensions] = children;
    if (serial?.tag !== tags.integer || timeOf(date) === undefined || children.length > 3) return undefined;
    complete &&= isComplete(entryExtensions);
    revoked.add(toHex(serial.contents));
  }
  return { ...read.signed, issuer: issuer.bytes, thisUpdateMs, nextUpdateMs, revoked, complete };
}

/**
 * Delta indicator, issuing distribution point (a part, or an indirect list) and, of an entry, certificate issuer (sections 5.2.4, 5.2.5
 * and 5.3.3): critical, as they must be, or not.
 */
const narrowing = new Set(["2.5.29.27", "2.5.29.28", "2.5.29.29"]);

function isComplete(list: DerNode | undefined): boolean {
  if (list === undefined) return true;
  const extensions = readExtensionList(list);
  return extensions?.every(({ oid, critical }) => !critical && !narrowing.has(oid)) ?? false;
}

/**
 * Whether an authority of the path revoked what it issued. Only what its own key signed counts as revoked: a list of another
 * authority of the same name revokes nothing. An authority without a list in its name here is not asked.
 *
 * @param path device's certificate first, anchor last
 * @returns `certificate.revoked`; `certificate.revocationUnknown` when there are lists in an authority's name here, and none of them
 *   is signed by its key, complete, valid now, and from one that may sign lists, or when a list cannot be read; undefined when nothing
 *   was revoked
 */
export async function checkRevocation(
  path: readonly CertificateIn[],
  crls: readonly Bytes[],
  nowMs: number,
): Promise<ErrorCode | undefined> {
  const lists = crls.map(readListOnce).filter((list) => list !== undefined);
  // What cannot be read could have been about anybody.
  let unknown = lists.length < crls.length;
  for (const [i, certificate] of path.slice(0, -1).entries()) {
    const issuer = path[i + 1];
    if (issuer === undefined) continue;
    const named = lists.filter((list) => equalBytes(list.issuer, issuer.subject.bytes));
    const own = await signedBy(issuer, named);
    if (own.some(({ revoked }) => revoked.has(toHex(certificate.serial)))) return "certificate.revoked";
    // A list whose signature does not hold here (SHA-1, another key) was given to be looked at: it must not be passed over.
    unknown ||= named.length > 0 && !own.some((list) => isUsable(list, issuer, nowMs));
  }
  return unknown ? "certificate.revocationUnknown" : undefined;
}

async function signedBy(issuer: CertificateIn, lists: readonly RevocationList[]): Promise<RevocationList[]> {
  const own: RevocationList[] = [];
  for (const list of lists) if (await isSignedBy(list, issuer.publicKey)) own.push(list);
  return own;
}

function isUsable(list: RevocationList, issuer: CertificateIn, nowMs: number): boolean {
  const { keyUsage } = issuer.extensions;
  const maySign = keyUsage === undefined || (keyUsage & keyUsages.cRLSign) !== 0;
  const { thisUpdateMs, nextUpdateMs, complete } = list;
  return maySign && complete && thisUpdateMs <= nowMs && nextUpdateMs !== undefined && nowMs <= nextUpdateMs;
}
