import type { PersonalState, UserId } from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { wrongUse } from "../failure.ts";

/**
 * Who is in a group of one's own, named as it is written there; capitals, and how letters are composed, do not count.
 * @throws Failure where there is none of that name, more than one, or nobody is in it
 */
export function inGroup(
  { groups, people }: Pick<PersonalState, "groups" | "people">,
  name: string,
): readonly UserId[] {
  const exact = groups.filter((group) => group.name === name);
  const meant = exact.length > 0 ? exact : groups.filter((group) => plain(group.name) === plain(name));
  const [group, other] = meant;
  const { emptyGroup, fillIt, groupsAre, noGroup, noGroups, renameGroup, twoGroups } = texts().trouble;
  if (group === undefined) {
    const names = groups.map((one) => `“${one.name}”`);
    throw wrongUse(noGroup(name), names.length === 0 ? noGroups : groupsAre(listOfNames(names)));
  }
  if (other !== undefined) throw wrongUse(twoGroups(name), renameGroup);
  const members = people.filter(({ groupIds }) => groupIds.includes(group.groupId));
  if (members.length === 0) throw wrongUse(emptyGroup(name), fillIt);
  return members.map(({ userId }) => userId);
}

const plain = (name: string): string => name.trim().normalize("NFKC").toLowerCase();
