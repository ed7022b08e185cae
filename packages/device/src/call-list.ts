/** Call lists of statements that were verified, with the digest that stands in the group; what they say is `foldStatements`'s to tell. */
import { compareDigests, encodeFields, extendStatements, foldStatements, utf8 } from "@signet/protocol";
import type { Bytes, FoldedCallList, FoldResult } from "@signet/protocol";

import { sha256 } from "./digest.ts";
import type { CallList, CallStatement, Refusal, VerifiedProof } from "./verified.ts";

export type CallListResult = { readonly ok: true; readonly list: CallList } | Refusal;

/** As `foldStatements`. @param statements each verified by itself */
export function foldCallList(
  call: VerifiedProof<"call">,
  statements: readonly CallStatement[],
): Promise<CallListResult> {
  return withDigest(foldStatements(call, statements));
}

/** As `extendStatements`. @param statements each verified by itself */
export function extendCallList(
  list: CallList,
  statements: readonly CallStatement[],
  roster: readonly string[],
): Promise<CallListResult> {
  return withDigest(extendStatements(list, statements, roster));
}

async function withDigest(folded: FoldResult<CallStatement>): Promise<CallListResult> {
  if (!folded.ok) return folded;
  const { list } = folded;
  return { ok: true, list: { ...list, digest: await digestOf(list) } as unknown as CallList };
}

/** What stands in the group: SHA-256 over a label and the sorted digests of all statements, that of the `call` proof among them. */
function digestOf({ call, statements }: FoldedCallList): Promise<Bytes> {
  const digests = [call.digest, ...statements.map(({ digest }) => digest)].toSorted(compareDigests);
  return sha256(encodeFields([utf8("signet/call-list/v1"), ...digests]));
}
