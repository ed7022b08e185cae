/** What terminals in calls sign of what they say: passed on to those who hear it, unread, and kept nowhere. */
import { encodeMessage, isPresent, presentTerminals } from "@signet/protocol";
import type { Bytes, CallId, CallServerState, TerminalId, UserId } from "@signet/protocol";

import type { Sessions } from "../registry/sessions.ts";
import type { CallsToAsk } from "./running-calls.ts";

/** Whoever leaves or gives way speaks for what was sealed last; longer, somebody outside could fill the call with words. */
const lastWordMs = 3_000;
/** Who is forwarded no more owes a word for what was forwarded last. */
const heardBeforeMs = 5_000;

/**
 * So that a call of many costs each no more than what they hear: words go to the others only of terminals that the media process forwards now, or did a moment ago. Of a call
 * of which it has said nothing yet all are passed on.
 */
export class SpokenWords {
  readonly #sessions: Pick<Sessions, "endpointAt">;
  readonly #running: Pick<CallsToAsk, "size" | "stateOf">;
  readonly #clock: () => number;
  /** When each terminal was last in the call of its word, the latest last. */
  readonly #present = new Map<TerminalId, { readonly callId: CallId; readonly atMs: number }>();
  /** By terminal until when it was forwarded; Infinity for those who are now. */
  readonly #heard = new Map<CallId, Map<string, number>>();

  constructor(
    sessions: Pick<Sessions, "endpointAt">,
    running: Pick<CallsToAsk, "size" | "stateOf">,
    clock: () => number,
  ) {
    this.#sessions = sessions;
    this.#running = running;
    this.#clock = clock;
  }

  /** @param terminalIds all that are forwarded in it now */
  voices(callId: CallId, terminalIds: readonly string[]): void {
    if (this.#heard.size > this.#running.size)
      for (const former of this.#heard.keys())
        if (this.#running.stateOf(former) === undefined) this.#heard.delete(former);
    const untilMs = this.#heard.get(callId) ?? new Map<string, number>();
    const nowMs = this.#clock();
    for (const [terminalId, until] of untilMs) {
      if (until === Infinity) untilMs.set(terminalId, nowMs);
      else if (nowMs - until > heardBeforeMs) untilMs.delete(terminalId);
    }
    for (const terminalId of terminalIds) untilMs.set(terminalId, Infinity);
    this.#heard.set(callId, untilMs);
  }

  /** @returns false where it is nobody in the group, nor was a moment ago */
  say(
    state: CallServerState,
    { userId, terminalId }: { readonly userId: UserId; readonly terminalId: TerminalId },
    word: Bytes,
  ): boolean {
    const { callId } = state;
    const nowMs = this.#clock();
    for (const [former, { atMs }] of this.#present) {
      if (nowMs - atMs < lastWordMs) break;
      this.#present.delete(former);
    }
    if (isPresent(state, { userId, terminalId })) {
      this.#present.delete(terminalId);
      this.#present.set(terminalId, { callId, atMs: nowMs });
    } else if (state.ended !== undefined || this.#present.get(terminalId)?.callId !== callId) return false;
    if (!this.#isHeard(callId, terminalId)) return true;
    const text = encodeMessage({ type: "call.memberSpoke", body: { callId, word } });
    for (const other of presentTerminals(state, userId)) {
      const endpoint = this.#sessions.endpointAt(other);
      if (endpoint?.hasFeature("spoke") === true) endpoint.sendText(text);
    }
    return true;
  }

  #isHeard(callId: CallId, terminalId: TerminalId): boolean {
    const heard = this.#heard.get(callId);
    if (heard === undefined) return true;
    return this.#clock() - (heard.get(terminalId) ?? -Infinity) <= heardBeforeMs;
  }
}
