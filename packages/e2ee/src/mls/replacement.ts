/** A leaf in place of another one of the same person: they go on at another terminal, or with an answer that is newer. */
import { equalBytes, type Bytes, type ErrorCode } from "@signet/protocol";

/** What stands in a leaf, accepted by the credential hook, and so endorsed by a device of the person whose user ID it has. */
export interface ReplacedLeaf {
  readonly userId: string;
  readonly identity: Bytes;
  readonly leafPublicKey: Bytes;
}

/**
 * Asked for two leaves of one person with different keys, both of which the credential hook accepted. A leaf is the person's place in the
 * call: what takes it away has to be their later word.
 * @returns why `next` may not take the place of `former`
 */
export type ReplacementHook = (former: ReplacedLeaf, next: ReplacedLeaf) => ErrorCode | undefined;

/** The same key goes on in another leaf: nobody is replaced. */
export function replacementRefusal(
  former: ReplacedLeaf,
  next: ReplacedLeaf,
  hook: ReplacementHook | undefined,
): ErrorCode | undefined {
  if (former.userId !== next.userId) return "mls.refused";
  return equalBytes(former.leafPublicKey, next.leafPublicKey) ? undefined : hook?.(former, next);
}
