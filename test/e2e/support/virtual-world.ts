/** Virtual time, seeded chance, and wires that lose messages as TCP does: by breaking. */

import { seededRandom } from "./seeded-random.ts";
import { VirtualTime } from "./virtual-time.ts";

export class VirtualWorld extends VirtualTime {
  readonly random: () => number;
  /** Chance of each message to be lost, and with it its wire. */
  loss = 0;
  readonly #settled: () => Promise<void>;

  /** @param settled resolves when nothing goes on any more that only takes the machine's own time */
  constructor(seed: number, settled: () => Promise<void>) {
    // The MLS library holds lifetimes, of a day from two minutes ago, against the machine's own clock: all of a scenario has to lie behind that.
    super(Date.now() - 6 * 3_600_000);
    this.random = seededRandom(seed);
    this.#settled = settled;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  /** Runs everything that is due until then. What is due in the same millisecond happens in one task. */
  async runFor(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await this.#settled();
    while (this.next(endMs)) await this.#settled();
  }
}

export interface WireEnd {
  received(text: string): void;
  closed(): void;
}

/** One connection: in order in each direction, each message late by its own delay; a lost one breaks it for both ends. */
export class Wire {
  readonly #world: VirtualWorld;
  readonly #ends = new Map<"terminal" | "server", WireEnd>();
  readonly #lastMs = { terminal: 0, server: 0 };
  #isBroken = false;

  constructor(world: VirtualWorld, terminal: WireEnd, server: WireEnd) {
    this.#world = world;
    this.#ends.set("terminal", terminal).set("server", server);
  }

  send(to: "terminal" | "server", text: string): void {
    if (this.#isBroken) return;
    if (this.#world.chance(this.#world.loss)) return this.break();
    // Many messages arrive together with the one before them.
    const delayMs = this.#world.chance(0.5) ? 0 : this.#world.between(1, 150);
    const atMs = Math.max(this.#lastMs[to], this.#world.nowMs + delayMs);
    this.#lastMs[to] = atMs;
    this.#world.after(atMs - this.#world.nowMs, () => {
      if (!this.#isBroken) this.#ends.get(to)?.received(text);
    });
  }

  /** Nothing more gets through; the ends notice it later, each in its own time. */
  break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#world.after(this.#world.between(1, 2000), () => this.#notice("terminal"));
    this.#world.after(this.#world.between(1, 12_000), () => this.#notice("server"));
  }

  /** One end closes: it hears no more, the other one hears it soon. */
  close(by: "terminal" | "server"): void {
    this.#ends.delete(by);
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#world.after(this.#world.between(1, 150), () =>
      this.#notice(by === "terminal" ? "server" : "terminal"),
    );
  }

  #notice(who: "terminal" | "server"): void {
    const end = this.#ends.get(who);
    this.#ends.delete(who);
    end?.closed();
  }
}
