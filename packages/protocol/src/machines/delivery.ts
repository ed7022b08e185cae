/**
 * Delivery service of one call: orders Commits, one per epoch (RFC 9420 section 14, RFC 9750 section 5).
 *
 *            commit(epoch = e)
 *   [e] ------------------------> [e + 1]      every other Commit for e: refused, its sender retries on e + 1
 *    ^ |
 *    +-+ same Commit again: the same answer (its first answer may have been lost)
 */
import { equalBytes } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import type { TerminalId, UserId } from "../ids.ts";

export interface LoggedCommit {
  /** The epoch that the Commit was made in; it began `epoch + 1`. */
  readonly epoch: number;
  readonly by: UserId;
  readonly terminalId: TerminalId;
  readonly commit: Bytes;
}

export interface DeliveryState {
  /** The current epoch: the only one for which a Commit is accepted. */
  readonly epoch: number;
  /** Every accepted Commit, so that a terminal that was away can follow. `commits[e].epoch === e`. */
  readonly commits: readonly LoggedCommit[];
  /** For external Commits; of the current epoch, once a member gave it. */
  readonly groupInfo?: Bytes;
  /** Who gave a GroupInfo of the current epoch. */
  readonly offeredBy?: readonly UserId[];
}

export interface CommitInput {
  readonly epoch: number;
  readonly by: UserId;
  readonly terminalId: TerminalId;
  readonly commit: Bytes;
}

export type DeliveryResult =
  | { readonly type: "accepted"; readonly state: DeliveryState }
  | { readonly type: "repeated" }
  | {
      readonly type: "refused";
      readonly code: "delivery.staleEpoch" | "delivery.epochTaken" | "delivery.futureEpoch";
    };

export const initialDelivery: DeliveryState = { epoch: 0, commits: [] };

/** Accepts at most one Commit per epoch. */
export function stepDelivery(state: DeliveryState, input: CommitInput): DeliveryResult {
  if (input.epoch > state.epoch) return { type: "refused", code: "delivery.futureEpoch" };
  if (input.epoch < state.epoch) {
    const taken = state.commits[input.epoch];
    if (taken?.terminalId === input.terminalId && equalBytes(taken.commit, input.commit))
      return { type: "repeated" };
    return {
      type: "refused",
      code: input.epoch === state.epoch - 1 ? "delivery.epochTaken" : "delivery.staleEpoch",
    };
  }
  const { epoch, by, terminalId, commit } = input;
  // The copy grows with the log, but a minute's Commits are few, and a copy of 10,000 references takes microseconds.
  return {
    type: "accepted",
    state: { epoch: epoch + 1, commits: [...state.commits, { epoch, by, terminalId, commit }] },
  };
}
