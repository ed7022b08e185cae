/** The leave of a call, signed once by the terminal key and owed to the server until that has heard it. */
import { codeOf, isConnectionCode } from "@signet/protocol";
import type { CallId, LeaveReason, ProofIn } from "@signet/protocol";

import type { Session } from "../session/session.ts";

export class OwedLeave {
  readonly #session: Session;
  readonly #callId: CallId;
  #proof: ProofIn | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(session: Session, callId: CallId) {
    this.#session = session;
    this.#callId = callId;
  }

  /** Whether it is signed and the server has to be told yet. */
  get isOwed(): boolean {
    return this.#proof !== undefined;
  }

  sign(reason: LeaveReason): void {
    this.#telling = this.#signAndPay(reason);
  }

  /** When the server knows what was signed last, or could not be told. */
  told(): Promise<void> {
    return this.#telling;
  }

  /** Tells the server, where it is owed; whatever it says but that the connection is lost settles it. */
  async pay(): Promise<void> {
    if (this.#proof === undefined) return;
    try {
      await this.#session.link.request("call.leave", { proof: this.#proof });
      this.#proof = undefined;
    } catch (error) {
      if (!isConnectionCode(codeOf(error))) this.#proof = undefined;
    }
  }

  async #signAndPay(reason: LeaveReason): Promise<void> {
    try {
      this.#proof = await this.#session.signWithTerminalKey((fields) => ({
        purpose: "leave",
        ...fields,
        callId: this.#callId,
        reason,
      }));
      await this.pay();
    } catch {
      // Signed out: the server has ended the part of this terminal already.
    }
  }
}
