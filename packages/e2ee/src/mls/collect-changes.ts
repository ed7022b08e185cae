import { type Bytes, type ErrorCode, SignetError, toBase64Url } from "@signet/protocol";
import { type KeyPackage, type Proposal } from "ts-mls";

import { type HeldState, type Membership } from "./held-state.ts";
import { checkKeyPackage } from "./key-package.ts";
import { decodeKeyPackage } from "./wire.ts";

export interface CommitChanges {
  /** KeyPackages of joiners; those who wait together go into one Commit. */
  readonly add: readonly Bytes[];
  /** Leaves to remove. */
  readonly remove: readonly number[];
  /** Asks for a Commit that only renews one's own keys; no effect beside other changes. */
  readonly update?: boolean;
}

export interface RefusedKeyPackage {
  readonly index: number;
  readonly code: ErrorCode;
}

export interface CollectedChanges {
  readonly proposals: Proposal[];
  readonly keyPackages: KeyPackage[];
  readonly refused: RefusedKeyPackage[];
}

/** Sorts out what can be committed, so that one bad KeyPackage does not keep the other joiners waiting. */
export async function collectChanges(
  changes: CommitChanges,
  { state, roster }: HeldState,
  { judge, signing, nowMs, spentKeys }: Membership,
): Promise<CollectedChanges> {
  const removes = new Set(changes.remove);
  if (removes.has(state.privatePath.leafIndex)) throw new SignetError("mls.refused");
  const staying = roster.members.filter((member) => !removes.has(member.leaf));
  const userIds = new Set(staying.map((member) => member.userId));
  // Keys of those who leave count too: a leaf key is for one membership.
  const keys = new Set(roster.members.map((member) => toBase64Url(member.leafPublicKey)));
  for (const node of state.ratchetTree)
    if (node !== undefined)
      keys.add(toBase64Url(node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey));

  const keyPackages: KeyPackage[] = [];
  const refused: RefusedKeyPackage[] = [];
  const checked = await Promise.all(
    changes.add.map(async (message) => {
      const keyPackage = decodeKeyPackage(message);
      if (keyPackage === undefined) return undefined;
      return { keyPackage, verdict: await checkKeyPackage(keyPackage, judge, signing.suite, nowMs()) };
    }),
  );
  for (const [index, result] of checked.entries()) {
    if (result === undefined) {
      refused.push({ index, code: "mls.badMessage" });
      continue;
    }
    const { keyPackage, verdict } = result;
    const { leafNode } = keyPackage;
    const own = [toBase64Url(leafNode.signaturePublicKey), toBase64Url(leafNode.hpkePublicKey)];
    if (!verdict.ok) refused.push({ index, code: verdict.code });
    else if (userIds.has(verdict.userId)) refused.push({ index, code: "mls.duplicateUser" });
    else if (spentKeys.has(leafNode.signaturePublicKey)) refused.push({ index, code: "mls.spentKey" });
    else if (own.some((key) => keys.has(key))) refused.push({ index, code: "mls.refused" });
    else if (!libraryClockHolds(keyPackage)) refused.push({ index, code: "mls.lifetime" });
    else {
      userIds.add(verdict.userId);
      for (const key of own) keys.add(key);
      keyPackages.push(keyPackage);
    }
  }
  const present = new Set(roster.members.map((member) => member.leaf));
  const proposals: Proposal[] = [
    ...[...removes]
      .filter((leaf) => present.has(leaf))
      .map((removed): Proposal => ({ proposalType: "remove", remove: { removed } })),
    ...keyPackages.map((keyPackage): Proposal => ({ proposalType: "add", add: { keyPackage } })),
  ];
  return { proposals, keyPackages, refused };
}

/** The library holds an Add against the system clock, without tolerance, and would throw for the whole Commit. */
function libraryClockHolds({ leafNode }: KeyPackage): boolean {
  const nowSeconds = BigInt(Math.floor(Date.now() / 1000));
  return leafNode.lifetime.notBefore <= nowSeconds && nowSeconds <= leafNode.lifetime.notAfter;
}
