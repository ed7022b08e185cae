/** The committer's part: who of those waiting may enter, and the Commit that lets them in. */
import type { CallList, CallStatement } from "@signet/device";
import type { CallGroup, PendingCommit } from "@signet/e2ee";
import {
  SignetError,
  decodeProof,
  decodeTranscript,
  encodeProof,
  equalBytes,
  fitsOneMessage,
} from "@signet/protocol";
import type {
  Bytes,
  ErrorCode,
  EventBody,
  LeafIndex,
  MadeCommit,
  TerminalId,
  UserId,
} from "@signet/protocol";

import type { Directory, KnownPerson } from "../people/directory.ts";
import { isByRevoked, listRefusalOf } from "./group-list.ts";
import { checkLeaf } from "./verify-call.ts";
import type { VerifiedCall } from "./verify-call.ts";

type Task = EventBody<"call.commitNeeded">;
type Joiner = Task["admit"][number];

interface RefusedJoiner {
  readonly userId: UserId;
  readonly terminalId: TerminalId;
  readonly code: ErrorCode;
}

export type PreparedCommit =
  | { readonly refused: readonly RefusedJoiner[]; readonly pending: PendingCommit; readonly made: MadeCommit }
  | { readonly refused: readonly RefusedJoiner[]; readonly pending?: undefined };

/** Whether the server takes a Commit and Welcome of this size. */
type Fits = (commit: Bytes, welcome?: Bytes) => boolean;

/**
 * Makes the Commit that the server asked for: admits the joiners who pass {@link checkJoiner} and whose KeyPackage holds the
 * proof that was checked, and removes the leaves of those who left; a joiner's former leaf, too. An attempt that comes to
 * nothing is followed by one for fewer joiners.
 * @throws SignetError `mls.*`
 */
export async function prepareCommit(
  group: CallGroup,
  task: Task,
  call: VerifiedCall,
  context: {
    readonly directory: Directory;
    readonly nowMs: number;
    readonly fits?: Fits;
    /** What the call's list has that the group's has not yet. */
    readonly brought?: readonly Pick<CallStatement, "digest">[];
  },
): Promise<PreparedCommit> {
  const { brought = [], fits = fitsOneMessage } = context;
  const checked = task.admit.map(async (joiner) => ({
    joiner,
    code: await checkJoiner(joiner, call, context),
  }));
  const { passed, refused } = sift(await Promise.all(checked));
  const changes = {
    ...leavesOf(group, task, call.list, context.directory),
    statements: brought.map(({ digest }) => digest),
  };
  let joiners = passed;
  for (;;) {
    const attempt = await tryCommit(group, joiners, changes, fits);
    refused.push(...attempt.refused);
    switch (attempt.type) {
      case "nobody":
        return { refused };
      case "made":
        return { refused, pending: attempt.pending, made: attempt.made };
      case "allRefused":
      case "strangers":
      case "tooLarge":
        // So there is an end to it, also when a Commit is too large that admits nobody.
        if (attempt.joiners.length >= joiners.length) throw new SignetError("mls.failed");
        joiners = attempt.joiners;
    }
  }
}

/**
 * What a joiner has to pass before a Commit is made for them, in this order:
 *
 * 1. they come with a `join` proof, or with the `call` proof of a call that crossed this one,
 * 2. it speaks for the user ID that they are announced under, and so does the entry that comes with it,
 * 3. the entry is the one of the person whom this terminal knows under that user ID,
 * 4. the person was invited,
 * 5. the proof is by their device, for this very call, and fresh.
 *
 * That the KeyPackage holds this very proof, and so the leaf key named in it, shows in {@link tryCommit}.
 * @returns why they are refused; undefined when nothing speaks against them
 */
async function checkJoiner(
  { userId, entry, proof }: Joiner,
  call: VerifiedCall,
  { directory, nowMs }: { readonly directory: Directory; readonly nowMs: number },
): Promise<ErrorCode | undefined> {
  const transcript = decodeTranscript(proof.transcript);
  if (transcript?.purpose !== "join" && transcript?.purpose !== "call") return "proof.purpose";
  if (transcript.userId !== userId || entry.userId !== userId) return "proof.user";
  let person: KnownPerson;
  try {
    person = await directory.verify(entry);
  } catch (error) {
    return error instanceof SignetError ? error.code : "directory.badEntry";
  }
  const { leafKey } = transcript;
  const context = { directory, nowMs, fresh: true, person };
  const check = await checkLeaf(encodeProof(proof), leafKey, call, context);
  return check.ok ? undefined : check.code;
}

interface Leaving {
  /** Who is not in the group any more after the Commit, whether they were in it before or not. */
  readonly removed: UserId[];
  readonly leaves: readonly number[];
}

interface Changes extends Leaving {
  /** Digests. */
  readonly statements: Bytes[];
}

/**
 * The leaves to remove, found by user ID in the own group: the server's number for a leaf could be another person's leaf, or
 * nobody's. That somebody is to be removed is taken on its word, since it could cut them off anyway. Who may not be in the call any more, by
 * the list as it is then, has to leave whatever it says; and so has whoever is in it by a device that was revoked since. A server that takes
 * no such Commit lets nobody come in any more.
 */
function leavesOf(group: CallGroup, task: Task, list: CallList, directory: Directory): Leaving {
  const leafOf = new Map(group.members().map(({ userId, leaf }) => [userId, leaf]));
  // Nobody can remove themselves (RFC 9420 section 12.2).
  const barred = group
    .members()
    .filter((member) => listRefusalOf(list, member) !== undefined || isByRevoked(directory, member));
  const named = [...task.remove, ...barred].map(({ userId }) => userId as UserId);
  const removed = [...new Set(named)].filter((userId) => leafOf.get(userId) !== group.ownLeaf);
  const leaves = removed.map((userId) => leafOf.get(userId)).filter((leaf) => leaf !== undefined);
  return { removed, leaves };
}

/** What one attempt at a Commit came to, and whom it refuses. */
type Attempt = { readonly refused: readonly RefusedJoiner[] } & (
  | { readonly type: "nobody" }
  | { readonly type: "made"; readonly pending: PendingCommit; readonly made: MadeCommit }
  | {
      readonly type: "allRefused" | "strangers" | "tooLarge";
      /** Those to try next, fewer than before. */
      readonly joiners: readonly Joiner[];
    }
);

/**
 * One Commit for all `joiners`.
 * @returns
 *   `nobody`: there is nobody to admit, nobody to remove, and nothing said;
 *   `allRefused`: the group takes none of the KeyPackages;
 *   `strangers`: a KeyPackage held another proof than the one that was checked;
 *   `tooLarge`: the server would not take it;
 *   `made`: it waits for the server's word. Every other Commit was dropped.
 * @throws SignetError `mls.*`
 */
async function tryCommit(
  group: CallGroup,
  joiners: readonly Joiner[],
  { removed, leaves, statements }: Changes,
  fits: Fits,
): Promise<Attempt> {
  if (joiners.length === 0 && removed.length === 0 && statements.length === 0)
    return { type: "nobody", refused: [] };
  const add = joiners.map(({ keyPackage }) => keyPackage);
  // Who is to be removed may not be in the group: the Commit that the server waits for then has nothing else in it.
  const result = await group.commit({ add, remove: leaves, update: joiners.length === 0 });
  const codes = new Map(result.refused.map(({ index, code }) => [index, code]));
  const taken = sift(joiners.map((joiner, index) => ({ joiner, code: codes.get(index) })));
  if (result.type === "nothing") {
    // A group that takes somebody has something to commit.
    if (taken.passed.length > 0) throw new SignetError("mls.failed");
    return { type: "allRefused", refused: taken.refused, joiners: [] };
  }
  const proven = sift(
    taken.passed.map((joiner, index) => ({ joiner, code: checkAdded(result.added[index], joiner) })),
  );
  const refused = [...taken.refused, ...proven.refused];
  if (proven.refused.length > 0) {
    result.drop();
    return { type: "strangers", refused, joiners: proven.passed };
  }
  const { epoch, commit, welcome, added } = result;
  if (!fits(commit, welcome)) {
    result.drop();
    const fewer = halve(proven.passed);
    return { type: "tooLarge", refused: [...refused, ...fewer.refused], joiners: fewer.passed };
  }
  const admitted = added.map(({ userId, leaf }) => ({ userId: userId as UserId, leaf: leaf as LeafIndex }));
  const said = statements.length === 0 ? {} : { statements };
  const made = {
    epoch,
    commit,
    admitted,
    removed,
    ...said,
    ...(welcome === undefined ? {} : { welcome }),
  };
  return { type: "made", refused, pending: result, made };
}

/**
 * Another invited person's proof in the KeyPackage would let one in as the other; an earlier one of the same person is not fresh. It is
 * the same one where it says the same: the group verified its signature, of which there may be two.
 */
function checkAdded(
  member: { readonly userId: string; readonly identity: Uint8Array } | undefined,
  { userId, proof }: Joiner,
): ErrorCode | undefined {
  const held = member?.userId === userId ? decodeProof(new Uint8Array(member.identity)) : undefined;
  const isProven = held !== undefined && equalBytes(held.transcript, proof.transcript);
  return isProven ? undefined : "proof.leafKey";
}

/**
 * The server guesses how many fit into a message: when they do not, the first half is admitted, and one that does not fit even
 * alone is refused, so that nobody behind them waits for ever.
 */
function halve(joiners: readonly Joiner[]): Sifted {
  if (joiners.length === 1) return sift(joiners.map((joiner) => ({ joiner, code: "mls.refused" })));
  return { passed: joiners.slice(0, Math.floor(joiners.length / 2)), refused: [] };
}

interface Sifted {
  readonly passed: readonly Joiner[];
  readonly refused: RefusedJoiner[];
}

/** @param verdicts `code`: why somebody is refused; undefined for who passes */
function sift(
  verdicts: readonly { readonly joiner: Joiner; readonly code: ErrorCode | undefined }[],
): Sifted {
  const passed: Joiner[] = [];
  const refused: RefusedJoiner[] = [];
  for (const { joiner, code } of verdicts) {
    const { userId, terminalId } = joiner;
    if (code === undefined) passed.push(joiner);
    else refused.push({ userId, terminalId, code });
  }
  return { passed, refused };
}
