/**
 * Two people who call each other at the same moment: of the two calls the one with the lower ID goes on, for both, and nobody touches anything. What
 * rings meanwhile is not shown; should they not come together, it rings like any other call.
 */
import { crosses } from "@signet/device";
import { BoundedMap, decodeTranscript } from "@signet/protocol";
import type { CallId, CallInviteIn } from "@signet/protocol";

import type { CallView } from "../state.ts";
import type { System } from "../system.ts";
import { isCallingAlone } from "./alone.ts";

/** Coming together takes a second; whoever has not by then (ms) is asked. */
const mergeMs = 5_000;
/** Calls that are remembered: more than ring at once. */
const mostCalls = 64;

interface OwnCall {
  readonly wayBack: CallInviteIn;
  readonly view: CallView;
}

export class CrossedCalls {
  readonly #system: Pick<System, "after">;
  readonly #onChange: () => void;
  readonly #met = new BoundedMap<CallId, "merging" | "entering" | "apart">(mostCalls);

  constructor(system: Pick<System, "after">, onChange: () => void) {
    this.#system = system;
    this.#onChange = onChange;
  }

  /** Whether this ring need not be shown. */
  isMerging(callId: CallId): boolean {
    return this.#met.get(callId) === "merging" || this.#met.get(callId) === "entering";
  }

  /**
   * @param rings verified invitations to calls that ring here
   * @returns the one that this terminal is to come into now, without a touch; each once
   */
  meet<R extends { readonly invite: CallInviteIn }>(
    own: OwnCall | undefined,
    rings: readonly R[],
  ): R | undefined {
    // The view of a large call is made only when something rings.
    if (own === undefined || rings.length === 0 || !isCallingAlone(own.view)) return undefined;
    const crossed = rings.find(({ invite }) => isCrossed(own.wayBack, invite));
    if (crossed === undefined) return undefined;
    const { callId } = crossed.invite;
    if (!this.#met.has(callId)) {
      this.#met.set(callId, "merging");
      this.#system.after(mergeMs, () => this.apart(callId));
    }
    // The server knows the own proof, by which the other call is answered, once the own call was requested.
    const isDue = callId < own.wayBack.callId && own.view.requesting !== true;
    if (!isDue || this.#met.get(callId) !== "merging") return undefined;
    this.#met.set(callId, "entering");
    return crossed;
  }

  /** They have not come together. */
  apart(callId: CallId): void {
    if (!this.isMerging(callId)) return;
    this.#met.set(callId, "apart");
    this.#onChange();
  }
}

/** Into a call that somebody was brought in since nobody comes without a touch: whoever called may have gone, and others are there. */
function isCrossed(own: CallInviteIn, other: CallInviteIn): boolean {
  if ((other.statements ?? []).length > 0) return false;
  const [one, two] = [own, other].map(({ proof }) => decodeTranscript(proof.transcript));
  return one?.purpose === "call" && two?.purpose === "call" && crosses(one, two);
}
