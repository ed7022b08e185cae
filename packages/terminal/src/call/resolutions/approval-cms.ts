/** The signature of the document itself (CMS) that an approval by a device with a certificate comes with: what is signed, and what is taken. */
import { approvedDocument, sha256, signsSha256, verifyApprovalCms, verifyCms } from "@signet/device";
import type { Refusal, SignatureDevice, VerifiedWord } from "@signet/device";
import { equalBytes, SignetError, utf8 } from "@signet/protocol";
import type { Bytes, Resolution, ResolutionSubject } from "@signet/protocol";

import type { AppliedTrust } from "../../people/trust.ts";
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
 * Of a word that was verified: whatever comes with it is of the device that approved, and what its certificate rests on is said beside it.
 * @returns refusal as `verifyApprovalCms` of `@signet/device`
 */
export async function heardCms(
  cms: Bytes | undefined,
  { subject }: Pick<Resolution, "subject">,
  word: VerifiedWord,
  { nowMs, trust }: CmsContext,
): Promise<{ readonly ok: true; readonly cms: readonly ApprovalCms[] } | Refusal> {
  if (cms === undefined) return { ok: true, cms: [] };
  const byKey = await verifyApprovalCms(cms, subject, word);
  if (!byKey.ok) return byKey;
  const expected = { trust: trust.trust ?? { anchors: [] }, atMs: nowMs };
  const certified = await verifyCms(cms, approvedDocument(subject), expected);
  const { userId } = word.said;
  return { ok: true, cms: [certified.ok ? { userId } : { userId, refusal: certified.code }] };
}
