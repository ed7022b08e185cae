import { UserId } from "@signet/terminal";
import type { CallView } from "@signet/terminal";

import { readStored, recordsIn, writeStored } from "./storage.ts";
import { callEndSentence } from "./words.ts";

/** One past call, as the list shows it. */
export interface RecentCall {
  readonly callId: string;
  readonly startedAtMs: number;
  /** For how long somebody else was there; 0 when nobody ever was. */
  readonly durationMs: number;
  readonly outgoing: boolean;
  /** The others, whether they came or not. */
  readonly people: readonly { readonly userId: UserId; readonly displayName: string }[];
  readonly outcome: string;
}

const mostCalls = 30;

export function loadRecents(self: UserId): readonly RecentCall[] {
  return recordsIn(readStored(`recents.${self}`)).flatMap((record) => {
    const { callId, startedAtMs, durationMs, outgoing, outcome } = record;
    if (typeof callId !== "string" || typeof outcome !== "string" || typeof outgoing !== "boolean") return [];
    if (typeof startedAtMs !== "number" || typeof durationMs !== "number") return [];
    const people = recordsIn(record["people"]).flatMap(({ userId, displayName }) => {
      const parsed = UserId.safeParse(userId);
      return parsed.success && typeof displayName === "string" ? [{ userId: parsed.data, displayName }] : [];
    });
    return [{ callId, startedAtMs, durationMs, outgoing, people, outcome }];
  });
}

export function storeRecents(self: UserId, recents: readonly RecentCall[]): void {
  writeStored(`recents.${self}`, recents);
}

export function addRecent(recents: readonly RecentCall[], call: CallView): readonly RecentCall[] {
  const others = call.participants.filter((person) => !person.isSelf);
  const entry: RecentCall = {
    callId: call.callId,
    startedAtMs: call.startedAtMs,
    durationMs: call.togetherMs,
    outgoing: call.isInitiator,
    people: others.map(({ userId, displayName }) => ({ userId, displayName })),
    outcome: callEndSentence(call),
  };
  return [entry, ...recents.filter((one) => one.callId !== call.callId)].slice(0, mostCalls);
}
