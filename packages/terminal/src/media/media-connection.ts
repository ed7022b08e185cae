/**
 * When the sound of a call is connected, and connected anew: the same in a browser and without.
 *
 *             connect              answered              connected
 *   (idle) ------------> offering ----------> connecting ----------> standing <--------------------------------+
 *                         ^  ^ its time           |                   |  |  ^                                  |
 *                         |  |                    | failed, 12 s      |  |  | connected                        |
 *                         |  |                    v      disconnected v  |  |                     something comes,
 *                         | waiting <------------------------- faltering |--+                   or nothing is wrong
 *                         |  ^           failed, 2 s                     |                                     |
 *                         |  +--- any attempt that failed                | nothing comes, unheard, changed     |
 *                         |                                              v                                     |
 *                         +------------- its own way is broken ------ doubting --------------------------------+
 *                         |                                              | no answer in time                   |
 *                         |                                              v                                     |
 *                         +------------- signalled ------------------ unreached -------------------------------+
 *
 *   in any state but `over`:
 *     connect                           -> offering at once, as if nothing had failed before (the media process was replaced)
 *     what encrypts the frames failed   -> waiting: nothing is sent or played, and the next attempt has it replaced
 *     it failed too often; a failure that the next attempt would meet again; plaintext on the wire -> over, and told
 *
 * A connection that stands is believed while something comes on it. In doubt the server is asked, which knows whether it sent something and what came from here, so that
 * of two people only the one whose way is broken connects anew; and an answer shows that an offer would be answered. The connection in doubt serves until
 * another one is connected, and what comes on it meanwhile ends the doubt: an attempt that was begun goes on, and takes its place all the same.
 *
 * Whoever waits is told why there is no way, from the first attempt on that was answered and did not connect.
 *
 * Attempts are numbered, so that what is said of one that was given up changes nothing.
 */
import type { ErrorCode } from "@signet/protocol";

import { doubtShown, isFlowing, isRestarting, slowShown, waitingShown } from "./media-connection-shown.ts";
import {
  comesWithinMs,
  framesFailuresMost,
  framesFailuresWithinMs,
  isFinal,
  nothingSeen,
  only,
  retryAfterMs,
  show,
  andThen,
  until,
} from "./media-connection-state.ts";
import type {
  MediaConnectionInput,
  MediaConnectionState,
  MediaConnectionStep,
  MediaDoubt,
} from "./media-connection-state.ts";

type InputOf<T extends MediaConnectionInput["type"]> = Extract<MediaConnectionInput, { type: T }>;

/** ICE may recover from a short break by itself. */
const disconnectedGraceMs = 2_000;
/**
 * From the server's answer on. Several times what a way takes that begins after a second for UDP alone; a browser that a relay refused may never give up by
 * itself, and one whose packets get lost does so after some 15 s.
 */
const connectWithinMs = 12_000;
/** Most ways take less, also over a relay far away: from then on the person is told what is in the way, while it is still tried. */
const tellAfterMs = 7_000;
/** So long does an offer wait before the server is asked whether it is there at all. Addresses are gathered meanwhile, too. */
const offerWithinMs = 2_000;
/** A network that only stutters keeps packets back for less. */
const quietMostMs = 2_000;
/**
 * Where a way has worked the server is asked before: if its answer comes, and nothing of what it sent just now, nothing stutters. If none comes, nothing is done
 * any earlier.
 */
const suspectAfterMs = 1_000;
/** After connections that brought nothing each next one has twice the time, so many times: whatever is wrong, another one does not mend it. */
const fruitlessMost = 3;
/**
 * After the last that was opened: what waits for its key meanwhile is neither sound nor silence. Whoever is slow to read a Commit hears the others' frames of the
 * new epoch come, and no other connection would open them; but a server can make up such frames.
 */
const keyWithinMs = 5_000;
/** What a terminal that stood still, or was busy, did not look at counts as no more than that. */
const countedMostMs = 500;
/** For an answer of the server. Where the network changed its socket is more likely of no use, and another one costs little. */
const answerWithinMs = 1_500;
const answerAfterChangeMs = 500;
/** The answer mostly comes within that, and says that it is somebody else's way: no reason to show anything. */
const showDoubtAfterMs = 300;
/** What the SFU sent or had within so long it still sends or has; less than what raises a doubt. */
const flowsWithinMs = 1_500;
/** The same where it is asked early: somebody who fell silent as long ago as the last packet came says nothing. */
const flowsWithinEarlyMs = 500;
/** After it said that nothing is wrong here. */
const askAgainAfterMs = 4_000;

/** @param nowMs monotonic milliseconds */
export function stepMediaConnection(
  state: MediaConnectionState,
  input: MediaConnectionInput,
  nowMs: number,
): MediaConnectionStep {
  if (state.phase === "over") return only(state);
  switch (input.type) {
    case "connect":
      // Nobody can hurry the other attempt: what the failed one said before it failed is still on its way.
      if (state.framesFailed) return only(state);
      return open({ ...state, failures: 0, serving: undefined, doubt: undefined }, nowMs);
    case "answered":
      if (input.attempt !== state.attempt || state.phase !== "offering") return only(state);
      return until(
        { ...state, phase: "connecting", askByMs: undefined, connectByMs: nowMs + connectWithinMs },
        nowMs + tellAfterMs,
      );
    case "connected":
      return connected(state, input.attempt, nowMs);
    case "hindered":
      if (input.attempt !== state.attempt) return only(state);
      return only({ ...state, hindrance: input.code });
    case "disconnected":
      if (input.attempt !== state.serving || state.phase !== "standing") return only(state);
      return until({ ...state, phase: "faltering" }, nowMs + disconnectedGraceMs);
    case "failed":
      return failed(state, input, nowMs);
    case "giveUp":
      return fail(state, input.code);
    case "counted":
      return counted(state, input, nowMs);
    case "unheard":
      return isQuiet(state) ? doubt(state, "unheard", nowMs) : only(state);
    case "changed":
      return changed(state, input, nowMs);
    case "told":
      return told(state, input, nowMs);
    case "untold":
      return input.ask === state.ask && state.askByMs !== undefined ? untold(state) : only(state);
    case "signalled":
      return signalled(state, nowMs);
    case "time":
      return time(state, nowMs);
    case "close":
      return { state: over(state), effects: [{ type: "close" }] };
  }
}

function open(state: MediaConnectionState, nowMs: number): MediaConnectionStep {
  const attempt = state.attempt + 1;
  const { serving } = state;
  const shown = show(
    {
      ...state,
      phase: "offering",
      attempt,
      framesFailed: false,
      hindrance: undefined,
      askByMs: undefined,
    },
    waitingShown(state, nowMs),
  );
  const beside = serving === undefined ? {} : { beside: serving };
  const effect = { type: "open", attempt, replaceFrames: state.framesFailed, ...beside } as const;
  const opened = andThen(shown, (next) => only(next, effect));
  return andThen(opened, (next) => until(next, nowMs + offerWithinMs));
}

function connected(state: MediaConnectionState, attempt: number, nowMs: number): MediaConnectionStep {
  if (attempt !== state.attempt || state.phase === "idle" || state.framesFailed) return only(state);
  if (attempt === state.serving) {
    // By ICE alone nothing has come yet.
    if (state.phase !== "faltering") return only(state);
    return only({ ...state, phase: "standing", dueAtMs: Infinity });
  }
  // One that failed while another one served on, and was closed.
  if (state.serving !== undefined && isQuiet(state)) return only(state);
  const next: MediaConnectionState = {
    ...state,
    phase: "standing",
    serving: attempt,
    flow: { ...nothingSeen, held: state.flow.held, lastMs: nowMs, countedAtMs: nowMs },
    fruitless: state.came && state.flow.packets === 0 ? state.fruitless + 1 : 0,
    doubt: undefined,
    askByMs: undefined,
    failures: 0,
    dueAtMs: Infinity,
  };
  const used = only(next, { type: "use", attempt });
  // After a doubt something has to come first.
  return state.shown?.status === "reconnecting"
    ? used
    : andThen(used, (each) => show(each, { status: "connected" }));
}

function counted(
  state: MediaConnectionState,
  { attempt, expected, held, packets }: InputOf<"counted">,
  nowMs: number,
): MediaConnectionStep {
  if (attempt !== state.serving) return only(state);
  const { flow } = state;
  if (packets > flow.packets)
    return comes({
      ...state,
      flow: { packets, held, lastMs: nowMs, countedAtMs: nowMs, quietMs: 0 },
      came: true,
      fruitless: 0,
    });
  const passedMs = Math.min(nowMs - flow.countedAtMs, countedMostMs);
  const isKeyToCome = held > flow.held && nowMs - flow.lastMs < keyWithinMs;
  const quietMs = expected ? flow.quietMs + (isKeyToCome ? 0 : passedMs) : 0;
  const next = { ...state, flow: { ...flow, held, countedAtMs: nowMs, quietMs } };
  if (!isQuiet(next)) return only(next);
  // Nobody is there who could be heard.
  if (!expected) return show(next, { status: "connected" });
  const mostMs = quietMostMs * 2 ** Math.min(state.fruitless, fruitlessMost);
  const askAfterMs = flow.packets > 0 ? suspectAfterMs : mostMs;
  return next.came && quietMs >= askAfterMs && nowMs >= next.askAgainAtMs
    ? doubt(next, "nothing", nowMs, Math.max(0, mostMs - quietMs))
    : only(next);
}

/** Something came on the connection that serves. That what goes out is heard is not said by that, nor that nothing was on its way when the network changed. */
function comes(state: MediaConnectionState): MediaConnectionStep {
  if (state.doubt !== undefined && state.doubt !== "nothing") return only(state);
  const isBack = state.phase === "doubting" || state.phase === "unreached" || state.phase === "waiting";
  const next: MediaConnectionState = isBack
    ? { ...state, phase: "standing", doubt: undefined, askByMs: undefined, dueAtMs: Infinity, failures: 0 }
    : { ...state, doubt: undefined };
  return show(next, { status: "connected" });
}

/** @param earlyMs so much more patience with what does not answer */
function doubt(
  state: MediaConnectionState,
  why: MediaDoubt,
  nowMs: number,
  earlyMs = 0,
): MediaConnectionStep {
  const ask = state.ask + 1;
  const askByMs = nowMs + earlyMs + (why === "changed" ? answerAfterChangeMs : answerWithinMs);
  const next = { ...state, phase: "doubting", doubt: why, ask, askByMs } as const;
  const firstMs = why === "changed" ? askByMs : nowMs + earlyMs + showDoubtAfterMs;
  return andThen(only(next, { type: "ask", ask }), (asked) => until(asked, firstMs));
}

function changed(
  state: MediaConnectionState,
  { gone }: InputOf<"changed">,
  nowMs: number,
): MediaConnectionStep {
  if (state.framesFailed) return only(state);
  // Another network is another chance.
  if (state.phase === "waiting") return open({ ...state, failures: 0 }, nowMs);
  if (state.serving === undefined) return only(state);
  if (!gone) return isQuiet(state) ? doubt(state, "changed", nowMs) : only(state);
  return untold({ ...state, doubt: state.doubt ?? "changed" }, "media.networkChanged");
}

function told(
  state: MediaConnectionState,
  { ask, flow, sends }: InputOf<"told">,
  nowMs: number,
): MediaConnectionStep {
  if (ask !== state.ask || state.askByMs === undefined) return only(state);
  // The offer has its answer when it has it: its request has its own limit.
  if (state.phase === "offering") return only({ ...state, askByMs: undefined, dueAtMs: Infinity });
  const isComing = nowMs - state.flow.lastMs < comesWithinMs;
  const { quietMs } = state.flow;
  const isEarly = state.doubt === "nothing" && quietMs < quietMostMs;
  const isBroken =
    flow === undefined
      ? (!isComing && !isEarly) || state.doubt === "unheard"
      : !flow.connected ||
        (!isComing && (flow.sentAgoMs ?? Infinity) < (isEarly ? flowsWithinEarlyMs : flowsWithinMs)) ||
        (sends && (flow.receivedAgoMs ?? Infinity) > flowsWithinMs);
  if (isBroken || state.serving === undefined)
    return andThen(show({ ...state, askByMs: undefined }, doubtShown(state, isComing)), (next) =>
      open(next, nowMs),
    );
  const next: MediaConnectionState = {
    ...state,
    phase: "standing",
    doubt: undefined,
    askByMs: undefined,
    askAgainAtMs: nowMs + (isEarly ? quietMostMs - quietMs : askAgainAfterMs),
    dueAtMs: Infinity,
  };
  return show(next, { status: "connected" });
}

function untold(state: MediaConnectionState, code: ErrorCode = "media.serverUnreached"): MediaConnectionStep {
  // What waits for an answer to its offer fails with the connection that is given up, and goes on with the next one.
  const phase = state.phase === "offering" ? "offering" : "unreached";
  const next = { ...state, phase, askByMs: undefined, dueAtMs: Infinity } as const;
  const shown = isRestarting(state) ? only(next) : show(next, { status: "reconnecting", code });
  return andThen(shown, (each) => only(each, { type: "signal" }));
}

function signalled(state: MediaConnectionState, nowMs: number): MediaConnectionStep {
  if (state.framesFailed) return only(state);
  const { doubt: why, flow, phase } = state;
  if (phase === "unreached" || phase === "waiting") return open(state, nowMs);
  if (phase === "doubting") return doubt(state, why ?? "nothing", nowMs);
  // What came meanwhile says that all is well.
  if (!isQuiet(state) || nowMs - flow.lastMs < comesWithinMs) return only(state);
  return doubt(state, "nothing", nowMs);
}

function failed(
  state: MediaConnectionState,
  { attempt = state.attempt, code }: InputOf<"failed">,
  nowMs: number,
): MediaConnectionStep {
  // Whichever connection it was: here nothing is sent any more.
  if (code === "frames.plaintextDetected") return fail(state, code);
  const isServing = attempt === state.serving;
  if ((attempt !== state.attempt && !isServing) || state.phase === "idle") return only(state);
  if (code === "frames.workerFailed") return framesFailed(state, nowMs);
  if (code !== undefined && isFinal(code)) return fail(state, code);
  const next = isServing ? { ...state, serving: undefined } : state;
  switch (state.phase) {
    case "standing":
    case "faltering":
      return isServing ? wait(next, nowMs) : only(state);
    case "offering":
    case "connecting":
      // Of two the one that is tried.
      if (attempt !== state.attempt) return show(next, waitingShown(next, nowMs));
      if (!isFlowing(state)) return wait(next, nowMs);
      return only(
        { ...state, phase: "standing", askByMs: undefined, dueAtMs: Infinity },
        { type: "close", ...(state.serving === undefined ? {} : { but: state.serving }) },
      );
    default:
      return only(next);
  }
}

function framesFailed(state: MediaConnectionState, nowMs: number): MediaConnectionStep {
  if (state.framesFailed) return only(state);
  const recent = state.framesFailedAtMs.filter((atMs) => atMs > nowMs - framesFailuresWithinMs);
  if (recent.length >= framesFailuresMost) return fail(state, "frames.workerFailed");
  const waiting: MediaConnectionState = {
    ...state,
    phase: "waiting",
    serving: undefined,
    doubt: undefined,
    askByMs: undefined,
    framesFailed: true,
    framesFailedAtMs: [...recent, nowMs],
  };
  const shown = andThen(only(waiting, { type: "close" }), (next) => show(next, { status: "restarting" }));
  // Never at once: what the failed one had opened has to be heard of first, or another would open it again.
  return andThen(shown, (next) => until(next, nowMs + retryAfterMs(1 + recent.length)));
}

function wait(state: MediaConnectionState, nowMs: number): MediaConnectionStep {
  const { failures } = state;
  const shown = show(
    { ...state, phase: "waiting", askByMs: undefined, failures: failures + 1 },
    state.phase === "connecting" ? slowShown(state, nowMs) : waitingShown(state, nowMs),
  );
  return andThen(shown, (next) => until(next, nowMs + retryAfterMs(failures)));
}

function time(state: MediaConnectionState, nowMs: number): MediaConnectionStep {
  if (nowMs < state.dueAtMs)
    // Timers may ring a little early.
    return state.dueAtMs === Infinity ? only(state) : until(state, state.dueAtMs);
  switch (state.phase) {
    case "waiting":
      return open(state, nowMs);
    case "offering": {
      if (state.askByMs !== undefined) return untold(state);
      const [ask, askByMs] = [state.ask + 1, nowMs + answerWithinMs];
      return andThen(only({ ...state, ask, askByMs }, { type: "ask", ask }), (next) => until(next, askByMs));
    }
    case "doubting":
      if (state.askByMs === undefined || nowMs >= state.askByMs) return untold(state);
      return andThen(show(state, doubtShown(state, state.doubt === "unheard")), (next) =>
        until(next, state.askByMs ?? nowMs),
      );
    case "connecting":
      if (nowMs >= state.connectByMs) return wait(state, nowMs);
      return andThen(show(state, slowShown(state, nowMs)), (next) => until(next, state.connectByMs));
    default:
      return wait(state, nowMs);
  }
}

function fail(state: MediaConnectionState, code: ErrorCode): MediaConnectionStep {
  return { state: over(state), effects: [{ type: "close" }, { type: "fail", code }] };
}

const over = (state: MediaConnectionState): MediaConnectionState => ({
  ...state,
  phase: "over",
  serving: undefined,
  dueAtMs: Infinity,
});

/** One serves, and no other is made. */
const isQuiet = ({ phase }: MediaConnectionState): boolean => phase === "standing" || phase === "faltering";
