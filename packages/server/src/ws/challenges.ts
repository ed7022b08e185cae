import { randomBytes } from "node:crypto";

import { equalBytes } from "@signet/protocol";
import type { Bytes, ErrorCode, UserId } from "@signet/protocol";

/** What a challenge was given for. One given for one thing answers nothing else. */
export type ChallengeUse =
  | { readonly type: "session" }
  | { readonly type: "sign-in"; readonly userId: UserId }
  /** For a statement of this person's key history. */
  | { readonly type: "history"; readonly userId: UserId }
  /** For a device with which this person is to be recovered. */
  | { readonly type: "recovery"; readonly userId: UserId }
  | { readonly type: "register"; readonly userId: UserId; readonly displayName: string };

interface OpenChallenge {
  readonly challenge: Bytes;
  readonly use: ChallengeUse;
  readonly expiresAtMs: number;
}

/** Nobody touches more than a few devices at a time; the oldest makes room. */
const mostOpen = 8;

/** The open challenges of one connection: 32 random bytes each, used once. */
export class Challenges {
  readonly #open: OpenChallenge[] = [];

  give(use: ChallengeUse, nowMs: number, lifetimeMs: number): { challenge: Bytes; expiresAtMs: number } {
    if (this.#open.length >= mostOpen) this.#open.shift();
    const challenge = new Uint8Array(randomBytes(32));
    const expiresAtMs = nowMs + lifetimeMs;
    this.#open.push({ challenge, use, expiresAtMs });
    return { challenge, expiresAtMs };
  }

  /** Uses the challenge up, whatever comes of the attempt. An expired one is kept until then, so that a late touch is told so. */
  take<Type extends ChallengeUse["type"]>(
    type: Type,
    challenge: Bytes,
    nowMs: number,
  ):
    | { readonly ok: true; readonly use: Extract<ChallengeUse, { type: Type }> }
    | { readonly ok: false; readonly code: ErrorCode } {
    const at = this.#open.findIndex(
      (open) => open.use.type === type && equalBytes(open.challenge, challenge),
    );
    const [found] = at < 0 ? [] : this.#open.splice(at, 1);
    if (found === undefined) return { ok: false, code: "proof.challenge" };
    if (nowMs >= found.expiresAtMs) return { ok: false, code: "proof.challengeExpired" };
    return { ok: true, use: found.use as Extract<ChallengeUse, { type: Type }> };
  }
}
