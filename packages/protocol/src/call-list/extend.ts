import { equalBytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import { foldStatements } from "./fold.ts";
import type { FoldedCallList, FoldResult, ListRefusal, SaidStatement } from "./said.ts";
import { hasStatement, hostOf, mayBeIn } from "./list.ts";

/**
 * What one Commit adds to the list. Who may say it is judged by the list and the group of before: nobody has by a statement of the same
 * Commit what they did not have without it.
 * @param roster user IDs of those in the group before the Commit, who is in it longest first
 * @returns besides what `foldStatements` refuses: `callList.notMember` for an invitation, or a word for a guest, by who is not in the group,
 *   `callList.notHost` for a removal, `host` or `let-in` by another than the host, `callList.removesHost` for the removal of whom the last `host` names, `callList.hostFork` for
 *   a `host` that does not follow the last one, `callList.nextHost` for one that names somebody who is not in the group, or may not be
 */
export function extendStatements<S extends SaidStatement>(
  list: FoldedCallList<S>,
  statements: readonly S[],
  roster: readonly string[],
): FoldResult<S> {
  const added = statements.filter(({ digest }) => !hasStatement(list, digest));
  const folded = foldStatements(list.call, [...list.statements, ...added]);
  if (!folded.ok) return folded;
  for (const statement of added) {
    const refusal = mayBeSaid(statement, list, roster) ?? isHostThere(statement, folded.list, roster);
    if (refusal !== undefined) return refusal;
  }
  return folded;
}

function mayBeSaid(
  { transcript }: SaidStatement,
  list: FoldedCallList,
  roster: readonly string[],
): ListRefusal | undefined {
  const { userId } = transcript;
  if (transcript.purpose === "invite" || transcript.purpose === "vouch")
    return roster.includes(userId) && mayBeIn(list, userId) ? undefined : refuse("callList.notMember");
  if (userId !== hostOf(list, roster)) return refuse("callList.notHost");
  if (transcript.purpose === "remove")
    return transcript.userIds.includes(list.namedHost) ? refuse("callList.removesHost") : undefined;
  if (transcript.purpose === "let-in") return undefined;
  return equalBytes(transcript.previousHost, list.lastHost) ? undefined : refuse("callList.hostFork");
}

function isHostThere(
  { transcript }: SaidStatement,
  list: FoldedCallList,
  roster: readonly string[],
): ListRefusal | undefined {
  if (transcript.purpose !== "host") return undefined;
  const { nextHost } = transcript;
  return roster.includes(nextHost) && mayBeIn(list, nextHost) ? undefined : refuse("callList.nextHost");
}

const refuse = (code: ErrorCode): ListRefusal => ({ ok: false, code });
