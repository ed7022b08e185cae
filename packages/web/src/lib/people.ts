import { UserId } from "@signet/terminal";
import type { CallView, IncomingCall } from "@signet/terminal";

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

/** Adds or refreshes; most recent first. */
export function mergePeople(
  known: readonly KnownPerson[],
  met: readonly KnownPerson[],
): readonly KnownPerson[] {
  const byId = new Map(known.map((person) => [person.userId, person]));
  for (const person of met) byId.set(person.userId, person);
  return [...byId.values()].sort((a, b) => b.lastAtMs - a.lastAtMs).slice(0, mostPeople);
}

/** Whom a call brings into the list. User IDs that do not exist stay out of it. */
export function peopleOfCall(call: CallView): readonly KnownPerson[] {
  return call.participants
    .filter((person) => !person.isSelf && person.state !== "unknown")
    .map(({ userId, displayName }) => ({ userId, displayName, lastAtMs: call.startedAtMs }));
}

export function callerOf(incoming: IncomingCall): KnownPerson {
  const { userId, displayName, verification } = incoming.from;
  return { userId, displayName, lastAtMs: verification.signedAtMs };
}
