/** How a call that rings becomes the call that this terminal is in: by a touch, or without one where the own call crossed it. */
import type { CallId } from "@signet/protocol";

import { CallSession } from "../call/call-session.ts";
import { CrossedCalls } from "../call/crossed-calls.ts";
import type { CurrentCall } from "../call/current-call.ts";
import type { System } from "../system.ts";
import type { IncomingCalls } from "./incoming-calls.ts";
import type { Invitation } from "./invitation.ts";

export interface AnsweringOptions {
  readonly calls: CurrentCall;
  readonly incoming: IncomingCalls;
  readonly system: Pick<System, "after">;
  readonly onChange: () => void;
}

export class Answering {
  readonly #options: AnsweringOptions;
  readonly #crossed: CrossedCalls;

  constructor(options: AnsweringOptions) {
    this.#options = options;
    this.#crossed = new CrossedCalls(options.system, options.onChange);
  }

  /** Whether this ring need not be shown. */
  isMerging(callId: CallId): boolean {
    return this.#crossed.isMerging(callId);
  }

  /** @throws SignetError */
  async answer(callId: CallId, signal: AbortSignal | undefined): Promise<void> {
    const { calls, incoming } = this.#options;
    const invitation = incoming.require(callId);
    await calls.answer((context) => CallSession.prepareAnswer(context, invitation.invite, signal), signal);
    this.#answered(invitation);
  }

  /** Leaves the call that goes on, once this answer is signed. @throws SignetError */
  async switchTo(callId: CallId, signal: AbortSignal | undefined): Promise<void> {
    const { calls, incoming } = this.#options;
    const invitation = incoming.require(callId);
    await calls.switchTo((context) => CallSession.prepareAnswer(context, invitation.invite, signal));
    this.#answered(invitation);
  }

  /**
   * Brings whoever calls into the call that goes on, where they answer by a touch of their own. Only then is their call declined, as by
   * somebody who is in another one.
   * @throws SignetError
   */
  async bringIn(callId: CallId, signal: AbortSignal | undefined): Promise<void> {
    const { calls, incoming } = this.#options;
    const { view } = incoming.require(callId);
    await calls.ongoing.acts.invite([view.from.userId], signal);
    // They may have hung up meanwhile.
    if (incoming.rings.some((ring) => ring.view.callId === callId)) await incoming.decline(callId, "busy");
  }

  /** The own call or what rings has changed: two that crossed may come together now. */
  changed(): void {
    const { calls, incoming } = this.#options;
    const own = calls.now;
    const met = this.#crossed.meet(own, incoming.rings);
    if (own !== undefined && met !== undefined) void this.#comeInto(met, own);
  }

  /** Of a call that the own one has crossed: what this person signed already is the answer. */
  async #comeInto(invitation: Invitation, own: CallSession): Promise<void> {
    const { invite } = invitation;
    try {
      await this.#options.calls.answer(
        (context) => CallSession.prepareCrossed(context, invite, own),
        undefined,
      );
      this.#answered(invitation);
    } catch {
      // It rings on, and can be answered by hand.
      this.#crossed.apart(invite.callId);
    }
  }

  #answered(invitation: Invitation): void {
    this.#options.incoming.answered(invitation);
    this.#options.onChange();
  }
}
