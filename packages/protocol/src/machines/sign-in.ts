/**
 * Connection and session of one terminal: it connects, says hello, resumes its binding where it has one, and keeps trying.
 *
 *                 +------------------ tick at retryAtMs, retryNow <------------------+
 *                 v                                                                  |
 *   start --> connecting -- opened --> greeting -- helloReply --+                    |
 *                 |                       |                     |                    |
 *                 |      no binding: signedOut <----------------+                    |
 *                 |                   |   ^                     |                    |
 *                 |          signedIn |   | bindingEnded,       v with a binding     |
 *                 |                   v   | released, expiry  resuming               |
 *                 |                 signedIn <-- resumeReply ---+ | refused for good |
 *                 |                                               +--> signedOut     |
 *                 +--> closed, refused, or 10 s without an answer, in any of these --+-- offline
 *
 *   deviceRemoved, from resuming or signedIn --> signedOut
 *   connectAnew, from anywhere but stopped --> connecting
 *   stop, from anywhere --> stopped
 *
 * The binding outlives the connection, and the page that keeps it: `binding` may be there from the start, stays while offline and ends
 * only by the server's word, by release, by its own expiry or when the device is taken away. While online a ping goes out every 15 s.
 * Who is in a call tries more often while the server is not reached.
 */
import { isConnectionCode } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";
import type { ServerInfo } from "../messages/requests.ts";
import { defaultSignInTimes } from "./sign-in-state.ts";
import type {
  SignInTimes,
  SignInBinding,
  SignedOutBy,
  SignInState,
  SignInInput,
  SignInStep,
} from "./sign-in-state.ts";

const noClock = { clockOffsetMs: 0, serverClockOffMs: 0 } as const;

/** @param binding kept by a terminal that was the same one: it is resumed with the first connection */
export function startSignIn(
  nowMs: number,
  times: SignInTimes = defaultSignInTimes,
  binding?: SignInBinding,
): SignInStep {
  const kept = binding === undefined ? {} : { binding };
  const nothing = { connection: 0, ...noClock, failures: 0, inCall: false } as const;
  const state: SignInState = { phase: "stopped", times, ...nothing, ...kept };
  return settle(state, connect(state, nowMs));
}

/**
 * @param nowMs milliseconds since 1970, from a clock that may be set
 * @param random 0 to 1, fresh for each step: spreads the reconnections of many terminals after a restart of the server
 */
export function stepSignIn(
  state: SignInState,
  input: SignInInput,
  nowMs: number,
  random: number,
): SignInStep {
  // A timer may ring a little early: then it has to be set again, although the deadline did not change.
  return settle(state, apply(state, input, nowMs, random), input.type === "tick");
}

/** Whether the server hears this terminal: hello is done. */
export function isOnline(state: SignInState): boolean {
  return state.phase === "signedOut" || state.phase === "resuming" || state.phase === "signedIn";
}

function apply(state: SignInState, input: SignInInput, nowMs: number, random: number): SignInStep {
  if (input.type === "stop") return stop(state);
  if (state.phase === "stopped") return only(state);
  switch (input.type) {
    case "released":
      return only(withoutBinding(state, undefined, nowMs));
    case "deviceRemoved":
      return only(withoutBinding(state, { type: "deviceRemoved" }, nowMs));
    case "retryNow":
      return state.phase === "offline" ? connect(state, nowMs) : only(state);
    case "connectAnew":
      return connectAnew(state, nowMs);
    case "call":
      return only({ ...state, inCall: input.goesOn });
    case "tick":
      return tick(state, nowMs, random);
    case "signedIn":
      return signedIn(state, input.connection, input.binding, nowMs);
    case "bindingEnded":
      // Of an earlier connection it may be about an earlier binding; the resume that follows tells the truth.
      if (input.connection !== state.connection) return only(state);
      return only(withoutBinding(state, { type: "ended", reason: input.reason }, nowMs));
    default:
      // A connection that was given up may still have something to say; it no longer counts.
      return input.connection === state.connection && state.phase !== "offline"
        ? fromServer(state, input, nowMs, random)
        : only(state);
  }
}

type ServerInput = Exclude<
  SignInInput,
  {
    type:
      | "stop"
      | "released"
      | "deviceRemoved"
      | "retryNow"
      | "connectAnew"
      | "call"
      | "tick"
      | "signedIn"
      | "bindingEnded";
  }
>;

function fromServer(state: SignInState, input: ServerInput, nowMs: number, random: number): SignInStep {
  const { connection, phase } = state;
  switch (input.type) {
    case "opened":
      if (phase !== "connecting") return only(state);
      return {
        state: awaitAnswer({ ...state, phase: "greeting" }, nowMs),
        effects: [{ type: "sendHello", connection }],
      };
    case "closed":
      return only(offline(state, input.code, nowMs, random));
    case "helloReply":
      return phase === "greeting" ? greeted(state, input.server, nowMs) : only(state);
    case "helloRefused":
      return phase === "greeting" ? giveUp(state, input.code, nowMs, random) : only(state);
    case "resumeReply":
      return phase === "resuming"
        ? only(online({ ...state, phase: "signedIn", binding: input.binding }, nowMs))
        : only(state);
    case "resumeRefused":
      if (phase !== "resuming") return only(state);
      if (mayPass(input.code)) return giveUp(state, input.code, nowMs, random);
      return only(withoutBinding(state, { type: "refused", code: input.code }, nowMs));
    case "pong":
      // The answer to hello or resume is not replaced by a pong.
      return state.pingAtMs === undefined && (phase === "signedOut" || phase === "signedIn")
        ? only(online(withServerTime(state, input.serverTimeMs, nowMs), nowMs))
        : only(state);
  }
}

/** Below this the network makes as much of a difference as the clocks. */
const clockGrainMs = 1_000;

/** An answer that took longer than it may, as one that was read after a sleep, says nothing of clocks; the next one does. */
function withServerTime(state: SignInState, serverTimeMs: number, nowMs: number): SignInState {
  const { answerByMs = 0, serverClockOffMs, times } = state;
  const isPrompt = nowMs < answerByMs && nowMs >= answerByMs - times.answerMs;
  const offMs = serverTimeMs - nowMs;
  const isNews = Math.abs(offMs - serverClockOffMs) > clockGrainMs;
  return isPrompt && isNews ? { ...state, serverClockOffMs: offMs } : state;
}

/** Whether a refusal says nothing about the binding, so that it is worth trying again. */
function mayPass(code: ErrorCode): boolean {
  return (
    isConnectionCode(code) ||
    code.startsWith("server.") ||
    code === "terminal.failed" ||
    code === "protocol.tooFast" ||
    code === "auth.terminalInUse"
  );
}

function greeted(state: SignInState, server: ServerInfo, nowMs: number): SignInStep {
  const timed = withServerTime(state, server.serverTimeMs, nowMs);
  const known: SignInState = { ...timed, server, clockOffsetMs: server.serverTimeMs - nowMs };
  const { binding, connection } = known;
  if (binding === undefined) return only(online({ ...known, phase: "signedOut" }, nowMs));
  return {
    state: awaitAnswer({ ...known, phase: "resuming" }, nowMs),
    effects: [{ type: "sendResume", connection, userId: binding.userId }],
  };
}

function signedIn(state: SignInState, connection: number, binding: SignInBinding, nowMs: number): SignInStep {
  const { signedOutBy: _over, ...rest } = state;
  const bound: SignInState = { ...rest, binding };
  // The reply came with a connection that is gone: the binding holds, and is resumed with the next one.
  if (state.phase !== "signedOut") return only(bound);
  if (connection === state.connection) return only({ ...bound, phase: "signedIn" });
  return {
    state: awaitAnswer({ ...bound, phase: "resuming" }, nowMs),
    effects: [{ type: "sendResume", connection: state.connection, userId: binding.userId }],
  };
}

function tick(state: SignInState, nowMs: number, random: number): SignInStep {
  const expired = state.binding !== undefined && nowMs >= state.binding.expiresAtMs - state.clockOffsetMs;
  const current = expired ? withoutBinding(state, { type: "ended", reason: "expired" }, nowMs) : state;
  const { answerMs, pingMs, retryMostMs } = current.times;
  // What is further off than it can be was set by a clock that was put back since: else nothing would happen until it is there again.
  const isDue = (atMs: number | undefined, mostMs: number): boolean =>
    atMs !== undefined && (nowMs >= atMs || atMs - nowMs > mostMs);
  if (isDue(current.answerByMs, answerMs)) return giveUp(current, "connection.timeout", nowMs, random);
  if (isDue(current.offline?.retryAtMs, retryMostMs)) return connect(current, nowMs);
  if (isDue(current.pingAtMs, pingMs)) {
    const { connection } = current;
    return { state: awaitAnswer(current, nowMs), effects: [{ type: "sendPing", connection }] };
  }
  return only(current);
}

function connect(state: SignInState, nowMs: number): SignInStep {
  const connection = state.connection + 1;
  return {
    state: awaitAnswer({ ...state, phase: "connecting", connection }, nowMs),
    effects: [{ type: "connect", connection }],
  };
}

/** An attempt that has just begun may still come. */
const youngMs = 1_000;

function connectAnew(state: SignInState, nowMs: number): SignInStep {
  const { answerByMs = 0, connection, phase, times } = state;
  const beganMs = answerByMs - times.answerMs;
  if (phase === "connecting" && nowMs >= beganMs && nowMs - beganMs < youngMs) return only(state);
  const step = connect(state, nowMs);
  if (phase === "offline") return step;
  return { state: step.state, effects: [{ type: "disconnect", connection }, ...step.effects] };
}

function stop(state: SignInState): SignInStep {
  if (state.phase === "stopped") return only(state);
  const { connection, phase } = state;
  return {
    state: { ...quiet(state), phase: "stopped" },
    effects: phase === "offline" ? [] : [{ type: "disconnect", connection }],
  };
}

function giveUp(state: SignInState, code: ErrorCode, nowMs: number, random: number): SignInStep {
  const { connection } = state;
  return { state: offline(state, code, nowMs, random), effects: [{ type: "disconnect", connection }] };
}

/** Some minute; after that nobody is taken back into a call anyway. */
const hurriedMost = 100;

function offline(state: SignInState, code: ErrorCode, nowMs: number, random: number): SignInState {
  const { retryInCallMs, retryMostMs, retryMs } = state.times;
  // A server that was reached and does not answer, or refuses, is not to be hurried.
  const isCutOff = state.inCall && state.phase === "connecting" && state.failures < hurriedMost;
  const mostMs = isCutOff && code !== "connection.timeout" ? retryInCallMs : retryMostMs;
  const waitMs = Math.min(mostMs, retryMs * 2 ** Math.min(state.failures, 20)) * (0.5 + random / 2);
  return {
    ...quiet(state),
    phase: "offline",
    failures: state.failures + 1,
    offline: { retryAtMs: nowMs + Math.ceil(waitMs), code },
  };
}

/** Nothing is awaited: the next ping has its time. Only here the failures are forgotten, lest a broken server be hammered. */
function online(state: SignInState, nowMs: number): SignInState {
  return { ...quiet(state), failures: 0, pingAtMs: nowMs + state.times.pingMs };
}

function awaitAnswer(state: SignInState, nowMs: number): SignInState {
  return { ...quiet(state), answerByMs: nowMs + state.times.answerMs };
}

function quiet(state: SignInState): SignInState {
  const { answerByMs: _answer, pingAtMs: _ping, offline: _offline, ...rest } = state;
  return rest;
}

function withoutBinding(state: SignInState, by: SignedOutBy | undefined, nowMs: number): SignInState {
  if (state.binding === undefined) return state;
  const { binding: _binding, signedOutBy: _before, ...rest } = state;
  const unbound: SignInState = by === undefined ? rest : { ...rest, signedOutBy: by };
  // The answer to a resume is not awaited any more.
  if (unbound.phase === "resuming") return online({ ...unbound, phase: "signedOut" }, nowMs);
  return unbound.phase === "signedIn" ? { ...unbound, phase: "signedOut" } : unbound;
}

function only(state: SignInState): SignInStep {
  return { state, effects: [] };
}

/** Adds what follows from the difference: `changed`, and the next deadline. */
function settle(before: SignInState, step: SignInStep, isTimerSpent = false): SignInStep {
  const { state } = step;
  const effects = [...step.effects];
  const wakeMs = nextDeadlineMs(state);
  if (wakeMs !== undefined && (isTimerSpent || wakeMs !== nextDeadlineMs(before)))
    effects.push({ type: "wakeAt", atMs: wakeMs });
  const changed =
    state.phase !== before.phase ||
    state.binding !== before.binding ||
    state.signedOutBy !== before.signedOutBy ||
    state.server !== before.server ||
    state.serverClockOffMs !== before.serverClockOffMs ||
    state.offline !== before.offline;
  if (changed) effects.push({ type: "changed" });
  return { state, effects };
}

function nextDeadlineMs(state: SignInState): number | undefined {
  if (state.phase === "stopped") return undefined;
  const { answerByMs, pingAtMs, offline, binding } = state;
  const deadlines = [
    answerByMs,
    pingAtMs,
    offline?.retryAtMs,
    binding && binding.expiresAtMs - state.clockOffsetMs,
  ];
  const known = deadlines.filter((deadline) => deadline !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
