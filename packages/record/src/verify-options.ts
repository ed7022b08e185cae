import type { VerifierKey } from "@signet/directory";
import type { Bytes } from "@signet/protocol";

/** What a verifier knows from elsewhere. */
export interface VerifyOptions {
  /** Keys of logs that count; none, or left out: the file says which one is the server's, and the report that it did. */
  readonly logKeys?: readonly VerifierKey[];
  /** Certificates of authorities that are believed, DER. */
  readonly anchors?: readonly Bytes[];
}
