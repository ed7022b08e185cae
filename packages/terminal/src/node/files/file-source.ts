import { SignetError } from "@signet/protocol";

import { frameSamples, sampleRate } from "../audio.ts";
import type { AudioSource } from "../audio.ts";
import { badFile, otherFormat } from "./bad-file.ts";
import { readWhole } from "./input.ts";
import type { Input } from "./input.ts";
import { openInput } from "./input-file.ts";
import { openOpus } from "./opus-reader.ts";
import { otherFormatOf, startsWith } from "./other-formats.ts";
import { Resampler } from "./resampler.ts";
import type { SampleStream } from "./sample-stream.ts";
import { openWav } from "./wav-reader.ts";

/**
 * The sound of a WAV or Ogg Opus file, told apart by what is in it, or of a pipe that brings one, which plays as it comes. Read piece
 * by piece.
 * @param source a path, or a descriptor that is open, such as 0 for standard input
 * @param options.loop begins anew at the end, without a gap; then it never ends. Not for a pipe
 * @throws SignetError `media.noFile`, `media.badFile`, `media.otherFormat`, `media.pipeLoops`
 */
export async function openAudioFile(
  source: string | number,
  options: { readonly loop?: boolean } = {},
): Promise<AudioSource> {
  const input = openInput(source);
  try {
    if (options.loop === true && !input.canRewind) throw new SignetError("media.pipeLoops");
    const loop = options.loop === true;
    // What goes round, and what somebody pipes in as they hear it, is as good at any time.
    return new FileSource(await openStream(input), { loop, waits: input.canRewind && !loop });
  } catch (error) {
    input.close();
    throw error;
  }
}

async function openStream(input: Input): Promise<SampleStream> {
  const tagBytes = await id3Bytes(input);
  input.forget(tagBytes);
  const start = await readWhole(input, tagBytes, 12);
  if (["RIFF", "RF64", "BW64"].some((name) => startsWith(start, name))) return openWav(input, tagBytes);
  if (startsWith(start, "OggS")) return openOpus(input, tagBytes);
  if (start.length === 0) throw badFile("nothing in it");
  const other = otherFormatOf(start, tagBytes > 0);
  throw other === undefined ? badFile("neither WAV nor Ogg Opus") : otherFormat(other);
}

/** Of the tag that some programs put before any kind of sound (id3.org, ID3v2.4 section 3.1). */
async function id3Bytes(input: Input): Promise<number> {
  const head = await readWhole(input, 0, 10);
  if (head.length < 10 || !startsWith(head, "ID3")) return 0;
  const [, , , , , flags = 0, ...size] = head;
  const bodyBytes = size.reduce((sum, bits) => sum * 128 + (bits & 127), 0);
  return 10 + bodyBytes + ((flags & 0x10) === 0 ? 0 : 10);
}

class FileSource implements AudioSource {
  readonly ended: Promise<void>;
  readonly waits: boolean;
  readonly #stream: SampleStream;
  readonly #loop: boolean;
  readonly #resampler: Resampler | undefined;
  readonly #end: () => void;
  #samples = new Float32Array(0);
  #exhausted = false;
  #closed = false;

  constructor(stream: SampleStream, { loop, waits }: { readonly loop: boolean; readonly waits: boolean }) {
    this.#stream = stream;
    this.waits = waits;
    this.#loop = loop;
    this.#resampler = stream.rate === sampleRate ? undefined : new Resampler(stream.rate);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  read(): Int16Array | undefined {
    if (this.#closed) return undefined;
    while (this.#samples.length < frameSamples && !this.#exhausted) if (!this.#more()) return undefined;
    if (this.#samples.length === 0) {
      this.#end();
      return undefined;
    }
    // The rest of the last one is silence.
    const frame = new Int16Array(frameSamples);
    const count = Math.min(frameSamples, this.#samples.length);
    for (let i = 0; i < count; i++)
      frame[i] = Math.max(-32_768, Math.min(32_767, Math.round((this.#samples[i] ?? 0) * 32_768)));
    this.#samples = this.#samples.subarray(count);
    return frame;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.close();
    this.#end();
  }

  /** @returns false when there is nothing now, and more will come */
  #more(): boolean {
    let read = this.#readOn();
    if (read === undefined && this.#loop) {
      this.#stream.rewind();
      read = this.#readOn();
    }
    if (read === undefined) {
      this.#exhausted = true;
      if (this.#resampler !== undefined) this.#append(this.#resampler.flush());
      return true;
    }
    this.#append(this.#resampler === undefined ? read : this.#resampler.push(read));
    return read.length > 0;
  }

  /** A file that becomes unreadable while it plays ends there. */
  #readOn(): Float32Array | undefined {
    try {
      return this.#stream.read();
    } catch {
      return undefined;
    }
  }

  #append(samples: Float32Array): void {
    const both = new Float32Array(this.#samples.length + samples.length);
    both.set(this.#samples);
    both.set(samples, this.#samples.length);
    this.#samples = both;
  }
}
