/** The client core as every user interface uses it: a browser tab or the command line. */
import type {
  Bytes,
  CallId,
  DeclineReason,
  DeviceId,
  ErrorCode,
  PersonState,
  RevocationReason,
  UserId,
} from "@signet/protocol";

import type { RecordApi } from "./call/record/record-api.ts";
import type { ResolutionsApi } from "./call/resolutions/resolutions-api.ts";
import type { PersonalApi } from "./document/personal-api.ts";
import type { MessagesApi } from "./messages/messages-api.ts";
import type { SeenPresence } from "./people/presence.ts";
import type { BlockingApi } from "./session/blocking-api.ts";
import type { PicturesApi } from "./session/pictures-api.ts";
import type { GuestsApi } from "./session/guests-api.ts";
import type { WakingApi } from "./session/waking-api.ts";
import type { AdministeredPerson, DeviceUse, OpenRecovery, OwnDevice, TerminalState } from "./state.ts";
import type { LogApi } from "./people/log-api.ts";

export type LookedUp = PersonState & {
  /** As their devices signed it; with an entry. */
  readonly displayName?: string;
  /** There is an entry, which was not accepted, and why. */
  readonly refused?: ErrorCode;
};

/** Which touch an addition needs next: one that makes the new key, the new one's signature, or the one's that is signed in. */
export type AddingTouch = "make" | "new" | "old";

/**
 * How far the addition of a device at another machine is: the code is to be carried there; it was entered; the new device has a name, and is made
 * there; the device here is touched.
 */
export type ElsewhereStep =
  | { readonly type: "code"; readonly code: string; readonly url: string; readonly expiresAtMs: number }
  | { readonly type: "entered" }
  | { readonly type: "named"; readonly name: string }
  | { readonly type: "touch" };

export interface ElsewhereInput {
  readonly signal?: AbortSignal;
  readonly onStep?: (step: ElsewhereStep) => void;
  /** Asked before the touch, of the device that signed at the other machine that it is the person's. */
  readonly approve: (device: Pick<OwnDevice, "deviceId" | "kind" | "name">) => Promise<boolean>;
}

/** `wait`: the person has to want it at the other terminal. */
export type HereStep = "make" | "new" | "wait";

export interface HereInput {
  /** As the other terminal shows it; small letters, spaces and dashes do not matter. */
  readonly code: string;
  readonly signal?: AbortSignal;
  /** Whose device it would be, from the terminal that shows the code: what it is called there. What it rejects with, this does. */
  readonly name: (owner: { readonly userId: UserId; readonly displayName: string }) => Promise<string>;
  readonly onStep?: (step: HereStep) => void;
}

export interface AddedHere {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** Which of these devices is at hand. What it rejects with, the sign-in does. */
export type ChooseDevice = (devices: readonly NamedDevice[]) => Promise<DeviceId>;

/** Which touch a recovery needs next: one that makes the new key (WebAuthn alone), or its signature beside the administrator's. */
export type RecoveryTouch = "make" | "sign";

/** What an administrator signs for somebody else, beside a recovery. */
export type AdministrativeAct =
  | { readonly type: "revokeDevice"; readonly deviceId: DeviceId; readonly why: RevocationReason }
  | { readonly type: "appoint" | "dismiss" };

/** What administrators do for others, which is refused to who is none (`admin.notAdministrator`), and what others decide about them. */
export interface AdministrationApi {
  /**
   * For whoever lost all their devices, and is not signed in: makes a new one, shows a code that is read to an administrator, and waits until they
   * signed; then the new device signs, too, and may sign in.
   * @throws SignetError `recovery.gone` when nobody signed in time; `device.cancelled` when `signal` gives up
   */
  askRecovery(input: {
    readonly userId: UserId;
    /** Of the new device, 1 to 64 characters. */
    readonly name: string;
    readonly onCode: (code: string, expiresAtMs: number) => void;
    readonly onTouch?: (touch: RecoveryTouch) => void;
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /**
   * Believes that this person administers the server, which named them anew. Only for a person's explicit decision.
   * @param head of the history that the person was shown, with its devices, of `state.newAdministrators`
   * @throws SignetError `directory.otherKey` when nobody is asked about with it
   */
  trust(userId: UserId, head: Bytes): Promise<void>;
  /** Everybody who is registered, in the order of their user IDs. */
  people(): Promise<readonly AdministeredPerson[]>;
  /** Who asks to be recovered just now. */
  recoveries(): Promise<readonly OpenRecovery[]>;
  /**
   * Signs that the device with this code is the person's from now on, and none that they had: one touch. The device signs, too.
   * @param code as the person read it, over a channel that the administrator trusts
   * @throws SignetError `admin.code` where nobody asks with it
   */
  recover(userId: UserId, code: string, signal?: AbortSignal): Promise<void>;
  /** One touch. Whoever dismisses themselves steps down. */
  act(userId: UserId, act: AdministrativeAct, signal?: AbortSignal): Promise<void>;
  /** A code with which one person registers: one touch. */
  inviteCode(signal?: AbortSignal): Promise<string>;
}

export type NamedDevice = Pick<OwnDevice, "deviceId" | "name" | "kind" | "addedAtMs">;

/**
 * All methods that talk to the server or to a device reject with `SignetError`; its `code` and message are for the person.
 * Whatever signs with a device needs a touch, and takes an `AbortSignal` to give up.
 */
export interface Terminal {
  readonly state: TerminalState;
  /** Called at each change of `state`. @returns unsubscribe */
  subscribe(listener: (state: TerminalState) => void): () => void;
  /** Connects, and keeps connecting. */
  start(): void;
  close(): void;
  /** Connect now rather than at `retryAtMs`. */
  retryNow(): void;

  /** Makes a user ID for a new device and signs in with it (WebAuthn: two touches, create and prove). */
  register(input: {
    readonly userId: UserId;
    readonly displayName: string;
    readonly inviteCode?: string;
    readonly signal?: AbortSignal;
    /**
     * WebAuthn: told before each touch, so that the person can be told what it is for. `isKept`: the second one is for the key that an
     * earlier try made, and there is no first one.
     */
    readonly onTouch?: (step: 1 | 2, isKept: boolean) => void;
    /** WebAuthn: makes another key, also when an earlier try left one. */
    readonly anew?: boolean;
  }): Promise<void>;
  signIn(input: {
    readonly userId: UserId;
    readonly signal?: AbortSignal;
    /** Asked where several of the person's devices could be at hand, and nothing tells which one is. Default the oldest. */
    readonly choose?: ChooseDevice;
  }): Promise<void>;
  readonly administration: AdministrationApi;
  readonly log: LogApi;
  readonly personal: PersonalApi;
  readonly waking: WakingApi;
  readonly blocking: BlockingApi;
  readonly pictures: PicturesApi;
  readonly messages: MessagesApi;
  readonly guests: GuestsApi;
  readonly resolutions: ResolutionsApi;
  readonly record: RecordApi;
  /** Ends the binding; with the terminal key, so it needs no touch. */
  release(): Promise<void>;

  /**
   * Adds a device of one's own: it signs that it is theirs, and the one that is signed in vouches for it. Both have to be here.
   * @returns the new one
   */
  addDevice(input: {
    /** 1 to 64 characters. */
    readonly name: string;
    readonly signal?: AbortSignal;
    /** Told before each touch. `make` is of WebAuthn devices alone. */
    readonly onTouch?: (touch: AddingTouch) => void;
  }): Promise<DeviceId>;
  /**
   * Adds a device that is at another machine: a code is shown here and entered there ({@link addDeviceHere}); one touch here.
   * @returns the new one
   * @throws SignetError `pairing.*`
   */
  addDeviceElsewhere(input: ElsewhereInput): Promise<DeviceId>;
  /**
   * Makes a device here that is somebody's who is signed in elsewhere and shows a code there. Nobody is signed in here; nor is anybody
   * afterwards, before {@link signIn}.
   * @throws SignetError `pairing.*`
   */
  addDeviceHere(input: HereInput): Promise<AddedHere>;
  /** When and where the own devices that count were used, asked of the server now. */
  deviceUses(): Promise<readonly DeviceUse[]>;
  /** Names one of the own devices: one touch. */
  nameDevice(deviceId: DeviceId, name: string, signal?: AbortSignal): Promise<void>;
  /**
   * One of the own devices counts no more, from now on and for ever: one touch. Where it is signed in it is signed out.
   * @throws SignetError `history.lastDevice` for the only one
   */
  revokeDevice(deviceId: DeviceId, why: RevocationReason, signal?: AbortSignal): Promise<void>;
  /** The name that others see: one touch. */
  rename(displayName: string, signal?: AbortSignal): Promise<void>;

  /**
   * One for each user ID, in order; without entry where nobody has it. Entries are verified. Nobody is remembered for that: a person
   * is met in a call, or when their ring is answered or declined.
   */
  lookup(userIds: readonly UserId[]): Promise<readonly LookedUp[]>;
  /** Tells `listener` now and at each change what is to be seen of these. @returns stop */
  watchPresence(
    userIds: readonly UserId[],
    listener: (seen: ReadonlyMap<UserId, SeenPresence>) => void,
  ): () => void;

  /** Calls these people: one touch. */
  call(userIds: readonly UserId[], signal?: AbortSignal): Promise<void>;
  /** Answers a call of `ringing` or joins one of `joinable`: one touch. */
  answer(callId: CallId, signal?: AbortSignal): Promise<void>;
  /** As `answer`, in a call with somebody else: that one is left as soon as the answer is signed. One touch. */
  switchTo(callId: CallId, signal?: AbortSignal): Promise<void>;
  /**
   * Goes on here with the call of `elsewhere`: one touch. It goes on at the other terminal until this one is in.
   * @throws SignetError `call.notElsewhere` when there is none
   */
  moveHere(signal?: AbortSignal): Promise<void>;
  /** Invites who calls into the call that goes on, which this terminal stays in, and declines theirs: one touch here, and one of theirs. */
  bringIn(callId: CallId, signal?: AbortSignal): Promise<void>;
  decline(callId: CallId, reason?: DeclineReason): Promise<void>;
  leave(): Promise<void>;
  /** For a page that is being closed, which has no time to wait for anything: the others are told in the same moment. */
  leaveAtOnce(): void;
  endForAll(): Promise<void>;
  /** Brings these people into the call that this terminal is in: one touch. */
  invite(userIds: readonly UserId[], signal?: AbortSignal): Promise<void>;
  /** Puts these people out of it. Only the host can. @throws SignetError `callList.notHost` */
  remove(userIds: readonly UserId[]): Promise<void>;
  /** Hands the host's role on to somebody who is in it. Only the host can. @throws SignetError `callList.notHost` */
  makeHost(userId: UserId): Promise<void>;
  /** Takes an ended call out of `state`. */
  dismissCall(): void;
  /** Asks the server for missed calls, as each sign-in does by itself: resolves when all that it has stand in `state.missed`, or cannot be had. */
  askMissed(): Promise<void>;
  /** Takes these out of `state.missed`, for good. Default all. */
  seeMissed(callIds?: readonly CallId[]): void;
  dismissWarning(id: number): void;
  dismissNotice(id: number): void;

  setMuted(muted: boolean): void;
  /** Input device by its `MediaDeviceInfo.deviceId`; undefined for the default one. Also tries again after a refusal. */
  setMicrophone(deviceId: string | undefined): Promise<void>;
  /** The person chose something else of what `BrowserTerminalOptions.sound` asks for: it counts in the call that goes on, too. */
  soundChosen(): void;
  /** Root mean square of the microphone, 0 to 1; 0 when there is none. For a meter, read at each frame. */
  microphoneLevel(): number;
  /** The same of what is said, sent or not: to tell somebody who speaks that they are muted. 0 where it cannot be told. */
  voiceLevel(): number;

  /**
   * Accepts this changed key of this person as the one to know from now on. Only for a person's explicit decision.
   * @param deviceId as the person was shown it, of `state.changedKeys`
   * @throws SignetError `directory.otherKey` when that is not the key that was refused
   */
  trustChangedKey(userId: UserId, deviceId: DeviceId): Promise<void>;
}
