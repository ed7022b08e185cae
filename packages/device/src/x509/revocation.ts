import type { Bytes, ErrorCode } from "@signet/protocol";

import { toHex } from "../hex.ts";
import type { CertificateIn } from "./certificate.ts";
import { keyUsages } from "./extensions.ts";
import { sameName } from "./name-comparison.ts";
import { covers, readListOnce } from "./revocation-list.ts";
import type { ListFault, RevocationList } from "./revocation-list.ts";
import { isSignedBy } from "./signature.ts";

interface Lists {
  readonly read: readonly RevocationList[];
  readonly faults: readonly ListFault[];
}

/**
 * Whether an authority of the path revoked what it issued. What its own key signed in its name counts as revoked: a list of another
 * authority of the same name revokes nothing. An authority about which no list can be is not asked. Whatever is given and cannot be used
 * is never passed over, where it could have been about an authority of the path:
 *
 *   in its name, but by another key, over, partial, or not covering the certificate   unless another list will do
 *   by its key, but in another name                                                   the same, and refused where the serial is on it
 *   cannot be read                                                                    the same; in its name, or in no name that can be read
 *   speaks for several authorities                                                    always: what it says of whom is not known here
 *
 * @param path device's certificate first, anchor last
 * @returns `certificate.revoked`; `certificate.crlExpired` where a list would do if it were not over; `certificate.revocationUnknown`;
 *   undefined when nothing was revoked
 */
export async function checkRevocation(
  path: readonly CertificateIn[],
  crls: readonly Bytes[],
  nowMs: number,
): Promise<ErrorCode | undefined> {
  const all = crls.map(readListOnce);
  const read = all.flatMap((one) => ("list" in one ? [one.list] : []));
  const faults = all.flatMap((one) => ("fault" in one ? [one.fault] : []));
  const refusals: ErrorCode[] = [];
  if (faults.some(({ code }) => code === "certificate.crlIndirect"))
    refusals.push("certificate.revocationUnknown");
  for (const [i, certificate] of path.slice(0, -1).entries()) {
    const issuer = path[i + 1];
    const refusal = issuer && (await refusalBy(issuer, certificate, { read, faults }, nowMs));
    if (refusal === "certificate.revoked") return refusal;
    if (refusal !== undefined) refusals.push(refusal);
  }
  return refusals[0];
}

async function refusalBy(
  issuer: CertificateIn,
  certificate: CertificateIn,
  { read, faults }: Lists,
  nowMs: number,
): Promise<ErrorCode | undefined> {
  const signed = await signedBy(issuer, read);
  const isNamed = ({ issuer: name }: Pick<ListFault, "issuer">): boolean =>
    name === undefined || sameName(name, issuer.subject);
  const own = signed.filter(isNamed);
  const isListed = ({ revoked }: RevocationList): boolean => revoked.has(toHex(certificate.serial));
  if (own.some(isListed)) return "certificate.revoked";
  // One key in two names: which of them revoked this number cannot be told.
  if (signed.some(isListed)) return "certificate.revocationUnknown";
  const mayBeAbout = [...signed, ...read.filter(isNamed), ...faults.filter(isNamed)];
  if (mayBeAbout.length === 0) return undefined;
  const complete = own.filter((list) => maySignLists(issuer) && covers(list, certificate));
  if (complete.some((list) => isCurrent(list, nowMs))) return undefined;
  const isOver = complete.some(({ nextUpdateMs }) => nextUpdateMs !== undefined && nextUpdateMs < nowMs);
  return isOver ? "certificate.crlExpired" : "certificate.revocationUnknown";
}

function maySignLists({ extensions: { keyUsage } }: CertificateIn): boolean {
  return keyUsage === undefined || (keyUsage & keyUsages.cRLSign) !== 0;
}

const isCurrent = ({ thisUpdateMs, nextUpdateMs }: RevocationList, nowMs: number): boolean =>
  thisUpdateMs <= nowMs && nextUpdateMs !== undefined && nowMs <= nextUpdateMs;

async function signedBy(issuer: CertificateIn, lists: readonly RevocationList[]): Promise<RevocationList[]> {
  const own: RevocationList[] = [];
  for (const list of lists) if (await isSignedByOnce(list, issuer)) own.push(list);
  return own;
}

/** Of each list, by the public key in hexadecimal digits: a large one takes some 10 ms, and each sign-in asks for all of them. */
const signers = new WeakMap<RevocationList, Map<string, boolean>>();
/** Authorities come from those who sign in; what they can add has an end. */
const mostSigners = 64;

async function isSignedByOnce(list: RevocationList, { publicKey }: CertificateIn): Promise<boolean> {
  const known = signers.get(list) ?? new Map<string, boolean>();
  signers.set(list, known);
  const name = toHex(publicKey);
  const answer = known.get(name) ?? (await isSignedBy(list, publicKey));
  if (known.size >= mostSigners && !known.has(name)) known.clear();
  known.set(name, answer);
  return answer;
}
