import type { Bytes } from "@signet/protocol";

import { badFile } from "./bad-file.ts";
import type { InputFile } from "./input-file.ts";
import { mostPageBytes, noGranule, readPage } from "./ogg.ts";
import type { OggPage } from "./ogg.ts";

export interface OggPacket {
  readonly data: Bytes;
  /** Granule position of the page, for the last packet that ends on it. */
  readonly granule?: bigint;
}

/** 120 ms of Opus are at most 48 frames of 1,275 bytes; comments (with pictures in them) may be longer. */
const mostPacketBytes = 16 * 1024 * 1024;

/** Packets of a file with one logical stream, in order. */
export class OggPackets {
  readonly #file: InputFile;
  #at = 0;
  #serial: number | undefined;
  #sequence = 0;
  #parts: Bytes[] = [];
  #partBytes = 0;
  #ready: OggPacket[] = [];
  #over = false;

  constructor(file: InputFile) {
    this.#file = file;
  }

  /**
   * @returns undefined at the end; a file that was cut off ends with its last whole page
   * @throws SignetError `media.badFile`
   */
  next(): OggPacket | undefined {
    while (this.#ready.length === 0 && !this.#over) this.#page();
    return this.#ready.shift();
  }

  #page(): void {
    const bytes = this.#file.read(this.#at, mostPageBytes);
    if (bytes.length === 0) return this.#end();
    const result = readPage(bytes);
    if (result.type === "short" && this.#serial !== undefined) return this.#end();
    if (result.type !== "page")
      throw badFile(result.type === "bad" ? result.why : "the first Ogg page is cut off");
    this.#at += result.length;
    this.#take(result.page);
  }

  #take(page: OggPage): void {
    if (this.#serial === undefined) {
      if (!page.first) throw badFile("the Ogg stream does not begin at its beginning");
      this.#serial = page.serial;
    } else if (page.serial !== this.#serial || page.first) {
      throw badFile("more than one stream in the Ogg file");
    } else if (page.sequence !== this.#sequence) throw badFile("a page is missing in the Ogg file");
    this.#sequence = (page.sequence + 1) >>> 0;
    if (page.continued !== this.#parts.length > 0) throw badFile("a packet of the Ogg file is torn");
    let start = 0;
    let end = 0;
    for (const value of page.lacing) {
      end += value;
      if (value === 255) continue;
      this.#part(page.body.subarray(start, end));
      start = end;
      this.#ready.push({ data: this.#join() });
    }
    if (end > start) this.#part(page.body.subarray(start, end));
    const last = this.#ready.at(-1);
    if (last !== undefined && page.granule !== noGranule)
      this.#ready[this.#ready.length - 1] = { ...last, granule: page.granule };
    // Followed by anything else, it is chained with another stream or has garbage at its end.
    if (page.last) {
      if (this.#at < this.#file.size) throw badFile("something follows the end of the Ogg stream");
      this.#end();
    }
  }

  #part(part: Bytes): void {
    this.#partBytes += part.length;
    if (this.#partBytes > mostPacketBytes) throw badFile("a packet of the Ogg file is too long");
    this.#parts.push(part);
  }

  #join(): Bytes {
    const [only] = this.#parts;
    const isOne = this.#parts.length === 1 && only !== undefined;
    const data: Bytes = isOne ? only : new Uint8Array(this.#partBytes);
    if (!isOne) {
      let at = 0;
      for (const part of this.#parts) {
        data.set(part, at);
        at += part.length;
      }
    }
    this.#parts = [];
    this.#partBytes = 0;
    return data;
  }

  #end(): void {
    this.#over = true;
  }
}
