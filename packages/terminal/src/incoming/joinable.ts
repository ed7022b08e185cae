import { mostCalls } from "@signet/protocol";
import type { CallId } from "@signet/protocol";

import type { Invitation } from "./invitation.ts";
import { OfferedCall } from "./offered-call.ts";
import type { OfferedCallShell } from "./offered-call.ts";
import type { PresentWord } from "./present-word.ts";
import type { CallView, IncomingCall } from "../state.ts";

/**
 * Verified calls that go on without this terminal and that it may join. A server can say of any call that it goes on: so one is shown
 * only while somebody in it says so, by a signature.
 */
export class Joinable {
  readonly #shell: OfferedCallShell;
  readonly #offered = new Map<CallId, OfferedCall>();
  /** Of the call that this terminal is in. */
  #answered: Invitation | undefined;
  #isClosed = false;

  constructor(shell: OfferedCallShell) {
    this.#shell = shell;
  }

  get views(): readonly IncomingCall[] {
    const shown = [...this.#offered.values()].filter(({ isShown }) => isShown);
    return shown.map(({ invitation }) => invitation.view);
  }

  get(callId: CallId): Invitation | undefined {
    const offered = this.#offered.get(callId);
    return offered?.isShown === true ? offered.invitation : undefined;
  }

  /** Shown as soon as somebody in it says that they are. */
  add(invitation: Invitation): void {
    if (this.#isClosed) return;
    const { callId } = invitation.invite;
    this.delete(callId);
    const [oldest] = this.#offered.keys();
    if (oldest !== undefined && this.#offered.size >= mostCalls) this.delete(oldest);
    const offered = new OfferedCall(invitation, this.#shell);
    this.#offered.set(callId, offered);
    offered.ask();
  }

  /** Somebody in a call says that they are, as the server says. */
  async heard(word: PresentWord): Promise<void> {
    await this.#offered.get(word.callId)?.heard(word);
  }

  delete(callId: CallId): void {
    this.#offered.get(callId)?.end();
    this.#offered.delete(callId);
  }

  clear(): void {
    for (const callId of this.#offered.keys()) this.delete(callId);
  }

  /** Nothing is asked any more. */
  close(): void {
    this.#isClosed = true;
    this.clear();
  }

  answered(invitation: Invitation): void {
    this.#answered = invitation;
    this.delete(invitation.invite.callId);
  }

  /** @returns the invitation to the call that was left, where this terminal came into it by one */
  left(callId: CallId): Invitation | undefined {
    const answered = this.#answered;
    this.#answered = undefined;
    return answered?.invite.callId === callId ? metBefore(answered) : undefined;
  }
}

/** Who left a call that goes on can come back. */
export const goesOnWithout = ({ end, participants }: CallView): boolean =>
  end?.type === "left" && participants.some((person) => !person.isSelf && person.state === "joined");

/** Who calls was met in the meantime. */
function metBefore(invitation: Invitation): Invitation {
  const { view } = invitation;
  const verification = { ...view.from.verification, firstSeen: false };
  return { ...invitation, view: { ...view, from: { ...view.from, verification } } };
}
