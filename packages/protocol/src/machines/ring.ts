/**
 * Ringing of one member by the server.
 *
 *                      +--- terminal bound elsewhere: ring there
 *                      v   |
 *   start ---------> ringing ---- join -------> answered
 *     |                |--------- decline ----> declined
 *     |                |--------- 45 s -------> noAnswer
 *     |                |--------- cancel -----> cancelled
 *     |                +--------- refuse -----> failed      (the terminal could not verify the call)
 *     +-- no terminal --> offline
 */
import type { TerminalId } from "../ids.ts";
import type { RingEndReason } from "../messages/parts.ts";
import type { Step } from "./step.ts";

export type RingPhase = "ringing" | "answered" | "declined" | "noAnswer" | "cancelled" | "failed" | "offline";

export interface RingState {
  readonly phase: RingPhase;
  readonly terminalId?: TerminalId;
  readonly deadlineMs: number;
}

export type RingInput =
  | { readonly type: "join"; readonly terminalId: TerminalId }
  | { readonly type: "decline"; readonly terminalId: TerminalId }
  | { readonly type: "refuse"; readonly terminalId: TerminalId }
  | { readonly type: "connected"; readonly terminalId: TerminalId }
  | { readonly type: "released" }
  | { readonly type: "cancel"; readonly reason: RingEndReason }
  | { readonly type: "tick" };

export type RingEffect =
  | { readonly type: "ring"; readonly terminalId: TerminalId; readonly expiresAtMs: number }
  | { readonly type: "stop"; readonly terminalId: TerminalId; readonly reason: RingEndReason };

export function startRing(
  terminalId: TerminalId | undefined,
  ringMs: number,
  nowMs: number,
): Step<RingState, RingEffect> {
  const deadlineMs = nowMs + ringMs;
  if (terminalId === undefined) return { state: { phase: "offline", deadlineMs }, effects: [] };
  return {
    state: { phase: "ringing", terminalId, deadlineMs },
    effects: [{ type: "ring", terminalId, expiresAtMs: deadlineMs }],
  };
}

/** Anything that arrives when it no longer rings changes nothing: answers and cancellations cross on the wire. */
export function stepRing(state: RingState, input: RingInput, nowMs: number): Step<RingState, RingEffect> {
  const { terminalId } = state;
  if (state.phase !== "ringing" || terminalId === undefined) return { state, effects: [] };
  const end = (phase: RingPhase, reason?: RingEndReason): Step<RingState, RingEffect> => ({
    state: { ...state, phase },
    effects: reason === undefined ? [] : [{ type: "stop", terminalId, reason }],
  });
  switch (input.type) {
    case "join":
      return input.terminalId === terminalId ? end("answered") : end("answered", "answeredElsewhere");
    case "decline":
      return input.terminalId === terminalId ? end("declined") : end("declined", "declinedElsewhere");
    case "refuse":
      return input.terminalId === terminalId ? end("failed") : { state, effects: [] };
    case "connected":
      return {
        state: { ...state, terminalId: input.terminalId },
        effects: [
          ...(input.terminalId === terminalId
            ? []
            : [{ type: "stop", terminalId, reason: "movedElsewhere" } as const]),
          { type: "ring", terminalId: input.terminalId, expiresAtMs: state.deadlineMs },
        ],
      };
    case "released":
      return end("offline", "ended");
    case "cancel":
      return end("cancelled", input.reason);
    case "tick":
      return nowMs >= state.deadlineMs ? end("noAnswer", "noAnswer") : { state, effects: [] };
  }
}
