/**
 * The sound of a voice message: Ogg Opus (RFC 3533, RFC 7845) of one form alone, so that whatever plays it gets nothing else. One stream of one channel,
 * pages in their order, whole packets on each, and at most {@link mostMessageMs}. What a caller sealed is read by this before anything plays it, and
 * written anew.
 */
import { concatBytes, mostMessageMs, SignetError, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { lacingOf, mostPageBytes, readPage, writePage } from "./ogg.ts";
import type { OggPage } from "./ogg.ts";

/** Opus counts at 48 kHz, whatever was recorded (RFC 7845, section 4). */
const samplesPerMs = 48;
const mostSamples = mostMessageMs * samplesPerMs;
/** A packet here is one frame, at 16 kbit/s of about 40 bytes; so many of these fit into a page (255 parts of 255 bytes). */
const mostPacketBytes = 1_000;
/** A second of packets of 20 ms. */
const packetsPerPage = 50;
/** Before the first sample that is heard: RFC 7845 advises 80 ms. */
const mostPreSkip = 80 * samplesPerMs;

export interface MessageSound {
  /** Each of one frame. */
  readonly packets: readonly Bytes[];
  /** Samples to leave out at the beginning. */
  readonly preSkip: number;
}

/** How long a packet of one frame is, in samples (RFC 6716, section 3.1); undefined where it has several, or none. */
export function packetSamples(packet: Bytes): number | undefined {
  const [toc, count = 0] = packet;
  if (toc === undefined || packet.length > mostPacketBytes) return undefined;
  // One frame as it is, or padded to a size (code 3): encoders with a constant rate do that.
  if ((toc & 0b11) !== 0 && ((toc & 0b11) !== 3 || (count & 0b11_1111) !== 1)) return undefined;
  // Stereo is no voice.
  if ((toc & 0b100) !== 0) return undefined;
  const config = toc >> 3;
  const tenths = config < 12 ? [100, 200, 400, 600] : config < 16 ? [100, 200] : [25, 50, 100, 200];
  return ((tenths[config % tenths.length] ?? 0) * samplesPerMs) / 10;
}

/** What is heard of it (ms). */
export const soundMs = ({ packets, preSkip }: MessageSound): number =>
  Math.max(0, samplesOf(packets) - preSkip) / samplesPerMs;

const samplesOf = (packets: readonly Bytes[]): number =>
  packets.reduce((sum, packet) => sum + (packetSamples(packet) ?? bad()), 0);

/** @throws SignetError `message.badSound` for packets that are none; `message.tooLong` */
export function writeMessageSound({ packets, preSkip }: MessageSound): Bytes {
  const samples = samplesOf(packets);
  if (packets.length === 0 || preSkip > mostPreSkip) return bad();
  if (samples - preSkip > mostSamples) throw new SignetError("message.tooLong");
  const pages: Bytes[] = [];
  const page = (
    of: readonly Bytes[],
    granule: number,
    flags: { first?: true; last?: boolean } = {},
  ): void => {
    const body = concatBytes(...of);
    const lacing = Uint8Array.from(of.flatMap(({ length }) => lacingOf(length)));
    const sequence = pages.length;
    const { first = false, last = false } = flags;
    pages.push(
      writePage({
        continued: false,
        first,
        last,
        granule: BigInt(granule),
        serial: 1,
        sequence,
        lacing,
        body,
      }),
    );
  };
  page([opusHead(preSkip)], 0, { first: true });
  page([tags], 0);
  let granule = 0;
  for (let at = 0; at < packets.length; at += packetsPerPage) {
    const of = packets.slice(at, at + packetsPerPage);
    granule += samplesOf(of);
    page(of, granule, { last: at + packetsPerPage >= packets.length });
  }
  return concatBytes(...pages);
}

/** @throws SignetError `message.badSound` for whatever {@link writeMessageSound} would not have written */
export function readMessageSound(bytes: Bytes): MessageSound {
  const pages = readPages(bytes);
  const [head, comment, ...rest] = pages;
  const [headPacket] = head === undefined ? [] : packetsOf(head);
  if (headPacket === undefined || comment === undefined || headPacket.length !== headBytes) return bad();
  const preSkip = new DataView(headPacket.buffer, headPacket.byteOffset).getUint16(10, true);
  const sound = { packets: rest.flatMap(packetsOf), preSkip };
  // One value of bytes for each sound: whatever else stands in them is nothing that anybody needs.
  let again: Bytes;
  try {
    again = writeMessageSound(sound);
  } catch (cause) {
    throw new SignetError("message.badSound", cause);
  }
  return again.length === bytes.length && again.every((byte, i) => byte === bytes[i]) ? sound : bad();
}

/** @throws SignetError as {@link readMessageSound} */
export const messageMs = (bytes: Bytes): number => soundMs(readMessageSound(bytes));

function readPages(bytes: Bytes): OggPage[] {
  const pages: OggPage[] = [];
  for (let at = 0; at < bytes.length;) {
    const result = readPage(bytes.subarray(at, at + mostPageBytes));
    if (result.type !== "page") return bad();
    pages.push(result.page);
    at += result.length;
  }
  return pages;
}

function packetsOf({ body, lacing }: OggPage): Bytes[] {
  const packets: Bytes[] = [];
  let [start, end] = [0, 0];
  for (const value of lacing) {
    end += value;
    if (value === 255) continue;
    packets.push(body.slice(start, end));
    start = end;
  }
  return end === start ? packets : bad();
}

const headBytes = 19;

function opusHead(preSkip: number): Bytes {
  const bytes = new Uint8Array(headBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(utf8("OpusHead"));
  view.setUint8(8, 1);
  view.setUint8(9, 1);
  view.setUint16(10, preSkip, true);
  view.setUint32(12, samplesPerMs * 1000, true);
  return bytes;
}

/** No vendor, no comments: nothing that tells of whoever made it. */
const tags: Bytes = (() => {
  const bytes = new Uint8Array(16);
  bytes.set(utf8("OpusTags"));
  return bytes;
})();

function bad(): never {
  throw new SignetError("message.badSound");
}
