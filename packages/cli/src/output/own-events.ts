import type { CallId, Comparison, DeviceId, UserId } from "@signet/terminal";

import type { NamedPerson, VerifiedBy } from "./event-people.ts";

interface OwnPerson {
  readonly userId: UserId;
  readonly displayName: string;
}

/** Of what belongs to the person at all of their terminals. */
export type OwnEvent =
  /** Of one's own people; also what they are after a change. */
  | (OwnPerson & {
      readonly event: "listed";
      readonly favourite: boolean;
      readonly note?: string;
      /** Names of groups. */
      readonly groups: readonly string[];
      /** In person, and when. */
      readonly comparedAt?: string;
      /** Whether that holds, by what the server shows of them. */
      readonly comparison?: Comparison["status"];
    })
  /** To be read to each other. `url`: what the other's camera opens. */
  | (OwnPerson & { readonly event: "comparison"; readonly code: string; readonly url: string })
  /** What speaks against the server by itself (docs/directory.md). */
  | { readonly event: "evidenceKept"; readonly file: string }
  | { readonly event: "unlisted"; readonly userId: UserId }
  /** Their calls do not ring. */
  | (OwnPerson & { readonly event: "blocked" })
  | { readonly event: "unblocked"; readonly userId: UserId }
  /** A voice message, verified as the caller's. Without `seconds` it was sealed to other terminals of yours. */
  | {
      readonly event: "message";
      readonly id: string;
      /** After which it was left. */
      readonly callId: CallId;
      readonly calledAt: string;
      readonly leftAt: string;
      readonly from: NamedPerson & { readonly verifiedBy: VerifiedBy };
      readonly seconds?: number;
      readonly heard: boolean;
    }
  | { readonly event: "messageSaved"; readonly id: string; readonly file: string }
  | { readonly event: "messageDeleted"; readonly id: string }
  /** The server took one for this person. `heardBy`: devices of theirs that can open it. */
  | {
      readonly event: "messageLeft";
      readonly userId: UserId;
      readonly keptDays: number;
      readonly heardBy: readonly { readonly deviceId: DeviceId; readonly name: string }[];
    }
  | {
      readonly event: "pastCall";
      readonly callId: CallId;
      readonly startedAt: string;
      readonly direction: "in" | "out";
      readonly outcome: "talked" | "missed" | "declined" | "unanswered" | "failed";
      /** For how long one was in it with others. */
      readonly seconds: number;
      /** The others. */
      readonly people: readonly OwnPerson[];
      /** Of them, those whose devices proved who they are. */
      readonly verified: readonly UserId[];
      /** Who was in it without a device: called so by themselves, and verified by nobody. */
      readonly guests?: readonly {
        readonly name: string;
        readonly invitedBy?: UserId;
        readonly verified: false;
      }[];
    };
