/** The header of Ogg Opus (RFC 7845 section 5.1), and how its streams become one channel. */
import type { Bytes } from "@signet/protocol";

import { badFile } from "./bad-file.ts";
import { weightsOf } from "./mix-down.ts";
import type { Place } from "./mix-down.ts";
import { startsWith } from "./other-formats.ts";

export interface OpusHead {
  /** Samples at 48 kHz to leave out at the beginning. */
  readonly preSkip: number;
  /** Q7.8 dB. */
  readonly gain: number;
  /** How loudly each stream is heard, once it was decoded to one channel. */
  readonly weights: readonly number[];
}

/** Vorbis' order of channels, by their number (section 5.1.1.2). */
const channelOrders: readonly (readonly Place[])[] = [
  [],
  ["FC"],
  ["FL", "FR"],
  ["FL", "FC", "FR"],
  ["FL", "FR", "BL", "BR"],
  ["FL", "FC", "FR", "BL", "BR"],
  ["FL", "FC", "FR", "BL", "BR", "LFE"],
  ["FL", "FC", "FR", "SL", "SR", "BC", "LFE"],
  ["FL", "FC", "FR", "SL", "SR", "BL", "BR", "LFE"],
];

const silent = 255;

/** @throws SignetError `media.badFile` */
export function parseOpusHead(packet: Bytes): OpusHead {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (packet.length < 19 || !startsWith(packet, "OpusHead")) throw badFile("no Opus in the Ogg file");
  // Minor versions are compatible.
  if (view.getUint8(8) > 15) throw badFile("unknown version of Ogg Opus");
  const channels = view.getUint8(9);
  return {
    preSkip: view.getUint16(10, true),
    gain: view.getInt16(16, true),
    weights: streamWeights(packet, channels, view.getUint8(18)),
  };
}

function streamWeights(packet: Bytes, channels: number, family: number): readonly number[] {
  if (family === 0 && (channels === 1 || channels === 2)) return [1];
  const order = family === 1 ? channelOrders[channels] : undefined;
  if (order === undefined || channels === 0)
    throw badFile(`Ogg Opus of ${channels} channels of family ${family}`);
  const [streams = 0, coupled = 0] = packet.subarray(19);
  const mapping = packet.subarray(21, 21 + channels);
  const isSound =
    streams > 0 &&
    coupled <= streams &&
    streams + coupled <= 255 &&
    mapping.length === channels &&
    mapping.every((index) => index === silent || index < streams + coupled);
  if (!isSound) throw badFile("the channels of the Ogg Opus file contradict each other");
  const weights = Array.from({ length: streams }, () => 0);
  const channelWeights = weightsOf(order);
  for (const [channel, index] of mapping.entries()) {
    if (index === silent) continue;
    // The first ones have two channels, of which a decoder for one gives the mean.
    const stream = index < 2 * coupled ? index >> 1 : index - coupled;
    weights[stream] = (weights[stream] ?? 0) + (channelWeights[channel] ?? 0);
  }
  return weights;
}
