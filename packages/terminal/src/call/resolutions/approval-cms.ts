/** The signature of the document itself (CMS) that an approval by a device with a certificate comes with: what is signed, and what is taken. */
import { sha256, signsSha256, verifyCms, verifyCmsByKey } from "@signet/device";
import type { KnownByDigest, Refusal, SignatureDevice } from "@signet/device";
import { equalBytes, SignetError, utf8 } from "@signet/protocol";
import type { Bytes, ErrorCode, Resolution, ResolutionSubject, UserId } from "@signet/protocol";

import type { AppliedTrust } from "../../people/trust.ts";
import { transcriptOf } from "./resolution-words.ts";
import type { StatedIn } from "./resolution-words.ts";
import type { ApprovalCms, DecideOptions, ShownResolution } from "./resolutions-api.ts";

/** What is signed beside the certificates: the approval, attributes, signer and signature, the longest of RSA among them. */
const besideCertificatesBytes = 2_560;

/** What approving signs beside the approval. */
export function approvalSigns(
  { type }: ResolutionSubject,
  device: SignatureDevice | undefined,
): ShownResolution["approvalSigns"] {
  if (device?.signCms === undefined) return undefined;
  // Others know a file by its SHA-256 alone.
  return type === "text" ? "text" : signsSha256(device.algorithm) ? "file" : undefined;
}

/**
 * The bytes that the device signs when its person approves; undefined where it signs none.
 * @throws SignetError `resolution.otherDocument`, `resolution.noCertificate`, `cms.documentNeeded`
 */
export async function documentToSign(
  subject: ResolutionSubject,
  device: SignatureDevice,
  { document, withoutCms = false }: Omit<DecideOptions, "signal">,
): Promise<Bytes | undefined> {
  if (withoutCms) return undefined;
  if (document === undefined)
    return device.signCms === undefined || subject.type === "file" ? undefined : utf8(subject.text);
  if (!(await isDocument(subject, document))) throw new SignetError("resolution.otherDocument");
  if (device.signCms === undefined) throw new SignetError("resolution.noCertificate");
  if (subject.type === "file" && !signsSha256(device.algorithm)) throw new SignetError("cms.documentNeeded");
  return document;
}

async function isDocument(subject: ResolutionSubject, document: Bytes): Promise<boolean> {
  if (subject.type === "text") return equalBytes(document, utf8(subject.text));
  return document.length === subject.sizeBytes && equalBytes(await sha256(document), subject.sha256);
}

/** How long a word with a decision by this device is at least, whatever is in it; undefined where no document is ever signed. */
export function decisionBytes(device: SignatureDevice): number | undefined {
  if (device.signCms === undefined) return undefined;
  const { certificates = [] } = device;
  return certificates.reduce((bytes, one) => bytes + one.length, besideCertificatesBytes);
}

interface CmsContext {
  readonly trust: AppliedTrust;
  readonly nowMs: number;
}

/**
 * Of a verified approval.
 * @returns refusal `resolution.malformed` (it comes with something else), `resolution.otherKey` (not by the device that approved, in the second in which it did),
 *   `cms.*`, `certificate.*`
 */
export async function verifyApprovalCms(
  { subject }: Pick<Resolution, "subject">,
  stated: StatedIn,
  { nowMs, trust }: CmsContext,
): Promise<{ readonly ok: true; readonly cms: readonly ApprovalCms[] } | Refusal> {
  const { cms } = stated;
  if (cms === undefined) return { ok: true, cms: [] };
  const approval = transcriptOf(stated);
  if (approval?.purpose !== "approve" || approval.decision !== "approve")
    return refuse("resolution.malformed");
  const document: Bytes | KnownByDigest =
    subject.type === "text" ? utf8(subject.text) : { sha256: subject.sha256 };
  const byKey = await verifyCmsByKey(cms, document);
  if (!byKey.ok) return byKey;
  const { deviceId, saidSignedAtMs } = byKey.signature;
  // Not one from elsewhere, as of a text that was approved before.
  const isOfApproval = saidSignedAtMs === approval.issuedAtMs - (approval.issuedAtMs % 1_000);
  if (deviceId !== approval.deviceId || !isOfApproval) return refuse("resolution.otherKey");
  const certified = await verifyCms(cms, document, {
    trust: trust.trust ?? { anchors: [] },
    atMs: nowMs,
  });
  const userId = approval.userId as UserId;
  return { ok: true, cms: [certified.ok ? { userId } : { userId, refusal: certified.code }] };
}

const refuse = (code: ErrorCode): Refusal => ({ ok: false, code });
