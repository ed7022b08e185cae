import { UserId } from "@signet/terminal";
import type { CallView, IncomingCall, Participant } from "@signet/terminal";

import { readStored, recordsIn, writeStored } from "./storage.ts";

/** Somebody whom the person signed in here has called, or was called by. */
export interface KnownPerson {
  readonly userId: UserId;
  readonly displayName: string;
  readonly lastAtMs: number;
}

const mostPeople = 200;

export function loadPeople(self: UserId): readonly KnownPerson[] {
  return recordsIn(readStored(`people.${self}`)).flatMap((record) => {
    const userId = UserId.safeParse(record["userId"]);
    const { displayName, lastAtMs } = record;
    if (!userId.success || typeof displayName !== "string" || typeof lastAtMs !== "number") return [];
    return [{ userId: userId.data, displayName, lastAtMs }];
  });
}

export function storePeople(self: UserId, people: readonly KnownPerson[]): void {
  writeStored(`people.${self}`, people);
}

/** Adds or refreshes; most recent first. @returns `known` itself where nothing is new */
export function mergePeople(
  known: readonly KnownPerson[],
  met: readonly KnownPerson[],
): readonly KnownPerson[] {
  const byId = new Map(known.map((person) => [person.userId, person]));
  const isNew = ({ userId, displayName, lastAtMs }: KnownPerson): boolean => {
    const old = byId.get(userId);
    return old?.displayName !== displayName || old.lastAtMs !== lastAtMs;
  };
  if (!met.some(isNew)) return known;
  for (const person of met) byId.set(person.userId, person);
  return [...byId.values()].sort((a, b) => b.lastAtMs - a.lastAtMs).slice(0, mostPeople);
}

/**
 * Whom a call brings into the list: who joined at once, the others when it is over, since only then it is sure whether
 * their user IDs exist.
 */
export function peopleOfCall(call: CallView): readonly KnownPerson[] {
  const isKnown = ({ state }: Participant): boolean =>
    state === "joined" || (call.phase === "ended" && state !== "unknown");
  return call.participants
    .filter((person) => !person.isSelf && isKnown(person))
    .map(({ userId, displayName }) => ({ userId, displayName, lastAtMs: call.startedAtMs }));
}

export function callerOf(incoming: IncomingCall): KnownPerson {
  const { userId, displayName, verification } = incoming.from;
  return { userId, displayName, lastAtMs: verification.signedAtMs };
}
