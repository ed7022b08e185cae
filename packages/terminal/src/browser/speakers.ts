/** How loud (0 to 1) counts as speech; about -40 dB, above a quiet room. */
const speechLevel = 0.01;
const lookEveryMs = 150;
/** Between two words somebody is still speaking. */
const pauseMs = 450;

/**
 * Who speaks: the leaf by the key that opened a slot's frames, and whether by how loud they are. A server can exchange the
 * slots but not the leaves.
 */
export class Speakers {
  readonly #onChange: (leaves: ReadonlySet<number>) => void;
  readonly #leaves = new Map<number, number>();
  /** By slot: when it was last loud. */
  readonly #loudAtMs = new Map<number, number>();
  #receivers: readonly RTCRtpReceiver[] = [];
  #speaking: ReadonlySet<number> = new Set();
  readonly #timer = setInterval(() => this.#look(), lookEveryMs);

  constructor(onChange: (leaves: ReadonlySet<number>) => void) {
    this.#onChange = onChange;
  }

  watch(receivers: readonly RTCRtpReceiver[]): void {
    this.#receivers = receivers;
  }

  setLeaf(slot: number, leaf: number | undefined): void {
    if (leaf === undefined) this.#leaves.delete(slot);
    else this.#leaves.set(slot, leaf);
    // The slot was given to another voice: how loud the former one was says nothing about it.
    this.#loudAtMs.delete(slot);
    this.#look();
  }

  clear(): void {
    this.#receivers = [];
    this.#leaves.clear();
    this.#look();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    const speaking = new Set<number>();
    for (const [slot, leaf] of this.#leaves) {
      const level = this.#receivers[slot]?.getSynchronizationSources()[0]?.audioLevel ?? 0;
      if (level >= speechLevel) this.#loudAtMs.set(slot, nowMs);
      if (nowMs - (this.#loudAtMs.get(slot) ?? -Infinity) < pauseMs) speaking.add(leaf);
    }
    if (speaking.size === this.#speaking.size && [...speaking].every((leaf) => this.#speaking.has(leaf)))
      return;
    this.#speaking = speaking;
    this.#onChange(speaking);
  }
}
