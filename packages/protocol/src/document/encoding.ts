/**
 * A personal document as bytes (docs/decisions, "The personal document"):
 *
 *   document = "signet/document/v1" field(u64 clearedBeforeMs) u32(count) item* u32(count) call*
 *   item     = field(path) field(removed) u32(count) register*      sorted by path; `removed` of no bytes where it is not
 *   register = field(name) field(stamp) field(value)                sorted by name
 *   call     = field(u64 startedAtMs) field(call ID) field(u64 partMs) field(value)      oldest first
 *
 * One byte string per document and one document per byte string: decoding refuses whatever encoding would not have written.
 */
import { concatBytes, equalBytes, fromBase64Url, fromUtf8, toBase64Url, utf8 } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { SignetError } from "../errors.ts";
import { FieldReader, fromU64, pushField, u32, u64 } from "../fields.ts";
import { CallId } from "../ids.ts";
import { compareCalls, mostHistory } from "./document.ts";
import type { HistoryRecord, Item, PersonalDocument, Register } from "./document.ts";
import { compareStamps, decodeStamp, encodeStamp } from "./stamp.ts";

/** Of an encoded document. With what sealing adds, it travels in one message. */
export const mostDocumentBytes = 262_000;
/** Of a value: a note of as many letters as it may have, each of four bytes, in JSON. */
export const mostValueBytes = 8_192;
/** Of paths and names of fields, also those of newer versions. */
const longestName = 128;
const names = /^[A-Za-z0-9._/-]+$/;

const label = utf8("signet/document/v1");

/** @throws SignetError `document.tooLarge` */
export function encodeDocument(document: PersonalDocument): Bytes {
  const bytes = concatBytes(...partsOf(document));
  if (bytes.length > mostDocumentBytes) throw new SignetError("document.tooLarge");
  return bytes;
}

/** Of the encoded document, also of one that is too large. In bytes */
export const lengthOf = (document: PersonalDocument): number =>
  partsOf(document).reduce((sum, { length }) => sum + length, 0);

function partsOf({ items, clearedBeforeMs, history }: PersonalDocument): Uint8Array[] {
  const parts: Uint8Array[] = [label];
  pushField(parts, u64(clearedBeforeMs));
  parts.push(u32(items.size));
  for (const [path, { removed, fields }] of sorted(items)) {
    pushField(parts, utf8(path));
    pushField(parts, removed === undefined ? new Uint8Array() : encodeStamp(removed));
    parts.push(u32(fields.size));
    for (const [name, { stamp, value }] of sorted(fields)) {
      pushField(parts, utf8(name));
      pushField(parts, encodeStamp(stamp));
      pushField(parts, value);
    }
  }
  parts.push(u32(history.length));
  for (const { startedAtMs, callId, partMs, value } of history) {
    pushField(parts, u64(startedAtMs));
    pushField(parts, fromBase64Url(callId) ?? new Uint8Array());
    pushField(parts, u64(partMs));
    pushField(parts, value);
  }
  return parts;
}

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a === b ? 0 : a > b ? 1 : -1));

/**
 * @throws SignetError `document.newer` for one of a form that this version does not know, `document.malformed` for anything else that
 * {@link encodeDocument} does not write
 */
export function decodeDocument(bytes: Bytes): PersonalDocument {
  if (!equalBytes(bytes.slice(0, label.length), label))
    throw new SignetError(isNewer(bytes) ? "document.newer" : "document.malformed");
  const reader = new DocumentReader(bytes, label.length);
  const document = bytes.length > mostDocumentBytes ? undefined : reader.document();
  if (document === undefined) throw new SignetError("document.malformed");
  return document;
}

/** As the label, but for the number. */
const isNewer = (bytes: Bytes): boolean =>
  /^signet\/document\/v[2-9]$/.test(fromUtf8(bytes.slice(0, label.length)) ?? "");

class DocumentReader {
  readonly #reader: FieldReader;

  constructor(bytes: Bytes, at: number) {
    this.#reader = new FieldReader(bytes, at);
  }

  document(): PersonalDocument | undefined {
    const clearedBeforeMs = this.#integer();
    const items = this.#map(() => this.#item());
    const history = this.#history(clearedBeforeMs ?? 0);
    if (clearedBeforeMs === undefined || items === undefined || history === undefined) return undefined;
    return this.#reader.atEnd ? { items, clearedBeforeMs, history } : undefined;
  }

  /** What stands by its name, in the order of the names. */
  #map<T>(read: () => T | undefined): Map<string, T> | undefined {
    const count = this.#reader.u32();
    if (count === undefined) return undefined;
    const map = new Map<string, T>();
    let before = "";
    // A count that promises more than there is ends at the first item that is not there.
    for (let i = 0; i < count; i++) {
      const name = this.#name();
      const value = name === undefined || name <= before ? undefined : read();
      if (name === undefined || value === undefined) return undefined;
      map.set(name, value);
      before = name;
    }
    return map;
  }

  #item(): Item | undefined {
    const encoded = this.#reader.field();
    const removed = encoded === undefined || encoded.length === 0 ? undefined : decodeStamp(encoded);
    const fields = this.#map(() => this.#register());
    if (encoded === undefined || fields === undefined) return undefined;
    if (encoded.length === 0) return fields.size === 0 ? undefined : { removed: undefined, fields };
    if (removed === undefined) return undefined;
    const isAllLater = [...fields.values()].every(({ stamp }) => compareStamps(stamp, removed) > 0);
    return isAllLater ? { removed, fields } : undefined;
  }

  #register(): Register | undefined {
    const stamp = decodeStamp(this.#reader.field() ?? new Uint8Array());
    const value = this.#value();
    return stamp === undefined || value === undefined ? undefined : { stamp, value };
  }

  #history(clearedBeforeMs: number): HistoryRecord[] | undefined {
    const count = this.#reader.u32();
    if (count === undefined || count > mostHistory) return undefined;
    const history: HistoryRecord[] = [];
    for (let i = 0; i < count; i++) {
      const record = this.#call();
      const before = history.at(-1);
      if (record === undefined || record.startedAtMs < clearedBeforeMs) return undefined;
      if (before !== undefined && compareCalls(record, before) <= 0) return undefined;
      history.push(record);
    }
    return history;
  }

  #call(): HistoryRecord | undefined {
    const startedAtMs = this.#integer();
    const callId = CallId.safeParse(toBase64Url(this.#reader.field() ?? new Uint8Array()));
    const partMs = this.#integer();
    const value = this.#value();
    if (startedAtMs === undefined || !callId.success || partMs === undefined || value === undefined)
      return undefined;
    return { startedAtMs, callId: callId.data, partMs, value };
  }

  #integer(): number | undefined {
    const field = this.#reader.field();
    return field === undefined ? undefined : fromU64(field);
  }

  #name(): string | undefined {
    const field = this.#reader.field();
    const name = field === undefined || field.length > longestName ? undefined : fromUtf8(field);
    return name !== undefined && names.test(name) ? name : undefined;
  }

  #value(): Bytes | undefined {
    const field = this.#reader.field();
    return field === undefined || field.length > mostValueBytes ? undefined : field;
  }
}
