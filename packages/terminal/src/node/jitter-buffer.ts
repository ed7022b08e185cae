/**
 * Puts the frames of one slot back in order and decides, every 20 ms, what is played. Pure; a tick is its only clock.
 *
 *      filling --three frames are there, or the first has waited as long--> playing
 *      playing --nothing came for 100 ms--> filling
 *
 * While playing, a frame that is missing is concealed when those behind it are there. When nothing is there at all, the gap is
 * concealed and everything plays that much later: so the delay grows with the jitter. It shrinks again, by joining two frames into
 * one, when more than is needed has been there for two seconds, and at once when too much is there.
 */

/** Frames to gather before playing, 60 ms: longer than an answered NACK takes, shorter than anybody notices. */
const targetFrames = 3;
/** Frames; with more than this (a network that stood still and comes back) the oldest are left out, where their time is over. */
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

/** What the frames themselves say of when they may be heard. */
export interface FrameOrder<Frame> {
  /** Ticks until it may be played, 0 for now; undefined when its time is over. */
  waitFor(frame: Frame): number | undefined;
  /** Whether nothing lies between the two, so that they may be joined. */
  follows(frame: Frame, next: Frame): boolean;
}

export class JitterBuffer<Frame> {
  readonly #order: FrameOrder<Frame>;
  /** By index. */
  readonly #frames = new Map<number, Frame>();
  /** Index of the frame that is played next. */
  #next = 0;
  #highest = 0;
  #playing = false;
  #started = false;
  /** Ticks since the first frame came that now waits. */
  #waited = 0;
  /** Ticks in a row for which there was nothing, or nothing that may be played yet. */
  #stalled = 0;
  #held = 0;
  #tick = 0;
  #fewest = Infinity;

  constructor(order: FrameOrder<Frame>) {
    this.#order = order;
  }

  /** Frames that wait. */
  get depth(): number {
    return this.#frames.size;
  }

  /**
   * @param index one more from frame to frame
   * @returns whether it will be played; false when its time is over or it is there already
   */
  insert(index: number, frame: Frame): boolean {
    if (!this.#started || Math.abs(index - this.#next) >= farFrames) {
      this.#frames.clear();
      this.#started = true;
      this.#playing = false;
      this.#waited = 0;
      this.#next = index;
      this.#highest = index;
    } else if (index < this.#next) {
      // Before anything was played, the first one to come need not be the first of all.
      if (this.#playing || this.#highest - index >= mostFrames) return false;
      this.#next = index;
    }
    if (this.#frames.has(index)) return false;
    this.#frames.set(index, frame);
    this.#highest = Math.max(this.#highest, index);
    return true;
  }

  /** What to play for the next 20 ms. */
  next(): Playout<Frame> {
    if (!this.#playing && !this.#isFull()) return { type: "silence" };
    this.#playing = true;
    this.#leaveOut();
    if (this.#frames.size === 0) return this.#stall();
    // What was played late while nothing came need not be concealed a second time.
    for (; this.#stalled > 0 && !this.#frames.has(this.#next); this.#stalled--) this.#next++;
    this.#stalled = 0;
    const frame = this.#frames.get(this.#next);
    if (frame !== undefined && this.#order.waitFor(frame) !== 0)
      return ++this.#held <= patientTicks ? { type: "lost" } : { type: "silence" };
    this.#held = 0;
    this.#skip();
    const following = this.#frames.get(this.#next);
    if (frame === undefined) return following === undefined ? { type: "lost" } : { type: "lost", following };
    const isDeep = this.#isDeepForLong() || this.#isOverfull();
    if (!isDeep || following === undefined || !this.#order.follows(frame, following))
      return { type: "frame", frame };
    this.#skip();
    return { type: "frame", frame, joined: following };
  }

  #isFull(): boolean {
    if (this.#frames.size === 0) return false;
    // The one that waits longest may be alone for now: who speaks again after a pause.
    return ++this.#waited > targetFrames || this.#frames.size >= targetFrames;
  }

  /** Leaves out what is over, and the oldest of too much where that makes nothing wait: never does what is left out go unheard. */
  #leaveOut(): void {
    for (;;) {
      const [first, second] = this.#waiting();
      if (first === undefined) return;
      const wait = this.#order.waitFor(first);
      if (wait === undefined) this.#skipTo(first);
      else if (!this.#isOverfull()) return;
      else if (!this.#frames.has(this.#next) && wait === 0) this.#next++;
      else if (second !== undefined && (this.#order.waitFor(second) ?? 0) <= wait) this.#skip();
      else return;
    }
  }

  /** The oldest two that wait. */
  #waiting(): Frame[] {
    const found: Frame[] = [];
    for (let index = this.#next; index <= this.#highest && found.length < 2; index++) {
      const frame = this.#frames.get(index);
      if (frame !== undefined) found.push(frame);
    }
    return found;
  }

  #isOverfull(): boolean {
    return this.#highest - this.#next + 1 > mostFrames;
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

  #skip(): void {
    this.#frames.delete(this.#next++);
  }

  #skipTo(frame: Frame): void {
    while (this.#frames.get(this.#next) !== frame) this.#next++;
    this.#skip();
  }
}
