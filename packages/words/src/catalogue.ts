/** What a language has to say. Each has a folder with a catalogue of this type; a word that is missing or too many does not compile. */
import type {
  BindingEndReason,
  ErrorCode,
  LeaveReason,
  MemberState,
  NameFault,
  ResolutionState,
  RevocationReason,
} from "@signet/protocol";

import type { RecordTexts } from "./record-texts.ts";

/** Clauses as they stand within a sentence: without a capital at the beginning and a full stop at the end. */
export type ErrorClauses = readonly [happened: string, next: string];

/** Why a sign-in is over: the server says so, or the signature device is gone. */
export type SignedOutReason = BindingEndReason | "deviceRemoved" | "forgotten";

/** Of a group of errors. */
export type SomeErrors = Partial<Record<ErrorCode, ErrorClauses>>;

/** `device`, `kind` and `signer` as they are called; `on` a day. */
export interface Told {
  readonly name: string;
  readonly on: string;
  readonly signer: string;
}

export interface ToldOfDevice extends Told {
  readonly device: string;
  readonly kind: string;
}

interface HistoryClauses extends Readonly<
  Record<"deviceAdded" | "deviceNamed" | "certified" | "recovered", (told: ToldOfDevice) => string>
> {
  readonly deviceRevoked: (told: ToldOfDevice & { readonly why: RevocationReason }) => string;
  readonly renamed: (told: Told & { readonly displayName: string }) => string;
  /** As an administrator. */
  readonly appointed: (told: Told) => string;
  readonly dismissed: (told: Told) => string;
}

/** What carries sound: UDP as it is, or a relay and by what that is reached. */
export type SoundRoute = "udp" | "relayUdp" | "relayTcp" | "relayTls";

export interface Catalogue {
  /** As Intl takes it, where nothing is known of the person's region. */
  readonly locale: string;
  /** What the language calls itself. */
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  /** A clause that stands alone without being a sentence, as in a list. */
  readonly label: (clause: string) => string;
  /** A clause as a sentence of its own. */
  readonly sentence: (clause: string) => string;
  readonly afterOneAnother: (...sentences: readonly string[]) => string;
  /** By `Intl`: `Ann, Bob and Cy`. */
  readonly list: (names: readonly string[]) => string;
  /** Short clauses in one. */
  readonly clausesInOne: (...clauses: readonly string[]) => string;
  readonly dayAndTime: (day: string, time: string) => string;
  /** @param parts as `Intl` writes them: hours, minutes */
  readonly durations: (...parts: readonly string[]) => string;
  /** What happened and what to do next, for each error, as people with a page in front of them read it. */
  readonly errors: Readonly<Record<ErrorCode, ErrorClauses>>;
  /** Where there is no page: what is said otherwise on the command line. */
  readonly commandLineErrors: Readonly<Partial<Record<ErrorCode, Partial<ErrorWords>>>>;
  readonly memberStates: Readonly<Record<MemberState, readonly [besideName: string, afterName: string]>>;
  /** The state `failed`, where nothing but a clock was in the way. */
  readonly failedForTime: readonly [besideName: string, afterName: string];
  /** Of a device whose counter went back. */
  readonly counterBack: (device: string) => readonly [happened: string, next: string];
  /** What the server showed somebody, or they say that it did, is not what it shows here. */
  readonly otherViews: Readonly<Record<"log.otherView" | "log.unsignedView", (name: string) => ErrorClauses>>;
  /** A call that did not ring for that. @param off such as `5 minutes`; of the clock that is named first */
  readonly clockFaults: Readonly<
    Record<"own" | "theirs", (name: string, off: string, isBehind: boolean) => ErrorClauses>
  >;
  /** What is wrong with a display name, as a clause. */
  readonly nameFaults: Readonly<Record<NameFault, string>>;
  /** Beside a name that looks like that of somebody else. */
  readonly looksLike: (userId: string) => string;
  /** Somebody in a call without a device, by a member's word: in the place of a name, and beside it everywhere. */
  readonly guests: {
    /** @param name as they call themselves; empty where that is not known */
    readonly called: (name: string) => string;
    readonly mark: string;
    readonly markBy: (inviter: string) => string;
    readonly markByYou: string;
    /** Beside one whose name looks like that of another guest. */
    readonly looksLike: string;
  };
  /** What is put to those in a call. */
  readonly resolutions: {
    readonly states: Readonly<Record<ResolutionState, string>>;
    readonly all: (count: number) => string;
    readonly some: (needed: number, count: number) => string;
    readonly named: (names: string) => string;
  };
  /** Of files that are verified. */
  readonly records: RecordTexts;
  /** Beside the name of somebody whose page is loaded anew, for as long as they may be back in a moment. */
  readonly reconnecting: string;
  readonly revokedInGroup: string;
  readonly waiting: string;
  readonly leaveReasons: Readonly<Record<LeaveReason, readonly [besideName: string, afterName: string]>>;
  /** What happened, and what to do next where there is a page. */
  readonly signedOut: Readonly<Record<SignedOutReason, ErrorClauses>>;
  /** What was signed in a key history, as clauses: of somebody else, and of the person at this terminal. */
  readonly histories: Readonly<Record<"ofOthers" | "ofOneself", HistoryClauses>> & {
    readonly device: {
      readonly first: Readonly<Record<"ofOthers" | "ofOneself", string>>;
      readonly named: (name: string) => string;
      /** The one without a name, where what was signed does not stand beside it. */
      readonly registeredWith: string;
      readonly signer: Readonly<Record<"ofOthers" | "ofOneself", (name: string) => string>>;
      readonly administrator: (userId: string) => string;
    };
  };
  /** How a call went that is over, as clauses. */
  readonly pastCalls: Readonly<
    Record<
      "missed" | "youDeclined" | "declined" | "notReached" | "nobodyThere" | "failed" | "verified",
      string
    >
  > &
    Readonly<Record<"talked" | "verifiedAre", (what: string) => string>>;
  readonly soundWay: {
    readonly by: Readonly<Record<SoundRoute, string>>;
    readonly roundTrip: (ms: number) => string;
    readonly lost: (percent: number) => string;
    readonly jitter: (ms: number) => string;
    readonly advice: Readonly<Record<"lossy" | "slow" | "relayed", string>>;
    /** Too much gets lost on the way of one person: as a tag, and as clauses of what that means. */
    readonly poor: {
      readonly tag: string;
      readonly own: ErrorWords;
      readonly ofOther: (name: string) => ErrorWords;
      readonly over: string;
      readonly overOfOther: (name: string) => string;
    };
  };
  /** Of a voice that is not proven to be the one whose name it has: as tags, and what it means, by name. */
  readonly voice: {
    readonly tags: Readonly<Record<UnprovenVoice, string>>;
    readonly over: (name: string) => string;
  } & Readonly<Record<UnprovenVoice, (name: string) => ErrorWords>>;
  readonly nobody: string;
  readonly others: (count: number) => string;
}

/** What is heard in somebody's name is not proven to be theirs: their signature contradicts it, none came, none can be seen to come or not, or none will. */
export type UnprovenVoice = "forged" | "unproven" | "unchecked" | "unprovable";

export interface ErrorWords {
  readonly happened: string;
  readonly next: string;
}
