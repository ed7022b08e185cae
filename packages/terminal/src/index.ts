export type * from "./state.ts";
export type { Terminal } from "./terminal-api.ts";
// What every user interface needs of the protocol; `web` and `cli` import nothing below this room.
export { DisplayName, SignetError, UserId, sentenceFor } from "@signet/protocol";
export type {
  BindingEndReason,
  CallId,
  DeviceId,
  DeviceKind,
  EndReason,
  ErrorCode,
  MemberState,
  PersonState,
  ServerInfo,
} from "@signet/protocol";
