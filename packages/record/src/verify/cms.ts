/** The signature of the document itself (CMS) beside an approval. */
import { verifyCmsByKey } from "@signet/device";
import { utf8 } from "@signet/protocol";
import type { Bytes, Decision, ResolutionSubject } from "@signet/protocol";

import type { CertificateReport, SignedAt } from "../report.ts";
import { certificateOf } from "./stays.ts";
import { held, must } from "./refusal.ts";

/** An approval that was verified. */
export interface Approval {
  readonly by: SignedAt;
  readonly decision: Decision;
  readonly subject: ResolutionSubject;
}

/**
 * By the device that approved, in the second in which it did: not one from elsewhere.
 * @returns what the certificate says, and whether it leads to an anchor; undefined where there is none
 * @throws Refused `resolution.malformed` beside a rejection, `resolution.otherKey`, `cms.*`, `certificate.*`
 */
export async function verifyApprovalCms(
  cms: Bytes | undefined,
  { by, decision, subject }: Approval,
  anchors: readonly Bytes[],
  at: string,
): Promise<CertificateReport | undefined> {
  if (cms === undefined) return undefined;
  must(decision === "approve", "resolution.malformed", at);
  const document = subject.type === "text" ? utf8(subject.text) : { sha256: subject.sha256 };
  const { signature } = held(await verifyCmsByKey(cms, document), at);
  const { deviceId, saidSignedAtMs } = signature;
  const isOfApproval = deviceId === by.deviceId && saidSignedAtMs === by.atMs - (by.atMs % 1_000);
  must(isOfApproval, "resolution.otherKey", at);
  return certificateOf(signature, by.atMs, anchors);
}
