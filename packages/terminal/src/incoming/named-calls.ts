import type { CallId, SignedIn } from "@signet/protocol";

import type { Session } from "../session/session.ts";
import type { IncomingCalls } from "./incoming-calls.ts";

/** Calls that the latest sign-in or resumption named. */
export class NamedCalls {
  readonly #session: Pick<Session, "leaveNow">;
  readonly #incoming: Pick<IncomingCalls, "offer">;
  #open: CallId | undefined;
  #calls: SignedIn["calls"] = [];

  /** @param open that the terminal before this one was in: whether the others heard that it left is found out with the first connection */
  constructor(
    session: Pick<Session, "leaveNow">,
    incoming: Pick<IncomingCalls, "offer">,
    open: CallId | undefined,
  ) {
    this.#session = session;
    this.#incoming = incoming;
    this.#open = open;
  }

  async signedIn(calls: SignedIn["calls"]): Promise<void> {
    this.#calls = calls;
    const left = this.#open;
    this.#open = undefined;
    if (left !== undefined && !calls.some(({ callId }) => callId === left)) await this.#leaveOpen(left);
    await this.#incoming.offer(this.#calls);
  }

  /** This terminal was still in it when it was named. */
  async offerAgain(left: CallId): Promise<void> {
    await this.#incoming.offer(this.#calls.filter(({ callId }) => callId === left));
  }

  /** Who had no connection when the page went left without a word: it is said now. Then the call can be joined, where it goes on. */
  async #leaveOpen(callId: CallId): Promise<void> {
    this.#calls = (await this.#session.leaveNow(callId)) ?? this.#calls;
  }
}
