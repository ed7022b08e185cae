import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { badFile, otherFormat } from "./bad-file.ts";
import type { Input } from "./input.ts";
import { capturePattern, mostPageBytes, noGranule, readPage } from "../../messages/sound/ogg.ts";
import type { OggPage } from "../../messages/sound/ogg.ts";
import { oggCodecOf, startsWith } from "./other-formats.ts";

export interface OggPacket {
  readonly data: Bytes;
  /** It is the header that begins a stream. */
  readonly isHead: boolean;
  /** Its stream says that nothing follows. */
  readonly isLast: boolean;
  /** Granule position of the page, for the last packet that ends on it. */
  readonly granule?: bigint;
}

/** 120 ms of Opus are at most 48 frames of 1,275 bytes; comments (with pictures in them) may be longer. */
const mostPacketBytes = 16 * 1024 * 1024;
/** Where no page begins within this, none is looked for any more. */
const mostForeignBytes = 1024 * 1024;

/**
 * Packets of the Opus streams of a file, one stream after the other (RFC 3533, chained; RFC 7845 section 3). What stands between the
 * pages, pages that are damaged and streams of something else are passed over: the sound goes on with what is whole.
 */
export class OggPackets {
  readonly #input: Input;
  #at: number;
  #foreignBytes = 0;
  #serial: number | undefined;
  #sequence = 0;
  /** Of a packet that goes on on the next page. */
  #parts: Bytes[] = [];
  #partBytes = 0;
  #ready: OggPacket[] = [];
  #isOver = false;

  /** @param start where the first page begins */
  constructor(input: Input, start: number) {
    this.#input = input;
    this.#at = start;
  }

  /**
   * @returns undefined at the end, "later" when more has to come first
   * @throws SignetError `media.badFile`, `media.otherFormat`
   */
  next(): OggPacket | "later" | undefined {
    while (this.#ready.length === 0 && !this.#isOver) if (!this.#page()) return "later";
    return this.#ready.shift();
  }

  /** As {@link next}, when it can be told. */
  async soon(): Promise<OggPacket | undefined> {
    for (;;) {
      const packet = this.next();
      if (packet !== "later") return packet;
      const { length } = this.#input.read(this.#at, mostPageBytes);
      await this.#input.until(this.#at, length + 1);
    }
  }

  /** @returns whether there was enough to tell */
  #page(): boolean {
    const { isWhole } = this.#input;
    const bytes = this.#input.read(this.#at, mostPageBytes);
    const isEnough = isWhole || bytes.length === mostPageBytes;
    const result = readPage(bytes);
    if (result.type === "short" && !isEnough) return false;
    if (result.type === "page") {
      this.#pass(result.length);
      this.#foreignBytes = 0;
      this.#take(result.page);
      return true;
    }
    // To the next place where a page may begin; in what is left at the end of a file none does.
    const next = indexOfPage(bytes, 1);
    this.#isOver = next === undefined && isWhole && bytes.length < mostPageBytes;
    const foreignBytes = next ?? Math.max(1, bytes.length - capturePattern.length + 1);
    this.#foreignBytes += foreignBytes;
    this.#isOver ||= this.#foreignBytes > mostForeignBytes;
    this.#pass(foreignBytes);
    return true;
  }

  #pass(bytes: number): void {
    this.#at += bytes;
    this.#input.forget(this.#at);
  }

  #take(page: OggPage): void {
    const begins = page.first && startsWith(page.body, "OpusHead");
    if (begins) {
      this.#serial = page.serial;
      this.#drop();
    } else if (this.#serial === undefined) {
      if (!page.first) throw badFile("the Ogg stream does not begin at its beginning");
      const codec = oggCodecOf(page.body);
      if (codec !== undefined) throw otherFormat(codec);
    }
    if (page.serial !== this.#serial) return;
    if (!begins && page.sequence !== this.#sequence) this.#drop();
    this.#sequence = (page.sequence + 1) >>> 0;
    this.#packetsOf(page, begins);
  }

  #packetsOf(page: OggPage, isHead: boolean): void {
    if (!page.continued) this.#drop();
    // Of a packet whose beginning is not there.
    let isTorn = page.continued && this.#parts.length === 0;
    let start = 0;
    let end = 0;
    for (const value of page.lacing) {
      end += value;
      if (value === 255) continue;
      if (!isTorn) {
        this.#part(page.body.subarray(start, end));
        this.#ready.push({ data: concatBytes(...this.#parts), isHead, isLast: false });
      }
      this.#drop();
      isTorn = false;
      start = end;
    }
    if (end > start && !isTorn) this.#part(page.body.subarray(start, end));
    const last = this.#ready.at(-1);
    if (last === undefined || page.granule === noGranule) return;
    this.#ready[this.#ready.length - 1] = { ...last, granule: page.granule, isLast: page.last };
  }

  #part(part: Bytes): void {
    this.#partBytes += part.length;
    if (this.#partBytes > mostPacketBytes) throw badFile("a packet of the Ogg file is too long");
    this.#parts.push(part);
  }

  #drop(): void {
    this.#parts = [];
    this.#partBytes = 0;
  }
}

function indexOfPage(bytes: Bytes, from: number): number | undefined {
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(
    Buffer.from(capturePattern),
    from,
  );
  return found < 0 ? undefined : found;
}
