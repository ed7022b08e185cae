import { MediaPeer } from "@signet/media/peer";

import { createMonoDecoder, createVoiceEncoder } from "./opus.ts";
import { frameSamples } from "./audio.ts";

export interface SelfTest {
  /** `webrtc`: node-datachannel, which comes as a program for each platform; `opus`: WebAssembly. */
  readonly part: "webrtc" | "opus";
  readonly works: boolean;
}

/** Whether what calls are made of runs on this machine: an offer can be made, and a frame comes through Opus. */
export async function selfTest(): Promise<readonly SelfTest[]> {
  return [
    { part: "webrtc", works: await succeeds(makeOffer) },
    { part: "opus", works: await succeeds(codeFrame) },
  ];
}

async function makeOffer(): Promise<void> {
  const peer = new MediaPeer({ slots: 1 });
  try {
    await peer.offer();
  } finally {
    peer.close();
  }
}

async function codeFrame(): Promise<void> {
  const encoder = await createVoiceEncoder();
  const decoder = await createMonoDecoder();
  try {
    decoder.decode(encoder.encode(new Int16Array(frameSamples)));
  } finally {
    encoder.free();
    decoder.free();
  }
}

const succeeds = (run: () => Promise<void>): Promise<boolean> =>
  run().then(
    () => true,
    () => false,
  );
