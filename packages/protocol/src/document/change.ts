/** Changes of a personal document, at one terminal. */
import { utf8 } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { SignetError } from "../errors.ts";
import { PersonId } from "../guests.ts";
import type { CallId, GroupId, UserId } from "../ids.ts";
import { encodeMessage } from "../messages/codec.ts";
import { encodeValue, groupFields, PastCall, personFields, settingFields } from "./contents.ts";
import type { PersonFields, Settings } from "./contents.ts";
import { emptyDocument, keptHistory, laterStamp, mergeDocuments } from "./document.ts";
import type { Item, PersonalDocument, Register } from "./document.ts";
import { encodeDocument, lengthOf, mostDocumentBytes, mostValueBytes } from "./encoding.ts";
import { compareStamps, nextStamp } from "./stamp.ts";
import type { Stamp, Writer } from "./stamp.ts";
import { addedField, groupPath, inGroupField, isListed, keyPath, personPath, settingsPath } from "./paths.ts";

/** Bounds of what one terminal adds. Two that add at once may come to more, and nothing of it is lost. */
export const mostListedPeople = 500;
export const mostGroups = 50;
/** Removed items that are remembered as that. A terminal that was away while more were removed brings the older ones back. */
export const mostRemoved = 500;
/**
 * The same of replaced keys, for themselves: who brings one back that is forgotten could have terminals seal with it again, and removals of people
 * must not crowd them out.
 */
export const mostRemovedKeys = 100;

/**
 * Puts somebody on the list, where they are not yet, and writes what is given of them.
 * @throws SignetError `document.full`
 * @throws ZodError for a value that is none, and for a guest, who is nobody's for longer than a call
 */
export function changePerson(
  document: PersonalDocument,
  userId: UserId,
  change: Partial<PersonFields>,
  by: Writer,
): PersonalDocument {
  const path = personPath(PersonId.parse(userId));
  const added = isListed(document.items.get(path)) ? {} : { [addedField]: encodeValue(by.nowMs) };
  if (Object.hasOwn(added, addedField)) requireRoom(document, personPath(""), mostListedPeople);
  return write(document, path, { ...added, ...encodedFields(personFields, change) }, by);
}

/** With all that was written of them. */
export const removePerson = (document: PersonalDocument, userId: UserId, by: Writer): PersonalDocument =>
  remove(document, personPath(userId), by);

/** Makes a group, or names it anew. @throws as {@link changePerson} */
export function nameGroup(
  document: PersonalDocument,
  groupId: GroupId,
  name: string,
  by: Writer,
): PersonalDocument {
  const path = groupPath(groupId);
  if (!isListed(document.items.get(path))) requireRoom(document, groupPath(""), mostGroups);
  return write(document, path, encodedFields(groupFields, { name }), by);
}

export const removeGroup = (document: PersonalDocument, groupId: GroupId, by: Writer): PersonalDocument =>
  remove(document, groupPath(groupId), by);

/** Puts somebody in a group, or takes them out of it. @throws as {@link changePerson} */
export function putInGroup(
  document: PersonalDocument,
  userId: UserId,
  groupId: GroupId,
  isIn: boolean,
  by: Writer,
): PersonalDocument {
  const listed = changePerson(document, userId, {}, by);
  return write(listed, personPath(userId), { [inGroupField(groupId)]: encodeValue(isIn) }, by);
}

/** @throws ZodError for a value that is none */
export const changeSettings = (
  document: PersonalDocument,
  change: Partial<Settings>,
  by: Writer,
): PersonalDocument => write(document, settingsPath, encodedFields(settingFields, change), by);

export interface AddedCall extends PastCall {
  readonly callId: CallId;
  /** When the caller's proof was issued. */
  readonly startedAtMs: number;
  /** How long this terminal was in it. */
  readonly partMs: number;
}

/** @throws ZodError for a call that is none */
export function addCall(document: PersonalDocument, call: AddedCall): PersonalDocument {
  const { callId, startedAtMs, partMs, ...past } = call;
  const record = { callId, startedAtMs, partMs, value: encodeValue(PastCall.parse(past)) };
  const { clearedBeforeMs, history } = document;
  return { ...document, history: keptHistory([...history, record], clearedBeforeMs) };
}

/** What a terminal kept of somebody before there were documents. */
export interface KeptPerson {
  readonly userId: UserId;
  /** When they were met last. */
  readonly lastAtMs: number;
  readonly fields: Partial<PersonFields>;
}

/**
 * Takes over what was kept elsewhere, as a copy is merged: however many there are already, and what stands in the document is known better. Who was
 * removed from it since they were met last stays so, also by a copy that is merged later: what is taken over is as old as that meeting. Once or several
 * times comes to the same.
 * @throws ZodError for a value that is none
 */
export function takeOver(
  document: PersonalDocument,
  kept: { readonly people: readonly KeptPerson[]; readonly calls: readonly AddedCall[] },
  by: Writer,
): PersonalDocument {
  let now = document;
  for (const { userId, lastAtMs, fields } of kept.people) {
    const path = personPath(userId);
    const item = now.items.get(path);
    if (isListed(item) || (item?.removed?.atMs ?? -Infinity) >= lastAtMs) continue;
    const added = { [addedField]: encodeValue(by.nowMs), ...encodedFields(personFields, fields) };
    now = write(now, path, added, by, nextStamp(undefined, { ...by, nowMs: lastAtMs }));
  }
  const known = new Set<string>(now.history.map(({ callId }) => callId));
  const calls = kept.calls.filter(({ callId }) => !known.has(callId));
  return calls.reduce(addCall, now);
}

/** Forgets all calls that began before. */
export const clearHistory = (document: PersonalDocument, beforeMs: number): PersonalDocument =>
  mergeDocuments(document, { ...emptyDocument, clearedBeforeMs: beforeMs });

/**
 * To be sealed: without the oldest removals beyond {@link mostRemoved} and {@link mostRemovedKeys}, and without as much of the oldest history as is needed for the
 * rest to have room. What is left out is only not kept: another copy that has it still brings it back.
 * @throws SignetError `document.tooLarge` when people and settings alone are too much
 */
export function boundedDocument(document: PersonalDocument): PersonalDocument {
  const gone = [...document.items].flatMap(([path, { removed, fields }]) =>
    removed === undefined || fields.size > 0 ? [] : [{ path, removed }],
  );
  gone.sort((a, b) => compareStamps(b.removed, a.removed));
  const items = new Map(document.items);
  const isKey = ({ path }: { readonly path: string }): boolean => path.startsWith(keyPath(""));
  for (const { path } of gone.filter(isKey).slice(mostRemovedKeys)) items.delete(path);
  for (const { path } of gone.filter((one) => !isKey(one)).slice(mostRemoved)) items.delete(path);
  const { clearedBeforeMs, history } = document;
  let room = mostDocumentBytes - encodeDocument({ items, clearedBeforeMs, history: [] }).length;
  let first = history.length;
  for (; first > 0; first--) {
    room -= historyBytes(history[first - 1]?.value);
    if (room < 0) break;
  }
  return { items, clearedBeforeMs, history: history.slice(first) };
}

/**
 * Whether it can be kept, or is at least smaller than the one before: of two that were merged too much may have come, and then the person has to be
 * able to remove something.
 * @throws SignetError `document.tooLarge`
 */
export function requireFits(document: PersonalDocument, before: PersonalDocument): void {
  try {
    boundedDocument(document);
  } catch (error) {
    if (lengthOf(document) >= lengthOf(before)) throw error;
  }
}

/** Of a call in an encoded document, with the lengths of its four fields: two integers, a call ID and the value. */
const historyBytes = (value: Bytes | undefined): number => 4 * 4 + 8 + 16 + 8 + (value?.length ?? 0);

function requireRoom({ items }: PersonalDocument, prefix: string, most: number): void {
  let count = 0;
  for (const [path, item] of items) if (path.startsWith(prefix) && isListed(item)) count++;
  if (count >= most) throw new SignetError("document.full");
}

interface Schema {
  parse(value: unknown): unknown;
}

function encodedFields(
  schemas: Readonly<Record<string, Schema>>,
  change: Readonly<Record<string, unknown>>,
): Record<string, Bytes> {
  const encoded: Record<string, Bytes> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    if (change[name] === undefined) continue;
    const text = encodeMessage(change[name]);
    // As it will be read, bytes as text.
    schema.parse(JSON.parse(text));
    encoded[name] = utf8(text);
  }
  return encoded;
}

/** Writes fields of what stands at a path. @param stamp later than all that is there, unless it is known to be older. @throws SignetError `document.tooLarge` */
export function write(
  document: PersonalDocument,
  path: string,
  values: Readonly<Record<string, Bytes>>,
  by: Writer,
  stamp: Stamp = nextStamp(latestStamp(document), by),
): PersonalDocument {
  const held = document.items.get(path);
  const fields = new Map(held?.fields);
  for (const [name, value] of Object.entries(values)) {
    if (value.length > mostValueBytes) throw new SignetError("document.tooLarge");
    fields.set(name, { stamp, value });
  }
  return fields.size === 0 ? document : withItem(document, path, { removed: held?.removed, fields });
}

export function remove(document: PersonalDocument, path: string, by: Writer): PersonalDocument {
  if (!isListed(document.items.get(path))) return document;
  const removed = nextStamp(latestStamp(document), by);
  return withItem(document, path, { removed, fields: new Map<string, Register>() });
}

const withItem = (document: PersonalDocument, path: string, item: Item): PersonalDocument => ({
  ...document,
  items: new Map(document.items).set(path, item),
});

function latestStamp({ items }: PersonalDocument): Stamp | undefined {
  let latest: Stamp | undefined;
  for (const { removed, fields } of items.values()) {
    latest = laterStamp(latest, removed);
    for (const { stamp } of fields.values()) latest = laterStamp(latest, stamp);
  }
  return latest;
}
