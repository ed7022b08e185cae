/** Opus of calls: one channel, 48 kHz, frames of 20 ms. The module behind it is WebAssembly, loaded once. */
import { Application, createDecoder, createEncoder } from "libopus-wasm";
import type { OpusDecoderHandle, OpusEncoderHandle } from "libopus-wasm";

import { sampleRate } from "./audio.ts";
import { protectionOf, startProtection } from "./protection.ts";

export type { OpusDecoderHandle, OpusEncoderHandle };

/**
 * For a voice, with redundancy: who misses a packet reads it from the next one. How much of it, {@link ./protection.ts} says. Complexity 5 takes
 * 60 % of the CPU of 9, and nobody told them apart at this rate. With `constantRate` every packet has 80 bytes, whatever is said.
 */
export function createVoiceEncoder(
  options: { constantRate?: boolean; redundancy?: boolean } = {},
): Promise<OpusEncoderHandle> {
  const { bitrateBps, packetLossPercent } = protectionOf(startProtection);
  return createEncoder({
    channels: 1,
    sampleRate,
    application: Application.Voip,
    bitrate: bitrateBps,
    complexity: 5,
    fec: options.redundancy !== false,
    packetLossPercent,
    vbr: options.constantRate !== true,
  });
}

/** For a file: all that was heard, with no redundancy. */
export function createFileEncoder(): Promise<OpusEncoderHandle> {
  return createEncoder({
    channels: 1,
    sampleRate,
    application: Application.Audio,
    bitrate: 48_000,
    complexity: 5,
  });
}

/**
 * Whether a packet says again what the one before it said (RFC 6716 sections 4.2.3 and 4.2.4).
 * @param packet one frame of one channel, 20 ms; others do not count
 */
export function saysAgain(packet: Uint8Array): boolean {
  const [head = 0, flags = 0] = packet;
  // Those of the upper half have no such part (table 2), and only code 0 has the flags in the second byte.
  return packet.length > 1 && head >> 3 < 16 && (head & 0b111) === 0 && (flags & 0x40) !== 0;
}

/** Mixes stereo down by itself. */
export function createMonoDecoder(): Promise<OpusDecoderHandle> {
  return createDecoder({ channels: 1, sampleRate });
}
