/** Virtual time, seeded chance, and connections that lose messages as TCP does: by breaking. */

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

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class VirtualWorld {
  nowMs = 1_750_000_000_000;
  readonly random: () => number;
  /** Chance of each message to be lost, and with it its connection. */
  loss = 0;
  steps = 0;
  #events: Event[] = [];
  #order = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
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

  later(afterMs: number, run: () => void): void {
    this.#events.push({ atMs: this.nowMs + Math.max(0, afterMs), order: this.#order++, run });
  }

  /** Runs everything that is due until then. */
  runUntil(endMs: number): void {
    for (;;) {
      let next: Event | undefined;
      for (const event of this.#events) {
        if (
          next === undefined ||
          event.atMs < next.atMs ||
          (event.atMs === next.atMs && event.order < next.order)
        )
          next = event;
      }
      if (next === undefined || next.atMs > endMs) break;
      this.#events = this.#events.filter((event) => event !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      if (++this.steps > 100_000) throw new Error("the scenario does not come to rest");
      next.run();
    }
    this.nowMs = endMs;
  }
}

export interface End {
  received(text: string): void;
  closed(): void;
}

/** One connection: in order in each direction, each message late by its own delay; a lost one breaks it for both ends. */
export class Connection {
  readonly #world: VirtualWorld;
  readonly #ends = new Map<"terminal" | "server", End>();
  readonly #lastMs = { terminal: 0, server: 0 };
  #broken = false;

  constructor(world: VirtualWorld, terminal: End, server: End) {
    this.#world = world;
    this.#ends.set("terminal", terminal).set("server", server);
  }

  send(to: "terminal" | "server", text: string): void {
    if (this.#broken) return;
    if (this.#world.chance(this.#world.loss)) return this.break();
    const at = Math.max(this.#lastMs[to], this.#world.nowMs + this.#world.between(1, 150));
    this.#lastMs[to] = at;
    this.#world.later(at - this.#world.nowMs, () => {
      if (!this.#broken) this.#ends.get(to)?.received(text);
    });
  }

  /** Nothing more gets through; the ends notice it later, each in its own time. */
  break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#world.later(this.#world.between(1, 2000), () => this.#notice("terminal"));
    this.#world.later(this.#world.between(1, 12_000), () => this.#notice("server"));
  }

  /** One end closes: it hears no more, the other one hears it at once. */
  close(by: "terminal" | "server"): void {
    this.#ends.delete(by);
    if (this.#broken) return;
    this.#broken = true;
    this.#world.later(this.#world.between(1, 150), () =>
      this.#notice(by === "terminal" ? "server" : "terminal"),
    );
  }

  #notice(who: "terminal" | "server"): void {
    const end = this.#ends.get(who);
    this.#ends.delete(who);
    end?.closed();
  }
}
