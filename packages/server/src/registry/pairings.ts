/** Ways between two terminals that a code brought together: what one says the other one hears, and nothing of it is kept. */
import type { CallId, ErrorCode, PairingId } from "@signet/protocol";

import type { Endpoint } from "./endpoint.ts";

/** Where one says more than a device's addition takes. */
const mostWords = 16;

/**
 *   open -- enter --> joined
 *     |                 |
 *     +-- over ---------+-- either leaves, over, too many words --> gone
 */
interface Pairing {
  readonly id: PairingId;
  readonly opener: Endpoint;
  /** For a guest in this call. */
  readonly callId: CallId | undefined;
  entered: Endpoint | undefined;
  endsAtMs: number;
  words: number;
}

export interface PairingLimits {
  /** At the same time, on the whole server. */
  readonly most: number;
  /** How long a code waits, and how long what follows may take, ms. */
  readonly lifetimeMs: number;
}

type Result =
  | { readonly ok: true; readonly expiresAtMs: number }
  | { readonly ok: false; readonly code: ErrorCode };

const unknown = { ok: false, code: "pairing.unknown" } as const;

export class Pairings {
  readonly #limits: PairingLimits;
  readonly #byId = new Map<PairingId, Pairing>();
  readonly #byEndpoint = new Map<Endpoint, Pairing>();

  constructor(limits: PairingLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byId.size;
  }

  has(endpoint: Endpoint): boolean {
    return this.#byEndpoint.has(endpoint);
  }

  /** In the place of the one that the terminal had open. @returns `protocol.askedTooMuch`, `pairing.unknown` for an ID that is in use */
  open(id: PairingId, opener: Endpoint, nowMs: number, callId?: CallId): Result {
    this.leave(opener);
    if (this.#byId.has(id)) return unknown;
    if (this.#byId.size >= this.#limits.most) return { ok: false, code: "protocol.askedTooMuch" };
    const pairing = {
      id,
      opener,
      callId,
      entered: undefined,
      endsAtMs: nowMs + this.#limits.lifetimeMs,
      words: 0,
    };
    this.#byId.set(id, pairing);
    this.#byEndpoint.set(opener, pairing);
    return { ok: true, expiresAtMs: pairing.endsAtMs };
  }

  /** How many are open for guests in this call, but for this terminal's: that one gives way to its next. */
  openFor(callId: CallId, except: Endpoint): number {
    return [...this.#byId.values()].filter((one) => one.callId === callId && one.opener !== except).length;
  }

  /** Those for guests in this call end with it. */
  callEnded(callId: CallId): void {
    for (const pairing of this.#byId.values()) if (pairing.callId === callId) this.#end(pairing);
  }

  /** For which calls any are open. */
  get calls(): ReadonlySet<CallId> {
    return new Set([...this.#byId.values()].flatMap(({ callId }) => callId ?? []));
  }

  /** Once: whoever comes second finds nothing. The opener is told. */
  enter(id: PairingId, endpoint: Endpoint, nowMs: number): Result {
    this.leave(endpoint);
    const pairing = this.#byId.get(id);
    if (pairing === undefined || pairing.entered !== undefined || nowMs >= pairing.endsAtMs) return unknown;
    pairing.entered = endpoint;
    pairing.endsAtMs = nowMs + this.#limits.lifetimeMs;
    this.#byEndpoint.set(endpoint, pairing);
    pairing.opener.send({ type: "pairing.entered", body: { pairingId: id } });
    return { ok: true, expiresAtMs: pairing.endsAtMs };
  }

  /** @returns where what this terminal says is to go; undefined where nobody is there */
  otherThan(id: PairingId, endpoint: Endpoint, nowMs: number): Endpoint | undefined {
    const pairing = this.#byEndpoint.get(endpoint);
    if (pairing?.id !== id || nowMs >= pairing.endsAtMs) return undefined;
    pairing.words += 1;
    if (pairing.words > mostWords) {
      this.#end(pairing);
      return undefined;
    }
    return endpoint === pairing.opener ? pairing.entered : pairing.opener;
  }

  /** The terminal gave up, or is gone: the other one is told. @param id only where it is this one */
  leave(endpoint: Endpoint, id?: PairingId): void {
    const pairing = this.#byEndpoint.get(endpoint);
    if (pairing === undefined || (id !== undefined && pairing.id !== id)) return;
    this.#end(pairing, endpoint);
  }

  /** To be called now and then. */
  tick(nowMs: number): void {
    for (const pairing of this.#byId.values()) if (nowMs >= pairing.endsAtMs) this.#end(pairing);
  }

  #end(pairing: Pairing, by?: Endpoint): void {
    const { entered, id, opener } = pairing;
    this.#byId.delete(id);
    for (const endpoint of [opener, entered]) {
      if (endpoint === undefined) continue;
      this.#byEndpoint.delete(endpoint);
      if (endpoint !== by) endpoint.send({ type: "pairing.closed", body: { pairingId: id } });
    }
  }
}
