import type { Bytes, CallId, CallInviteIn, ProofIn, UserId } from "@signet/protocol";

import type { CallNamed, MissedBounds, StoredMissed } from "./missed-store.ts";

/** Voice messages, and the keys of people's terminals that they are sealed to. */
export interface MessageStore {
  /** Of a place that is known already nothing changes but when it was used. The one that was used longest ago goes. */
  putMailbox(mailbox: StoredMailbox, bounds: MailboxBounds): Promise<void>;
  /** Where the person blocked who asks: those that there were at that time. In the order in which they came. */
  mailboxesOf(userId: UserId, askerId: UserId): Promise<readonly StoredMailbox[]>;
  /** Nobody answered these: one message may be left after each. Of those of one caller the oldest go. */
  open(calls: readonly StoredMissed[], mostOfCaller: number): Promise<void>;
  /** They answered this call after all, and no other with its ID. */
  close(userId: UserId, call: CallNamed): Promise<void>;
  /**
   * Writes as much, and as long, whether or not anybody gets it: who was blocked, or has no such call open, is not to know.
   * @param sinceMs calls that were opened before are open no longer
   * @returns whether it is kept for the person
   */
  leave(message: LeftMessage, bounds: MissedBounds, sinceMs: number): Promise<boolean>;
  /** That came after `sinceMs`, in the order of their positions. */
  of(
    userId: UserId,
    sinceMs: number,
  ): Promise<readonly { readonly position: number; readonly callId: CallId }[]>;
  get(userId: UserId, sinceMs: number, position: number): Promise<KeptMessage | undefined>;
  /** @returns those that were there */
  delete(userId: UserId, positions: readonly number[]): Promise<readonly number[]>;
  /** Messages that came at the first of these times or before; calls that were opened, and messages that nobody gets, at the second or before. */
  deleteBefore(messagesMs: number, openMs: number): Promise<void>;
}

/** A key of one of a person's terminals, as the terminal signed it and its device vouches for it. */
export interface StoredMailbox {
  readonly userId: UserId;
  readonly deviceId: string;
  readonly key: Bytes;
  readonly proof: ProofIn;
  readonly binding: ProofIn;
  /** When it was put. */
  readonly atMs: number;
}

export interface MailboxBounds {
  readonly perDevice: number;
  readonly perPerson: number;
}

export interface LeftMessage {
  readonly userId: UserId;
  readonly callerId: UserId;
  /** By the server's clock. */
  readonly atMs: number;
  readonly callId: CallId;
  readonly proof: ProofIn;
  readonly binding: ProofIn;
  readonly keys: readonly Bytes[];
  readonly sealed: Bytes;
}

export type KeptMessage = LeftMessage & { readonly call: Omit<CallInviteIn, "initiator"> };
