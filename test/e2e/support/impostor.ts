import { FrameEncryptor, importFrameEpoch } from "@signet/e2ee";
import type { FrameEpoch } from "@signet/e2ee";
import { MediaPeer, newRtpHeader, parseRtp } from "@signet/media/peer";
import type { CallMedia, MediaInput, MediaProvider } from "@signet/terminal";
import { toneSource } from "@signet/terminal/node";
import { Application, createEncoder } from "libopus-wasm";

import { eventually } from "./wait.ts";

const frameMs = 20;
/** RFC 6464: a voice. */
const level = 0x80 | 20;

/** In front of a frame that comes with a word: its header is behind that. */
const carriesWord = 0xf0;

/** Config byte, KID of three bytes, and the counter (RFC 9605 section 4.3): as leaves below 16 seal in their first context. */
function counterIn(payload: Uint8Array): number {
  const config = payload[0] ?? 0;
  const kidBytes = (config & 0x80) === 0 ? 0 : ((config >> 4) & 7) + 1;
  if ((config & 8) === 0) return config & 7;
  return payload
    .subarray(1 + kidBytes, 2 + kidBytes + (config & 7))
    .reduce((counter, byte) => counter * 256 + byte, 0);
}

/** Media of a member who seals what it says in another member's name: it has the keys of all, as everybody in the call. */
export class Impostor implements MediaProvider {
  readonly #hertz: number;
  #epoch: FrameEpoch | undefined;
  #peer: MediaPeer | undefined;
  #input: MediaInput | undefined;
  /** Highest counter of what came last: the victim's, where nobody else speaks. */
  #counter = -1;

  constructor(hertz: number) {
    this.#hertz = hertz;
  }

  start(input: MediaInput): CallMedia {
    this.#input = input;
    return {
      setEpoch: async (secret) => {
        this.#epoch = await importFrameEpoch(secret);
      },
      connect: () => void this.#connect().catch(() => undefined),
      hearWord: () => undefined,
      setMuted: () => undefined,
      setMicrophone: () => Promise.resolve(),
      microphoneLevel: () => 0,
      close: () => this.#peer?.close(),
    };
  }

  async ready(): Promise<void> {
    await eventually("media of the impostor", () => this.#epoch !== undefined && this.#peer !== undefined);
  }

  /** Its own voice. */
  speak(forMs: number): Promise<void> {
    return this.#speak(forMs, this.#epoch?.ownLeaf ?? 0, () => 0);
  }

  /**
   * Sound in the name of this person.
   * @param ahead counts so far ahead of what was heard last
   */
  async speakAs(userId: string, forMs: number, ahead = 3): Promise<void> {
    const victim = this.#epoch?.senders.find(({ person }) => person === userId);
    if (victim === undefined) throw new Error(`${userId} is not in the group`);
    // To count so far takes a while, in which they go on.
    await this.#speak(forMs, victim.leaf, () => this.#counter + 1 + ahead);
  }

  async #speak(forMs: number, ownLeaf: number, from: () => number): Promise<void> {
    const epoch = this.#epoch;
    if (epoch === undefined) throw new Error("no key");
    const encryptor = new FrameEncryptor(0);
    encryptor.setEpoch({ ...epoch, ownLeaf });
    for (let n = 0; n < from(); n++) await encryptor.seal(new Uint8Array(1));
    const source = toneSource(this.#hertz);
    const opus = await createEncoder({ channels: 1, sampleRate: 48_000, application: Application.Voip });
    const startMs = performance.now();
    for (let n = 0; n * frameMs < forMs; n++) {
      const waitMs = startMs + n * frameMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const pcm = source.read();
      if (pcm === undefined) continue;
      const sealed = await encryptor.seal(Uint8Array.from(opus.encode(pcm)));
      if (sealed.type === "sealed") this.#peer?.send(sealed.data, { level });
    }
    opus.free();
  }

  async #connect(): Promise<void> {
    const input = this.#input;
    if (input === undefined) return;
    const header = newRtpHeader();
    const peer = new MediaPeer({
      slots: input.slots,
      address: "127.0.0.1",
      onRtp: (packet) => {
        if (!parseRtp(packet, header)) return;
        const payload = packet.subarray(header.payloadOffset);
        if (payload[0] !== carriesWord) this.#counter = counterIn(payload);
      },
    });
    await peer.accept(await input.exchange(await peer.offer()));
    this.#peer?.close();
    this.#peer = peer;
  }
}
