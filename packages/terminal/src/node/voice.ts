import { SerialQueue, SignetError } from "@signet/protocol";
import { frameMs, speechDbov } from "@signet/protocol/voice";
import type { Bytes, ErrorCode } from "@signet/protocol";

import type { MicrophoneState } from "../state.ts";
import { frameSamples, loudnessOf, silentFrame } from "./audio.ts";
import type { AudioSource, DeviceTrouble } from "./audio.ts";
import { createVoiceEncoder } from "./opus.ts";
import type { OpusEncoderHandle } from "./opus.ts";
import { Pacer } from "./pacer.ts";
import { protectionOf, startProtection, stepProtection } from "./protection.ts";

/** A `FrameEncryptor`, or several of them, one after the other. */
export interface Sealer {
  seal(
    frame: Bytes,
  ): Promise<{ readonly type: "sealed"; readonly data: Bytes } | { readonly type: "dropped" }>;
}

export interface VoiceOptions {
  readonly source: (() => AudioSource) | undefined;
  readonly encryptor: Sealer;
  /** All packets have one size. */
  readonly constantRate: boolean;
  /** Each packet says again what the one before it said; default yes. */
  readonly redundancy?: boolean;
  onMicrophone(state: MicrophoneState): void;
  /** Takes what is encrypted. @param level RFC 6464 byte */
  send(sealed: Bytes, level: number): void;
  /** What was just said; used again after the call. */
  onSaid(frame: Int16Array): void;
  /** Nothing can be encrypted any more. */
  onFailure(cause: unknown): void;
}

/** What one says: read from the source every 20 ms, encoded, sealed and sent in order. */
export class Voice {
  readonly #options: VoiceOptions;
  readonly #pacer = new Pacer(frameMs, () => this.#speak());
  #source: AudioSource | undefined;
  #trouble: DeviceTrouble | undefined;
  #encoder: OpusEncoderHandle | undefined;
  #protection = startProtection;
  #muted = false;
  #reads = false;
  #isUnheard = false;
  #closed = false;
  #level = 0;
  /** Sealing may finish out of order. */
  readonly #sending = new SerialQueue();

  constructor(options: VoiceOptions) {
    this.#options = options;
    this.open();
    createVoiceEncoder(options).then(
      (encoder) => {
        if (this.#closed) encoder.free();
        else this.#encoder = encoder;
        this.#protect();
      },
      (error: unknown) => options.onFailure(error),
    );
  }

  /** Asks for the source, in place of the one there is. */
  open(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#trouble = undefined;
    this.#level = 0;
    if (this.#options.source === undefined) return this.#unavailable("media.noMicrophone");
    try {
      const source = this.#options.source();
      this.#source = source;
      source.ended.catch((error: unknown) => {
        if (source === this.#source && !this.#closed) this.#lose(error);
      });
      source.watch?.((trouble) => {
        if (source !== this.#source || this.#closed) return;
        this.#trouble = trouble;
        this.#tell();
      });
      // It may have told of something.
      if (this.#trouble === undefined) this.#tell();
    } catch (error) {
      this.#lose(error);
    }
  }

  /** Sends: silence at first. */
  start(): void {
    if (!this.#closed) this.#pacer.start();
  }

  /** From now on the source is read. */
  begin(): void {
    this.#reads = true;
    this.#isUnheard = false;
  }

  /** Until it begins again, nothing is read that can wait. */
  pause(): void {
    this.#isUnheard = true;
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#source !== undefined) this.#tell();
  }

  /** The network lost that share of what was sent lately, 0 to 1. */
  lost(share: number): void {
    const next = stepProtection(this.#protection, share);
    const isOther = next.step !== this.#protection.step;
    this.#protection = next;
    if (isOther) this.#protect();
  }

  /** Root mean square of what is sent, 0 to 1. */
  level(): number {
    return this.#level;
  }

  stop(): void {
    this.#pacer.stop();
    this.#level = 0;
  }

  close(): void {
    this.#closed = true;
    this.stop();
    this.#source?.close();
    this.#source = undefined;
    this.#encoder?.free();
    this.#encoder = undefined;
  }

  #speak(): void {
    const source = this.#source;
    if (this.#encoder === undefined || source === undefined) return;
    // Read while muted, too: time goes on for a file, and a microphone must not tell later what was said now.
    let read: Int16Array | undefined;
    try {
      read = this.#reads && !(this.#isUnheard && source.waits === true) ? source.read() : undefined;
    } catch (error) {
      return this.#lose(error);
    }
    // Whoever was read may have ended the call.
    const encoder = this.#encoder;
    if (encoder === undefined) return;
    const frame = read === undefined || this.#muted || read.length !== frameSamples ? silentFrame : read;
    this.#level = loudnessOf(frame);
    const level = levelByte(this.#level);
    let encoded: Bytes;
    try {
      encoded = encoder.encode(frame) as Bytes;
    } catch (error) {
      return this.#options.onFailure(error);
    }
    const sealed = this.#options.encryptor.seal(encoded);
    this.#options.onSaid(frame);
    this.#sending
      .run(async () => {
        const result = await sealed;
        // Without a key nothing is sent: never what was not sealed.
        if (result.type === "sealed" && !this.#closed) this.#options.send(result.data, level);
      })
      .catch((error: unknown) => this.#options.onFailure(error));
  }

  #protect(): void {
    const { bitrateBps, packetLossPercent } = protectionOf(this.#protection);
    this.#encoder?.setPacketLossPercent(packetLossPercent);
    // Where all packets have one size they keep it, whatever the network does: the redundancy takes its share of that.
    if (!this.#options.constantRate) this.#encoder?.setBitrate(bitrateBps);
  }

  #tell(): void {
    const trouble = this.#trouble;
    if (trouble instanceof SignetError) return this.#unavailable(trouble.code);
    const status = this.#muted ? "muted" : "on";
    this.#options.onMicrophone({ status, ...(trouble === undefined ? {} : { silent: true }) });
  }

  #lose(error: unknown): void {
    this.#source?.close();
    this.#source = undefined;
    this.#unavailable(error instanceof SignetError ? error.code : "media.noMicrophone");
  }

  #unavailable(code: ErrorCode): void {
    // Not with the next frame: who is told must not see a voice that is not there.
    this.#level = 0;
    this.#options.onMicrophone({ status: "unavailable", code });
  }
}

/** @param loudness 0 to 1 @returns RFC 6464: -dBov, 127 for silence, with the bit for speech */
export function levelByte(loudness: number): number {
  const dbov = loudness <= 0 ? 127 : Math.min(127, Math.max(0, Math.round(-20 * Math.log10(loudness))));
  return dbov <= speechDbov ? dbov | 0x80 : dbov;
}
