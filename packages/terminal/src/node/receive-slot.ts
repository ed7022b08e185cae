import type { OpenResult, ReceiveStream } from "@signet/e2ee";
import { MissingPackets } from "@signet/media/peer";
import type { Bytes } from "@signet/protocol";

import type { Speaker } from "../environment.ts";
import { frameSamples, loudnessOf } from "./audio.ts";
import { JitterBuffer } from "./jitter-buffer.ts";
import { saysAgain } from "./opus.ts";
import type { OpusDecoderHandle } from "./opus.ts";
import type { PlayedVoices } from "./played-voices.ts";
import { SlotTurns } from "./slot-turns.ts";

type Opened = Extract<OpenResult, { type: "opened" }>;

/** How 20 ms of a voice were played: as they came, from what the next packet says of them again, or made up from what was before. */
export type PlayedAs = "came" | "recovered" | "concealed";

/** A slot that changes hands more often than this does not change its speaker: a server could flood the view so. Ticks. */
const steadyTicks = 5;
/** A slot without frames for this long has no speaker, as in a browser (`SlotSpeakers`). Ticks. */
const quietTicks = 75;
/** Frames that wait for their key; more would only come too late. */
const mostOpening = 50;

/** One slot: from RTP payloads to 20 ms of sound at a time. */
export class ReceiveSlot {
  /** How loud it is now, 0 to 1. */
  level = 0;
  readonly #stream: ReceiveStream;
  readonly #decoder: OpusDecoderHandle;
  readonly #played: PlayedVoices;
  readonly #turns = new SlotTurns();
  readonly #buffer: JitterBuffer<Opened>;
  readonly #missing = new MissingPackets();
  readonly #onSpeaker: (speaker: Speaker | undefined) => void;
  readonly #onPlayed: (how: PlayedAs) => void;
  #opening = 0;
  #closed = false;
  /** Decoded and not played yet, where a packet held more than 20 ms. */
  #rest: Int16Array = new Int16Array(0);
  #speaker: Speaker | undefined;
  #sinceChange = steadyTicks;
  #sinceFrame = 0;

  /** @param played of the call; whoever plays tells it each tick */
  constructor(
    stream: ReceiveStream,
    decoder: OpusDecoderHandle,
    played: PlayedVoices,
    onSpeaker: (speaker: Speaker | undefined) => void,
    onPlayed: (how: PlayedAs) => void = () => undefined,
  ) {
    this.#stream = stream;
    this.#decoder = decoder;
    this.#played = played;
    this.#onSpeaker = onSpeaker;
    this.#onPlayed = onPlayed;
    this.#buffer = new JitterBuffer({
      waitFor: ({ voice, place }) => played.waitFor(voice, place),
      follows: (frame, next) => next.voice === frame.voice && next.place === frame.place + 1,
    });
  }

  /** Packets that somebody in the call sealed, each once. */
  get authentic(): number {
    return this.#stream.authentic;
  }

  /**
   * @param payload as it came, still encrypted; kept until it is opened
   * @returns whether it had been asked for: it was lost, and sent again
   */
  receive(sequence: number, payload: Bytes, nowMs: number): boolean {
    const wasAskedFor = this.#missing.arrived(sequence, nowMs);
    if (this.#opening < mostOpening) this.#open(sequence, payload);
    return wasAskedFor;
  }

  #open(sequence: number, payload: Bytes): void {
    this.#opening++;
    void this.#stream.open(payload).then(
      (result) => {
        this.#opening--;
        if (result.type !== "opened" || this.#closed) return;
        this.#buffer.insert(this.#turns.indexOf(result.voice, result.place, sequence), result);
      },
      () => this.#opening--,
    );
  }

  /** Packets to ask the SFU for, if any. */
  toAsk(nowMs: number): readonly { readonly first: number; readonly count: number }[] {
    return this.#missing.toAsk(nowMs);
  }

  /** @returns the next 20 ms; undefined for silence */
  play(): Int16Array | undefined {
    this.#sinceChange++;
    this.#sinceFrame++;
    if (this.#speaker !== undefined && this.#sinceFrame > quietTicks) {
      this.#speaker = undefined;
      this.#onSpeaker(undefined);
    }
    let frame = this.#rest;
    while (frame.length < frameSamples) {
      const more = this.#next();
      if (more === undefined) break;
      frame = frame.length === 0 ? more : concatenate(frame, more);
    }
    if (frame.length === 0) {
      this.level = 0;
      return undefined;
    }
    this.#rest = frame.subarray(frameSamples);
    const played = frame.length === frameSamples ? frame : frame.subarray(0, frameSamples);
    this.level = loudnessOf(played);
    return played;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Else whoever spoke last would seem to speak for ever.
    this.level = 0;
    this.#decoder.free();
  }

  #next(): Int16Array | undefined {
    if (this.#closed) return undefined;
    const playout = this.#buffer.next();
    if (playout.type === "silence") return undefined;
    if (playout.type === "lost") return this.#conceal(playout.following);
    this.#tellSpeaker(playout.frame);
    const pcm = this.#decode(playout.frame);
    return playout.joined === undefined ? pcm : blend(pcm, this.#decode(playout.joined));
  }

  #decode({ data, voice, place }: Opened): Int16Array {
    this.#played.played(voice, place);
    try {
      const pcm = this.#decoder.decode(data);
      this.#onPlayed("came");
      return pcm;
    } catch {
      // Sealed by a member, and yet no Opus: it sounds as if it were lost.
      return this.#conceal(undefined);
    }
  }

  #conceal(following: Opened | undefined): Int16Array {
    try {
      if (following === undefined || !this.#mayRecover(following)) {
        this.#onPlayed("concealed");
        return this.#decoder.decodePacketLoss(frameSamples);
      }
      this.#played.played(following.voice, following.place - 1);
      this.#onPlayed(saysAgain(following.data) ? "recovered" : "concealed");
      return this.#decoder.decode(following.data, { decodeFec: true, frameSize: frameSamples });
    } catch {
      return new Int16Array(frameSamples);
    }
  }

  /** What a frame holds of the one before it is heard only where that one may be. */
  #mayRecover({ voice, place }: Opened): boolean {
    return this.#played.waitFor(voice, place - 1) === 0;
  }

  #tellSpeaker({ leaf, epoch }: Opened): void {
    this.#sinceFrame = 0;
    if (leaf === this.#speaker?.leaf && epoch === this.#speaker.epoch) return;
    if (this.#sinceChange < steadyTicks) return;
    this.#sinceChange = 0;
    this.#speaker = { leaf, epoch };
    this.#onSpeaker(this.#speaker);
  }
}

function concatenate(first: Int16Array, second: Int16Array): Int16Array {
  const both = new Int16Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Fades from the one to the other, so that leaving 20 ms out makes no click. */
function blend(from: Int16Array, to: Int16Array): Int16Array {
  const length = Math.min(from.length, to.length);
  const out = new Int16Array(length);
  for (let i = 0; i < length; i++) {
    const share = i / length;
    out[i] = (from[i] ?? 0) * (1 - share) + (to[i] ?? 0) * share;
  }
  return out;
}
