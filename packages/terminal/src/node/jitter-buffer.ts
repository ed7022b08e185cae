/**
 * Puts the frames of one slot back in order and decides, every 20 ms, what is played. Pure; a tick is its only clock.
 *
 *      filling --three frames are there, or the first has waited as long--> playing
 *      playing --nothing came for 100 ms--> filling
 *
 * While playing, a frame that is missing is concealed when those behind it are there. When nothing is there at all, the gap is
 * concealed and everything plays that much later: so the delay grows with the jitter. It shrinks again, by joining two frames into
 * one, when more than is needed has been there for two seconds.
 */

/** Frames to gather before playing, 60 ms: longer than an answered NACK takes, shorter than anybody notices. */
const targetFrames = 3;
/** Frames; with more than this (a network that stood still and comes back) the oldest are left out. */
const mostFrames = 8;
/** A frame so far ahead is not late or early but of another time. */
const farFrames = 50;
/** Ticks without a frame until the buffer fills anew. */
const patientTicks = 5;
/** Ticks of two seconds. */
const windowTicks = 100;
/** Frames that were there at every tick of a window and so are not needed. */
const spareFrames = 3;

export type Playout<Frame> =
  /** `joined`: the one after it, to be blended into the same 20 ms. */
  | { readonly type: "frame"; readonly frame: Frame; readonly joined?: Frame }
  /** To be concealed. `following`: the next one, which may hold what is missing. */
  | { readonly type: "lost"; readonly following?: Frame }
  /** Nothing to play. */
  | { readonly type: "silence" };

export class JitterBuffer<Frame> {
  /** By extended sequence number. */
  readonly #frames = new Map<number, Frame>();
  /** Extended sequence number of the frame that is played next. */
  #next = 0;
  #highest = 0;
  #playing = false;
  #started = false;
  /** Ticks since the first frame came that now waits. */
  #waited = 0;
  /** Ticks in a row for which there was nothing. */
  #stalled = 0;
  #tick = 0;
  #fewest = Infinity;

  /** Frames that wait. */
  get depth(): number {
    return this.#frames.size;
  }

  /**
   * @param sequence of RTP, 16 bits
   * @returns whether it will be played; false when its time is over or it is there already
   */
  insert(sequence: number, frame: Frame): boolean {
    const extended = this.#extend(sequence);
    if (!this.#started || Math.abs(extended - this.#next) >= farFrames) {
      this.#frames.clear();
      this.#started = true;
      this.#playing = false;
      this.#waited = 0;
      this.#next = extended;
      this.#highest = extended;
    } else if (extended < this.#next) {
      // Before anything was played, the first one to come need not be the first of all.
      if (this.#playing || this.#highest - extended >= mostFrames) return false;
      this.#next = extended;
    }
    if (this.#frames.has(extended)) return false;
    this.#frames.set(extended, frame);
    this.#highest = Math.max(this.#highest, extended);
    return true;
  }

  /** What to play for the next 20 ms. */
  next(): Playout<Frame> {
    if (!this.#playing && !this.#isFull()) return { type: "silence" };
    this.#playing = true;
    while (this.#highest - this.#next + 1 > mostFrames) this.#skip();
    if (this.#frames.size === 0) return this.#stall();
    // What was played late while nothing came need not be concealed a second time.
    for (; this.#stalled > 0 && !this.#frames.has(this.#next); this.#stalled--) this.#next++;
    this.#stalled = 0;
    const frame = this.#take();
    if (frame === undefined) {
      const following = this.#frames.get(this.#next);
      return following === undefined ? { type: "lost" } : { type: "lost", following };
    }
    if (!this.#isDeepForLong()) return { type: "frame", frame };
    const joined = this.#take();
    return joined === undefined ? { type: "frame", frame } : { type: "frame", frame, joined };
  }

  #isFull(): boolean {
    if (this.#frames.size === 0) return false;
    // The one that waits longest may be alone for now: who speaks again after a pause.
    return ++this.#waited > targetFrames || this.#frames.size >= targetFrames;
  }

  #stall(): Playout<Frame> {
    this.#fewest = 0;
    if (++this.#stalled <= patientTicks) return { type: "lost" };
    this.#playing = false;
    this.#stalled = 0;
    this.#waited = 0;
    // The next frame to come begins anew, whichever it is.
    this.#started = false;
    return { type: "silence" };
  }

  #isDeepForLong(): boolean {
    this.#fewest = Math.min(this.#fewest, this.#frames.size);
    if (++this.#tick < windowTicks) return false;
    const isDeep = this.#fewest >= spareFrames;
    this.#tick = 0;
    this.#fewest = Infinity;
    return isDeep;
  }

  #take(): Frame | undefined {
    const frame = this.#frames.get(this.#next);
    this.#frames.delete(this.#next);
    this.#next++;
    return frame;
  }

  #skip(): void {
    this.#frames.delete(this.#next++);
  }

  /** The extended number nearest to the highest one so far. */
  #extend(sequence: number): number {
    return extendSequence(this.#highest, sequence);
  }
}

/** @returns the number nearest to `near` whose low 16 bits are `sequence` (RFC 3550 appendix A.1) */
export function extendSequence(near: number, sequence: number): number {
  return near + (((sequence - near) << 16) >> 16);
}
