import type { Bytes, CallId, DeviceId, DeviceKind, ErrorCode, UserId } from "@signet/protocol";

import type { MissedCall } from "../incoming/shown-calls.ts";

/** A voice message for the person at this terminal: verified as the caller's. */
export interface VoiceMessage {
  readonly id: string;
  /** After which it was left, and who left it. */
  readonly call: MissedCall;
  readonly leftAtMs: number;
  /** Absent where it was sealed to other places of the person's only, and cannot be opened here. */
  readonly lengthMs?: number;
  readonly isHeard: boolean;
}

/** Who can hear what is left for somebody: those of their devices that count now, at places where their terminals keep messages. */
export interface MessageEars {
  readonly devices: readonly {
    readonly deviceId: DeviceId;
    readonly kind: DeviceKind;
    /** Empty until it was named. */
    readonly name: string;
  }[];
  /** For how long the server keeps it. */
  readonly keptMs: number;
}

export interface NotLeft {
  readonly userId: UserId;
  readonly code: ErrorCode;
}

/** Sound for whom one did not reach (docs/decisions/070-voice-messages.md). What is for oneself stands in the state, as `messages`. */
export interface MessagesApi {
  /** @throws SignetError `message.off`, `message.noMailbox`, `user.unknown`, `directory.keyChanged` */
  earsOf(userId: UserId): Promise<MessageEars>;
  /**
   * After a call of one's own that these people did not answer, once for each. That it resolves says nothing of whether anybody hears it: whom the person
   * blocked is not to know.
   * @param sound as `writeMessageSound` makes it
   * @returns for whom it was not left, and why: said again, it is left for them alone
   * @throws where it was left for nobody: SignetError `message.badSound`, `message.tooLong`, `message.notUnanswered`, and as {@link earsOf}
   */
  leave(callId: CallId, userIds: readonly UserId[], sound: Bytes): Promise<readonly NotLeft[]>;
  /** Ogg Opus, read and found to be what can be played. @throws SignetError `message.gone`, `message.notHere`, `message.badSound` */
  sound(id: string): Promise<Bytes>;
  /** It was played to its end, or the person said so. */
  heard(id: string): Promise<void>;
  /** Here, and at the server as soon as it is heard there. */
  delete(id: string): Promise<void>;
}
