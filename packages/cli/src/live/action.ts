/** Keys, and what they do. */
import type { AskedRule, CallId, Decision, ShownResolution, UserId } from "@signet/terminal";

import type { Asking, Confirmation } from "./view.ts";

/** As `node:readline` names a key. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

export type Action =
  | {
      readonly type: "answer" | "decline" | "join" | "select" | "switch" | "bringIn";
      readonly callId: CallId;
    }
  | { readonly type: "moveHere" }
  | {
      readonly type:
        | "leave"
        | "end"
        | "quit"
        | "interrupt"
        | "suspend"
        | "help"
        | "retry"
        | "dismissCall"
        | "seeMissed";
    }
  | { readonly type: "mute"; readonly muted: boolean }
  | { readonly type: "confirm"; readonly confirmation: Confirmation }
  | {
      readonly type: "decide";
      readonly resolution: ShownResolution;
      readonly decision: Decision;
      readonly withoutCms?: true;
    }
  | { readonly type: "propose"; readonly text: string; readonly rule: AskedRule }
  | Extract<Confirmation, { readonly type: "trust" | "trustAdministrator" | "trustLog" }>
  | { readonly type: "ask"; readonly asking: Asking }
  | { readonly type: "invite"; readonly userIds: readonly UserId[] }
  | { readonly type: "remove" | "makeHost"; readonly userId: UserId }
  /** What was typed does not do. */
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "dismissWarning" | "dismissNotice"; readonly id: number }
  /** Takes back what was asked for. */
  | { readonly type: "cancel" };
