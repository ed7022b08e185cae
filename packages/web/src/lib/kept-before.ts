/**
 * What this browser kept of people and calls before they belonged to the person, and of a call that the page was closed in: read, to be taken over
 * into the personal document. By the user ID whose it is.
 */
import { CallId, PastCall, UserId, mostHistoryPeople, nameFault } from "@signet/terminal";
import type { AddedCall, KeptPerson } from "@signet/terminal";

import { isRecord, readStored, recordsIn, removeStored, writeStored } from "./storage.ts";

export interface KeptBefore {
  readonly people: readonly KeptPerson[];
  readonly calls: readonly AddedCall[];
}

const namesOf = (self: UserId) => [`people.${self}`, `recents.${self}`, `left.${self}`] as const;

/** @returns undefined where nothing is kept */
export function keptBefore(self: UserId): KeptBefore | undefined {
  const [people, recents, left] = namesOf(self).map(readStored);
  if (people === undefined && recents === undefined && left === undefined) return undefined;
  return {
    people: recordsIn(people).flatMap(personOf),
    calls: [...recordsIn(recents).flatMap(recentOf), ...[left].flatMap(leftOf)],
  };
}

export function forgetKeptBefore(self: UserId): void {
  for (const name of namesOf(self)) removeStored(name);
}

/** The page goes: what the document keeps may not be written in time. Taken over when the person is back. */
export function keepLeft(self: UserId, call: AddedCall): void {
  writeStored(`left.${self}`, call);
}

function personOf({ displayName, lastAtMs, ...record }: Record<string, unknown>): KeptPerson[] {
  const userId = UserId.safeParse(record["userId"]);
  if (!userId.success) return [];
  const fields =
    typeof displayName === "string" && displayName !== userId.data && nameFault(displayName) === undefined
      ? { name: displayName }
      : {};
  return [{ userId: userId.data, lastAtMs: isTime(lastAtMs) ? lastAtMs : 0, fields }];
}

/** A call of the list of then. Whether anybody was verified was not kept; nor how it ended, but as a sentence. */
function recentOf({
  callId,
  durationMs,
  outgoing,
  startedAtMs,
  ...record
}: Record<string, unknown>): AddedCall[] {
  const id = CallId.safeParse(callId);
  if (!id.success || !isTime(startedAtMs) || typeof durationMs !== "number") return [];
  const userIds = recordsIn(record["people"]).flatMap((one) => {
    const userId = UserId.safeParse(one["userId"]);
    return userId.success ? [userId.data] : [];
  });
  const past = PastCall.safeParse({
    userIds: userIds.slice(0, mostHistoryPeople),
    direction: outgoing === true ? "out" : "in",
    outcome: durationMs > 0 ? "talked" : "unanswered",
    verified: [],
  });
  return past.success
    ? [{ callId: id.data, startedAtMs, partMs: Math.max(0, Math.round(durationMs)), ...past.data }]
    : [];
}

function leftOf(value: unknown): AddedCall[] {
  if (!isRecord(value)) return [];
  const { callId, partMs, startedAtMs } = value;
  const id = CallId.safeParse(callId);
  const past = PastCall.safeParse(value);
  if (!id.success || !past.success || !isTime(partMs) || !isTime(startedAtMs)) return [];
  return [{ callId: id.data, startedAtMs, partMs, ...past.data }];
}

const isTime = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
