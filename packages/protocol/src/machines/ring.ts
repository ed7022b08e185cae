/**
 * Ringing of one member by the server, at each terminal of theirs that is there.
 *
 *                      +--- a terminal comes: ring there, too
 *                      |--- a terminal signs out, or cannot verify the call: the others go on
 *                      |--- the same device is bound elsewhere: ring there instead
 *                      |--- in another call: it waits there, and rings anew when that one is over
 *                      v   |
 *   start ---------> ringing ---- join at any ------> answered      (at the others: answeredElsewhere)
 *     |                |--------- decline at any ---> declined      (at the others: declinedElsewhere)
 *     |                |--------- 45 s -------------> noAnswer
 *     |                |--------- cancel -----------> cancelled
 *     |                |--------- the last refuses -> failed        (no terminal could verify the call)
 *     |                +--------- the last is gone -> offline
 *     +-- no terminal --> offline     (where some may be woken, it rings for them, and ends as noAnswer or failed)
 */
import type { TerminalId } from "../ids.ts";
import type { RingEndReason } from "../messages/parts.ts";
import type { Step } from "./step.ts";

/**
 * Terminals at which one call rings for a person, those that refused it among them: as many as they have devices that count at the same
 * time. Who signs in elsewhere again and again is not sent the call each time.
 */
export const mostRingTerminals = 16;

/**
 * How long a call waits at most for somebody who is in another one, from the beginning of its ring (ms): the proof that it rings with is
 * fresh then still.
 */
const mostWaitMs = 90_000;

/**
 * Nothing rings for longer than this that waited, from the beginning (ms): a terminal that comes verifies the proof, and those of before take one
 * that is older than two minutes for a wrong clock. The rest is for the way to the server, and from it.
 */
const mostRingAfterWaitMs = 110_000;

export type RingPhase = "ringing" | "answered" | "declined" | "noAnswer" | "cancelled" | "failed" | "offline";

export interface RingState {
  readonly phase: RingPhase;
  /** Where it rings; when it is over, where it rang at last. */
  readonly terminalIds: readonly TerminalId[];
  /** Which could not verify the call: there it does not ring a second time. */
  readonly refusedBy: readonly TerminalId[];
  readonly deadlineMs: number;
  /** When it began, and how long it rings (ms). */
  readonly sinceMs: number;
  readonly ringMs: number;
  /** The person is in another call. */
  readonly waits?: true;
  /** Terminals that are not there were asked to come: it rings on without any. */
  readonly wakes?: true;
}

export type RingInput =
  | { readonly type: "join"; readonly terminalId: TerminalId }
  | { readonly type: "decline"; readonly terminalId: TerminalId }
  | { readonly type: "refuse"; readonly terminalId: TerminalId }
  | { readonly type: "connected"; readonly terminalId: TerminalId }
  /** The terminal's binding is over. `moved`: its device is bound elsewhere, and `connected` comes from there. */
  | { readonly type: "unbound"; readonly terminalId: TerminalId; readonly moved: boolean }
  | { readonly type: "cancel"; readonly reason: RingEndReason }
  /** The person is in another call, or no longer. */
  | { readonly type: "engaged"; readonly isEngaged: boolean }
  | { readonly type: "tick" };

/** To these terminals, one at least. */
export type RingEffect =
  | { readonly type: "ring"; readonly terminalIds: readonly TerminalId[]; readonly expiresAtMs: number }
  | { readonly type: "stop"; readonly terminalIds: readonly TerminalId[]; readonly reason: RingEndReason };

type RingStep = Step<RingState, RingEffect>;

/** @param how whether the person is in another call; and whether terminals that are not there are asked to come */
export function startRing(
  there: readonly TerminalId[],
  ringMs: number,
  nowMs: number,
  { waits = false, wakes = false }: { readonly waits?: boolean; readonly wakes?: boolean } = {},
): RingStep {
  const terminalIds = there.slice(0, mostRingTerminals);
  const times = { sinceMs: nowMs, ringMs, deadlineMs: nowMs + ringMs };
  const phase = terminalIds.length === 0 && !wakes ? "offline" : "ringing";
  const begun = { phase, terminalIds, refusedBy: [], ...times, ...(wakes ? { wakes } : {}) } as const;
  const state = waits ? waiting(begun) : begun;
  const { deadlineMs } = state;
  return {
    state,
    effects: terminalIds.length > 0 ? [{ type: "ring", terminalIds, expiresAtMs: deadlineMs }] : [],
  };
}

/** Anything that arrives when it no longer rings changes nothing: answers and cancellations cross on the wire. */
export function stepRing(state: RingState, input: RingInput, nowMs: number): RingStep {
  const { deadlineMs, refusedBy, terminalIds } = state;
  if (state.phase !== "ringing") return { state, effects: [] };
  const end = (phase: RingPhase): RingState => ({ ...state, phase });
  switch (input.type) {
    case "join":
      return {
        state: end("answered"),
        effects: stopped(without(terminalIds, input.terminalId), "answeredElsewhere"),
      };
    case "decline":
      return {
        state: end("declined"),
        effects: stopped(without(terminalIds, input.terminalId), "declinedElsewhere"),
      };
    case "refuse": {
      if (!terminalIds.includes(input.terminalId)) return { state, effects: [] };
      const refused = { ...state, refusedBy: [...refusedBy, input.terminalId] };
      return { state: withoutTerminal(refused, input.terminalId), effects: [] };
    }
    case "connected": {
      if (!canRingAt(state, input.terminalId)) return { state, effects: [] };
      const ring = { type: "ring", terminalIds: [input.terminalId], expiresAtMs: deadlineMs } as const;
      const all = [...without(terminalIds, input.terminalId), input.terminalId];
      return { state: { ...state, terminalIds: all }, effects: [ring] };
    }
    case "unbound": {
      if (!terminalIds.includes(input.terminalId)) return { state, effects: [] };
      const left = withoutTerminal(state, input.terminalId);
      const next = input.moved ? { ...left, phase: state.phase } : left;
      return { state: next, effects: stopped([input.terminalId], input.moved ? "movedElsewhere" : "ended") };
    }
    case "engaged":
      return input.isEngaged ? { state: waiting(state), effects: [] } : free(state, nowMs);
    case "cancel":
      return { state: end("cancelled"), effects: stopped(terminalIds, input.reason) };
    case "tick":
      if (nowMs < deadlineMs) return { state, effects: [] };
      return {
        state: end(terminalIds.length === 0 && refusedBy.length > 0 ? "failed" : "noAnswer"),
        effects: stopped(terminalIds, "noAnswer"),
      };
  }
}

/** @returns the very same state where it waits already */
const waiting = (state: RingState): RingState =>
  state.waits === true
    ? state
    : { ...state, waits: true, deadlineMs: Math.max(state.deadlineMs, state.sinceMs + mostWaitMs) };

/** It rings anew, for as long as it would have from the beginning, or as who comes can verify it. */
function free(state: RingState, nowMs: number): RingStep {
  if (state.waits !== true) return { state, effects: [] };
  const { waits: _waits, ...rings } = state;
  const { ringMs, sinceMs, terminalIds } = rings;
  // Who comes and goes all the time has been called for long enough.
  if (nowMs >= sinceMs + mostWaitMs) return { state: rings, effects: [] };
  const expiresAtMs = Math.min(nowMs + ringMs, sinceMs + mostRingAfterWaitMs);
  return {
    state: { ...rings, deadlineMs: expiresAtMs },
    effects: terminalIds.length === 0 ? [] : [{ type: "ring", terminalIds, expiresAtMs }],
  };
}

/** Whether it rings there, or does when the terminal comes. */
export function canRingAt({ phase, refusedBy, terminalIds }: RingState, terminalId: TerminalId): boolean {
  if (phase !== "ringing" || refusedBy.includes(terminalId)) return false;
  return terminalIds.includes(terminalId) || terminalIds.length + refusedBy.length < mostRingTerminals;
}

/** Where it rings no more: it is over when that was the last one, and none is on its way. */
function withoutTerminal(state: RingState, terminalId: TerminalId): RingState {
  const terminalIds = without(state.terminalIds, terminalId);
  const over = state.refusedBy.length > 0 ? "failed" : "offline";
  return {
    ...state,
    terminalIds,
    phase: terminalIds.length === 0 && state.wakes !== true ? over : "ringing",
  };
}

const without = (terminalIds: readonly TerminalId[], terminalId: TerminalId): readonly TerminalId[] =>
  terminalIds.filter((other) => other !== terminalId);

const stopped = (terminalIds: readonly TerminalId[], reason: RingEndReason): readonly RingEffect[] =>
  terminalIds.length === 0 ? [] : [{ type: "stop", terminalIds, reason }];
