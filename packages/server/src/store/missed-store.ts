import type { CallId, CallInviteIn, UserId } from "@signet/protocol";

/** Calls that people missed. */
export interface MissedStore {
  /** Each in the place of an earlier one of the same call by the same caller. What is beyond the bounds goes, the oldest first; who was blocked is left out. */
  keep(missed: readonly StoredMissed[], bounds: MissedBounds): Promise<void>;
  /** Those that came after `sinceMs` and are kept behind the position `after`, in the order of their positions. */
  of(userId: UserId, sinceMs: number, after: number): Promise<readonly KeptMissed[]>;
  /** The person knows of this call, and of no other with its ID. */
  known(userId: UserId, call: CallNamed): Promise<void>;
  /** All with these IDs. @returns those that were there */
  delete(userId: UserId, callIds: readonly CallId[]): Promise<readonly CallId[]>;
  /** Those that came at this time or before. */
  deleteBefore(atMs: number): Promise<void>;
}

/** A call, by what its caller signed. */
export type CallNamed = Pick<CallInviteIn, "callId" | "proof">;

/** A call that somebody missed. */
export interface StoredMissed {
  readonly userId: UserId;
  /** Who called, or brought them in. */
  readonly callerId: UserId;
  /** By the server's clock. */
  readonly atMs: number;
  readonly call: Omit<CallInviteIn, "initiator">;
}

/** `position`: grows with each that is kept. */
export type KeptMissed = StoredMissed & { readonly position: number };

export interface MissedBounds {
  /** By one caller for one person; the oldest goes. */
  readonly perPair: number;
  /** By one caller for all; the oldest goes. */
  readonly perCaller: number;
  /** For one person; the oldest goes of whoever called them most. */
  readonly perPerson: number;
}
