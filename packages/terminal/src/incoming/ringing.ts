import type { CallId } from "@signet/protocol";

import { ringMostMs } from "../call/ring-age.ts";
import type { Invitation } from "./invitation.ts";
import type { IncomingCall } from "../state.ts";
import type { System } from "../system.ts";

/** Calls that ring here at once, at most: a server lets fewer through, and nobody can choose among more. */
const ringsMost = 16;
/** The server ends a ring by itself; here it ends this much later (ms). */
const ringGraceMs = 2_000;

/** The calls that ring here now, oldest first. Each ends by itself, should the server not say when. */
export class Ringing {
  readonly #system: Pick<System, "after">;
  readonly #onChange: () => void;
  readonly #onTimeout: (invitation: Invitation) => void;
  readonly #rings = new Map<CallId, { readonly invitation: Invitation; readonly cancelEnd: () => void }>();

  /** @param onTimeout hears of each ring that ends by itself */
  constructor(
    system: Pick<System, "after">,
    onChange: () => void,
    onTimeout: (invitation: Invitation) => void,
  ) {
    this.#system = system;
    this.#onChange = onChange;
    this.#onTimeout = onTimeout;
  }

  get invitations(): readonly Invitation[] {
    return Array.from(this.#rings.values(), ({ invitation }) => invitation);
  }

  get views(): readonly IncomingCall[] {
    return this.invitations.map(({ view }) => view);
  }

  get(callId: CallId): Invitation | undefined {
    return this.#rings.get(callId)?.invitation;
  }

  has(callId: CallId): boolean {
    return this.#rings.has(callId);
  }

  /** Whether there is no room for this one beside the others and those that are being verified. */
  isFull(callId: CallId, verifying: number): boolean {
    return !this.#rings.has(callId) && this.#rings.size + verifying >= ringsMost;
  }

  /** @param leftMs until the server means to end it */
  start(invitation: Invitation, leftMs: number): void {
    const { callId } = invitation.invite;
    this.#rings.get(callId)?.cancelEnd();
    const endsInMs = Math.min(Math.max(0, leftMs) + ringGraceMs, ringMostMs);
    const cancelEnd = this.#system.after(endsInMs, () => {
      this.#onTimeout(invitation);
      this.stop(callId);
    });
    this.#rings.set(callId, { invitation, cancelEnd });
    this.#onChange();
  }

  stop(callId: CallId): void {
    this.#rings.get(callId)?.cancelEnd();
    if (this.#rings.delete(callId)) this.#onChange();
  }

  /** Without telling: whoever clears it has more to change. */
  clear(): void {
    for (const { cancelEnd } of this.#rings.values()) cancelEnd();
    this.#rings.clear();
  }
}
