export { CallRecord, recordFormat, recordVersion, SignedWord } from "./call-record.ts";
export type {
  RecordedEpoch,
  RecordedLog,
  RecordedPerson,
  RecordedResolution,
  SaidInRecord,
  ServerWord,
} from "./call-record.ts";
export { authenticatorHash, epochDigest, recordDigest, type EpochHead } from "./digests.ts";
export { formatRecord } from "./format.ts";
export { parseRecord, type ParsedRecord } from "./parse.ts";
export type {
  CertificateReport,
  DecisionReport,
  LogReport,
  PersonReport,
  RecordReport,
  RefusedFile,
  ResolutionReport,
  SignedAt,
  StatementReport,
  StayReport,
  Verified,
  ViewReport,
} from "./report.ts";
// What a user interface needs to read the key of a log that somebody gives.
export { parseVerifierKey } from "@signet/directory";
export { mostFileBytes, verifyBytes } from "./verify/verify-bytes.ts";
export { verifyFile } from "./verify/verify-file.ts";
export type { VerifyOptions } from "./verify-options.ts";
export { viewShownBy } from "./verify/views.ts";
