/** Length-prefixed fields: the building block of transcripts and encoded proofs. All integers big-endian. */
import type { Bytes } from "./bytes.ts";

export class FieldReader {
  readonly #bytes: Bytes;
  #at: number;

  constructor(bytes: Bytes, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  get atEnd(): boolean {
    return this.left === 0;
  }

  u32(): number | undefined {
    if (this.left < 4) return undefined;
    let value = 0;
    for (const end = this.#at + 4; this.#at < end; this.#at++)
      value = value * 256 + (this.#bytes[this.#at] ?? 0);
    return value;
  }

  field(): Bytes | undefined {
    const length = this.u32();
    if (length === undefined || length > this.left) return undefined;
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
}

/** These fields, one after the other. */
export function encodeFields(fields: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(fields.reduce((length, field) => length + 4 + field.length, 0));
  let at = 0;
  for (const field of fields) {
    const { length } = field;
    whole[at] = length >>> 24;
    whole[at + 1] = length >>> 16;
    whole[at + 2] = length >>> 8;
    whole[at + 3] = length;
    whole.set(field, at + 4);
    at += 4 + length;
  }
  return whole;
}

export function pushField(parts: Uint8Array[], bytes: Uint8Array): void {
  parts.push(u32(bytes.length), bytes);
}

export function u32(value: number): Bytes {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export function u64(value: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError("not an unsigned 53-bit integer");
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(value / 2 ** 32));
  view.setUint32(4, value >>> 0);
  return bytes;
}

/** @returns undefined when these are no 8 bytes, or an integer beyond 2^53 */
export function fromU64(bytes: Bytes): number | undefined {
  if (bytes.length !== 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const value = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
  return Number.isSafeInteger(value) ? value : undefined;
}
