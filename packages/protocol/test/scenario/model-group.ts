/**
 * MLS as far as the order of messages goes: a group is a list of leaves and a chain of secrets. A Commit is valid in the
 * epoch that it was made in, and only those who stay can follow it; that replaces all cryptography.
 */
import type { Bytes } from "@signet/protocol";
import { fromUtf8, utf8 } from "@signet/protocol";

export interface ModelLeaf {
  readonly userId: string;
  /** Made for one stay in the group. */
  readonly key: string;
  readonly leaf: number;
}

export interface ModelGroup {
  readonly epoch: number;
  readonly leaves: readonly ModelLeaf[];
  readonly secret: string;
}

interface ModelCommit {
  readonly epoch: number;
  /** Of the epoch it was made in: a Commit of another branch does not apply. */
  readonly parent: string;
  readonly external: boolean;
  readonly path: string;
  readonly leaves: readonly ModelLeaf[];
}

export type ModelResult =
  | { readonly group: ModelGroup }
  | { readonly failure: "removed" | "mls.staleEpoch" | "mls.refused" };

const write = (value: unknown): Bytes => utf8(JSON.stringify(value));
const read = <T>(bytes: Bytes): T => JSON.parse(fromUtf8(bytes) ?? "") as T;

/** FNV-1a: tells chains apart, which is all it is for. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of utf8(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16);
}

export const createGroup = (userId: string, key: string): ModelGroup => ({
  epoch: 0,
  leaves: [{ userId, key, leaf: 0 }],
  secret: hash(`create ${key}`),
});

export interface MadeModelCommit {
  readonly next: ModelGroup;
  readonly commit: Bytes;
  readonly welcome: Bytes;
}

/** What lets somebody in by an external Commit, without the group's secret. */
export const groupInfoOf = ({ epoch, leaves, secret }: ModelGroup): Bytes =>
  write({ epoch, leaves, parent: hash(secret) });

export function commitTo(
  group: ModelGroup,
  change: {
    readonly add: readonly { readonly userId: string; readonly key: string }[];
    readonly remove: readonly number[];
  },
  path: string,
): MadeModelCommit {
  const leaves = group.leaves.filter(({ leaf }) => !change.remove.includes(leaf));
  for (const { userId, key } of change.add) {
    let leaf = 0;
    while (leaves.some((taken) => taken.leaf === leaf)) leaf++;
    leaves.push({ userId, key, leaf });
  }
  return finish(group, leaves, path, false);
}

/** An external Commit: the own former leaf goes, a new one comes. */
export function rejoinBy(groupInfo: Bytes, userId: string, key: string, path: string): MadeModelCommit {
  const {
    epoch,
    leaves: before,
    parent,
  } = read<{ epoch: number; leaves: ModelLeaf[]; parent: string }>(groupInfo);
  const leaves = before.filter((leaf) => leaf.userId !== userId);
  let leaf = 0;
  while (leaves.some((taken) => taken.leaf === leaf)) leaf++;
  leaves.push({ userId, key, leaf });
  return finish({ epoch, leaves: before, secret: parent }, leaves, path, true);
}

function finish(
  group: ModelGroup,
  leaves: readonly ModelLeaf[],
  path: string,
  external: boolean,
): MadeModelCommit {
  // Whoever comes from outside does not know the secret: only its public trace, as a confirmation tag would be.
  const parent = external ? group.secret : hash(group.secret);
  const commit: ModelCommit = { epoch: group.epoch, parent, external, path, leaves };
  const next = follow(group.epoch, parent, commit);
  return {
    next,
    commit: write(commit),
    welcome: write(next),
  };
}

function follow(epoch: number, parent: string, { path, leaves }: ModelCommit): ModelGroup {
  return { epoch: epoch + 1, leaves, secret: hash(`${parent} ${path}`) };
}

export function processCommit(group: ModelGroup, bytes: Bytes, key: string): ModelResult {
  const commit = read<ModelCommit>(bytes);
  if (commit.epoch !== group.epoch) return { failure: "mls.staleEpoch" };
  if (commit.parent !== hash(group.secret)) return { failure: "mls.refused" };
  if (!commit.leaves.some((leaf) => leaf.key === key)) return { failure: "removed" };
  const userIds = commit.leaves.map(({ userId }) => userId);
  if (new Set(userIds).size !== userIds.length) return { failure: "mls.refused" };
  return { group: follow(group.epoch, commit.parent, commit) };
}

export function openWelcome(bytes: Bytes, key: string): ModelGroup | undefined {
  const group = read<ModelGroup>(bytes);
  return group.leaves.some((leaf) => leaf.key === key) ? group : undefined;
}

/** Proofs stand for themselves here: their transcript is what they say. */
export const say = (what: Readonly<Record<string, unknown>>): Bytes => write(what);
export const heard = <T>(bytes: Bytes): T => read<T>(bytes);
