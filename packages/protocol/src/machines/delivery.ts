/**
 * Delivery service of one call: orders Commits, one per epoch (RFC 9420 section 14, RFC 9750 section 5).
 *
 *            commit(epoch = e)
 *   [e] ------------------------> [e + 1]      every other Commit for e: refused, its sender retries on e + 1
 *    ^ |
 *    +-+ same Commit again: the same answer (its first answer may have been lost)
 *
 * A Commit that the others refuse is voided (call-disputes.ts), with all after it: the group is in its epoch again.
 */
import { equalBytes } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import type { SaidStatement } from "../call-list/said.ts";
import type { TerminalId, UserId } from "../ids.ts";
import type { ProofIn } from "../proof.ts";

/** A statement of the call list. `binding`: what vouches for the terminal key that signed it. */
export type ServerStatement = SaidStatement & { readonly binding?: ProofIn };

export interface LoggedCommit extends CommitInput {
  /** Which of all Commits of the call, from 1; those that were voided count. */
  readonly number: number;
}

export interface DeliveryState {
  /** The current epoch: the only one for which a Commit is accepted. */
  readonly epoch: number;
  /** Of the latest Commit that was accepted, voided or not. */
  readonly number: number;
  /** Every accepted Commit, so that a terminal that was away can follow. `commits[e].epoch === e`. */
  readonly commits: readonly LoggedCommit[];
  /** For external Commits; of the current epoch, one of each member who gave it, in the order in which they came. */
  readonly groupInfos?: readonly GivenGroupInfo[];
}

export interface GivenGroupInfo {
  readonly by: UserId;
  readonly groupInfo: Bytes;
  /** What its giver says that it is of. */
  readonly digest: Bytes;
}

export interface CommitInput {
  /** The epoch that the Commit was made in; it began `epoch + 1`. */
  readonly epoch: number;
  readonly by: UserId;
  readonly terminalId: TerminalId;
  readonly commit: Bytes;
  /** Who was to come into the group by it, and who to leave. */
  readonly admitted: readonly UserId[];
  readonly removed: readonly UserId[];
  /** What it brings to the group's call list. */
  readonly statements?: readonly ServerStatement[];
}

export type DeliveryResult =
  | { readonly type: "accepted"; readonly state: DeliveryState }
  | { readonly type: "repeated"; readonly number: number }
  | {
      readonly type: "refused";
      readonly code: "delivery.staleEpoch" | "delivery.epochTaken" | "delivery.futureEpoch";
    };

export const initialDelivery: DeliveryState = { epoch: 0, number: 0, commits: [] };

/** Accepts at most one Commit per epoch. */
export function stepDelivery(state: DeliveryState, input: CommitInput): DeliveryResult {
  if (input.epoch > state.epoch) return { type: "refused", code: "delivery.futureEpoch" };
  if (input.epoch < state.epoch) {
    const taken = state.commits[input.epoch];
    if (taken?.terminalId === input.terminalId && equalBytes(taken.commit, input.commit))
      return { type: "repeated", number: taken.number };
    return {
      type: "refused",
      code: input.epoch === state.epoch - 1 ? "delivery.epochTaken" : "delivery.staleEpoch",
    };
  }
  const { epoch } = input;
  const number = state.number + 1;
  // The copy grows with the log, but a minute's Commits are few, and a copy of 10,000 references takes microseconds.
  return {
    type: "accepted",
    state: { epoch: epoch + 1, number, commits: [...state.commits, { ...input, number }] },
  };
}

/** The group is in this epoch again: the Commit that ended it, and all after it, never were. */
export function rewind({ number, commits }: DeliveryState, epoch: number): DeliveryState {
  return { epoch, number, commits: commits.slice(0, epoch) };
}

/** Whether this epoch of the group was begun by the Commit with this number. */
export function isOfGroup({ commits }: DeliveryState, epoch: number, number: number): boolean {
  return epoch === 0 ? number === 0 : commits[epoch - 1]?.number === number;
}
