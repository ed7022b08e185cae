export { parseAuthenticatorData } from "./authenticator-data.ts";
export type { AuthenticatorData } from "./authenticator-data.ts";
export { extendCallList, foldCallList } from "./call-list.ts";
export type { CallListResult } from "./call-list.ts";
export * from "./client-data.ts";
export { crosses } from "./crossing.ts";
export { createGuestKey } from "./guest-key.ts";
export { guestIdOfKey, isFitForGuest, namesItsKey } from "./guest.ts";
export { signsSha256 } from "./cms/algorithms.ts";
export { isSignedData } from "./cms/signed-data.ts";
export { approvedDocument, verifyApprovalCms } from "./cms/verify-approval-cms.ts";
export type { VerifiedWord } from "./cms/verify-approval-cms.ts";
export { verifyCms, verifyCmsByKey } from "./cms/verify-cms.ts";
export type {
  CmsExpectation,
  CmsResult,
  CmsSignature,
  KeySignature,
  KnownByDigest,
} from "./cms/verify-cms.ts";
export { derToRaw } from "./der.ts";
export * from "./device.ts";
export * from "./digest.ts";
export { administers, administratorDevicesOf, mayBeAppointed } from "./history/administrators.ts";
export type { AdministratorSource } from "./history/administrators.ts";
export { breaksRule } from "./history/breaks-rule.ts";
export { certificatesDigest, mostDevices } from "./history/effects.ts";
export type { HistoryPurpose } from "./history/effects.ts";
export * from "./history/fold.ts";
export { comparisonCode, standingOf } from "./history/comparison.ts";
export type { ComparedHead, ComparisonStanding } from "./history/comparison.ts";
export { happenedSince } from "./history/happened.ts";
export { Histories } from "./history/histories.ts";
export { continuationOf, countsNow, devicesAt, headOf, lastRecovery, statedHead } from "./history/person.ts";
export type { Continuation, RememberedHead } from "./history/person.ts";
export { isRecoveryCode, recoveryCode } from "./history/recovery-code.ts";
export { goesOn, isSameEntry } from "./history/same-entry.ts";
export { algorithmOf, importPublicKey } from "./public-key.ts";
export { rpIdOf } from "./signature-check.ts";
export { messageDigests } from "./message-digests.ts";
export { isNewerKeyFile } from "./key-file.ts";
export * from "./software-device.ts";
export * from "./terminal-key.ts";
export { clockToleranceMs, isInTime, longestSignInMs } from "./transcript-check.ts";
export type { ExpectedFields, ProofTime } from "./transcript-check.ts";
export type {
  Appointment,
  AuthenticatorReport,
  Binding,
  CallList,
  CallStatement,
  DeviceProof,
  DirectoryEntry,
  Person,
  PersonDevice,
  ProofResult,
  Refusal,
  SignedBy,
  VerifiedProof,
} from "./verified.ts";
export * from "./verify-binding.ts";
export { verifyDeviceProof } from "./verify-device-proof.ts";
export type { DeviceProofExpectation, DeviceProofResult, DevicePurpose } from "./verify-device-proof.ts";
export * from "./verify-directory-entry.ts";
export {
  transcriptOfResolution,
  verifyProposedResolution,
  verifySaidOfResolution,
} from "./verify-resolution.ts";
export type {
  NamedResolution,
  ResolutionContext,
  SignedOfResolution,
  StatedOfResolution,
} from "./verify-resolution.ts";
export * from "./verify-terminal-key.ts";
export * from "./verify-terminal-proof.ts";
export * from "./webauthn-device.ts";
export { readCreation } from "./webauthn-results.ts";
export type { WebAuthnCreation } from "./webauthn-results.ts";
export * from "./x509/attestation-chain.ts";
export * from "./x509/certificate-chain.ts";
export * from "./x509/certificate-summary.ts";
export * from "./x509/certificate-trust.ts";
export * from "./x509/list-notes.ts";
export * from "./x509/pem.ts";
export { withoutSuccessor } from "./x509/revocation-list.ts";
export * from "./x509/trust-anchor.ts";
export * from "./x509/validate-certificates.ts";
export { verifyCertificates } from "./verify-certificates.ts";
export type { DirectoryEntryOptions } from "./verify-certificates.ts";
