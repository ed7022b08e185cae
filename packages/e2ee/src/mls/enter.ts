import { equalBytes, type Bytes, type ErrorCode, SignetError } from "@signet/protocol";
import {
  type ClientState,
  createGroup,
  createGroupInfoWithExternalPubAndRatchetTree,
  emptyPskIndex,
  type GroupInfo,
  joinGroup,
  joinGroupExternal,
  type RatchetTree,
} from "ts-mls";
import { ratchetTreeFromExtension, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";

import { callListExtension, callListRefusal } from "./call-list-extension.ts";
import { type HeldState, holdState, lifetimesHold, type Membership } from "./held-state.ts";
import { makeKeyPackage, type OwnKeyPackage } from "./key-package.ts";
import { replacementRefusal } from "./replacement.ts";
import { type GroupMember, readRoster } from "./roster.ts";
import { wipeAllBut, wipeState } from "./secrets.ts";
import { type LeafKey, suiteName } from "./suite.ts";
import { decodeGroupInfo, decodeWelcome, encodeGroupInfo, encodePublicMessage } from "./wire.ts";

/** Runs the library, which throws what it likes on bad input, and turns all of it into one typed error. */
async function guarded<T>(membership: Membership, code: ErrorCode, task: () => Promise<T>): Promise<T> {
  membership.judge.takeRefusal();
  try {
    return await task();
  } catch (cause) {
    if (cause instanceof SignetError) throw cause;
    throw new SignetError(membership.judge.takeRefusal() ?? code, cause);
  }
}

/** Epoch 0 with oneself as the only member (RFC 9420 section 11). */
export async function enterByCreating(
  membership: Membership,
  leafKey: LeafKey,
  identity: Uint8Array,
): Promise<HeldState> {
  const { signing, groupId, config, nowMs } = membership;
  const callListDigest = membership.callListDigest();
  return guarded(membership, "mls.failed", async () => {
    const own = await makeKeyPackage(identity, leafKey, signing, nowMs());
    const state = await createGroup(
      groupId,
      own.publicPackage,
      own.privatePackage,
      [callListExtension(callListDigest)],
      signing.suite,
      config,
    );
    return mustHold(state, membership, callListDigest);
  });
}

/**
 * RFC 9420 section 12.4.3.1: the library checks signatures, tree and tags and that one's own KeyPackage is in the tree;
 * here the group must be the call with one's own call list, and each leaf must stand up to the rules.
 */
export async function enterByWelcome(
  membership: Membership,
  own: OwnKeyPackage,
  message: Uint8Array,
): Promise<HeldState> {
  const { signing, config, groupId, nowMs } = membership;
  const welcome = decodeWelcome(message);
  if (welcome === undefined) throw new SignetError("mls.badMessage");
  if (welcome.cipherSuite !== suiteName) throw new SignetError("mls.refused");
  return guarded(membership, "mls.refused", async () => {
    const { publicPackage, privatePackage } = own;
    // An earlier Welcome may have come to nothing.
    membership.judge.forgetAllBut([membership.own]);
    const state = await joinGroup(
      welcome,
      publicPackage,
      privatePackage,
      emptyPskIndex,
      signing.suite,
      undefined,
      undefined,
      config,
    );
    try {
      if (!equalBytes(state.groupContext.groupId, groupId)) throw new SignetError("mls.otherGroup");
      if (!lifetimesHold(state.ratchetTree, nowMs())) throw new SignetError("mls.lifetime");
      const result = await holdState(state, membership, membership.callListDigest());
      if (!result.ok) throw new SignetError(result.code);
      if (membership.spentKeys.among(result.held.roster.members) !== undefined)
        throw new SignetError("mls.spentKey");
      return result.held;
    } catch (error) {
      // The KeyPackage may serve for another Welcome still.
      wipeAllBut(state, [privatePackage.hpkePrivateKey]);
      throw error;
    }
  });
}

/** What is refused leaves no keys behind. @throws SignetError */
async function mustHold(
  state: ClientState,
  membership: Membership,
  callListDigest: Bytes,
): Promise<HeldState> {
  try {
    const result = await holdState(state, membership, callListDigest);
    if (!result.ok) throw new SignetError(result.code);
    return result.held;
  } catch (error) {
    wipeState(state);
    throw error;
  }
}

export interface ExternalEntry {
  readonly held: HeldState;
  readonly commit: Bytes;
}

/**
 * RFC 9420 section 12.4.3.2, with removal of one's own former leaf when the group still has it.
 * @param needs only into a group that has a leaf of this person already; or one with this very key: then the group is as young as the key
 */
export async function enterByCommit(
  membership: Membership,
  leafKey: LeafKey,
  identity: Uint8Array,
  message: Uint8Array,
  needs: "ownKey" | "ownLeaf" | undefined,
): Promise<ExternalEntry> {
  const groupInfo = decodeGroupInfo(message);
  if (groupInfo === undefined) throw new SignetError("mls.badMessage");
  const callListDigest = membership.callListDigest();
  return guarded(membership, "mls.refused", async () => {
    const tree = await checkGroupInfo(groupInfo, membership, callListDigest);
    const member = await formerLeaf(tree, membership);
    const former = member?.leafPublicKey;
    const isOwn = former !== undefined && equalBytes(former, leafKey.publicKey);
    const isThere = needs === "ownKey" ? isOwn : needs === undefined || former !== undefined;
    if (!isThere) throw new SignetError("mls.refused");
    if (member !== undefined) {
      // What the others would refuse is not sent: that would cost the person their place.
      const next = {
        userId: membership.userId,
        identity: identity.slice(),
        leafPublicKey: leafKey.publicKey,
      };
      const refusal = replacementRefusal(member, next, membership.replacementHook);
      if (refusal !== undefined) throw new SignetError(refusal);
    }
    const { signing, config, nowMs } = membership;
    const own = await makeKeyPackage(identity, leafKey, signing, nowMs());
    const resyncConfig = {
      ...config,
      keyPackageEqualityConfig: {
        ...config.keyPackageEqualityConfig,
        compareKeyPackageToLeafNode: (_own: unknown, leaf: { signaturePublicKey: Uint8Array }) =>
          former !== undefined && equalBytes(leaf.signaturePublicKey, former),
      },
    };
    const { publicMessage, newState } = await joinGroupExternal(
      groupInfo,
      own.publicPackage,
      own.privatePackage,
      former !== undefined,
      signing.suite,
      undefined,
      resyncConfig,
    );
    const held = await mustHold(newState, membership, callListDigest);
    return { held, commit: encodePublicMessage(publicMessage) };
  });
}

/** What another member needs for entering by an external Commit: GroupInfo with tree and external key, signed by us. */
export async function exportGroupInfo({ state }: HeldState, { signing }: Membership): Promise<Bytes> {
  return encodeGroupInfo(await createGroupInfoWithExternalPubAndRatchetTree(state, [], signing.suite));
}

/** A GroupInfo comes from the server: nothing in it is used before a member's signature over it was verified. */
async function checkGroupInfo(
  groupInfo: GroupInfo,
  membership: Membership,
  callListDigest: Bytes,
): Promise<RatchetTree> {
  const { groupContext, extensions, signer } = groupInfo;
  if (!equalBytes(groupContext.groupId, membership.groupId)) throw new SignetError("mls.otherGroup");
  if (groupContext.version !== "mls10" || groupContext.cipherSuite !== suiteName)
    throw new SignetError("mls.refused");
  const known = extensions.every(
    (e) => e.extensionType === "ratchet_tree" || e.extensionType === "external_pub",
  );
  if (!known || extensions.length !== 2) throw new SignetError("mls.refused");
  const tree = ratchetTreeFromExtension(groupInfo);
  const signerNode = tree?.[signer * 2];
  if (tree === undefined || signerNode?.nodeType !== "leaf") throw new SignetError("mls.refused");
  const signerKey = signerNode.leaf.signaturePublicKey;
  if (!(await verifyGroupInfoSignature(groupInfo, signerKey, membership.signing.suite.signature)))
    throw new SignetError("mls.refused");
  // Of whoever signed it: only then it is their list that is another one.
  const refusal = callListRefusal(groupContext, callListDigest);
  if (refusal !== undefined) throw new SignetError(refusal);
  if (!lifetimesHold(tree, membership.nowMs())) throw new SignetError("mls.lifetime");
  return tree;
}

/**
 * The leaf that still speaks for one's own user ID, in a tree that brings nobody back with the key of a stay that is
 * over: the group may be one that somebody removed leads on.
 */
async function formerLeaf(tree: RatchetTree, membership: Membership): Promise<GroupMember | undefined> {
  const result = await readRoster(tree, membership.judge);
  if (!result.ok) throw new SignetError(result.code);
  const { members } = result.roster;
  if (membership.spentKeys.among(members) !== undefined) throw new SignetError("mls.spentKey");
  return members.find((member) => member.userId === membership.userId);
}

/** Zeroes the private halves of a KeyPackage that has served (RFC 9420 section 16.8). */
export function wipeKeyPackage({ privatePackage }: OwnKeyPackage): void {
  privatePackage.initPrivateKey.fill(0);
}
