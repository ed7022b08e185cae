import type { ProofIn } from "@signet/protocol";

import type { System } from "../system.ts";

/** Proofs hold for two minutes; a page in the background is woken once a minute. */
const renewMs = 45_000;

/**
 * The word that this terminal leaves, signed in advance and anew from time to time: whoever closes a page gives it no time to sign
 * anything, and the others should not wait for somebody who is not there.
 */
export class Farewell {
  readonly #sign: () => Promise<ProofIn>;
  readonly #system: Pick<System, "after">;
  #proof: ProofIn | undefined;
  #cancel: (() => void) | undefined;
  #phase: "before" | "kept" | "over" = "before";

  constructor(sign: () => Promise<ProofIn>, system: Pick<System, "after">) {
    this.#sign = sign;
    this.#system = system;
  }

  /** From now on there is somebody whom it would be said to. */
  start(): void {
    if (this.#phase !== "before") return;
    this.#phase = "kept";
    void this.#renew();
  }

  /** undefined before the first is signed, and when it was said. */
  take(): ProofIn | undefined {
    const proof = this.#proof;
    this.stop();
    return proof;
  }

  stop(): void {
    this.#phase = "over";
    this.#proof = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #renew(): Promise<void> {
    // Signed out meanwhile: then there is no word to keep.
    const proof = await this.#sign().catch(() => undefined);
    if (this.#phase === "over") return;
    this.#proof = proof;
    this.#cancel = this.#system.after(renewMs, () => void this.#renew());
  }
}
