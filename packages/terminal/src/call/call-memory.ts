/** Who was in a call and who went, as this terminal saw it: what is held against everybody who comes in, or comes back. */
import type { CallList } from "@signet/device";
import { SpentLeafKeys } from "@signet/e2ee";
import type { GroupMember } from "@signet/e2ee";
import { BoundedMap, equalBytes, toBase64Url } from "@signet/protocol";
import type { Bytes, CallId, ErrorCode, UserId } from "@signet/protocol";

import { answerIn } from "./answer-in.ts";
import { CallNotes } from "./record/call-notes.ts";
import { SaidStatements } from "./said-statements.ts";

/** Who is in the group now and was not before, and the other way round. A person with another leaf key is in both. */
export interface RosterChange {
  readonly entered: readonly UserId[];
  readonly gone: readonly UserId[];
}

export class CallMemory {
  /** A leaf key, and with it the proof that names it, serves once in a call. */
  readonly spentKeys = new SpentLeafKeys();
  /** Statements of the call list that were verified here. */
  readonly said = new SaidStatements();
  /** For the record of the call. */
  readonly notes = new CallNotes();
  /** What the group held of it when this terminal was in it last; undefined before. */
  list: CallList | undefined;
  /** Of the last epoch that this terminal was in; undefined before the first. */
  #members: readonly GroupMember[] | undefined;
  /**
   * By the own clock, up to when the group still held them for all that was heard: a Commit that took them out may be read long after they came back. Of who is in
   * it again, when they signed that, by theirs.
   */
  readonly #removedAtMs = new Map<string, number>();
  /** By their own clock, when they signed that they leave. */
  readonly #leftAtMs = new Map<string, number>();
  readonly #takesCrossed: (leafKey: string) => boolean;

  /** @param takesCrossed whether this call is the first in which the `call` proof of another one, which names this leaf key, was an answer */
  constructor(takesCrossed: (leafKey: string) => boolean = () => true) {
    this.#takesCrossed = takesCrossed;
  }

  /**
   * A Commit led to these members: whoever is not among them any more was removed before the eyes of this terminal.
   * @param heardThroughMs as `HeardThrough` has it: the Commit is younger
   */
  advanced(members: readonly GroupMember[], heardThroughMs: number): void {
    const before = this.#members ?? [];
    this.spentKeys.note(before, members);
    for (const { userId } of enteredAmong(members, before)) this.#removedAtMs.set(userId, heardThroughMs);
    // Whoever moved, or came back, is not gone; and may move again, from a terminal whose clock is behind this one's.
    for (const { identity, userId } of enteredAmong(before, members)) {
      const goneAtMs = this.#removedAtMs.get(userId);
      if (goneAtMs !== undefined) this.#removedAtMs.set(userId, Math.min(goneAtMs, signedAtMs(identity)));
    }
    this.#members = members;
  }

  /**
   * This terminal came in, or back, into a group of these members. Who is not among them may have been removed, or never have been in a group
   * that the others know.
   * @returns how it differs from the group of before; undefined when there was none, or when it is the same
   */
  cameIn(members: readonly GroupMember[]): RosterChange | undefined {
    const before = this.#members;
    this.#members = members;
    if (before === undefined) return undefined;
    const entered = enteredAmong(before, members).map(({ userId }) => userId as UserId);
    const gone = enteredAmong(members, before).map(({ userId }) => userId as UserId);
    return entered.length + gone.length === 0 ? undefined : { entered, gone };
  }

  /** This terminal's own leaf, of this key, gave way to another one of its person. */
  replaced(leafKey: Bytes): void {
    this.spentKeys.add(leafKey);
  }

  /** The person signed at that time that they leave, and the signature holds. */
  left(userId: UserId, signedAtMs: number): void {
    this.#leftAtMs.set(userId, Math.max(signedAtMs, this.#leftAtMs.get(userId) ?? 0));
  }

  /**
   * What speaks against somebody who comes in with the `call` proof of a call that crossed this one: it is the answer to one call, which it
   * does not name, so that a server could show it in the next one as well.
   */
  crossedObjection(leafKey: Bytes): ErrorCode | undefined {
    return this.#takesCrossed(toBase64Url(leafKey)) ? undefined : "mls.spentKey";
  }

  /**
   * What speaks against somebody who comes into the group with a proof of that time: an answer is younger than the person's last word that
   * they leave. Who is in the group already may have left and wait for removal; and before its first epoch a terminal does not know
   * who that is.
   */
  objection(userId: string, leafKey: Bytes, signedAtMs: number): ErrorCode | undefined {
    if (this.#members === undefined || this.#holds(userId, leafKey)) return undefined;
    return signedAtMs <= (this.#leftAtMs.get(userId) ?? -1) ? "proof.beforeLeave" : undefined;
  }

  /**
   * Somebody in the group of a rejoin whom this terminal saw go, and who did not answer again since. A later epoch is no sign that a
   * group is younger: whoever was removed can go on counting from the epoch before. As above, before its first epoch a terminal saw
   * nobody go: who left while its Welcome was on the way is in that group and waits for removal.
   */
  broughtBack(members: readonly GroupMember[]): UserId | undefined {
    if (this.#members === undefined) return undefined;
    const back = enteredAmong(this.#members, members).find(({ userId, identity, leafPublicKey }) => {
      const goneAtMs = Math.max(this.#leftAtMs.get(userId) ?? -1, this.#removedAtMs.get(userId) ?? -1);
      return this.spentKeys.has(leafPublicKey) || signedAtMs(identity) <= goneAtMs;
    });
    return back?.userId as UserId | undefined;
  }

  #holds(userId: string, leafKey: Bytes): boolean {
    return (
      this.#members?.some(
        (member) => member.userId === userId && equalBytes(member.leafPublicKey, leafKey),
      ) === true
    );
  }
}

/** Whose leaf is in `after` and not in `before`, by person and key. */
function enteredAmong(before: readonly GroupMember[], after: readonly GroupMember[]): readonly GroupMember[] {
  const keys = new Map(before.map(({ userId, leafPublicKey }) => [userId, leafPublicKey]));
  return after.filter(({ userId, leafPublicKey }) => {
    const key = keys.get(userId);
    return key === undefined || !equalBytes(key, leafPublicKey);
  });
}

/** @returns 0 for what is no answer, which is older than everything */
const signedAtMs = (identity: Bytes): number => answerIn({ identity })?.issuedAtMs ?? 0;

/** Calls that a terminal remembers: it may come back to them, and to no more than a few. */
const mostCalls = 16;
const mostCrossed = 1_024;

export class CallMemories {
  readonly #memories = new BoundedMap<CallId, CallMemory>(mostCalls);
  /** In which call each leaf key of a call that crossed another one was an answer. They are fresh for two minutes, so few are enough. */
  readonly #crossed = new BoundedMap<string, CallId>(mostCrossed);

  of(callId: CallId): CallMemory {
    const memory = this.#memories.get(callId) ?? new CallMemory((leafKey) => this.#takes(callId, leafKey));
    this.#memories.set(callId, memory);
    return memory;
  }

  #takes(callId: CallId, leafKey: string): boolean {
    const taken = this.#crossed.get(leafKey);
    if (taken === undefined) this.#crossed.set(leafKey, callId);
    return (taken ?? callId) === callId;
  }
}
