/** Names that a person would take for those of somebody else (UTS 39 section 4, skeletons of confusable strings). */
import { BoundedMap, isGuestId } from "@signet/protocol";
import type { UserId } from "@signet/protocol";
import skeletonOf from "unhomoglyph";

export interface NamedPerson {
  readonly userId: UserId;
  readonly displayName: string;
}

/**
 * Of these people, those whose name or user ID looks like that of somebody else among them, or among the known ones; with whom it looks like.
 * Of two who look alike, somebody known is who they are: the other one is marked. Nobody is marked for a guest who looks like them, but another guest.
 * @param known people whom the person at this terminal has met, themselves included
 */
export function lookAlikes(
  people: readonly NamedPerson[],
  known: readonly NamedPerson[],
): ReadonlyMap<UserId, UserId> {
  const knownIds = new Set(known.map(({ userId }) => userId));
  // Nearly every look is one person's alone.
  const first = new Map<string, UserId>();
  const shared = new Map<string, UserId[]>();
  for (const person of [...known, ...people])
    for (const look of looksOf(person)) {
      const bearer = first.get(look) ?? person.userId;
      first.set(look, bearer);
      if (bearer === person.userId) continue;
      const bearers = shared.get(look);
      if (bearers === undefined) shared.set(look, [bearer, person.userId]);
      else bearers.push(person.userId);
    }
  const marked = new Map<UserId, UserId>();
  if (shared.size === 0) return marked;
  for (const person of people) {
    const alike = looksOf(person).flatMap((look) => shared.get(look) ?? []);
    const others = alike.filter((userId) => userId !== person.userId);
    // Whom nobody verified casts no doubt on anybody else: of the two, the guest is marked.
    const registered = others.filter((userId) => !isGuestId(userId));
    const isGuest = isGuestId(person.userId);
    const other =
      registered.find((userId) => knownIds.has(userId)) ?? registered[0] ?? (isGuest ? others[0] : undefined);
    if (other === undefined) continue;
    if (isGuest || !knownIds.has(person.userId) || knownIds.has(other)) marked.set(person.userId, other);
  }
  return marked;
}

/** As {@link lookAlikes}, beside this person and whom they met, under the names that are given here, where they are. */
export function lookAlikesBeside(
  people: readonly NamedPerson[],
  self: UserId,
  met: () => readonly UserId[],
): ReadonlyMap<UserId, UserId> {
  let metIds: readonly UserId[] = [];
  try {
    metIds = met();
  } catch {
    // Whoever looks people up hears that the pins cannot be read.
  }
  const nameOf = new Map(people.map(({ userId, displayName }) => [userId, displayName]));
  const known = [...new Set([self, ...metIds])];
  return lookAlikes(
    people,
    known.map((userId) => ({ userId, displayName: nameOf.get(userId) ?? userId })),
  );
}

/** The table is long, and people are looked at again and again. */
const keptLooks = new BoundedMap<string, readonly string[]>(4_096);

function looksOf(person: NamedPerson): readonly string[] {
  const name = `${person.userId} ${person.displayName}`;
  const kept = keptLooks.get(name);
  if (kept !== undefined) return kept;
  const looks = freshLooksOf(person);
  keptLooks.set(name, looks);
  return looks;
}

/** What the eye is led by: the name and the user ID, without spaces, in capitals or not. Names that share one look alike. */
function freshLooksOf({ userId, displayName }: NamedPerson): readonly string[] {
  const looks = [userId, displayName].flatMap((name) => {
    const plain = name.normalize("NFKD").replaceAll(unseen, "");
    const small = plain.toLowerCase();
    // A capital I looks like an l, and reads like an i.
    return [skeleton(plain).toLowerCase(), skeleton(small), skeleton(small.toUpperCase()).toLowerCase()];
  });
  return [...new Set(looks)];
}

const unseen = /[\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** An i and a j have a dot already: one that is set over them takes its place, and nobody sees that it was (Unicode 16, section 7.1). */
const dotOverDot = /(?<=[ij]\p{M}*)\u0307/giu;

const skeleton = (text: string): string =>
  skeletonOf(text.normalize("NFD")).normalize("NFD").replaceAll(dotOverDot, "");
