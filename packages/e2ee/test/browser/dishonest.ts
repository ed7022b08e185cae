/** Scenarios in which the server plays with the frames of a voice. */
import { FrameEncryptor } from "../../src/frames/frame-encryptor.ts";
import { createProtectedConnection } from "../../src/frames/protected-connection.ts";
import type { FrameDropReason } from "../../src/frames/worker-messages.ts";
import { importBaseKey } from "../../src/sframe/key.ts";
import type { Bytes } from "./control.ts";
import type { DishonestOrders } from "./dishonest-worker.ts";
import { anna, ben, connect, guarded, play, terminalFrames, tone, until } from "./peers.ts";
import { someBytes } from "./some-bytes.ts";
import { encodeSentence, Listener, sentence } from "./words.ts";
import type { Word } from "./words.ts";
import { sendersAt } from "../senders.ts";

/** Of Chromium: the samples of a track, as they are played. */
declare const MediaStreamTrackProcessor: new (init: { readonly track: MediaStreamTrack }) => {
  readonly readable: ReadableStream<AudioData>;
};

/** What anna says, sealed in the order in which she says it. */
async function sealedSentence(): Promise<ReadonlyMap<Word, readonly Bytes[]>> {
  const encryptor = new FrameEncryptor(0);
  const baseKey = await importBaseKey(someBytes(16, 1));
  encryptor.setEpoch({ epoch: 1n, baseKey, senders: sendersAt([anna, ben]), ownLeaf: anna });
  const encoded = await encodeSentence();
  const sealed = new Map<Word, Bytes[]>();
  for (const word of sentence) {
    const frames: Bytes[] = [];
    for (const frame of encoded.get(word) ?? []) {
      const result = await encryptor.seal(frame);
      if (result.type === "sealed") frames.push(result.data);
    }
    sealed.set(word, frames);
  }
  return sealed;
}

async function listen(track: MediaStreamTrack, listener: Listener): Promise<void> {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
    const data = next.value;
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    data.close();
    listener.push(samples);
  }
}

export const dishonestScenarios = {
  /**
   * The server sends ben what anna said, as it likes: words, and numbers for so many frames of RTP's time in which nothing is sent.
   * @returns what ben's terminal plays, 10 ms a letter, until it played "z"; and what it did not take
   */
  async toldOtherwise(
    told: readonly (Word | number)[],
    lead: number,
  ): Promise<{ heard: string; dropped: Partial<Record<FrameDropReason, number>> }> {
    const sealed = await sealedSentence();
    const orders = told.flatMap((part): readonly (Bytes | null)[] =>
      typeof part === "number" ? Array.from({ length: part }, () => null) : (sealed.get(part) ?? []),
    );
    const frames = await terminalFrames(ben, 1n);
    const connection = createProtectedConnection({ frames, slotCount: 1 });
    const worker = new Worker(new URL("./dishonest-worker.ts", import.meta.url), { type: "module" });
    const server = new RTCPeerConnection(guarded);
    await connect(connection.peerConnection, server, () => {
      const slot = server.getTransceivers()[1];
      if (slot === undefined) throw new Error("no slot");
      slot.direction = "sendonly";
      const options: DishonestOrders = { orders, lead };
      slot.sender.transform = new RTCRtpScriptTransform(worker, options);
    });
    const listener = new Listener();
    for (const { receiver } of connection.slots) {
      play(receiver.track);
      void listen(receiver.track, listener);
    }
    // Silence is played before anything comes; whoever listens then misses nothing.
    await until(() => listener.heard.length >= 10);
    await server.getTransceivers()[1]?.sender.replaceTrack(tone(330));
    await until(() => listener.heard.includes("z"));
    const { framesDropped } = await frames.counters(0);
    connection.close();
    server.close();
    frames.close();
    worker.terminate();
    return { heard: listener.heard, dropped: framesDropped };
  },
};
