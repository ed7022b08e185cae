/** Messages and ChannelData: one after the other over TCP and TLS, and each in a datagram of its own over UDP (RFC 8656 sections 3.1 and 12.5). */
import { stunHeaderBytes } from "./stun-message.ts";

export type TurnFrame =
  /** A whole message, whose header alone was looked at. */
  | { readonly type: "message"; readonly bytes: Buffer }
  | { readonly type: "channel"; readonly channel: number; readonly data: Buffer };

/** RFC 8656 section 12. */
export const firstChannel = 0x4000;
export const lastChannel = 0x4fff;

/** A packet of Ethernet in a Send indication with all that may stand beside it. More is no voice, and would wait in memory until it is whole. */
export const maxTurnFrameBytes = 2048;

const channelHeaderBytes = 4;

/** ChannelData as TCP needs it: padded to a multiple of 4 bytes, which the length does not count. */
export function channelFrame(channel: number, data: Buffer): Buffer {
  const bytes = Buffer.alloc(channelHeaderBytes + ((data.length + 3) & ~3));
  bytes.writeUInt16BE(channel, 0);
  bytes.writeUInt16BE(data.length, 2);
  data.copy(bytes, channelHeaderBytes);
  return bytes;
}

/** Cuts what comes in pieces of any size. */
export class TurnStream {
  /** Less than one frame. */
  #rest: Buffer = Buffer.alloc(0);

  /** @returns undefined when what comes is no TURN, or longer than {@link maxTurnFrameBytes}: nothing after it can be read */
  push(chunk: Buffer): TurnFrame[] | undefined {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: TurnFrame[] = [];
    let at = 0;
    for (;;) {
      const length = frameBytes(bytes, at);
      if (length === undefined) return undefined;
      if (length < 0 || at + length > bytes.length) break;
      frames.push(frameOf(bytes.subarray(at, at + length)));
      at += length;
    }
    // A copy, so that what waits for its end does not hold all that came with it.
    this.#rest = Buffer.from(bytes.subarray(at));
    return frames;
  }
}

/** @returns undefined for what is no TURN; ChannelData need not be filled up here */
export function readTurnDatagram(bytes: Buffer): TurnFrame | undefined {
  if (bytes.length < channelHeaderBytes || bytes.readUInt8(0) > lastChannel >> 8) return undefined;
  const isMessage = bytes.readUInt8(0) < 0x40;
  if (!isMessage && channelHeaderBytes + bytes.readUInt16BE(2) > bytes.length) return undefined;
  return frameOf(bytes);
}

/** @returns the length of the frame that begins at `at`, -1 when that is not there yet, undefined when there is none */
function frameBytes(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < 1) return -1;
  const first = bytes.readUInt8(at);
  const isMessage = first < 0x40;
  if (!isMessage && first > lastChannel >> 8) return undefined;
  if (bytes.length - at < channelHeaderBytes) return -1;
  const said = bytes.readUInt16BE(at + 2);
  if (isMessage && said % 4 !== 0) return undefined;
  const length = isMessage ? stunHeaderBytes + said : channelHeaderBytes + ((said + 3) & ~3);
  return length > maxTurnFrameBytes ? undefined : length;
}

function frameOf(bytes: Buffer): TurnFrame {
  if (bytes.readUInt8(0) < 0x40) return { type: "message", bytes };
  const end = channelHeaderBytes + bytes.readUInt16BE(2);
  return {
    type: "channel",
    channel: bytes.readUInt16BE(0),
    data: bytes.subarray(channelHeaderBytes, end),
  };
}
