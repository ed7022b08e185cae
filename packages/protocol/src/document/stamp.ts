/** When a field of a personal document was written: a hybrid logical clock, so that what was written later is the later one also where a clock is slow. */
import { concatBytes, fromBase64Url, toBase64Url } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { fromU64, u32, u64 } from "../fields.ts";
import { TerminalId } from "../ids.ts";

export interface Stamp {
  /** Milliseconds since 1970: the terminal's clock, or the latest time in the document where that is ahead. */
  readonly atMs: number;
  /** Of those with the same time. */
  readonly counter: number;
  /** Decides between two terminals that wrote at the same moment. */
  readonly terminalId: TerminalId;
}

/** Who changes a document, and when. */
export interface Writer {
  readonly terminalId: TerminalId;
  readonly nowMs: number;
}

const mostCounter = 0xffff_ffff;
/** Bytes of an encoded one: time, counter, terminal ID. */
const stampBytes = 8 + 4 + 16;

/** @returns positive when `a` is later than `b` */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.counter !== b.counter) return a.counter - b.counter;
  return a.terminalId === b.terminalId ? 0 : a.terminalId > b.terminalId ? 1 : -1;
}

/** Later than `latest`, whatever the clock says. @throws RangeError when the time is none (a bug of the caller) */
export function nextStamp(latest: Stamp | undefined, { terminalId, nowMs }: Writer): Stamp {
  if (!Number.isSafeInteger(nowMs) || nowMs < 0) throw new RangeError("not a time");
  if (latest === undefined || nowMs > latest.atMs) return { atMs: nowMs, counter: 0, terminalId };
  return latest.counter < mostCounter
    ? { atMs: latest.atMs, counter: latest.counter + 1, terminalId }
    : { atMs: latest.atMs + 1, counter: 0, terminalId };
}

export function encodeStamp({ atMs, counter, terminalId }: Stamp): Bytes {
  return concatBytes(u64(atMs), u32(counter), fromBase64Url(terminalId) ?? new Uint8Array());
}

/** @returns undefined for what is none */
export function decodeStamp(bytes: Bytes): Stamp | undefined {
  if (bytes.length !== stampBytes) return undefined;
  const atMs = fromU64(bytes.slice(0, 8));
  const terminalId = TerminalId.safeParse(toBase64Url(bytes.slice(12)));
  if (atMs === undefined || !terminalId.success) return undefined;
  return { atMs, counter: new DataView(bytes.buffer).getUint32(8), terminalId: terminalId.data };
}
