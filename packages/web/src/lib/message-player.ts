/** Plays a voice message that was read, and found to be of the one form, by the chosen loudspeaker. */
import { readMessageSound, SignetError, writeMessageSound } from "@signet/terminal";

import { preferredDevice } from "./sound-devices.ts";
import { openOutput } from "./sound-output.ts";
import type { SoundOutput } from "./sound-output.ts";

const sampleRate = 48_000;

export class MessagePlayer {
  static #playing: MessagePlayer | undefined;
  readonly #sound: AudioBuffer;
  #context: AudioContext | undefined;
  #output: SoundOutput | undefined;
  #source: AudioBufferSourceNode | undefined;
  /** Where it was when it began to play, and when that was, by the context's clock. */
  #fromS = 0;
  #beganS = 0;
  /** Of the last wish to play or to stop: an earlier one that waits still is not fulfilled. */
  #wish = 0;

  private constructor(sound: AudioBuffer) {
    this.#sound = sound;
  }

  /** @throws SignetError `message.badSound` where it is not what may be played, or the browser cannot */
  static async open(bytes: Uint8Array<ArrayBuffer>): Promise<MessagePlayer> {
    // Written anew: the browser's own reader of files gets nothing that somebody else wrote.
    const { buffer } = writeMessageSound(readMessageSound(bytes));
    try {
      const context = new OfflineAudioContext({ length: 1, numberOfChannels: 1, sampleRate });
      return new MessagePlayer(await context.decodeAudioData(buffer));
    } catch (cause) {
      throw new SignetError("message.badSound", cause);
    }
  }

  get lengthS(): number {
    return this.#sound.duration;
  }

  get isPlaying(): boolean {
    return this.#source !== undefined;
  }

  get atS(): number {
    const { currentTime = 0 } = this.#context ?? {};
    const atS = this.#source === undefined ? this.#fromS : this.#fromS + currentTime - this.#beganS;
    return Math.min(Math.max(0, atS), this.lengthS);
  }

  /** @param onEnd it was played to its end */
  async play(onEnd: () => void): Promise<void> {
    this.stop();
    const wish = this.#wish;
    const context = (this.#context ??= new AudioContext());
    await context.resume();
    if (wish !== this.#wish) return;
    const output = await openOutput(context, preferredDevice("loudspeaker"));
    if (wish !== this.#wish) {
      output.close();
      return;
    }
    // One at a time.
    MessagePlayer.#playing?.stop();
    MessagePlayer.#playing = this;
    const source = new AudioBufferSourceNode(context, { buffer: this.#sound });
    source.connect(output.node);
    source.addEventListener("ended", () => {
      if (this.#source !== source) return;
      this.#silence();
      this.#fromS = 0;
      onEnd();
    });
    if (this.#fromS >= this.lengthS) this.#fromS = 0;
    this.#beganS = context.currentTime;
    this.#source = source;
    this.#output = output;
    source.start(0, this.#fromS);
  }

  /** It goes on from there. */
  stop(): void {
    this.#fromS = this.atS;
    this.#silence();
  }

  /** @param onEnd as of {@link play}, where it plays on */
  async seek(toS: number, onEnd: () => void): Promise<void> {
    const wasPlaying = this.isPlaying;
    this.stop();
    this.#fromS = Math.min(Math.max(0, toS), this.lengthS);
    if (wasPlaying) await this.play(onEnd);
  }

  close(): void {
    this.#silence();
    this.#context?.close().catch(() => {});
    this.#context = undefined;
  }

  #silence(): void {
    this.#wish++;
    if (MessagePlayer.#playing === this) MessagePlayer.#playing = undefined;
    const source = this.#source;
    this.#source = undefined;
    source?.stop();
    this.#output?.close();
    this.#output = undefined;
  }
}
