import type { CallId } from "@signet/protocol";

import type { Invitation } from "./invitation.ts";
import type { CallView, IncomingCall } from "../state.ts";

/** Verified calls that go on without this terminal and that it may join. */
export class Joinable {
  readonly #invitations = new Map<CallId, Invitation>();
  /** Of the call that this terminal is in. */
  #answered: Invitation | undefined;

  get views(): readonly IncomingCall[] {
    return Array.from(this.#invitations.values(), ({ view }) => view);
  }

  get(callId: CallId): Invitation | undefined {
    return this.#invitations.get(callId);
  }

  add(invitation: Invitation): void {
    this.#invitations.set(invitation.invite.callId, invitation);
  }

  delete(callId: CallId): void {
    this.#invitations.delete(callId);
  }

  clear(): void {
    this.#invitations.clear();
  }

  answered(invitation: Invitation): void {
    this.#answered = invitation;
    this.delete(invitation.invite.callId);
  }

  /** Who left a call that goes on can come back, until the server says that it is over. */
  ended({ callId, end, participants }: CallView): void {
    const answered = this.#answered;
    this.#answered = undefined;
    const goesOn = participants.some((person) => !person.isSelf && person.state === "joined");
    if (answered?.invite.callId === callId && end?.type === "left" && goesOn) this.add(metBefore(answered));
  }
}

/** Who calls was met in the meantime. */
function metBefore(invitation: Invitation): Invitation {
  const { view } = invitation;
  const verification = { ...view.from.verification, firstSeen: false };
  return { ...invitation, view: { ...view, from: { ...view.from, verification } } };
}
