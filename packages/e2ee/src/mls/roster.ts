import { type Bytes, equalBytes, type ErrorCode, SignetError, toBase64Url } from "@signet/protocol";
import { type KeyPackage, type LeafNode, type RatchetTree } from "ts-mls";

import { callListExtensionType } from "./call-list-extension.ts";
import { type CredentialJudge } from "./credential.ts";
import { isEncryptionKey } from "./encryption-key.ts";
import { spokenExtensionType } from "./spoken-extension.ts";
import { suiteName } from "./suite.ts";

/** One leaf of the group, its credential accepted by the hook. */
export interface GroupMember {
  readonly leaf: number;
  readonly userId: string;
  readonly identity: Bytes;
  readonly leafPublicKey: Bytes;
  /** Signs what it seals, as its leaf says. */
  readonly proves: boolean;
}

/** The members of one epoch in leaf order, and the leaf nodes they were read from. */
export interface Roster {
  readonly members: readonly GroupMember[];
  readonly byNode: ReadonlyMap<LeafNode, GroupMember>;
}

export type RosterResult = { ok: true; roster: Roster } | { ok: false; code: ErrorCode };

export type NamedLeaf =
  | { ok: true; identity: Bytes; userId: string; proves: boolean }
  | { ok: false; code: ErrorCode };

/** Of an encoded proof; a `call` proof that names 199 people and its assertion take up to 12 kB. */
const longestIdentity = 16_384;
/** What a leaf says that it speaks, all lists together: five entries of ours, some of a later version. */
const mostCapabilities = 64;

/**
 * RFC 9420 section 7.3, narrowed to what Signet speaks: `basic` credential accepted by the hook, an Ed25519 key, suite 1,
 * the call list's extension in the group and none in the leaf. And of a bounded size: one leaf that fills a whole message would leave no room for a Welcome ever after.
 */
export async function nameLeaf(leaf: LeafNode, judge: CredentialJudge): Promise<NamedLeaf> {
  const { credential, capabilities } = leaf;
  if (credential.credentialType !== "basic") return { ok: false, code: "mls.credential" };
  const speaksSuite =
    capabilities.versions.includes("mls10") &&
    capabilities.ciphersuites.includes(suiteName) &&
    capabilities.credentials.includes("basic") &&
    capabilities.extensions.includes(callListExtensionType);
  const isSmall =
    credential.identity.length <= longestIdentity &&
    Object.values(capabilities).reduce((sum, list) => sum + list.length, 0) <= mostCapabilities;
  const plain =
    isSmall &&
    leaf.leafNodeSource !== "update" &&
    leaf.extensions.length === 0 &&
    leaf.signaturePublicKey.length === 32 &&
    isEncryptionKey(leaf.hpkePublicKey);
  if (!speaksSuite || !plain) return { ok: false, code: "mls.refused" };
  const judgement = await judge.judge(credential.identity, leaf.signaturePublicKey);
  const identity = new Uint8Array(credential.identity);
  const proves = capabilities.extensions.includes(spokenExtensionType);
  return judgement.ok ? { ok: true, identity, userId: judgement.userId, proves } : judgement;
}

/** Keys as text, kept with their bytes: nodes that stay are read again in each epoch. */
const names = new WeakMap<Uint8Array, string>();

function nameOf(key: Uint8Array): string {
  const name = names.get(key) ?? toBase64Url(key);
  names.set(key, name);
  return name;
}

/**
 * Reads the members out of a ratchet tree and holds the rules over all of them: each leaf as {@link nameLeaf} wants it, no
 * user ID twice, no signature key and no encryption key twice (RFC 9420 section 7.3; the library compares too few), and no key that
 * nothing can be encrypted to.
 */
export async function readRoster(
  tree: RatchetTree,
  judge: CredentialJudge,
  former?: Roster,
): Promise<RosterResult> {
  const members: GroupMember[] = [];
  const byNode = new Map<LeafNode, GroupMember>();
  const userIds = new Set<string>();
  const encryptionKeys = new Set<string>();
  const signatureKeys = new Set<string>();
  for (const [nodeIndex, node] of tree.entries()) {
    if (node === undefined) continue;
    const encryptionKey = nameOf(
      node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey,
    );
    if (encryptionKeys.has(encryptionKey)) return { ok: false, code: "mls.refused" };
    encryptionKeys.add(encryptionKey);
    if (node.nodeType !== "leaf") {
      if (!isEncryptionKey(node.parent.hpkePublicKey)) return { ok: false, code: "mls.refused" };
      continue;
    }
    let member = former?.byNode.get(node.leaf);
    if (member === undefined) {
      const named = await nameLeaf(node.leaf, judge);
      if (!named.ok) return named;
      member = {
        leaf: nodeIndex / 2,
        userId: named.userId,
        identity: named.identity,
        leafPublicKey: new Uint8Array(node.leaf.signaturePublicKey),
        proves: named.proves,
      };
    }
    const signatureKey = nameOf(member.leafPublicKey);
    if (signatureKeys.has(signatureKey)) return { ok: false, code: "mls.refused" };
    signatureKeys.add(signatureKey);
    if (userIds.has(member.userId)) return { ok: false, code: "mls.duplicateUser" };
    userIds.add(member.userId);
    members.push(member);
    byNode.set(node.leaf, member);
  }
  return { ok: true, roster: { members, byNode } };
}

/** Who is in `after` and not in `before`, by leaf and key: a leaf taken over by another key counts as left and entered. */
export function enteredMembers(before: Roster, after: Roster): GroupMember[] {
  // Who stays is the same object in both, but for a committer, whose leaf node is new.
  const same = new Set(before.members);
  const changed = after.members.filter((member) => !same.has(member));
  const former = new Map(before.members.map((member) => [member.leaf, member.leafPublicKey]));
  return changed.filter(({ leaf, leafPublicKey }) => {
    const key = former.get(leaf);
    return key === undefined || !equalBytes(key, leafPublicKey);
  });
}

/** @throws SignetError `mls.failed` when the library did not add the KeyPackage that it was given */
export function memberOf(keyPackage: KeyPackage, roster: Roster): GroupMember {
  const member = roster.byNode.get(keyPackage.leafNode);
  if (member === undefined) throw new SignetError("mls.failed");
  return member;
}
