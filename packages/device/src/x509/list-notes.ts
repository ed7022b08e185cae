import type { Bytes, ErrorCode } from "@signet/protocol";

import { readCertificate } from "./certificate.ts";
import type { CertificateIn } from "./certificate.ts";
import { attributeTypes, shownName } from "./distinguished-name.ts";
import { sameName } from "./name-comparison.ts";
import { readListOnce } from "./revocation-list.ts";
import { isSignedBy } from "./signature.ts";

/**
 * What whoever gives a revocation list should know before somebody is refused because of it:
 *
 *   crlNoAnchor   in the name of no anchor: it counts for authorities below the anchors alone
 *   crlOtherKey   in an anchor's name, but its key did not sign it
 *   crlOtherName  signed by an anchor's key, but in another name
 *   crlPartial    it does not say all there is to say of any certificate
 *   crlNotYet     it has not begun
 *   crlOver       a newer one should have come
 *   crlEndless    it does not say when the next one comes
 */
export type ListNote = ErrorCode &
  `certificate.crl${"NoAnchor" | "OtherKey" | "OtherName" | "Partial" | "NotYet" | "Over" | "Endless"}`;

export interface ListNotes {
  /** Fit to be shown. */
  readonly issuer: string;
  readonly notes: readonly ListNote[];
}

/** @returns undefined for a list that cannot be read */
export async function notesOnList(
  crl: Bytes,
  anchors: readonly Bytes[],
  nowMs: number,
): Promise<ListNotes | undefined> {
  const read = readListOnce(crl);
  if ("fault" in read) return undefined;
  const { list } = read;
  const known = anchors.map(readCertificate).filter((anchor) => anchor !== undefined);
  const named = known.filter(({ subject }) => sameName(list.issuer, subject));
  const signed: CertificateIn[] = [];
  for (const anchor of known) if (await isSignedBy(list, anchor.publicKey)) signed.push(anchor);
  const notes: ListNote[] = [];
  if (named.length === 0)
    notes.push(signed.length === 0 ? "certificate.crlNoAnchor" : "certificate.crlOtherName");
  else if (!named.some((anchor) => signed.includes(anchor))) notes.push("certificate.crlOtherKey");
  if (list.scope === undefined) notes.push("certificate.crlPartial");
  if (list.thisUpdateMs > nowMs) notes.push("certificate.crlNotYet");
  if (list.nextUpdateMs === undefined) notes.push("certificate.crlEndless");
  else if (list.nextUpdateMs < nowMs) notes.push("certificate.crlOver");
  const { commonName, organization } = attributeTypes;
  return { issuer: shownName(list.issuer, [commonName, organization]), notes };
}
