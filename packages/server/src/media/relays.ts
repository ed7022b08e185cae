import { randomBytes } from "node:crypto";

import type { MediaEngine, RelayGrant } from "@signet/media";
import type { CallId, Relay, TerminalId } from "@signet/protocol";

import type { CallsToAsk } from "../call/running-calls.ts";
import type { ServerLimits } from "../limits.ts";
import type { MediaProbes } from "./media-probes.ts";
import { turnCredentials } from "./turn-credentials.ts";
import type { OutsideTurn, TurnCredentials } from "./turn-credentials.ts";

/**
 * Of TURN servers of others. Some look at the time again whenever a terminal asks them for anything, so that it has to be longer than most
 * calls; whose credentials end during one connects anew, with others.
 */
const outsideCredentialMs = 12 * 3_600_000;

/** Of one terminal that count at the same time: it tries ways side by side, and again. With one more the oldest counts no longer. */
const mostGrants = 4;

export interface RelaysOptions {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly limits: Pick<ServerLimits, "relayCredentialMs">;
  readonly outside: OutsideTurn | undefined;
  readonly media: Pick<MediaEngine, "connectionsOf">;
  readonly calls: Pick<CallsToAsk, "takesPart">;
  readonly probes: Pick<MediaProbes, "callIdOf">;
}

interface Grant extends RelayGrant {
  readonly expiresAtMs: number;
}

/** What carries a terminal's audio where UDP does not get through, and who may use the relay of this server. */
export class Relays {
  readonly #options: RelaysOptions;
  readonly #secret = randomBytes(32);
  /** By user name, the oldest first. */
  readonly #grants = new Map<string, Grant>();
  #ownUrl: string | undefined;

  constructor(options: RelaysOptions) {
    this.#options = options;
  }

  /** The relay of this server is there. */
  opensAt(url: string): void {
    this.#ownUrl = url;
  }

  get isOn(): boolean {
    return this.#ownUrl !== undefined || this.#options.outside !== undefined;
  }

  /** For one connection of one terminal, which may make it. @param callId without one for its probe */
  offer(terminalId: TerminalId, callId: CallId | undefined): Relay[] {
    const { clock, limits, outside } = this.#options;
    const relays: Relay[] = [];
    if (this.#ownUrl !== undefined) {
      const credentials = turnCredentials(this.#secret, clock() + limits.relayCredentialMs);
      this.#grant(terminalId, callId, credentials);
      relays.push({ urls: [this.#ownUrl], ...credentials });
    }
    if (outside !== undefined)
      relays.push({
        urls: [...outside.urls],
        ...turnCredentials(outside.secret, clock() + outsideCredentialMs),
      });
    return relays;
  }

  /** @returns undefined for a name that nobody has, or with which nothing begins any more */
  grantOf(username: string): RelayGrant | undefined {
    const grant = this.#grants.get(username);
    return grant !== undefined && this.#options.clock() < grant.expiresAtMs && grant.holds()
      ? grant
      : undefined;
  }

  /** To be called about once a second. */
  tick(nowMs: number): void {
    for (const [username, { expiresAtMs }] of this.#grants)
      if (nowMs >= expiresAtMs) this.#grants.delete(username);
  }

  #grant(terminalId: TerminalId, callId: CallId | undefined, credentials: TurnCredentials): void {
    const { calls, clock, media, probes } = this.#options;
    const earlier = [...this.#grants.values()].filter((grant) => grant.terminalId === terminalId);
    for (const { username } of earlier.slice(0, Math.max(0, earlier.length + 1 - mostGrants)))
      this.#grants.delete(username);
    const { username, credential, expiresAtMs } = credentials;
    this.#grants.set(username, {
      terminalId,
      username,
      credential,
      expiresAtMs,
      holds: () => (callId === undefined ? clock() < expiresAtMs : calls.takesPart(callId, terminalId)),
      connections: () => {
        const known = callId ?? probes.callIdOf(terminalId);
        return known === undefined ? [] : media.connectionsOf(known, terminalId);
      },
    });
  }
}
