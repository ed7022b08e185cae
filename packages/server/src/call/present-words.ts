/** Who is asked whether they are in a call, and how often anybody asks, is asked and answers. */
import {
  mostAskedPresent,
  presentBurst,
  presentPerSecond,
  presentTerminals,
  TokenBucket,
} from "@signet/protocol";
import type { Bytes, CallId, CallServerState, TerminalId, UserId } from "@signet/protocol";

import type { Endpoint } from "../registry/endpoint.ts";
import type { Sessions } from "../registry/sessions.ts";

/** Questions of one person about one call: so many at once, then one a second. Terminals ask after 2 s at the earliest. */
export const asksOfOneBurst = 16;
/** After so long without a question such a bucket is full again (ms). */
const asksForgottenMs = asksOfOneBurst * 1_000;

interface Rates {
  readonly asks: TokenBucket;
  /** Questions that are passed on to it. */
  readonly questions: TokenBucket;
  readonly answers: TokenBucket;
}

export class PresentWords {
  readonly #sessions: Pick<Sessions, "atTerminal">;
  readonly #clock: () => number;
  readonly #rates = new WeakMap<Endpoint, Rates>();
  /** By person and call, whoever asked longest ago first. */
  readonly #askers = new Map<string, { readonly bucket: TokenBucket; readonly askedAtMs: number }>();

  /** @param clock milliseconds since 1970 */
  constructor(sessions: Pick<Sessions, "atTerminal">, clock: () => number) {
    this.#sessions = sessions;
    this.#clock = clock;
  }

  /** Not so often that nobody else's questions are passed on: those in the call are asked a few times a second by all together. */
  mayAsk(endpoint: Endpoint, userId: UserId, callId: CallId): boolean {
    const nowMs = this.#clock();
    for (const [asker, { askedAtMs }] of this.#askers) {
      if (nowMs - askedAtMs < asksForgottenMs) break;
      this.#askers.delete(asker);
    }
    if (!this.#ratesOf(endpoint).asks.take(nowMs)) return false;
    const asker = `${userId} ${callId}`;
    const bucket = this.#askers.get(asker)?.bucket ?? new TokenBucket(1, asksOfOneBurst, nowMs);
    // Set anew, so that the order is that of the latest questions.
    this.#askers.delete(asker);
    this.#askers.set(asker, { bucket, askedAtMs: nowMs });
    return bucket.take(nowMs);
  }

  mayAnswer(endpoint: Endpoint): boolean {
    return this.#ratesOf(endpoint).answers.take(this.#clock());
  }

  /**
   * Passes the question on to a few of those who are there.
   * @param nonce chooses who, so that in a call of many it is not always the same
   * @returns how many were asked
   */
  ask(
    state: CallServerState,
    asker: { readonly userId: UserId; readonly terminalId: TerminalId },
    nonce: Bytes,
  ): number {
    const { callId } = state;
    const { terminalId } = asker;
    const event = { type: "call.presentNeeded", body: { callId, nonce, terminalId } } as const;
    let asked = 0;
    for (const endpoint of this.#inOrder(presentTerminals(state, asker.userId), nonce)) {
      if (!this.#ratesOf(endpoint).questions.take(this.#clock())) continue;
      endpoint.send(event);
      asked += 1;
      if (asked === mostAskedPresent) break;
    }
    return asked;
  }

  /** Those that are there and know the question. */
  *#inOrder(terminalIds: readonly TerminalId[], nonce: Bytes): Iterable<Endpoint> {
    const [high = 0, low = 0] = nonce;
    const first = (high * 256 + low) % Math.max(1, terminalIds.length);
    for (const terminalId of [...terminalIds.slice(first), ...terminalIds.slice(0, first)]) {
      const endpoint = this.#sessions.atTerminal(terminalId)?.endpoint;
      if (endpoint?.isOpen === true && endpoint.hasFeature("present")) yield endpoint;
    }
  }

  #ratesOf(endpoint: Endpoint): Rates {
    const known = this.#rates.get(endpoint);
    if (known !== undefined) return known;
    const bucket = (): TokenBucket => new TokenBucket(presentPerSecond, presentBurst, this.#clock());
    const rates = { asks: bucket(), questions: bucket(), answers: bucket() };
    this.#rates.set(endpoint, rates);
    return rates;
  }
}
