/**
 * When the sound of a call is connected, and connected anew: the same in a browser and without.
 *
 *             connect              answered              connected
 *   (idle) ------------> offering ----------> connecting ----------> standing
 *                           ^                     |                   |   ^
 *                           | its time            | failed, 12 s      |   | connected
 *                           |                     v      disconnected v   |
 *                        waiting <------------------------------- faltering
 *                           ^           failed, 2 s
 *                           |
 *                           +--- any attempt that failed
 *
 *   in any state but `over`:
 *     connect                           -> offering at once, as if nothing had failed before (the media process was replaced)
 *     what encrypts the frames failed   -> waiting: nothing is sent or played, and the next attempt has it replaced
 *     it failed too often; a failure that the next attempt would meet again; plaintext on the wire -> over, and told
 *
 * Whoever waits is told why there is no way, from the first attempt on that was answered and did not connect.
 *
 * Attempts are numbered, so that what is said of one that was given up changes nothing.
 */
import type { ErrorCode, Step } from "@signet/protocol";

import type { SoundWay } from "./sound-way.ts";

export interface MediaConnectionState {
  readonly phase: "idle" | "offering" | "connecting" | "standing" | "faltering" | "waiting" | "over";
  /** The last one that began; 0 before the first. */
  readonly attempt: number;
  /** Attempts in a row that failed. */
  readonly failures: number;
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

export type MediaConnectionShown =
  /** `code`: why the attempts before had no way; it is tried again, with everything anew. */
  | { readonly status: "connecting"; readonly code?: ErrorCode }
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
  /** Nothing happened but the time that a `wake` asked for. */
  | { readonly type: "time" }
  | { readonly type: "close" };

export type MediaConnectionEffect =
  /** Close what there is, have what encrypts the frames replaced where it failed, and offer a connection. */
  | { readonly type: "open"; readonly attempt: number; readonly replaceFrames: boolean }
  /** Close what there is: nothing may be sent or played. */
  | { readonly type: "close" }
  | { readonly type: "show"; readonly shown: MediaConnectionShown }
  /** Over for this call: the person has to know. */
  | { readonly type: "fail"; readonly code: ErrorCode }
  /** Give the input `time` then; replaces an earlier wish. */
  | { readonly type: "wake"; readonly atMs: number };

type MediaConnectionStep = Step<MediaConnectionState, MediaConnectionEffect>;

/** Between two attempts: at first at once, since a replaced media process is ready by then. */
const retryMs = [0, 250, 500, 1_000, 2_000, 5_000];
/** ICE may recover from a short break by itself. */
const disconnectedGraceMs = 2_000;
/**
 * From the server's answer on. Several times what a way takes that begins after a second for UDP alone; a browser that a relay refused may never give up by
 * itself, and one whose packets get lost does so after some 15 s.
 */
const connectWithinMs = 12_000;
/**
 * So often may what encrypts the frames fail within {@link framesFailuresWithinMs}. On a busy machine it is given up for silent after
 * 10 s, so these are some minutes of trying; where it cannot start at all, they are some seconds.
 */
export const framesFailuresMost = 8;
export const framesFailuresWithinMs = 300_000;

export function startMediaConnection(): MediaConnectionState {
  return {
    phase: "idle",
    attempt: 0,
    failures: 0,
    dueAtMs: Infinity,
    framesFailed: false,
    framesFailedAtMs: [],
    hindrance: undefined,
    shown: undefined,
  };
}

/** @param nowMs monotonic milliseconds */
export function stepMediaConnection(
  state: MediaConnectionState,
  input: MediaConnectionInput,
  nowMs: number,
): MediaConnectionStep {
  if (state.phase === "over") return only(state);
  switch (input.type) {
    case "connect":
      return connect(state);
    case "answered":
      if (input.attempt !== state.attempt || state.phase !== "offering") return only(state);
      return until({ ...state, phase: "connecting" }, nowMs + connectWithinMs);
    case "connected":
      if (input.attempt !== state.attempt || !isOpen(state)) return only(state);
      return show({ ...state, phase: "standing", failures: 0, dueAtMs: Infinity }, { status: "connected" });
    case "hindered":
      if (input.attempt !== state.attempt) return only(state);
      return only({ ...state, hindrance: input.code });
    case "disconnected":
      if (input.attempt !== state.attempt || state.phase !== "standing") return only(state);
      return until({ ...state, phase: "faltering" }, nowMs + disconnectedGraceMs);
    case "failed":
      return failed(state, input, nowMs);
    case "giveUp":
      return fail(state, input.code);
    case "time":
      return time(state, nowMs);
    case "close":
      return { state: over(state), effects: [{ type: "close" }] };
  }
}

function connect(state: MediaConnectionState): MediaConnectionStep {
  // Nobody can hurry the other attempt: what the failed one said before it failed is still on its way.
  if (state.framesFailed) return only(state);
  return open({ ...state, failures: 0 });
}

function open(state: MediaConnectionState): MediaConnectionStep {
  const attempt = state.attempt + 1;
  const shown = show(
    {
      ...state,
      phase: "offering",
      attempt,
      framesFailed: false,
      dueAtMs: Infinity,
      hindrance: undefined,
    },
    waitingShown(state),
  );
  const effect = { type: "open", attempt, replaceFrames: state.framesFailed } as const;
  return { state: shown.state, effects: [...shown.effects, effect] };
}

function failed(
  state: MediaConnectionState,
  { attempt = state.attempt, code }: MediaConnectionInput & { readonly type: "failed" },
  nowMs: number,
): MediaConnectionStep {
  // Whichever connection it was: here nothing is sent any more.
  if (code === "frames.plaintextDetected") return fail(state, code);
  if (attempt !== state.attempt || state.phase === "idle") return only(state);
  if (code === "frames.workerFailed") return framesFailed(state, nowMs);
  if (code !== undefined && isFinal(code)) return fail(state, code);
  return state.phase === "waiting" ? only(state) : wait(state, nowMs);
}

function framesFailed(state: MediaConnectionState, nowMs: number): MediaConnectionStep {
  if (state.framesFailed) return only(state);
  const recent = state.framesFailedAtMs.filter((atMs) => atMs > nowMs - framesFailuresWithinMs);
  if (recent.length >= framesFailuresMost) return fail(state, "frames.workerFailed");
  const waiting: MediaConnectionState = {
    ...state,
    phase: "waiting",
    framesFailed: true,
    framesFailedAtMs: [...recent, nowMs],
  };
  // Never at once: what the failed one had opened has to be heard of first, or another would open it again.
  const shown = show(waiting, { status: "restarting" });
  const next = until(shown.state, nowMs + retryAfterMs(1 + recent.length));
  return { state: next.state, effects: [{ type: "close" }, ...shown.effects, ...next.effects] };
}

function wait(state: MediaConnectionState, nowMs: number): MediaConnectionStep {
  const { failures } = state;
  const shown = show(
    { ...state, phase: "waiting", failures: failures + 1 },
    state.phase === "connecting" && !isRestarting(state)
      ? { status: "connecting", code: state.hindrance ?? "media.connectionFailed" }
      : waitingShown(state),
  );
  const next = until(shown.state, nowMs + retryAfterMs(failures));
  return { state: next.state, effects: [...shown.effects, ...next.effects] };
}

function time(state: MediaConnectionState, nowMs: number): MediaConnectionStep {
  if (nowMs < state.dueAtMs)
    // Timers may ring a little early.
    return state.dueAtMs === Infinity ? only(state) : until(state, state.dueAtMs);
  return state.phase === "waiting" ? open(state) : wait(state, nowMs);
}

function fail(state: MediaConnectionState, code: ErrorCode): MediaConnectionStep {
  return { state: over(state), effects: [{ type: "close" }, { type: "fail", code }] };
}

function show(state: MediaConnectionState, shown: MediaConnectionShown): MediaConnectionStep {
  if (state.shown?.status === shown.status && codeOf(state.shown) === codeOf(shown)) return only(state);
  return { state: { ...state, shown }, effects: [{ type: "show", shown }] };
}

const codeOf = (shown: MediaConnectionShown): ErrorCode | undefined =>
  shown.status === "connecting" ? shown.code : undefined;

function until(state: MediaConnectionState, dueAtMs: number): MediaConnectionStep {
  return { state: { ...state, dueAtMs }, effects: [{ type: "wake", atMs: dueAtMs }] };
}

const only = (state: MediaConnectionState): MediaConnectionStep => ({ state, effects: [] });

const over = (state: MediaConnectionState): MediaConnectionState => ({
  ...state,
  phase: "over",
  dueAtMs: Infinity,
});

/** The last attempt may stand, or stand again. After its frames failed it was closed. */
const isOpen = (state: MediaConnectionState): boolean => state.phase !== "idle" && !state.framesFailed;

/** Until something can be heard again, that is what the person sees. */
const isRestarting = (state: MediaConnectionState): boolean => state.shown?.status === "restarting";

/** While it is tried again: what was shown before, but for what stood. */
const waitingShown = ({ shown }: MediaConnectionState): MediaConnectionShown =>
  shown === undefined || shown.status === "connected" ? { status: "connecting" } : shown;

/** @param failures attempts in a row that failed before */
function retryAfterMs(failures: number): number {
  return retryMs[Math.min(failures, retryMs.length - 1)] ?? 0;
}

/** Whether another attempt would fail the same way. */
function isFinal(code: ErrorCode): boolean {
  return (
    code.startsWith("frames.") ||
    code === "media.badOffer" ||
    code === "media.tooManySlots" ||
    code === "call.notFound" ||
    code === "call.notMember"
  );
}
