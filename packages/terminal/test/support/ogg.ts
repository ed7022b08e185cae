import { lacingOf, writePage } from "../../src/messages/sound/ogg.ts";
import type { OggPage } from "../../src/messages/sound/ogg.ts";
import { createFileEncoder } from "../../src/node/opus.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface HeadOptions {
  readonly version?: number;
  readonly channels?: number;
  readonly preSkip?: number;
  readonly gain?: number;
  readonly family?: number;
  /** Streams, coupled streams, and the index of each channel: what stands behind a family other than 0. */
  readonly mapping?: readonly number[];
}

export function opusHead(options: HeadOptions = {}): Bytes {
  const head = Buffer.alloc(19);
  head.write("OpusHead", "latin1");
  head.writeUInt8(options.version ?? 1, 8);
  head.writeUInt8(options.channels ?? 1, 9);
  head.writeUInt16LE(options.preSkip ?? 312, 10);
  head.writeUInt32LE(48_000, 12);
  head.writeInt16LE(options.gain ?? 0, 16);
  head.writeUInt8(options.family ?? 0, 18);
  return Uint8Array.from([...head, ...(options.mapping ?? [])]);
}

/** @param commentBytes how long the comment is */
export function opusTags(commentBytes = 0): Bytes {
  const tags = Buffer.alloc(20 + commentBytes);
  tags.write("OpusTags", "latin1");
  tags.writeUInt32LE(0, 8);
  tags.writeUInt32LE(1, 12);
  tags.writeUInt32LE(commentBytes, 16);
  return Uint8Array.from(tags);
}

/** Opus packets of frames of 20 ms. */
export async function opusPackets(frames: readonly Int16Array[]): Promise<Bytes[]> {
  const encoder = await createFileEncoder();
  const packets = frames.map((frame) => Uint8Array.from(encoder.encode(frame)));
  encoder.free();
  return packets;
}

export type PageOptions = Partial<Omit<OggPage, "lacing" | "body">>;

/** One page of whole packets. */
export function page(packets: readonly Bytes[], options: PageOptions): Bytes {
  return rawPage(
    packets.flatMap((packet) => lacingOf(packet.length)),
    Buffer.concat(packets),
    options,
  );
}

export function rawPage(lacing: readonly number[], body: Buffer, options: PageOptions): Bytes {
  return writePage({
    continued: false,
    first: false,
    last: false,
    granule: 0n,
    serial: 7,
    sequence: 0,
    ...options,
    lacing: Uint8Array.from(lacing),
    body: Uint8Array.from(body),
  });
}

/** Head, comments and one packet a page. */
export function oggOpus(
  packets: readonly Bytes[],
  head: HeadOptions = {},
  tags: Bytes = opusTags(),
  serial = 7,
): Bytes[] {
  return [
    page([opusHead(head)], { first: true, serial }),
    ...pagesOf(tags, 1, serial),
    ...packets.map((packet, i) =>
      page([packet], {
        sequence: i + 1 + pagesOf(tags, 1).length,
        granule: BigInt((i + 1) * 960),
        last: i === packets.length - 1,
        serial,
      }),
    ),
  ];
}

/** A packet on as many pages as it needs. */
export function pagesOf(packet: Bytes, sequence: number, serial = 7): Bytes[] {
  const lacing = lacingOf(packet.length);
  const pages: Bytes[] = [];
  for (let at = 0; at < lacing.length; at += 255) {
    const part = lacing.slice(at, at + 255);
    const body = Buffer.from(packet.subarray(at * 255, (at + 255) * 255));
    const ends = at + 255 >= lacing.length;
    pages.push(
      rawPage(part, body, {
        continued: at > 0,
        sequence: sequence + pages.length,
        granule: ends ? 0n : -1n,
        serial,
      }),
    );
  }
  return pages;
}
