import type { UserId } from "@signet/protocol";

import type { System } from "../system.ts";

/** What the server says of networks counts so long without being said again (ms): it may go without one of its words, and no more. */
const withinMs = 12_000;

/** Whose network is poor, as the server says: every five seconds while it is so. What it says last may not arrive. */
export class PoorNetworks {
  readonly #system: Pick<System, "after">;
  readonly #onChange: (poor: ReadonlySet<UserId>) => void;
  #poor: ReadonlySet<UserId> = new Set();
  #cancel: () => void = () => undefined;

  constructor(system: Pick<System, "after">, onChange: (poor: ReadonlySet<UserId>) => void) {
    this.#system = system;
    this.#onChange = onChange;
  }

  heard(userIds: readonly UserId[]): void {
    this.#cancel();
    if (userIds.length > 0) this.#cancel = this.#system.after(withinMs, () => this.heard([]));
    const poor = new Set(userIds);
    if (poor.size === this.#poor.size && [...poor].every((userId) => this.#poor.has(userId))) return;
    this.#poor = poor;
    this.#onChange(poor);
  }

  close(): void {
    this.#cancel();
  }
}
