/** The signature of the document itself (CMS) beside an approval of a resolution. */
import { utf8 } from "@signet/protocol";
import type { Bytes, ResolutionSubject, SaidOfResolution } from "@signet/protocol";

import { refuse } from "../verified.ts";
import type { Refusal } from "../verified.ts";
import type { SignedOfResolution } from "../verify-resolution.ts";
import { verifyCmsByKey } from "./verify-cms.ts";
import type { KeySignature, KnownByDigest } from "./verify-cms.ts";

/** What verifySaidOfResolution says of the word that the signature came with. */
export interface VerifiedWord {
  readonly said: SaidOfResolution;
  readonly signed: SignedOfResolution;
}

/** What is signed where a resolution is approved: the text itself; a file others know by its SHA-256 alone. */
export const approvedDocument = (subject: ResolutionSubject): Bytes | KnownByDigest =>
  subject.type === "text" ? utf8(subject.text) : { sha256: subject.sha256 };

/**
 * Whose key it is the approval says: nobody has looked at the certificates.
 * @returns refusal `resolution.malformed` (it comes with something else than an approval), what {@link verifyCmsByKey} says, `resolution.otherKey` (not by the
 *   device that approved, in the second in which it did: one from elsewhere, as of a text that was approved before)
 */
export async function verifyApprovalCms(
  cms: Bytes,
  subject: ResolutionSubject,
  { said, signed: { device, issuedAtMs } }: VerifiedWord,
): Promise<{ readonly ok: true; readonly signature: KeySignature } | Refusal> {
  if (said.type !== "decision" || said.decision !== "approve") return refuse("resolution.malformed");
  const byKey = await verifyCmsByKey(cms, approvedDocument(subject));
  if (!byKey.ok) return byKey;
  const { signature } = byKey;
  const isOfSecond = signature.saidSignedAtMs === issuedAtMs - (issuedAtMs % 1_000);
  return signature.deviceId === device.deviceId && isOfSecond ? byKey : refuse("resolution.otherKey");
}
