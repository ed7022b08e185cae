import { frameSamples, sampleRate } from "../audio.ts";
import type { AudioSource } from "../audio.ts";
import { badFile } from "./bad-file.ts";
import { InputFile } from "./input-file.ts";
import { openOpus } from "./opus-reader.ts";
import { Resampler } from "./resampler.ts";
import type { SampleStream } from "./sample-stream.ts";
import { openWav } from "./wav-reader.ts";

/**
 * The sound of a WAV or Ogg Opus file, told apart by what is in it. Read piece by piece.
 * @param options.loop begins anew at the end, without a gap; then it never ends
 * @throws SignetError `media.noFile`, `media.badFile`
 */
export async function openAudioFile(
  path: string,
  options: { readonly loop?: boolean } = {},
): Promise<AudioSource> {
  const file = new InputFile(path);
  try {
    return new FileSource(await openStream(file), options.loop === true);
  } catch (error) {
    file.close();
    throw error;
  }
}

async function openStream(file: InputFile): Promise<SampleStream> {
  const start = String.fromCharCode(...file.read(0, 4));
  if (start === "RIFF") return openWav(file);
  if (start === "OggS") return openOpus(file);
  throw badFile("neither WAV nor Ogg");
}

class FileSource implements AudioSource {
  readonly ended: Promise<void>;
  readonly #stream: SampleStream;
  readonly #loop: boolean;
  readonly #resampler: Resampler | undefined;
  readonly #end: () => void;
  #samples = new Float32Array(0);
  #exhausted = false;
  #closed = false;

  constructor(stream: SampleStream, loop: boolean) {
    this.#stream = stream;
    this.#loop = loop;
    this.#resampler = stream.rate === sampleRate ? undefined : new Resampler(stream.rate);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  read(): Int16Array | undefined {
    if (this.#closed) return undefined;
    while (this.#samples.length < frameSamples && !this.#exhausted) this.#more();
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

  #more(): void {
    let read = this.#readOn();
    if (read === undefined && this.#loop) {
      this.#stream.rewind();
      read = this.#readOn();
    }
    if (read === undefined) {
      this.#exhausted = true;
      if (this.#resampler !== undefined) this.#append(this.#resampler.flush());
    } else this.#append(this.#resampler === undefined ? read : this.#resampler.push(read));
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
