/** What a GroupInfo says of itself, whether anybody can enter by it or not. */
import { type Bytes } from "@signet/protocol";
import { type GroupInfo } from "ts-mls";
import { encodeGroupInfoTBS, ratchetTreeFromExtension, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";

import { hashing } from "./hashing.ts";
import { makeMembership, type MembershipOptions } from "./held-state.ts";
import { nameLeaf } from "./roster.ts";
import { decodeGroupInfo } from "./wire.ts";

/**
 * What all members of an epoch know alike of it, and whoever enters by an external Commit has to take on trust: GroupContext, external key
 * and confirmation tag (RFC 9420 section 12.4.3). The tree follows from its hash in the GroupContext.
 * @returns SHA-256; undefined for what is no GroupInfo
 */
export async function groupInfoDigest(message: Bytes): Promise<Bytes | undefined> {
  const groupInfo = decodeGroupInfo(message);
  if (groupInfo === undefined) return undefined;
  const extensions = groupInfo.extensions.filter(({ extensionType }) => extensionType === "external_pub");
  return new Uint8Array(
    await hashing.hash.digest(encodeGroupInfoTBS({ ...groupInfo, extensions, signer: 0 })),
  );
}

/**
 * Who signed it, for a group of this epoch: by a leaf whose credential the hook accepts.
 * @returns undefined when that cannot be told; never throws
 */
export async function groupInfoSigner(
  options: MembershipOptions,
  message: Bytes,
): Promise<{ readonly userId: string; readonly epoch: number } | undefined> {
  const groupInfo = decodeGroupInfo(message);
  if (groupInfo === undefined) return undefined;
  try {
    return await signerOf(groupInfo, options);
  } catch {
    // The library throws what it likes on bad input.
    return undefined;
  }
}

async function signerOf(
  groupInfo: GroupInfo,
  options: MembershipOptions,
): Promise<{ readonly userId: string; readonly epoch: number } | undefined> {
  const { judge, signing } = await makeMembership(options);
  const node = ratchetTreeFromExtension(groupInfo)?.[groupInfo.signer * 2];
  if (node?.nodeType !== "leaf") return undefined;
  const named = await nameLeaf(node.leaf, judge);
  const { signature } = signing.suite;
  if (!named.ok || !(await verifyGroupInfoSignature(groupInfo, node.leaf.signaturePublicKey, signature)))
    return undefined;
  return { userId: named.userId, epoch: Number(groupInfo.groupContext.epoch) };
}
