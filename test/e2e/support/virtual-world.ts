/** Virtual time, seeded chance, and wires that lose messages as TCP does: by breaking. */

/** Mulberry32: small, good enough to vary a scenario, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class VirtualWorld {
  /** Begins today: the MLS library holds lifetimes, of a day, against the machine's own clock. */
  nowMs = Date.now();
  readonly random: () => number;
  /** Chance of each message to be lost, and with it its wire. */
  loss = 0;
  readonly #settled: () => Promise<void>;
  readonly #due = new Set<Due>();
  #order = 0;

  /** @param settled resolves when nothing goes on any more that only takes the machine's own time */
  constructor(seed: number, settled: () => Promise<void>) {
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

  /** @returns takes it back */
  after(delayMs: number, run: () => void): () => void {
    const due = { atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#due.add(due);
    return () => this.#due.delete(due);
  }

  /** Runs everything that is due until then. What is due in the same millisecond happens in one task, as a machine that is behind hears it. */
  async runFor(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await this.#settled();
    for (let next = this.#next(); next !== undefined && next.atMs <= endMs; next = this.#next()) {
      this.nowMs = Math.max(this.nowMs, next.atMs);
      for (let due = this.#next(); due !== undefined && due.atMs <= this.nowMs; due = this.#next()) {
        this.#due.delete(due);
        due.run();
      }
      await this.#settled();
    }
    this.nowMs = endMs;
  }

  #next(): Due | undefined {
    let next: Due | undefined;
    for (const due of this.#due) {
      if (next === undefined || due.atMs < next.atMs || (due.atMs === next.atMs && due.order < next.order))
        next = due;
    }
    return next;
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
