/** What was verified of leaves, whether they come into the group or not: shown is what stands in it. */
import type { GroupMember } from "@signet/e2ee";
import { BoundedMap, equalBytes, toBase64Url } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { Verification } from "../state.ts";
import type { LeafCheck } from "./verify-call.ts";

type Verified = Pick<LeafCheck & { readonly ok: true }, "leaf" | "userId" | "verification">;

/** As many as come into a group at once: what else is shown to this terminal comes to nothing. */
const checkedMost = 1_024;

export class VerifiedLeaves {
  /** Since the last epoch, by leaf key: the latest proof that came with it. */
  #checked = new BoundedMap<string, Verified>(checkedMost);
  /** Of those in the group. */
  #held: ReadonlyMap<string, Verified> = new Map();

  checked({ leaf, userId, verification }: Verified): void {
    this.#checked.set(toBase64Url(leaf.leafPublicKey), { leaf, userId, verification });
  }

  /** Of the leaf of theirs that was looked at last since the last epoch: by a Commit that took this terminal's place, nothing else follows. */
  latestOf(userId: UserId): Verification | undefined {
    return [...this.#checked.values()].findLast((one) => one.userId === userId)?.verification;
  }

  /** @returns what was verified of each of them; whatever else was verified is forgotten */
  inGroup(members: readonly GroupMember[]): ReadonlyMap<UserId, Verification> {
    const held = new Map<string, Verified>();
    const found = new Map<UserId, Verification>();
    for (const { identity, leafPublicKey, userId } of members) {
      const name = toBase64Url(leafPublicKey);
      const isTheirs = (one: Verified | undefined): one is Verified =>
        one !== undefined && equalBytes(one.leaf.identity, identity);
      const verified = [this.#checked.get(name), this.#held.get(name)].find(isTheirs);
      if (verified === undefined) continue;
      held.set(name, verified);
      found.set(userId as UserId, verified.verification);
    }
    this.#held = held;
    this.#checked = new BoundedMap(checkedMost);
    return found;
  }
}
