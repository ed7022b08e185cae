/** What the machine of a media connection (media-connection.ts) knows, and what goes into and comes out of it. */
import type { ErrorCode, ReplyBody, Step } from "@signet/protocol";

import type { SoundWay } from "./sound-way.ts";

export interface MediaConnectionState {
  readonly phase:
    | "idle"
    | "offering"
    | "connecting"
    | "standing"
    | "faltering"
    | "doubting"
    | "unreached"
    | "waiting"
    | "over";
  /** The last one that began; 0 before the first. */
  readonly attempt: number;
  /** The attempt whose connection carries the sound: the last one, or one beside which it is made. */
  readonly serving: number | undefined;
  /** What came on that. */
  readonly flow: MediaFlowSeen;
  /** Whether anything ever came in this call: before that nothing is missed. */
  readonly came: boolean;
  /** Connections in a row on which nothing came, after something had. */
  readonly fruitless: number;
  /** Why that is not believed any more; until something comes on it, or another one has taken its place. */
  readonly doubt: MediaDoubt | undefined;
  /** Of the last question to the server; what comes of an earlier one counts no more. */
  readonly ask: number;
  /** By when the server has to have answered it; undefined while nothing is asked. */
  readonly askByMs: number | undefined;
  /** Before that it is not asked again, since it said that nothing is wrong. */
  readonly askAgainAtMs: number;
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** For the attempt that was answered last. */
  readonly connectByMs: number;
  /** When `time` is wanted. */
  readonly dueAtMs: number;
  /** What encrypts the frames failed, and is replaced with the next attempt. */
  readonly framesFailed: boolean;
  /** When it failed, within {@link framesFailuresWithinMs}. */
  readonly framesFailedAtMs: readonly number[];
  /** What the attempt that goes on found in its way. */
  readonly hindrance: ErrorCode | undefined;
  readonly shown: MediaConnectionShown | undefined;
}

export interface MediaFlowSeen {
  /** Since the connection stands. */
  readonly packets: number;
  /** That waited for a key, since the call began. */
  readonly held: number;
  /** When one was seen to have come; when it began to serve before the first one. */
  readonly lastMs: number;
  readonly countedAtMs: number;
  /** For how long none came, while some were expected and this terminal was awake to see them. */
  readonly quietMs: number;
}

/** `nothing` comes, `unheard` at the server, or the network `changed`. */
export type MediaDoubt = "nothing" | "unheard" | "changed";

export type MediaConnectionShown =
  /** `code`: why the attempts before had no way; it is tried again, with everything anew. */
  | { readonly status: "connecting"; readonly code?: ErrorCode }
  /** It was connected, and is not any more, as far as is known for this reason. */
  | { readonly status: "reconnecting"; readonly code: ErrorCode }
  /** What encrypts the audio failed: nothing is sent or heard before another is in its place, which happens by itself. */
  | { readonly status: "restarting" }
  /** `way`: as soon as it is known, and looked at again and again. */
  | { readonly status: "connected"; readonly way?: SoundWay };

export type MediaConnectionInput =
  /** Make a connection in place of the one there is. */
  | { readonly type: "connect" }
  /** The server answered the offer. */
  | { readonly type: "answered"; readonly attempt: number }
  | { readonly type: "connected"; readonly attempt: number }
  /** One of its ways leads nowhere; another may. */
  | { readonly type: "hindered"; readonly attempt: number; readonly code: ErrorCode }
  /** It may come back by itself. */
  | { readonly type: "disconnected"; readonly attempt: number }
  /** `attempt` is missing where it is not of one connection; so is `code` where nothing is known but that it failed. */
  | { readonly type: "failed"; readonly attempt?: number; readonly code?: ErrorCode }
  /** Nothing that is tried again would mend it. */
  | { readonly type: "giveUp"; readonly code: ErrorCode }
  /**
   * How many packets with sound came so far, opened, and how many waited for a key; `expected`: others are there who send some. To be given a few times a
   * second while one serves.
   */
  | {
      readonly type: "counted";
      readonly attempt: number;
      readonly packets: number;
      readonly held: number;
      readonly expected: boolean;
    }
  /** Nothing comes at the server, by its own word. */
  | { readonly type: "unheard" }
  /** The network is another one; `gone`: an address that is in use is none of this machine any more. */
  | { readonly type: "changed"; readonly gone: boolean }
  /** The server answered; `flow` where it could tell. `sends`: packets with sound went out just now. */
  | {
      readonly type: "told";
      readonly ask: number;
      readonly flow?: ReplyBody<"media.flow"> | undefined;
      readonly sends: boolean;
    }
  /** There is no connection to the server, or it broke off. */
  | { readonly type: "untold"; readonly ask: number }
  /** The connection to the server is another one, on which this terminal is signed in. */
  | { readonly type: "signalled" }
  /** Nothing happened but the time that a `wake` asked for. */
  | { readonly type: "time" }
  | { readonly type: "close" };

export type MediaConnectionEffect =
  /**
   * Have what encrypts the frames replaced where it failed, and offer a connection; `beside`: the one that serves goes on. All others are closed before.
   */
  | {
      readonly type: "open";
      readonly attempt: number;
      readonly replaceFrames: boolean;
      readonly beside?: number;
    }
  /** Send and play by this one, and close all others. */
  | { readonly type: "use"; readonly attempt: number }
  /** Close what there is, but for that one: nothing else may be sent or played. */
  | { readonly type: "close"; readonly but?: number }
  /** Ask the server what comes and goes; `told` or `untold` says what came of it. */
  | { readonly type: "ask"; readonly ask: number }
  /** The connection to the server is of no use: have another. */
  | { readonly type: "signal" }
  | { readonly type: "show"; readonly shown: MediaConnectionShown }
  /** Over for this call: the person has to know. */
  | { readonly type: "fail"; readonly code: ErrorCode }
  /** Give the input `time` then; replaces an earlier wish. */
  | { readonly type: "wake"; readonly atMs: number };

export type MediaConnectionStep = Step<MediaConnectionState, MediaConnectionEffect>;

/**
 * So often may what encrypts the frames fail within {@link framesFailuresWithinMs}. On a busy machine it is given up for silent after
 * 10 s, so these are some minutes of trying; where it cannot start at all, they are some seconds.
 */
export const framesFailuresMost = 8;
export const framesFailuresWithinMs = 300_000;

export const nothingSeen: MediaFlowSeen = { packets: 0, held: 0, lastMs: 0, countedAtMs: 0, quietMs: 0 };

export function startMediaConnection(): MediaConnectionState {
  return {
    phase: "idle",
    attempt: 0,
    serving: undefined,
    flow: nothingSeen,
    came: false,
    fruitless: 0,
    doubt: undefined,
    ask: 0,
    askByMs: undefined,
    askAgainAtMs: -Infinity,
    failures: 0,
    connectByMs: Infinity,
    dueAtMs: Infinity,
    framesFailed: false,
    framesFailedAtMs: [],
    hindrance: undefined,
    shown: undefined,
  };
}

export function show(state: MediaConnectionState, shown: MediaConnectionShown): MediaConnectionStep {
  if (state.shown?.status === shown.status && codeOf(state.shown) === codeOf(shown)) return only(state);
  return { state: { ...state, shown }, effects: [{ type: "show", shown }] };
}

const codeOf = (shown: MediaConnectionShown): ErrorCode | undefined =>
  "code" in shown ? shown.code : undefined;

export function until(state: MediaConnectionState, dueAtMs: number): MediaConnectionStep {
  return { state: { ...state, dueAtMs }, effects: [{ type: "wake", atMs: dueAtMs }] };
}

/** What came within so long still comes. */
export const comesWithinMs = 1_000;

/** Between two attempts: at first at once, since a replaced media process is ready by then. */
const retryMs = [0, 250, 500, 1_000, 2_000, 5_000];

/** @param failures attempts in a row that failed before */
export const retryAfterMs = (failures: number): number =>
  retryMs[Math.min(failures, retryMs.length - 1)] ?? 0;

/** Whether another attempt would fail the same way. */
export function isFinal(code: ErrorCode): boolean {
  return (
    code.startsWith("frames.") ||
    code === "media.badOffer" ||
    code === "media.tooManySlots" ||
    code === "call.notFound" ||
    code === "call.notMember"
  );
}

/** A step to this state. */
export const only = (
  state: MediaConnectionState,
  ...effects: MediaConnectionEffect[]
): MediaConnectionStep => ({
  state,
  effects,
});

/** @param more what follows on what the step came to */
export function andThen(
  step: MediaConnectionStep,
  more: (state: MediaConnectionState) => MediaConnectionStep,
): MediaConnectionStep {
  const next = more(step.state);
  return { state: next.state, effects: [...step.effects, ...next.effects] };
}
