/** One's own people as they are shown. Pure. */
import type { AddedCall, ListedPerson, TerminalState, UserId } from "@signet/terminal";
import { compareNames } from "@signet/words";

/** The last call in which one talked with somebody. */
export interface LastTalk {
  readonly atMs: number;
  readonly isVerified: boolean;
}

export interface ShownPerson extends ListedPerson {
  readonly displayName: string;
  readonly lastTalk?: LastTalk;
}

/** Favourites first, and then by name. @param names as their devices signed them, of whom that was heard since the page was opened */
export function shownPeople(
  people: readonly ListedPerson[],
  names: ReadonlyMap<UserId, string>,
  lastTalks: ReadonlyMap<UserId, LastTalk>,
): readonly ShownPerson[] {
  return people
    .map((person): ShownPerson => {
      const { name, userId } = person;
      const lastTalk = lastTalks.get(userId);
      return {
        ...person,
        displayName: names.get(userId) ?? name ?? userId,
        ...(lastTalk === undefined ? {} : { lastTalk }),
      };
    })
    .sort(
      (a, b) =>
        Number(b.favourite === true) - Number(a.favourite === true) ||
        compareNames(a.displayName, b.displayName) ||
        compareNames(a.userId, b.userId),
    );
}

/** @param history latest first */
export function lastTalksIn(history: readonly AddedCall[]): ReadonlyMap<UserId, LastTalk> {
  const talks = new Map<UserId, LastTalk>();
  for (const { outcome, startedAtMs, userIds, verified } of history) {
    if (outcome !== "talked") continue;
    // Who was in a call and was not verified may never have come.
    for (const userId of userIds.length === 1 ? userIds : verified)
      if (!talks.has(userId)) talks.set(userId, { atMs: startedAtMs, isVerified: verified.includes(userId) });
  }
  return talks;
}

/** Whose user ID, name or note has each word that was typed, in whatever letters: accents and capitals do not count. */
export function peopleFound(people: readonly ShownPerson[], typed: string): readonly ShownPerson[] {
  const words = plain(typed)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return people;
  return people.filter(({ displayName, note = "", userId }) => {
    const text = plain(`${userId}\n${displayName}\n${note}`);
    return words.every((word) => text.includes(word));
  });
}

/** Compatibility forms too: what is typed in full width is found. */
const plain = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** What people are called, where their devices said so in what is shown now. */
export function namesIn({ call, missed = [], ringing }: TerminalState): ReadonlyMap<UserId, string> {
  const verified = call?.participants.filter((one) => !one.isSelf && one.verification !== undefined) ?? [];
  const people = [
    ...verified.flatMap((one) => (one.guest === undefined ? [one] : [])),
    ...ringing.map(({ from }) => from),
    ...missed.map(({ from }) => from),
  ];
  return new Map(people.map(({ displayName, userId }) => [userId, displayName]));
}
