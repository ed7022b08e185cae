/** The committer's part: who of those waiting may enter, and the Commit that lets them in. */
import type { CallGroup, PendingCommit } from "@signet/e2ee";
import { SignetError, decodeTranscript, encodeProof, equalBytes, fitsOneMessage } from "@signet/protocol";
import type {
  Bytes,
  ErrorCode,
  EventBody,
  LeafIndex,
  MadeCommit,
  TerminalId,
  UserId,
} from "@signet/protocol";

import type { Directory } from "./directory.ts";
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

/**
 * Makes the Commit that the server asked for: admits the joiners whose fresh proof verifies here and stands in their
 * KeyPackage, and removes the leaves of those who left; a joiner's former leaf, too. The server guesses how many fit into a
 * message: when they do not, the first half is admitted, and one that does not fit even alone is refused, so that nobody behind
 * them waits for ever.
 * @param context `fits`: whether the server takes a Commit and Welcome of this size
 * @throws SignetError `mls.*`
 */
export async function prepareCommit(
  group: CallGroup,
  task: Task,
  call: VerifiedCall,
  context: {
    readonly directory: Directory;
    readonly nowMs: number;
    readonly fits?: (commit: Bytes, welcome?: Bytes) => boolean;
  },
): Promise<PreparedCommit> {
  const { fits = fitsOneMessage } = context;
  const refused: RefusedJoiner[] = [];
  const refuse = ({ userId, terminalId }: Joiner, code: ErrorCode): void =>
    void refused.push({ userId, terminalId, code });
  const codes = await Promise.all(task.admit.map((joiner) => checkJoiner(joiner, call, context)));
  let joiners = task.admit.filter((joiner, index) => {
    const code = codes[index];
    if (code !== undefined) refuse(joiner, code);
    return code === undefined;
  });
  const { removed, remove } = leavesOf(group, task);
  for (;;) {
    if (joiners.length === 0 && removed.length === 0) return { refused };
    const add = joiners.map(({ keyPackage }) => keyPackage);
    const result = await group.commit({ add, remove, update: joiners.length === 0 });
    for (const { index, code } of result.refused) {
      const joiner = joiners[index];
      if (joiner !== undefined) refuse(joiner, code);
    }
    const candidates = joiners.filter((_, index) => !result.refused.some((entry) => entry.index === index));
    if (result.type === "nothing") {
      joiners = candidates;
      if (joiners.length > 0) throw new SignetError("mls.failed");
      if (removed.length === 0) return { refused };
      continue;
    }
    const strangers = candidates.filter((joiner, index) => !isSamePerson(joiner, result.added[index]));
    if (strangers.length === 0) {
      const { epoch, commit, welcome, added } = result;
      if (!fits(commit, welcome)) {
        result.drop();
        const [only, ...others] = candidates;
        if (only === undefined) throw new SignetError("mls.failed");
        if (others.length === 0) refuse(only, "mls.refused");
        joiners = candidates.slice(0, Math.floor(candidates.length / 2));
        continue;
      }
      const admitted = added.map(({ userId, leaf }) => ({
        userId: userId as UserId,
        leaf: leaf as LeafIndex,
      }));
      return {
        refused,
        pending: result,
        made: { epoch, commit, admitted, removed, ...(welcome === undefined ? {} : { welcome }) },
      };
    }
    // A KeyPackage with another invited person's proof in it would let one in as the other.
    result.drop();
    for (const joiner of strangers) refuse(joiner, "proof.leafKey");
    joiners = candidates.filter((joiner) => !strangers.includes(joiner));
  }
}

/**
 * The leaves to remove, found by user ID in the own group: the server's number for a leaf could be another person's leaf, or
 * nobody's. That somebody is to be removed is taken on its word, since it could cut them off anyway.
 * @returns `removed`: who is not in the group any more after the Commit, whether they were in it before or not
 */
function leavesOf(group: CallGroup, task: Task): { readonly removed: UserId[]; readonly remove: number[] } {
  const leaves = new Map(group.members().map(({ userId, leaf }) => [userId, leaf]));
  // Nobody can remove themselves (RFC 9420 section 12.2).
  const removed = task.remove
    .map(({ userId }) => userId)
    .filter((userId) => leaves.get(userId) !== group.ownLeaf);
  const remove = removed.map((userId) => leaves.get(userId)).filter((leaf) => leaf !== undefined);
  return { removed, remove };
}

async function checkJoiner(
  joiner: Joiner,
  call: VerifiedCall,
  context: { readonly directory: Directory; readonly nowMs: number },
): Promise<ErrorCode | undefined> {
  const transcript = decodeTranscript(joiner.proof.transcript);
  if (transcript?.purpose !== "join") return "proof.purpose";
  if (transcript.userId !== joiner.userId || joiner.entry.userId !== joiner.userId) return "proof.user";
  try {
    await context.directory.accept(joiner.entry);
  } catch (error) {
    return error instanceof SignetError ? error.code : "directory.badEntry";
  }
  // That the KeyPackage holds this very proof, and so the leaf key named in it, is checked when it was added.
  const check = await checkLeaf(encodeProof(joiner.proof), transcript.leafKey, call, {
    ...context,
    fresh: true,
  });
  return check.ok ? undefined : check.code;
}

function isSamePerson(
  joiner: Joiner,
  member: { readonly userId: string; readonly identity: Uint8Array } | undefined,
): boolean {
  return member?.userId === joiner.userId && equalBytes(member.identity, encodeProof(joiner.proof));
}
