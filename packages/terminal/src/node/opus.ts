/** Opus of calls: one channel, 48 kHz, frames of 20 ms. The module behind it is WebAssembly, loaded once. */
import { Application, createDecoder, createEncoder } from "libopus-wasm";
import type { OpusDecoderHandle, OpusEncoderHandle } from "libopus-wasm";

import { sampleRate } from "./audio.ts";

export type { OpusDecoderHandle, OpusEncoderHandle };

/**
 * For a voice. With redundancy for one packet in ten: who misses a packet reads it from the next one. Complexity 5 takes
 * 60 % of the CPU of 9, and nobody told them apart at this rate. With `constantRate` every packet has 80 bytes, whatever is said.
 */
export function createVoiceEncoder(options: { constantRate?: boolean } = {}): Promise<OpusEncoderHandle> {
  return createEncoder({
    channels: 1,
    sampleRate,
    application: Application.Voip,
    bitrate: 32_000,
    complexity: 5,
    fec: true,
    packetLossPercent: 10,
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

/** Mixes stereo down by itself. */
export function createMonoDecoder(): Promise<OpusDecoderHandle> {
  return createDecoder({ channels: 1, sampleRate });
}
