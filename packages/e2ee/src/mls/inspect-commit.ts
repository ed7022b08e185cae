import { type Bytes, equalBytes, type ErrorCode, toBase64Url } from "@signet/protocol";
import {
  type CiphersuiteImpl,
  type ClientState,
  type Extension,
  type KeyPackage,
  type LeafNode,
  type Proposal,
  type PublicMessage,
  type UpdatePath,
} from "ts-mls";

import { callListRefusal } from "./call-list-extension.ts";
import { type CredentialJudge } from "./credential.ts";
import { type EntryHook } from "./entry-hook.ts";
import { checkKeyPackage } from "./key-package.ts";
import { replacementRefusal, type ReplacementHook } from "./replacement.ts";
import { nameLeaf, type Roster } from "./roster.ts";
import { type SpentLeafKeys } from "./spent-leaf-keys.ts";

/** What a Commit was asked to do, by user IDs. A Commit that does anything else, or less, is refused. */
export interface AskedChange {
  /** Whose Commit it is. */
  readonly by: string;
  readonly admitted: readonly string[];
  /** Also somebody who is not in the group. */
  readonly removed: readonly string[];
}

export interface Inspection {
  readonly state: ClientState;
  readonly roster: Roster;
  readonly judge: CredentialJudge;
  /** Undefined where the credential hook's word on both leaves is enough. */
  readonly replacementHook?: ReplacementHook;
  /** Undefined where the credential hook's word on who comes in is enough. */
  readonly entryHook?: EntryHook;
  /** Undefined where nobody has gone yet. */
  readonly spentKeys?: SpentLeafKeys;
  readonly suite: CiphersuiteImpl;
  readonly nowMs: number;
  readonly asked?: AskedChange | undefined;
  /** Of one's own call list, with what the Commit brings: what the group has to hold after it. */
  readonly callListDigest: Bytes;
}

/** The leaf node at `leaf`, undefined when it is blank or outside of the tree. */
function leafAt(state: ClientState, leaf: number): LeafNode | undefined {
  const node = state.ratchetTree[leaf * 2];
  return node?.nodeType === "leaf" ? node.leaf : undefined;
}

/**
 * Holds Signet's rules over a decoded Commit before the library touches it (RFC 9420 section 12.4.2 and 12.2, narrowed):
 * this group, this epoch, proposals by value, only Add, Remove, ExternalInit and a member's GroupContextExtensions, each with what belongs to it, and one's own call
 * list afterwards.
 * Signatures, tags and path secrets are the library's part.
 * @returns why the Commit is refused, undefined when nothing speaks against it
 */
export async function inspectCommit(
  message: PublicMessage,
  inspection: Inspection,
): Promise<ErrorCode | undefined> {
  const { state } = inspection;
  const { content } = message;
  if (!equalBytes(content.groupId, state.groupContext.groupId)) return "mls.otherGroup";
  if (content.epoch < state.groupContext.epoch) return "mls.staleEpoch";
  if (content.epoch > state.groupContext.epoch) return "mls.futureEpoch";
  if (content.contentType !== "commit" || content.authenticatedData.length > 0) return "mls.refused";
  const proposals: Proposal[] = [];
  for (const item of content.commit.proposals) {
    if (item.proposalOrRefType !== "proposal") return "mls.refused";
    proposals.push(item.proposal);
  }
  const { path } = content.commit;
  if (content.sender.senderType === "member")
    return inspectMember(content.sender.leafIndex, proposals, path, inspection);
  if (content.sender.senderType === "new_member_commit") return inspectExternal(proposals, path, inspection);
  return "mls.refused";
}

async function inspectMember(
  committer: number,
  proposals: Proposal[],
  path: UpdatePath | undefined,
  inspection: Inspection,
): Promise<ErrorCode | undefined> {
  const { state, judge, suite, nowMs } = inspection;
  const current = leafAt(state, committer);
  // One's own Commit is adopted when the server accepted it, never processed.
  if (current === undefined || committer === state.privatePath.leafIndex) return "mls.refused";
  let needsPath = proposals.length === 0;
  const added: KeyPackage[] = [];
  let extensions: Extension[] | undefined;
  for (const proposal of proposals) {
    if (proposal.proposalType === "remove") {
      const { removed } = proposal.remove;
      if (removed === committer || leafAt(state, removed) === undefined) return "mls.refused";
      needsPath = true;
    } else if (proposal.proposalType === "add") {
      added.push(proposal.add.keyPackage);
    } else if (proposal.proposalType === "group_context_extensions" && extensions === undefined) {
      ({ extensions } = proposal.groupContextExtensions);
      needsPath = true;
    } else return "mls.refused";
  }
  // Before anything else that is of use to whoever made it: who holds another list takes nothing from here.
  const otherList = listRefusal(extensions, inspection);
  if (otherList !== undefined) return otherList;
  // Nobody comes back with the key of a stay that is over, or that this very Commit ends.
  const used = new Set(inspection.roster.members.map(({ leafPublicKey }) => toBase64Url(leafPublicKey)));
  for (const { leafNode } of added) {
    const { signaturePublicKey } = leafNode;
    if (inspection.spentKeys?.has(signaturePublicKey) === true || used.has(toBase64Url(signaturePublicKey)))
      return "mls.spentKey";
  }
  const verdicts = await Promise.all(
    added.map((keyPackage) => checkKeyPackage(keyPackage, judge, suite, nowMs)),
  );
  const addedIds: string[] = [];
  for (const verdict of verdicts) {
    if (!verdict.ok) return verdict.code;
    const refusal = inspection.entryHook?.(verdict);
    if (refusal !== undefined) return refusal;
    addedIds.push(verdict.userId);
  }
  if (!isAsked(committer, addedIds, proposals, inspection)) return "mls.unasked";
  if (path === undefined) return needsPath ? "mls.refused" : undefined;
  // A leaf key is made for one call and its proof names it: neither changes while the member stays.
  const { leafNode } = path;
  const sameCredential =
    leafNode.credential.credentialType === "basic" &&
    current.credential.credentialType === "basic" &&
    equalBytes(leafNode.credential.identity, current.credential.identity) &&
    equalBytes(leafNode.signaturePublicKey, current.signaturePublicKey);
  if (!sameCredential) return "mls.credential";
  const named = await nameLeaf(leafNode, judge);
  return named.ok ? undefined : named.code;
}

/** The list is changed to one's own by a proposal that changes it, or stays one's own. */
function listRefusal(
  extensions: readonly Extension[] | undefined,
  { state: { groupContext }, callListDigest }: Inspection,
): ErrorCode | undefined {
  const isSame = extensions !== undefined && callListRefusal(groupContext, callListDigest) === undefined;
  const after = extensions === undefined ? groupContext : { extensions: [...extensions] };
  return callListRefusal(after, callListDigest) ?? (isSame ? "mls.refused" : undefined);
}

/** Nobody comes in or goes whom nobody asked for, and nobody stays or is left out who was to go or to come. */
function isAsked(
  committer: number,
  addedIds: readonly string[],
  proposals: readonly Proposal[],
  { asked, roster }: Inspection,
): boolean {
  if (asked === undefined) return true;
  const leaves = new Set(
    proposals.flatMap((proposal) => (proposal.proposalType === "remove" ? [proposal.remove.removed] : [])),
  );
  const added = new Set(addedIds);
  const admitted = new Set(asked.admitted);
  const removed = new Set(asked.removed);
  return (
    roster.members.every(({ leaf, userId }) => leaves.has(leaf) === removed.has(userId)) &&
    roster.members.some(({ leaf, userId }) => leaf === committer && userId === asked.by) &&
    added.size === admitted.size &&
    addedIds.every((userId) => admitted.has(userId))
  );
}

/**
 * RFC 9420 section 12.4.3.2: a former or new member commits itself in; it may remove its own former leaf and nothing else. The library would let it
 * remove any. A former leaf with another key is replaced only by what its person said later.
 */
async function inspectExternal(
  proposals: Proposal[],
  path: UpdatePath | undefined,
  inspection: Inspection,
): Promise<ErrorCode | undefined> {
  if (path === undefined) return "mls.refused";
  // It takes the list over as it is.
  const otherList = listRefusal(undefined, inspection);
  if (otherList !== undefined) return otherList;
  // The key of the former leaf is not spent: it goes on in the new one.
  if (inspection.spentKeys?.has(path.leafNode.signaturePublicKey) === true) return "mls.spentKey";
  inspection.judge.forget(path.leafNode.signaturePublicKey);
  const named = await nameLeaf(path.leafNode, inspection.judge);
  if (!named.ok) return named.code;
  const leafPublicKey = new Uint8Array(path.leafNode.signaturePublicKey);
  const { asked } = inspection;
  const isUnasked =
    asked !== undefined && (asked.by !== named.userId || asked.admitted.length + asked.removed.length > 0);
  if (isUnasked) return "mls.unasked";
  const former = inspection.roster.members.find((member) => member.userId === named.userId);
  let inits = 0;
  let removes = 0;
  for (const proposal of proposals) {
    if (proposal.proposalType === "external_init") inits++;
    else if (proposal.proposalType === "remove" && proposal.remove.removed === former?.leaf) removes++;
    else return "mls.refused";
  }
  if (inits !== 1 || removes > 1) return "mls.refused";
  const next = { ...named, leafPublicKey };
  if (former === undefined) return inspection.entryHook?.(next);
  if (removes === 0) return "mls.duplicateUser";
  return replacementRefusal(former, next, inspection.replacementHook);
}
