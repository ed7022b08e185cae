/**
 * Puts the frames of one slot back in order and decides, every 20 ms, what is played. Pure; a tick is its only clock.
 *
 *      filling --as many frames as it aims at are there, or the first has waited as long--> playing
 *      playing --nothing came for 100 ms--> filling
 *
 * While playing, a frame that is missing is concealed when those behind it are there. When nothing is there at all, the gap is
 * concealed and everything plays that much later: so the delay grows with the jitter. It shrinks again, by joining two frames into
 * one, when more than it aims at has been there for two seconds, and at once when too much is there.
 *
 * It aims at three frames. When frames come after their time (they were overtaken, or sent again over a long way), some within two seconds, it aims at as many
 * more as these were late, and waits for the next one that is missing until it has them. A frame less for each ten seconds without.
 */

/** Frames to gather before playing, 60 ms: longer than an answered NACK takes nearby, shorter than anybody notices. */
const fewestAim = 3;
/** 200 ms: with the way itself, as late as people still talk to each other without getting into each other's words (ITU-T G.114). */
const mostAim = 10;
/** Frames beyond what it aims at; with more (a network that stood still and comes back) the oldest are left out, where their time is over. */
const beyondAim = 5;
/** Frames that come after their time within a window; fewer are made up for by what the next one says again. */
const mostLate = 2;
/** Windows with no more than that, until it aims at less. */
const calmWindows = 5;
/** A frame so far ahead is not late or early but of another time. */
const farFrames = 50;
/** Ticks without a frame until the buffer fills anew. */
const patientTicks = 5;
/** Ticks of two seconds. */
const windowTicks = 100;

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
  #aim = fewestAim;
  /** In this window: frames that came after their time, and by how many frames the latest of them. */
  #late = 0;
  #latest = 0;
  #calm = 0;
  #windowTick = 0;
  /** Went by without having come; the latest of them. */
  readonly #missed = new Set<number>();
  /** All that came after their time. */
  lateFrames = 0;

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
      if (this.#playing) return this.#isLate(index);
      if (this.#highest - index >= this.#most) return false;
      this.#next = index;
    }
    if (this.#frames.has(index)) return false;
    this.#frames.set(index, frame);
    this.#highest = Math.max(this.#highest, index);
    return true;
  }

  get #most(): number {
    return this.#aim + beyondAim;
  }

  /** The one that is next is gone without. */
  #miss(): void {
    this.#missed.add(this.#next);
    for (const index of this.#missed) if (index < this.#next - farFrames) this.#missed.delete(index);
  }

  /** @returns never: it is not played */
  #isLate(index: number): false {
    if (!this.#missed.delete(index)) return false;
    this.lateFrames++;
    const byFrames = this.#next - index;
    // What comes later than it could ever wait says nothing of how long it should.
    if (byFrames > mostAim) return false;
    this.#late++;
    this.#latest = Math.max(this.#latest, byFrames);
    if (this.#late > mostLate) {
      this.#aim = Math.min(mostAim, this.#aim + this.#latest);
      this.#late = 0;
      this.#latest = 0;
      this.#calm = 0;
    }
    return false;
  }

  /** What to play for the next 20 ms. */
  next(): Playout<Frame> {
    this.#count();
    if (!this.#playing && !this.#isFull()) return { type: "silence" };
    this.#playing = true;
    this.#leaveOut();
    if (this.#frames.size === 0) return this.#stall();
    // What was played late while nothing came need not be concealed a second time.
    for (; this.#stalled > 0 && !this.#frames.has(this.#next); this.#stalled--) {
      this.#miss();
      this.#next++;
    }
    this.#stalled = 0;
    const frame = this.#frames.get(this.#next);
    if (frame !== undefined && this.#order.waitFor(frame) !== 0)
      return ++this.#held <= patientTicks ? { type: "lost" } : { type: "silence" };
    this.#held = 0;
    // Later than this it may still come.
    if (frame === undefined && this.#aim > fewestAim && this.#span < this.#aim) return { type: "lost" };
    if (frame === undefined) this.#miss();
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
    return ++this.#waited > this.#aim || this.#frames.size >= this.#aim;
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

  /** Frames from the one that is next to the last one, those that are missing among them. */
  get #span(): number {
    return this.#highest - this.#next + 1;
  }

  #isOverfull(): boolean {
    return this.#span > this.#most;
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

  /** One more tick of a window. */
  #count(): void {
    if (++this.#windowTick < windowTicks) return;
    this.#windowTick = 0;
    if (++this.#calm >= calmWindows && this.#aim > fewestAim) {
      this.#aim--;
      this.#calm = 0;
    }
    this.#late = 0;
    this.#latest = 0;
  }

  #isDeepForLong(): boolean {
    this.#fewest = Math.min(this.#fewest, this.#frames.size);
    if (++this.#tick < windowTicks) return false;
    const isDeep = this.#fewest >= this.#aim;
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
