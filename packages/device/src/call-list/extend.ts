import { equalBytes } from "@signet/protocol";

import { refuse } from "../verified.ts";
import type { CallList, CallStatement, Refusal } from "../verified.ts";
import { foldCallList } from "./fold.ts";
import type { CallListResult } from "./fold.ts";
import { hasStatement, hostOf, mayBeIn } from "./list.ts";

/**
 * What one Commit adds to the list. Who may say it is judged by the list and the group of before: nobody has by a statement of the same
 * Commit what they did not have without it.
 * @param roster user IDs of those in the group before the Commit, who is in it longest first
 * @returns besides what `foldCallList` refuses: `callList.notMember` for an invitation by who is not in the group, `callList.notHost` for a
 *   removal or `host` by another than the host, `callList.removesHost` for the removal of whom the last `host` names, `callList.hostFork` for
 *   a `host` that does not follow the last one, `callList.nextHost` for one that names somebody who is not in the group, or may not be
 */
export async function extendCallList(
  list: CallList,
  statements: readonly CallStatement[],
  roster: readonly string[],
): Promise<CallListResult> {
  const added = statements.filter(({ digest }) => !hasStatement(list, digest));
  const folded = await foldCallList(list.call, [...list.statements, ...added]);
  if (!folded.ok) return folded;
  for (const statement of added) {
    const refusal = mayBeSaid(statement, list, roster) ?? isHostThere(statement, folded.list, roster);
    if (refusal !== undefined) return refusal;
  }
  return folded;
}

function mayBeSaid(
  { transcript }: CallStatement,
  list: CallList,
  roster: readonly string[],
): Refusal | undefined {
  const { userId } = transcript;
  if (transcript.purpose === "invite")
    return roster.includes(userId) && mayBeIn(list, userId) ? undefined : refuse("callList.notMember");
  if (userId !== hostOf(list, roster)) return refuse("callList.notHost");
  if (transcript.purpose === "remove")
    return transcript.userIds.includes(list.namedHost) ? refuse("callList.removesHost") : undefined;
  return equalBytes(transcript.previousHost, list.lastHost) ? undefined : refuse("callList.hostFork");
}

function isHostThere(
  { transcript }: CallStatement,
  list: CallList,
  roster: readonly string[],
): Refusal | undefined {
  if (transcript.purpose !== "host") return undefined;
  const { nextHost } = transcript;
  return roster.includes(nextHost) && mayBeIn(list, nextHost) ? undefined : refuse("callList.nextHost");
}
