/** Who has to act on an error. `protocol`: the peer broke a rule. `user`: a person can mend it. `dependency`: something
 * that Signet needs failed. `bug`: ours. */
export type ErrorCategory = "protocol" | "user" | "dependency" | "bug";

export interface ErrorInfo {
  readonly category: ErrorCategory;
  /** WebSocket close code (RFC 6455 section 7.4.2, private range) where the error ends the connection. */
  readonly closeCode?: number;
}

export const error = (category: ErrorCategory, closeCode?: number): ErrorInfo =>
  closeCode === undefined ? { category } : { category, closeCode };
