/** What a terminal shows: one immutable value, replaced at each change. Every user interface is a view of it. */
import type { CallRecordState } from "./call/record/record-api.ts";
import type { CallResolutions } from "./call/resolutions/resolutions-api.ts";
import type { MicrophoneState } from "./microphone-state.ts";
import type { Appointment, SignedBy } from "@signet/device";
import type {
  BindingEndReason,
  Bytes,
  CallId,
  DeviceAlgorithm,
  DeviceId,
  DeviceKind,
  EndReason,
  ErrorCode,
  HistoryEvent,
  LeaveReason,
  MemberState,
  RevocationReason,
  ServerInfo,
  UserId,
} from "@signet/protocol";

import type { PersonalState } from "./document/personal-state.ts";
import type {
  CallElsewhere,
  Certification,
  IncomingCall,
  MissedCall,
  CalledGuest,
  CalledPerson,
  Verification,
} from "./incoming/shown-calls.ts";
import type { VoiceMessage } from "./messages/messages-api.ts";
import type { MediaConnectionShown } from "./media/media-connection-state.ts";
import type { ClockFault } from "./session/clock-fault.ts";
import type { LoudspeakerTrouble } from "./sound-choices.ts";
import type { ShownLog } from "./people/log-api.ts";

export interface TerminalState {
  readonly connection: ConnectionState;
  /** What the server said of itself; undefined before the first connection. */
  readonly server?: ServerInfo;
  /**
   * Server clock minus own clock, ms, when they differ by more than proofs allow: signing cannot work, and calls do not ring. Looked at as
   * long as there is a connection.
   */
  readonly clockOffMs?: number;
  readonly session: SessionState;
  /** Verified calls that ring here now, oldest first. */
  readonly ringing: readonly IncomingCall[];
  /** Verified calls that go on without this terminal and can be joined: somebody in each signed lately that they are. */
  readonly joinable: readonly IncomingCall[];
  /**
   * Verified calls that reached no terminal of the person's, oldest first, until they are marked as seen (`seeMissed`), also over runs; undefined for
   * none.
   */
  readonly missed?: readonly MissedCall[];
  /** Verified voice messages for the person, oldest first, until they are deleted, also over runs; undefined for none. */
  readonly messages?: readonly VoiceMessage[];
  /** A call that rang here was answered by another device of the person's: for a minute, or until something rings again. */
  readonly answeredElsewhere?: AnsweredElsewhere;
  /** The call that the person is in at another terminal, and can move here. */
  readonly elsewhere?: CallElsewhere;
  /** What a check refused and the person has to know of, oldest first; for example a caller whose key changed. */
  readonly warnings: readonly Warning[];
  /** Of people whose key history went on by their own devices: once for each head of it, also over runs. Oldest first; undefined for none. */
  readonly notices?: readonly Notice[];
  /** What `trustChangedKey` can be asked for; undefined for none. */
  readonly changedKeys?: readonly ChangedKey[];
  /** Why nothing that the server shows of people is believed; `log.trust` can be asked about it. undefined while it is. */
  readonly log?: ShownLog;
  /** Whom the server names as administrators, known or not, since somebody signed in here; undefined for none. */
  readonly administrators?: readonly UserId[];
  /** Whom the server names as administrators anew; undefined for none. */
  readonly newAdministrators?: readonly NewAdministrator[];
  /** What the server said and this version could not read, in messages, since it started; undefined for none. */
  readonly passedOver?: number;
  /** What belongs to whoever is signed in, here and at their other terminals. */
  readonly personal?: PersonalState;
  /** The call that this terminal is in, or the last one until it is dismissed. */
  readonly call?: CallView;
}

export type { ShownLog };

/** Somebody who is not believed to administer the server, while the server says so: `administration.trust` can be asked for them. */
export interface NewAdministrator {
  readonly userId: UserId;
  /** Of the warning about them: the server names them only now, or they rest on somebody's word that counts no more. */
  readonly code: Extract<ErrorCode, "admin.unknown" | "admin.lapsed">;
  /** Of the history that is decided about: the digest of its last statement, 32 bytes. */
  readonly head: Bytes;
  /**
   * What it makes of them, each with whose device brought it in and when: those that count there are what would count here. In the order in
   * which they came.
   */
  readonly devices: readonly ShownDevice[];
}

export type { HistoryEvent };

/** What somebody's own devices signed: nothing to decide, and good to know. Of the person at this terminal what was signed elsewhere. */
export interface Notice {
  readonly id: number;
  readonly userId: UserId;
  readonly displayName: string;
  /** Of the history now: the digest of its last statement, 32 bytes. */
  readonly head: Bytes;
  /** In the order in which it was signed. */
  readonly happened: readonly HistoryEvent[];
  readonly atMs: number;
}

/** A key that was refused, since the person was met with another one. */
export interface ChangedKey {
  readonly userId: UserId;
  /** By which it is named: the device that came last, of those that count. */
  readonly deviceId: DeviceId;
  /** Of the history that would be trusted: the digest of its last statement, 32 bytes. */
  readonly head: Bytes;
  /** An administrator brought in a device; or this is another history, that has nothing to do with the one that was met. */
  readonly how: "recovered" | "other";
  /** Of one that was recovered, all since it was seen last. */
  readonly happened: readonly HistoryEvent[];
}

/** By the signature of that device for this call, and not by the server's word. */
export interface AnsweredElsewhere {
  readonly callId: CallId;
  /** Who called. */
  readonly from: UserId;
  /** One's own. */
  readonly device: Pick<OwnDevice, "deviceId" | "name" | "kind">;
}

export interface Warning {
  readonly id: number;
  readonly code: ErrorCode;
  /** Whom it is about. */
  readonly userId?: UserId;
  /** `proof.time`: they called, and nothing but a clock was wrong. */
  readonly clock?: ClockFault;
  /** `device.counterBack`: which of one's own. */
  readonly device?: Pick<OwnDevice, "deviceId" | "name" | "kind"> | undefined;
  readonly atMs: number;
}

export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "online" }
  /** Reconnects by itself at `retryAtMs`. */
  | { readonly status: "offline"; readonly retryAtMs: number; readonly code: ErrorCode };

export type SessionState =
  /** `reason`: why the last binding on this terminal is over, where there was one. */
  | { readonly status: "signedOut"; readonly reason?: SignedOutReason }
  | {
      readonly status: "signedIn";
      readonly userId: UserId;
      readonly displayName: string;
      readonly device: {
        readonly kind: DeviceKind;
        readonly deviceId: DeviceId;
        readonly certificate?: Certification;
      };
      /** All that ever were the person's, as their key history says, oldest first. */
      readonly devices: readonly OwnDevice[];
      /** They may sign for others. */
      readonly administers?: true;
      readonly expiresAtMs: number;
      /** The page can be loaded anew, and it goes on. */
      readonly kept?: true;
    };

export type { Appointment, RevocationReason, SignedBy };

/** One of the own devices. Times in milliseconds since 1970, as the device that signed them said. */
export interface OwnDevice extends ShownDevice {
  /** It is signed in at this terminal. */
  readonly isThisOne: boolean;
  /** Of one that counts. */
  readonly certificate?: Certification;
}

/** Of one of the own devices that counts: by its signatures, but for where it is signed in, which is the server's word. */
export interface DeviceUse {
  readonly deviceId: DeviceId;
  /** The latest of its sign-ins and of its statements about devices and names. Calls in between are not among it. */
  readonly lastUsedAtMs: number;
  /** Absent where nobody is. */
  readonly signedIn?: {
    readonly sinceMs: number;
    readonly untilMs: number;
    readonly isHere: boolean;
    /** The terminal has a connection to the server just now. */
    readonly isConnected: boolean;
  };
}

/** A device of anybody's. Times in milliseconds since 1970, as the device that signed them said. */
export interface ShownDevice {
  readonly deviceId: DeviceId;
  /** Empty until it was named. */
  readonly name: string;
  readonly kind: DeviceKind;
  readonly addedAtMs: number;
  /** Whose device vouched for it; absent for the one that registered. */
  readonly addedBy?: SignedBy;
  /** It counts no more. */
  readonly revoked?: { readonly atMs: number; readonly by: SignedBy; readonly why: RevocationReason };
}

/** Somebody as an administrator sees them. */
export interface AdministeredPerson {
  readonly userId: UserId;
  readonly displayName: string;
  readonly reachable: boolean;
  /** In the order in which they came; those that were revoked, too. */
  readonly devices: readonly ShownDevice[];
  readonly appointments: readonly Appointment[];
  /** Now: whom the server's configuration names is its word. */
  readonly administers: boolean;
  /** Why their history is not accepted here: nothing is signed for them then. */
  readonly refused?: ErrorCode;
}

/** Somebody who lost their devices, and asks with a new one. All of it is what a terminal says. */
export interface OpenRecovery {
  readonly userId: UserId;
  readonly kind: DeviceKind;
  readonly algorithm: DeviceAlgorithm;
  readonly publicKey: Bytes;
  /** What they call the device. */
  readonly name: string;
  /** Of this device: to be compared with what the person reads. */
  readonly code: string;
  readonly askedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * `deviceRemoved`: this terminal noticed it and signed out by itself; the others are the server's word. `forgotten`: it does not know
 * the sign-in any more, and did not say why.
 */
export type SignedOutReason = BindingEndReason | "deviceRemoved" | "forgotten";

export type { CallElsewhere, Certification, IncomingCall, MissedCall, Verification };

export type { GuestMark, CalledGuest, CalledPerson } from "./incoming/shown-calls.ts";

/** A guest at the door: the host lets them in, or not. */
export type WaitingGuest = CalledGuest & { readonly userId: UserId };

/** Somebody in a call. A guest is of another type, so that none is shown as somebody who was verified, or under a name alone. */
export type Participant = PersonInCall | (CalledGuest & ParticipantFacts);
export type PersonInCall = CalledPerson & ParticipantFacts;

interface ParticipantFacts {
  readonly userId: UserId;
  readonly state: MemberState;
  readonly isSelf: boolean;
  readonly isInitiator: boolean;
  /** May put people out, and hand that on; nobody while one is not in the group. */
  readonly isHost?: true;
  /** Who brought them in; absent for those whom the call was for from the beginning. */
  readonly invitedBy?: UserId;
  /** For `removed`: who signed that. */
  readonly removedBy?: UserId;
  /** Of a guest who is in: when they signed that, by their own clock. Of others their `verification` has it. */
  readonly joinedAtMs?: number;
  /** `joined`, since the group holds their key, although they signed that they leave: without `verification` until they answer anew. */
  readonly leaving?: boolean;
  /** `joined`, since the group holds their key, although the device by which they are in it was revoked: without `verification`. */
  readonly revoked?: true;
  /** For `ringing`: in another call, as the server says. It waits there, and rings when that one is over. */
  readonly waiting?: true;
  /** The state rests on the person's own signature (decline, leave), not only on the server's word. */
  readonly stateSigned: boolean;
  /** For `left`, where the server gave it; signed with the state where `stateSigned`. */
  readonly leaveReason?: LeaveReason;
  /**
   * For `left`: their page went by their own signed word, so lately that they may be back in a moment. For `joined`: nothing has come of them for 2 s,
   * after something had, while the own way works.
   */
  readonly reconnecting?: true;
  /** They went on at another terminal of theirs, by a proof of this device: when, and whether it is another one than before. */
  readonly moved?: { readonly atMs: number; readonly kind: DeviceKind; readonly isOtherDevice: boolean };
  /** Whom the name or user ID looks like: somebody else, whom this terminal met or who is in the call's list as well. */
  readonly looksLike?: UserId;
  /** For `failed`: why their terminal did not ring, as it told the server. */
  readonly refusal?: ErrorCode;
  /** From the key that decrypted the frames. */
  readonly speaking: boolean;
  /** Nothing is sent of what they say, by their own signed word; for oneself, as it is. */
  readonly unheard?: "muted" | "noMicrophone";
  /** Too much gets lost on their way to the server, or from it, as the server says. */
  readonly poorNetwork?: true;
  /**
   * What is heard in their name, for `joined`. `forged`: it is not what their terminal sealed, as that signed; somebody in the call speaks in their name. `unproven`:
   * it has been heard without their terminal's word. Nothing of either is played. `unchecked`: nor is it known whether there is one, since the server
   * does not answer in time; it is played. `unprovable`: their terminal says that it signs nothing, or the server passes no such words on.
   */
  readonly voice?: "forged" | "unproven" | "unchecked" | "unprovable";
}

export type MediaState =
  | { readonly status: "off" }
  | MediaConnectionShown
  /** For good: nothing is sent or heard any more in this call. */
  | { readonly status: "failed"; readonly code: ErrorCode };

export type { Carrying, PersonalState } from "./document/personal-state.ts";
export type { MicrophoneState, MicrophoneTrouble } from "./microphone-state.ts";

export interface CallView {
  readonly callId: CallId;
  /** `calling`: nobody joined yet. `joining`: answered, waiting for the group key. */
  readonly phase: "calling" | "joining" | "active" | "ended";
  /** The server has not taken the request yet: nobody rings so far. */
  readonly requesting?: boolean;
  /** The person is in it at another terminal, and this one is about to take their place; at the end: it did not. */
  readonly moving?: boolean;
  /** This device is signed in elsewhere, and the call goes on here until it is moved there, or until then. */
  readonly heldUntilMs?: number;
  readonly isInitiator: boolean;
  /** The person at this terminal is host. */
  readonly mayRemove?: true;
  readonly participants: readonly Participant[];
  /** Guests for whom somebody in the call vouches; undefined for none. */
  readonly guestsWaiting?: readonly WaitingGuest[];
  /** When the group first held somebody else. */
  readonly activeSinceMs?: number;
  /** How long the group held somebody else, without the time since `togetherSinceMs`. */
  readonly togetherMs: number;
  /** Since when it does; undefined while one is alone. */
  readonly togetherSinceMs?: number;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly epoch?: number;
  /**
   * This terminal had to come back into the group, and found others there than before: who came in, and who went. Somebody with a new
   * key is in both. Of the latest time.
   */
  readonly rejoined?: { readonly entered: readonly UserId[]; readonly gone: readonly UserId[] };
  /** What did not hold of what members gave to bring this terminal into the group, in the order in which it came. */
  readonly refusals?: readonly GroupRefusal[];
  /** What was put to those in the call, and what came of it; undefined until something was. */
  readonly resolutions?: CallResolutions;
  /** Who keeps a record of the call; undefined until somebody does. */
  readonly record?: CallRecordState;
  /** The same for everybody in this epoch; compare it aloud. Undefined while alone. */
  readonly safetyCode?: string;
  /** How many of the others signed that the server showed them the same directory as this terminal was shown. Undefined where it keeps no log. */
  readonly sameDirectory?: number;
  readonly media: MediaState;
  readonly microphone: MicrophoneState;
  /** The chosen loudspeaker is not the one in use, and why; it is taken again as soon as it can be. */
  readonly loudspeaker?: LoudspeakerTrouble;
  readonly end?: CallEnd;
}

/** A Welcome or GroupInfo that did not hold, so that another member was asked. */
export interface GroupRefusal {
  /** Who gave it, as the server says. */
  readonly userId: UserId;
  readonly what: "welcome" | "groupInfo";
  /** Why it was refused. */
  readonly code: ErrorCode;
  /** Their own signature says so, too. */
  readonly signed: boolean;
}

export type CallEnd =
  /** `signed`: the initiator's own signature came with it. */
  | { readonly type: "ended"; readonly reason: EndReason; readonly signed: boolean }
  | { readonly type: "left" }
  /** Put out by the host. `userId`: who signed that; without it only the server says so. */
  | { readonly type: "removed"; readonly userId?: UserId }
  /** The person goes on at another terminal, by a proof of this device: its leaf has taken the place of this terminal's. */
  | { readonly type: "moved"; readonly to?: { readonly deviceId: DeviceId; readonly kind: DeviceKind } }
  | { readonly type: "unbound"; readonly reason: SignedOutReason }
  /** Something did not verify, or broke; the code's sentence tells. `userId`: whom it is about; `alsoUserId`: and whom else. */
  | {
      readonly type: "failed";
      readonly code: ErrorCode;
      readonly userId?: UserId;
      readonly alsoUserId?: UserId;
    };
