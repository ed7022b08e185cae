import { presentBurst, presentPerSecond, TokenBucket } from "@signet/protocol";
import type { EventBody } from "@signet/protocol";

import type { Session } from "../session/session.ts";

/**
 * Says to who is outside of the call that this terminal is in it. For the call that it holds the key of, and no other; not more often than a
 * server passes questions on, since each is a signature.
 */
export class PresentAnswers {
  readonly #session: Session;
  readonly #bucket: TokenBucket;
  readonly #monotonicMs: () => number;

  constructor(session: Session, monotonicMs: () => number) {
    this.#session = session;
    this.#monotonicMs = monotonicMs;
    this.#bucket = new TokenBucket(presentPerSecond, presentBurst, monotonicMs());
  }

  async answer({ callId, nonce, terminalId }: EventBody<"call.presentNeeded">): Promise<void> {
    if (!this.#bucket.take(this.#monotonicMs())) return;
    try {
      const proof = await this.#session.signWithTerminalKey((fields) => ({
        purpose: "present",
        ...fields,
        callId,
        nonce,
      }));
      await this.#session.link.request("call.present", { terminalId, proof });
    } catch {
      // Signed out, or without connection: who asks will ask again, and others.
    }
  }
}
