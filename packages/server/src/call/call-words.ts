/** What those in calls say to each other, sealed: the latest of each call in memory, in the order in which it came, and passed on unread. */
import { encodeMessage, equalBytes, mostWords, mostWordsBytes, presentTerminals } from "@signet/protocol";
import type { Bytes, CallId, CallServerState, SaidWord, TerminalId, UserId } from "@signet/protocol";

import type { Sessions } from "../registry/sessions.ts";
import type { CallsToAsk } from "./running-calls.ts";

interface Kept extends SaidWord {
  readonly terminalId: TerminalId;
}

interface Line {
  last: number;
  bytes: number;
  /** Oldest first. */
  readonly words: Kept[];
}

export class CallWords {
  readonly #sessions: Pick<Sessions, "endpointAt">;
  readonly #running: Pick<CallsToAsk, "size" | "stateOf">;
  readonly #lines = new Map<CallId, Line>();

  constructor(sessions: Pick<Sessions, "endpointAt">, running: Pick<CallsToAsk, "size" | "stateOf">) {
    this.#sessions = sessions;
    this.#running = running;
  }

  /**
   * @param from is in the group. What it sends twice, since it did not hear that it was taken, is one word
   * @returns the number of it
   */
  say(
    state: CallServerState,
    { terminalId, userId }: { readonly terminalId: TerminalId; readonly userId: UserId },
    sealed: Bytes,
  ): number {
    const { callId } = state;
    this.#forget();
    const line = this.#lines.get(callId) ?? { last: 0, bytes: 0, words: [] };
    this.#lines.set(callId, line);
    const before = line.words.find(
      (word) => word.terminalId === terminalId && equalBytes(word.sealed, sealed),
    );
    if (before !== undefined) return before.number;
    const number = ++line.last;
    line.words.push({ number, sealed, terminalId });
    line.bytes += sealed.length;
    while (line.words.length > mostWords || line.bytes > mostWordsBytes)
      line.bytes -= line.words.shift()?.sealed.length ?? 0;
    const text = encodeMessage({ type: "call.said", body: { callId, number, sealed } });
    for (const other of presentTerminals(state, userId)) {
      const endpoint = this.#sessions.endpointAt(other);
      if (endpoint?.hasFeature("words") === true) endpoint.sendText(text);
    }
    return number;
  }

  /** Of the words after this one what is kept still, in order; and the number of the latest that there was. */
  since(callId: CallId, after: number): { readonly said: SaidWord[]; readonly last: number } {
    const { last, words } = this.#lines.get(callId) ?? { last: 0, words: [] };
    const said = words.filter((word) => word.number > after);
    return { said: said.map(({ number, sealed }) => ({ number, sealed })), last };
  }

  /** Who is in the group, and there, at a terminal that knows no words. */
  unreadBy({ members }: CallServerState): UserId[] {
    const unread: UserId[] = [];
    for (const { leaf, terminalId, userId } of members.values()) {
      const endpoint =
        leaf === undefined || terminalId === undefined ? undefined : this.#sessions.endpointAt(terminalId);
      if (endpoint?.hasFeature("words") === false) unread.push(userId);
    }
    return unread;
  }

  /** Words of calls that are over. */
  #forget(): void {
    if (this.#lines.size <= this.#running.size) return;
    for (const callId of this.#lines.keys())
      if (this.#running.stateOf(callId) === undefined) this.#lines.delete(callId);
  }
}
