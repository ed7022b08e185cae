import type { ErrorCode, UserId } from "@signet/protocol";

/** What is wrong with what was said in a call. `userId`: whose word it is, or after whom one is missing. */
export interface WordTrouble {
  readonly code: ErrorCode;
  readonly userId?: UserId;
}
