import { type Bytes, type ErrorCode, fromBase64Url, SignetError } from "@signet/protocol";
import { type ClientConfig, type ClientState, type RatchetTree } from "ts-mls";
import { defaultClientConfig } from "ts-mls/clientConfig.js";

import { callListRefusal } from "./call-list-extension.ts";
import { type CredentialHook, CredentialJudge, type JudgedLeaf } from "./credential.ts";
import { type EntryHook } from "./entry-hook.ts";
import { lifetimeHolds } from "./lifetime.ts";
import { type ReplacementHook } from "./replacement.ts";
import { enteredMembers, type GroupMember, readRoster, type Roster } from "./roster.ts";
import { tidyState } from "./secrets.ts";
import { SpentLeafKeys } from "./spent-leaf-keys.ts";
import { type LeafKey, type SigningSuite, signingSuite } from "./suite.ts";

/** What it takes to enter a call, by whichever way. */
export interface MembershipOptions {
  /** base64url of the 16 bytes that are the group ID as well. */
  readonly callId: string;
  readonly leafKey: LeafKey;
  /** The encoded `call` or `join` proof. It names `leafKey.publicKey`. */
  readonly identity: Uint8Array;
  readonly hook: CredentialHook;
  /** What speaks against another leaf of the same person in place of the one that they have, beside the hook's word on both. Absent: nothing does. */
  readonly replacementHook?: ReplacementHook;
  /** What speaks against somebody who comes in where others are already, beside the hook's word. Absent: nothing does. */
  readonly entryHook?: EntryHook;
  /** The same object for each entry of this terminal into the call. */
  readonly spentKeys?: SpentLeafKeys;
  /**
   * Of one's own call list as it stands when this is asked, 32 bytes: what the group has to hold. Statements that a Commit brings are in
   * it before that Commit is made or processed, and out of it again when it came to nothing.
   */
  callListDigest(): Bytes;
  /**
   * Why this leaf may not be in the group, by one's own call list as it stands then; undefined where it may. Asked of whoever comes in, and of
   * everybody whenever the list is another one: unlike the hook's, the answer may change.
   */
  listRefusal?(member: GroupMember): ErrorCode | undefined;
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** The parts that stay the same through all epochs of one membership. */
export interface Membership {
  readonly groupId: Uint8Array;
  readonly signing: SigningSuite;
  readonly judge: CredentialJudge;
  /** What stands in one's own leaf. */
  readonly own: JudgedLeaf;
  readonly replacementHook: ReplacementHook;
  readonly entryHook: EntryHook;
  readonly spentKeys: SpentLeafKeys;
  readonly config: ClientConfig;
  readonly userId: string;
  readonly callListDigest: () => Bytes;
  readonly listRefusal: (member: GroupMember) => ErrorCode | undefined;
  readonly nowMs: () => number;
}

/** One epoch: the library's state and the members read out of it. Never changed, only replaced. */
export interface HeldState {
  readonly state: ClientState;
  readonly roster: Roster;
}

/** @throws SignetError with the hook's code when one's own credential does not pass one's own hook */
export async function makeMembership(options: MembershipOptions): Promise<Membership> {
  const groupId = fromBase64Url(options.callId);
  if (groupId === undefined || groupId.length === 0) throw new SignetError("mls.otherGroup");
  const judge = new CredentialJudge(options.hook);
  const own = await judge.judge(options.identity, options.leafKey.publicKey);
  if (!own.ok) throw new SignetError(own.code);
  const config: ClientConfig = {
    ...defaultClientConfig,
    // Lifetimes are checked by ours, with a bound and with tolerance: see lifetime.ts.
    keyRetentionConfig: { ...defaultClientConfig.keyRetentionConfig, retainKeysForEpochs: 1 },
    authService: judge,
  };
  return {
    groupId,
    signing: await signingSuite(options.leafKey),
    judge,
    own: { identity: options.identity.slice(), leafPublicKey: options.leafKey.publicKey },
    replacementHook: options.replacementHook ?? (() => undefined),
    entryHook: options.entryHook ?? (() => undefined),
    spentKeys: options.spentKeys ?? new SpentLeafKeys(),
    config,
    userId: own.userId,
    callListDigest: () => options.callListDigest(),
    listRefusal: (member) => options.listRefusal?.(member),
    nowMs: () => options.nowMs(),
  };
}

export type HoldResult = { ok: true; held: HeldState } | { ok: false; code: ErrorCode };

/**
 * Takes a state that the library made, when all members of it stand up to the rules and it holds one's own call list.
 * @param callListDigest as it stood when the state was begun
 */
export async function holdState(
  state: ClientState,
  membership: Membership,
  callListDigest: Bytes,
  former?: HeldState,
): Promise<HoldResult> {
  const refusal = callListRefusal(state.groupContext, callListDigest);
  if (refusal !== undefined) return { ok: false, code: refusal };
  const result = await readRoster(state.ratchetTree, membership.judge, former?.roster);
  if (!result.ok) return result;
  const code = unlisted(result.roster, membership, callListDigest, former);
  if (code !== undefined) return { ok: false, code };
  const held = { state: { ...tidyState(state), clientConfig: membership.config }, roster: result.roster };
  return { ok: true, held };
}

/** Who stays under the same list was looked at when they came. */
function unlisted(
  roster: Roster,
  { listRefusal }: Membership,
  callListDigest: Bytes,
  former: HeldState | undefined,
): ErrorCode | undefined {
  const isSame =
    former !== undefined && callListRefusal(former.state.groupContext, callListDigest) === undefined;
  const looked = isSame ? enteredMembers(former.roster, roster) : roster.members;
  for (const member of looked) {
    const code = listRefusal(member);
    if (code !== undefined) return code;
  }
  return undefined;
}

/** A newcomer checks the lifetime of all leaves that never committed (RFC 9420 section 7.3); others saw them being added. */
export function lifetimesHold(tree: RatchetTree, nowMs: number): boolean {
  return tree.every(
    (node) =>
      node?.nodeType !== "leaf" ||
      node.leaf.leafNodeSource !== "key_package" ||
      lifetimeHolds(node.leaf.lifetime, nowMs),
  );
}
