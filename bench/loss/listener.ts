/** A terminal without a browser that says the sentence over and over, and keeps what it hears. */
import { setTimeout as delay } from "node:timers/promises";

import { registerHeadless } from "@signet/e2e/support/headless.ts";
import type { Headless } from "@signet/e2e/support/headless.ts";
import type { MediaProvider } from "@signet/terminal";
import { frameSamples, nodeMedia, openAudioFile } from "@signet/terminal/node";
import type { AudioSink } from "@signet/terminal/node";

import { measureMs, settleMs } from "./figures.ts";
import type { LossTask } from "./figures.ts";
import { intelligibility } from "./intelligibility.ts";

export class Listener implements AudioSink {
  headless!: Headless;
  readonly #said: Int16Array;
  #frames: Int16Array[] = [];
  #count = { came: 0, recovered: 0, concealed: 0 };

  private constructor(said: Int16Array) {
    this.#said = said;
  }

  static async open(
    userId: string,
    { fec, origin, sentence }: LossTask,
    around: (media: MediaProvider) => MediaProvider = (media) => media,
  ): Promise<Listener> {
    const listener = new Listener(await samplesOf(sentence));
    const source = await openAudioFile(sentence, { loop: true });
    const media = nodeMedia({
      source: () => source,
      sink: () => listener,
      onPlayed: (how) => listener.#count[how]++,
      redundancy: fec,
      localAddress: "127.0.0.1",
    });
    listener.headless = await registerHeadless(origin, userId, { environment: { media: around(media) } });
    return listener;
  }

  write(frame: Int16Array): void {
    this.#frames.push(frame.slice());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  forget(): void {
    this.#frames = [];
    this.#count = { came: 0, recovered: 0, concealed: 0 };
  }

  figures(): { concealed: number; recovered: number; understood: number } {
    const { came, concealed, recovered } = this.#count;
    const all = came + concealed + recovered;
    const heard = new Int16Array(this.#frames.length * frameSamples);
    for (const [i, frame] of this.#frames.entries()) heard.set(frame, i * frameSamples);
    return {
      concealed: concealed / all,
      recovered: recovered / all,
      understood: intelligibility(this.#said, heard),
    };
  }
}

async function samplesOf(path: string): Promise<Int16Array> {
  const source = await openAudioFile(path);
  const frames: Int16Array[] = [];
  for (let frame = source.read(); frame !== undefined; frame = source.read()) frames.push(frame.slice());
  source.close();
  const samples = new Int16Array(frames.length * frameSamples);
  for (const [i, frame] of frames.entries()) samples.set(frame, i * frameSamples);
  return samples;
}

/** Waits until what is sent is protected as the network needs it, and then as long as is measured. */
export async function measured(forget: () => unknown): Promise<void> {
  await delay(settleMs);
  await forget();
  await delay(measureMs);
}
