/**
 * What belongs to a person at all of their terminals: their people, groups, history and settings. A state-based replicated
 * type: terminals change their own copy, on and off the network, and merging two copies loses neither's changes, in whatever
 * order and however often copies meet.
 *
 *   item      a person, a group, the settings: fields, of each of which the one written last holds
 *   removed   all that was written of an item before holds no more; what is written later makes it anew
 *   history   calls, which are only added; all before a moment can be cleared, and of more than are kept the oldest go
 *
 * What a field means stands in contents.ts. Here values are bytes, so that those of newer versions stay as they are.
 */
import type { Bytes } from "../bytes.ts";
import type { CallId } from "../ids.ts";
import { compareStamps } from "./stamp.ts";
import type { Stamp } from "./stamp.ts";

export interface PersonalDocument {
  /** By path, for example `people/anna`. */
  readonly items: ReadonlyMap<string, Item>;
  /** Calls that began before are not kept. Milliseconds since 1970. */
  readonly clearedBeforeMs: number;
  /** Oldest first. */
  readonly history: readonly HistoryRecord[];
}

/** Never without both: an item of which nothing is known is not there. */
export interface Item {
  readonly removed: Stamp | undefined;
  /** By name. All of them written after `removed`. */
  readonly fields: ReadonlyMap<string, Register>;
}

export interface Register {
  readonly stamp: Stamp;
  readonly value: Bytes;
}

export interface HistoryRecord {
  /** As the caller's proof says it, so that it is the same at all terminals. Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly callId: CallId;
  /** How long this terminal took part: of two that saw the same call, the one that was in it longer knows it better. */
  readonly partMs: number;
  readonly value: Bytes;
}

/** The history of several months for somebody with ten calls a day. */
export const mostHistory = 1_000;

export const emptyDocument: PersonalDocument = { items: new Map(), clearedBeforeMs: 0, history: [] };

/** Commutative, associative and idempotent. */
export function mergeDocuments(one: PersonalDocument, other: PersonalDocument): PersonalDocument {
  const items = new Map(one.items);
  for (const [path, item] of other.items) {
    const held = items.get(path);
    items.set(path, held === undefined ? item : mergeItems(held, item));
  }
  const clearedBeforeMs = Math.max(one.clearedBeforeMs, other.clearedBeforeMs);
  return {
    items,
    clearedBeforeMs,
    history: keptHistory([...one.history, ...other.history], clearedBeforeMs),
  };
}

function mergeItems(one: Item, other: Item): Item {
  const removed = laterStamp(one.removed, other.removed);
  const fields = new Map<string, Register>();
  for (const [name, register] of [...one.fields, ...other.fields]) {
    if (removed !== undefined && compareStamps(register.stamp, removed) <= 0) continue;
    const held = fields.get(name);
    if (held === undefined || isLater(register, held)) fields.set(name, register);
  }
  return { removed, fields };
}

export function laterStamp(one: Stamp | undefined, other: Stamp | undefined): Stamp | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareStamps(one, other) >= 0 ? one : other;
}

function isLater(one: Register, other: Register): boolean {
  // The same stamp twice is a terminal that lost its memory; all others have to choose alike.
  return (compareStamps(one.stamp, other.stamp) || compareBytes(one.value, other.value)) > 0;
}

/** One record of each call, the oldest first; not what was cleared, and not more than {@link mostHistory}. */
export function keptHistory(records: readonly HistoryRecord[], clearedBeforeMs: number): HistoryRecord[] {
  const calls = new Map<string, HistoryRecord>();
  for (const record of records) {
    if (record.startedAtMs < clearedBeforeMs) continue;
    // With the time: were it not the same everywhere, which ones are the oldest would depend on who met whom first.
    const call = `${record.startedAtMs} ${record.callId}`;
    const held = calls.get(call);
    const isBetter =
      held === undefined || (record.partMs - held.partMs || compareBytes(record.value, held.value)) > 0;
    if (isBetter) calls.set(call, record);
  }
  return [...calls.values()].sort(compareCalls).slice(-mostHistory);
}

/** @returns positive when `a` began later than `b` */
export function compareCalls(a: HistoryRecord, b: HistoryRecord): number {
  if (a.startedAtMs !== b.startedAtMs) return a.startedAtMs - b.startedAtMs;
  return a.callId === b.callId ? 0 : a.callId > b.callId ? 1 : -1;
}

function compareBytes(a: Bytes, b: Bytes): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
