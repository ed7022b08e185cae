import { frameSamples } from "./audio.ts";

const frameBytes = frameSamples * 2;
/** Frames that wait to be sent, 100 ms; older ones are left out, since the recorder's clock is another than ours. */
const mostFrames = 5;
/** Frames that may wait beside those of one chunk: recorders hand out up to 125 ms at a time, and none of that is old. */
const spareFrames = 2;
/** Reads of a second. */
const windowReads = 50;

/** What a recorder gave and nobody read yet, in frames. Pure; a read every 20 ms is its only clock. */
export class HeardFrames {
  readonly #frames: Int16Array[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #reads = 0;
  #fewest = Infinity;

  /** @param chunk samples of 16 bits, little-endian; it need not end where a frame or a sample does */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const count = Math.floor(bytes.length / frameBytes);
    for (let n = 0; n < count; n++)
      this.#frames.push(
        Int16Array.from({ length: frameSamples }, (_, i) => bytes.readInt16LE(n * frameBytes + i * 2)),
      );
    this.#rest = Buffer.from(bytes.subarray(count * frameBytes));
    this.#leaveOut(this.#frames.length - Math.max(mostFrames, count + spareFrames));
  }

  read(): Int16Array | undefined {
    this.#fewest = Math.min(this.#fewest, this.#frames.length);
    if (++this.#reads === windowReads) {
      // What was there at every read of a second is nothing but delay.
      this.#leaveOut(this.#fewest - spareFrames);
      this.#reads = 0;
      this.#fewest = Infinity;
    }
    return this.#frames.shift();
  }

  #leaveOut(count: number): void {
    if (count > 0) this.#frames.splice(0, count);
  }
}
