import { seededRandom } from "@signet/e2e/support/seeded-random.ts";
import { type Bytes, equalBytes, fromUtf8, toBase64Url, utf8 } from "@signet/protocol";
import { decodeMlsMessage, type PublicMessage } from "ts-mls";

import {
  CallGroup,
  type CommitChanges,
  createLeafKey,
  type CredentialHook,
  type LeafKey,
  type MembershipOptions,
  type PendingCommit,
} from "../src/index.ts";

/** Repeatable random numbers, so that a failing run can be told by its seed. */
export class SeededRandom {
  /** In [0, 1). */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}

export const randomCallId = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(16)));

/** Stands for an encoded proof: it names the user and the leaf key, as a proof does. */
export const proofFor = (userId: string, leafKey: LeafKey): Bytes =>
  utf8(`${userId} ${toBase64Url(leafKey.publicKey)}`);

/** Accepts what {@link proofFor} makes, for the key that it names. */
export const trustingHook: CredentialHook = async (identity, leafPublicKey) => {
  const [userId, key] = (fromUtf8(identity) ?? "").split(" ");
  if (userId === undefined || key !== toBase64Url(leafPublicKey)) return { ok: false, code: "proof.leafKey" };
  return { ok: true, userId };
};

/** Stands for the digest of the call list that everybody holds. */
export const someList: Bytes = new Uint8Array(32).fill(7);

export async function optionsFor(
  callId: string,
  userId: string,
  over: Partial<MembershipOptions> = {},
): Promise<MembershipOptions> {
  const leafKey = over.leafKey ?? (await createLeafKey());
  return {
    callId,
    leafKey,
    identity: proofFor(userId, leafKey),
    hook: trustingHook,
    callListDigest: () => someList,
    nowMs: () => Date.now(),
    ...over,
  };
}

export async function mustCommit(group: CallGroup, changes: Partial<CommitChanges>): Promise<PendingCommit> {
  const result = await group.commit({ add: [], remove: [], ...changes });
  if (result.type !== "pending") throw new Error("nothing was committed");
  return result;
}

/** Lets `committer` commit, all others process it, and the joiners come in. The first of `groups` that fails is named. */
export async function commitToAll(
  committer: CallGroup,
  others: readonly CallGroup[],
  changes: Partial<CommitChanges>,
): Promise<PendingCommit> {
  const pending = await mustCommit(committer, changes);
  await pending.accept();
  const results = await Promise.all(others.map((other) => other.process(pending.commit)));
  for (const [index, result] of results.entries())
    if (result.type === "refused") throw new Error(`leaf ${others[index]?.ownLeaf} refused: ${result.code}`);
  return pending;
}

/** A group of `userIds.length` members, the first one its initiator, all the others added by one Commit. */
export async function makeGroup(
  callId: string,
  userIds: readonly string[],
  over: Partial<MembershipOptions> = {},
): Promise<CallGroup[]> {
  const [first = "", ...rest] = userIds;
  const initiator = await CallGroup.create(await optionsFor(callId, first, over));
  if (rest.length === 0) return [initiator];
  const joins = await Promise.all(
    rest.map(async (userId) => CallGroup.prepareJoin(await optionsFor(callId, userId, over))),
  );
  const pending = await commitToAll(initiator, [], { add: joins.map((join) => join.keyPackage) });
  const { welcome } = pending;
  if (welcome === undefined) throw new Error("no Welcome");
  return [initiator, ...(await Promise.all(joins.map((join) => join.join(welcome))))];
}

export function publicMessageIn(commit: Bytes): PublicMessage {
  const message = decodeMlsMessage(commit, 0)?.[0];
  if (message?.wireformat !== "mls_public_message") throw new Error("not a PublicMessage");
  return message.publicMessage;
}

/** Whether the Commit carries an UpdatePath (RFC 9420 section 12.4). */
export function hasPath(commit: Bytes): boolean {
  const { content } = publicMessageIn(commit);
  return content.contentType === "commit" && content.commit.path !== undefined;
}

export const exportedLabel = "signet test";
export const exportedContext = new Uint8Array([1]);

/** The exporter that frames use stands for all of the epoch's secrets. */
export const exported = (group: CallGroup): Promise<Bytes> =>
  group.exportSecret(exportedLabel, exportedContext, 32);

/** @returns what differs between the members' views of the group, undefined when nothing does */
export async function disagreement(groups: readonly CallGroup[]): Promise<string | undefined> {
  const [first, ...rest] = groups;
  if (first === undefined) return undefined;
  const secret = await exported(first);
  const code = await first.safetyCode();
  const view = JSON.stringify(first.members().map(({ leaf, userId }) => [leaf, userId]));
  for (const group of rest) {
    const who = `leaf ${group.ownLeaf}`;
    if (group.epoch !== first.epoch) return `${who} is in epoch ${group.epoch}, not ${first.epoch}`;
    if (!equalBytes(await exported(group), secret)) return `${who} exports another secret`;
    if ((await group.safetyCode()) !== code) return `${who} has another safety code`;
    if (JSON.stringify(group.members().map(({ leaf, userId }) => [leaf, userId])) !== view)
      return `${who} sees other members`;
  }
  return undefined;
}
