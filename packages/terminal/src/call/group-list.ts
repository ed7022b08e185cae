/** The call list of the group that this terminal is in: what it holds, and what the next Commit makes of it. */
import { extendCallList, foldCallList } from "@signet/device";
import type { CallList, CallListResult, CallStatement, VerifiedProof } from "@signet/device";
import type { GroupMember } from "@signet/e2ee";
import { equalBytes, hasStatement, hostOf, invitationRefusal, SignetError } from "@signet/protocol";
import type { Bytes, CallStatementIn, ErrorCode, FoldedCallList, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import { answerIn } from "./answer-in.ts";
import type { CallMemory } from "./call-memory.ts";
import { verifyStatements } from "./said-statements.ts";
import type { SaidInCall } from "./said-statements.ts";

export interface GroupListOptions {
  readonly serverOrigin: string;
  readonly callProof: VerifiedProof<"call">;
  readonly directory: Directory;
  readonly memory: CallMemory;
  readonly nowMs: () => number;
}

export class GroupList {
  readonly #options: GroupListOptions;
  #held: CallList;
  readonly #own: CallStatement[] = [];
  #next: CallList | undefined;
  #members: readonly GroupMember[] | undefined;

  /** @param held as the call was shown: who comes in is told what the group holds by then */
  constructor(held: CallList, options: GroupListOptions) {
    this.#held = held;
    this.#options = options;
  }

  /** What the group holds. */
  get held(): CallList {
    return this.#held;
  }

  /** With what this terminal said itself and the group does not hold yet, as far as it holds together. */
  async withOwn(): Promise<CallList> {
    const own = this.#own.filter(({ digest }) => !hasStatement(this.#held, digest));
    const folded = await foldCallList(this.#held.call, [...this.#held.statements, ...own]);
    return folded.ok ? folded.list : this.#held;
  }

  /** This terminal said it, and the server took it. */
  async said(stated: CallStatementIn): Promise<void> {
    const verified = await this.#verify([stated], "toBring");
    if (verified.ok) this.#own.push(...verified.said.map(({ statement }) => statement));
  }

  /** What it is to hold after what is being done. */
  get now(): CallList {
    return this.#next ?? this.#held;
  }

  /** As it was stated, for who has to verify it again. */
  get stated(): CallStatementIn[] {
    return this.#held.statements.map((statement) => ({
      ...(this.#options.memory.said.get({ proof: statement.raw })?.stated ?? { proof: statement.raw }),
    }));
  }

  /** @returns what `doing` does while the group is to come to this list; it is kept when that returns, and else not */
  async with<T>(
    next: CallList,
    doing: () => Promise<T>,
    isDone: (result: T) => boolean = () => true,
  ): Promise<T> {
    this.#next = next;
    try {
      const result = await doing();
      if (isDone(result)) this.#keep(next);
      return result;
    } finally {
      this.#next = undefined;
    }
  }

  /** Who is host, by the list and by who is in the group; undefined before one is in it. */
  get hostId(): string | undefined {
    return this.#members === undefined ? undefined : hostOf(this.#held, longestFirst(this.#members));
  }

  /** The group has these members now. */
  entered(members: readonly GroupMember[]): void {
    this.#members = members;
  }

  #keep(list: CallList): void {
    this.#held = list;
    this.#options.memory.list = list;
  }

  /**
   * What a Commit brings: each verified, and judged by the list and the group of before.
   * @param members of before it
   */
  async extended(
    stated: readonly CallStatementIn[] | undefined,
    members: readonly GroupMember[],
  ): Promise<CallListResult> {
    return this.#extendedBy(stated, members, "brought");
  }

  async #extendedBy(
    stated: readonly CallStatementIn[] | undefined,
    members: readonly GroupMember[],
    are: "brought" | "toBring",
  ): Promise<CallListResult> {
    if (stated === undefined || stated.length === 0) return { ok: true, list: this.#held };
    const verified = await this.#verify(stated, are);
    return verified.ok ? this.#extend(verified.said, members) : verified;
  }

  #extend(said: readonly SaidInCall[], members: readonly GroupMember[]): Promise<CallListResult> {
    return extendCallList(
      this.#held,
      said.map(({ statement }) => statement),
      longestFirst(members),
    );
  }

  /** As much of it as holds: for who makes the Commit. */
  async taking(
    stated: readonly CallStatementIn[] | undefined,
    members: readonly GroupMember[],
  ): Promise<{ readonly list: CallList; readonly refused: readonly { digest: Bytes; code: ErrorCode }[] }> {
    const whole = await this.#extendedBy(stated, members, "toBring");
    if (whole.ok) return { list: whole.list, refused: [] };
    const refused: { digest: Bytes; code: ErrorCode }[] = [];
    const taken: SaidInCall[] = [];
    let { held: list } = this;
    for (const one of stated ?? []) {
      const verified = await this.#verify([one], "toBring");
      const extended = verified.ok ? await this.#extend([...taken, ...verified.said], members) : verified;
      if (extended.ok && verified.ok) {
        taken.push(...verified.said);
        ({ list } = extended);
      } else if (!extended.ok) refused.push({ digest: await digestOf(one), code: extended.code });
    }
    return { list, refused };
  }

  /**
   * The whole of it, as the group holds it into which this terminal comes. What it held when this terminal was in it is not forgotten.
   * @throws SignetError `callList.*`, or as {@link verifyStatements}
   */
  async folded(stated: readonly CallStatementIn[] = []): Promise<CallList> {
    const { callProof, memory } = this.#options;
    const verified = await this.#verify(stated, "brought");
    if (!verified.ok) throw new SignetError(verified.code);
    const folded = await foldCallList(
      callProof,
      verified.said.map(({ statement }) => statement),
    );
    if (!folded.ok) throw new SignetError(folded.code);
    const { list } = folded;
    // An invitation may have come by a Commit that is void, and be dropped since: who is in by it shows by the list that there is.
    const taken = memory.list?.statements.filter(
      ({ transcript: { purpose } }) => purpose === "remove" || purpose === "host",
    );
    if (taken?.every(({ digest }) => hasStatement(list, digest)) === false)
      throw new SignetError("callList.hidden");
    return list;
  }

  /** What this terminal is to bring has to hold now, and not only when it was verified, or for who follows. */
  #verify(
    stated: readonly CallStatementIn[],
    are: "brought" | "toBring",
  ): ReturnType<typeof verifyStatements> {
    const { callProof, directory, memory, nowMs, serverOrigin } = this.#options;
    const follows = are === "brought";
    const context = { serverOrigin, callProof, directory, nowMs: nowMs(), follows };
    return verifyStatements(stated, context, memory.said, follows);
  }

  /** Why a leaf may not be in the group: the invitation that its person answered is none, or holds no more. */
  readonly refusal = ({
    identity,
    userId,
  }: Pick<GroupMember, "identity" | "userId">): ErrorCode | undefined =>
    listRefusalOf(this.now, { identity, userId });
}

/** As {@link GroupList.refusal}, by this list. */
export const listRefusalOf = (
  list: CallList,
  { identity, userId }: Pick<GroupMember, "identity" | "userId">,
): ErrorCode | undefined => invitationRefusal(list, userId, invitationOf(list, identity));

/** Whether somebody is in the group by a device that was revoked since: nobody who comes would take the leaf. */
export function isByRevoked(
  directory: Pick<Directory, "isRevoked">,
  { identity, userId }: Pick<GroupMember, "identity" | "userId">,
): boolean {
  const answer = answerIn({ identity });
  return answer !== undefined && directory.isRevoked(userId as UserId, answer.deviceId);
}

/** What the list has that it had not before. */
export const broughtBy = (before: CallList, after: CallList): readonly CallStatement[] =>
  after === before ? [] : after.statements.filter(({ digest }) => !hasStatement(before, digest));

/**
 * Who signed that this person is put out; of several the last, by the times that they say.
 * @param invitation digest of the one by which they are in: a removal voids those that it names, and says nothing of another
 */
export const removerOf = (
  { statements }: Pick<FoldedCallList, "statements">,
  userId: string,
  invitation?: Bytes,
): string | undefined =>
  statements
    .map(({ transcript }) => transcript)
    .filter((transcript) => transcript.purpose === "remove")
    .filter(
      ({ userIds, voided }) =>
        userIds.includes(userId) &&
        (invitation === undefined || voided.some((digest) => equalBytes(digest, invitation))),
    )
    .toSorted((one, other) => one.issuedAtMs - other.issuedAtMs)
    .at(-1)?.userId;

/** The invitation that this leaf answered. Its digest, 32 bytes. */
export const invitationOf = ({ call }: Pick<FoldedCallList, "call">, identity: Bytes): Bytes =>
  answerIn({ identity })?.invitation ?? call.digest;

/** User IDs of those in the group, who signed first to be in it first. */
export function longestFirst(
  members: readonly Pick<GroupMember, "identity" | "userId">[],
): readonly string[] {
  return members
    .map((member) => ({
      userId: member.userId,
      issuedAtMs: answerIn(member)?.issuedAtMs ?? Number.MAX_SAFE_INTEGER,
    }))
    .toSorted((one, other) => one.issuedAtMs - other.issuedAtMs || (one.userId < other.userId ? -1 : 1))
    .map(({ userId }) => userId);
}

const digestOf = async ({ proof }: CallStatementIn): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", proof.transcript));
