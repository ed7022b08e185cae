import type { Relay } from "@signet/protocol";

import { turnCredentials } from "./turn-credentials.ts";
import type { OutsideTurn } from "./turn-credentials.ts";

/**
 * Of TURN servers of others. Some look at the time again whenever a terminal asks them for anything, so that it has to be longer than most
 * calls; whose credentials end during one connects anew, with others.
 */
const outsideCredentialMs = 12 * 3_600_000;

export interface RelaysOptions {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly outside: OutsideTurn | undefined;
}

/** What carries a terminal's audio where UDP does not get through. */
export class Relays {
  readonly #options: RelaysOptions;

  constructor(options: RelaysOptions) {
    this.#options = options;
  }

  /** For one connection of one terminal. */
  offer(): Relay[] {
    const { clock, outside } = this.#options;
    if (outside === undefined) return [];
    return [{ urls: [...outside.urls], ...turnCredentials(outside.secret, clock() + outsideCredentialMs) }];
  }
}
