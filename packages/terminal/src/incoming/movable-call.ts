/** The call that the person is in at another terminal of theirs, as the server says and this terminal verified. */
import { SignetError } from "@signet/protocol";
import type { CallId, ElsewhereIn, ProofIn } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import { checkedByNewest, verifyBindingOf } from "../people/proofs.ts";
import type { Session } from "../session/session.ts";
import type { CallElsewhere, CallView } from "../state.ts";
import { verifyInvitation } from "./invitation.ts";
import type { Invitation } from "./invitation.ts";

export interface MovableCallOptions {
  readonly session: Session;
  readonly directory: Directory;
  readonly nowMs: () => number;
  /** Whether this terminal is in that call now. */
  readonly isIn: (callId: CallId) => boolean;
  readonly onChange: () => void;
}

export class MovableCall {
  readonly #options: MovableCallOptions;
  /** What was heard last, of which call. */
  #heard: { readonly callId: CallId; readonly said: ElsewhereIn | undefined } | undefined;
  #found: { readonly invitation: Invitation; readonly view: CallElsewhere } | undefined;

  constructor(options: MovableCallOptions) {
    this.#options = options;
  }

  get view(): CallElsewhere | undefined {
    return this.#found === undefined || this.#options.isIn(this.#found.view.callId)
      ? undefined
      : this.#found.view;
  }

  /** @throws SignetError `call.notElsewhere` */
  get invitation(): Invitation {
    if (this.#found === undefined) throw new SignetError("call.notElsewhere");
    return this.#found.invitation;
  }

  /** As the sign-in says. */
  signedIn(said: ElsewhereIn | undefined): void {
    if (said === undefined) this.clear();
    else void this.heard(said.call.callId, said);
  }

  /** What does not verify is not shown: there is nothing that the person could do with it. */
  async heard(callId: CallId, said: ElsewhereIn | undefined): Promise<void> {
    if (said === undefined) return this.ended(callId);
    if (said.call.callId !== callId) return;
    const heard = { callId, said };
    this.#heard = heard;
    const { session, directory, nowMs } = this.#options;
    const { person } = session;
    // Signed out here already, which the server is about to hear.
    if (person === undefined) return;
    const invitation = await verifyInvitation(said.call, {
      session,
      directory,
      nowMs: nowMs(),
      ringing: false,
      expiresAtMs: Number.MAX_SAFE_INTEGER,
    });
    if (session.person === undefined) return;
    const device = said.binding === undefined ? undefined : await this.#deviceOf(said.binding);
    // Heard anew, or signed in anew or out, while it was checked.
    if (this.#heard !== heard || session.person?.binding !== person.binding) return;
    if (typeof invitation === "string" || device === "refused") return this.ended(callId);
    const { expiresAtMs: _never, ...view } = invitation.view;
    this.#found = { invitation, view: { ...view, ...(device === undefined ? {} : { device }) } };
    this.#options.onChange();
  }

  /** The person is not in it any more. */
  ended(callId: CallId): void {
    if (this.#heard?.callId !== callId) return;
    this.clear();
    this.#options.onChange();
  }

  /** Moved here and left, the person is in it nowhere. Where it was not moved, or moved away, it goes on. */
  endedHere({ callId, end, moving }: CallView): void {
    if (moving !== true && end?.type !== "moved") this.ended(callId);
  }

  /** Without telling: whoever clears it has more to change. */
  clear(): void {
    this.#heard = undefined;
    this.#found = undefined;
  }

  /** @returns which of the own devices vouches for the other terminal */
  async #deviceOf(binding: ProofIn): Promise<CallElsewhere["device"] | "refused"> {
    const { session, directory, nowMs } = this.#options;
    try {
      const { known: own } = session.requirePerson();
      const { serverOrigin } = session.server;
      // It may be a device that was added since this terminal heard of the own history.
      const { result } = await checkedByNewest(directory, own, (known) =>
        verifyBindingOf(known, binding, { serverOrigin, nowMs: nowMs() }),
      );
      if (!result.ok) return "refused";
      const { deviceId, kind, name } = result.binding.device;
      return { deviceId, kind, name };
    } catch {
      return "refused";
    }
  }
}
