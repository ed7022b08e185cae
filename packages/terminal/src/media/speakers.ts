import type { Speaker } from "../environment.ts";
import type { System } from "../system.ts";

/**
 * How loud (0 to 1) somebody is who is shown as speaking: -40 dB, above a quiet room. It is higher than what the SFU gives a seat for
 * (`speechDbov`): a breath may be heard, and must not make a name light up.
 */
const shownLevel = 0.01;
const lookEveryMs = 150;
/** Between two words somebody is still speaking. */
const pauseMs = 450;

/**
 * Who speaks: leaf and epoch by the key that opened a slot's frames, and whether by how loud they are. A server can exchange the
 * slots but not the leaves.
 */
export class Speakers {
  readonly #system: Pick<System, "after" | "monotonicMs">;
  readonly #onChange: (speakers: readonly Speaker[]) => void;
  readonly #onHeard: (speakers: readonly Speaker[]) => void;
  /** By slot. */
  readonly #speakers = new Map<number, Speaker>();
  /** By slot: when it was last loud. */
  readonly #loudAtMs = new Map<number, number>();
  /** While there is sound: how loud that of a slot is now, 0 to 1. */
  #levelOf: ((slot: number) => number) | undefined;
  #speaking: ReadonlyMap<string, Speaker> = new Map();
  #cancel: () => void = () => undefined;

  constructor(
    system: Pick<System, "after" | "monotonicMs">,
    onChange: (speakers: readonly Speaker[]) => void,
    onHeard: (speakers: readonly Speaker[]) => void = () => undefined,
  ) {
    this.#onHeard = onHeard;
    this.#system = system;
    this.#onChange = onChange;
  }

  /** There is sound from now on. @param levelOf how loud that of a slot is now, 0 to 1 */
  start(levelOf: (slot: number) => number): void {
    this.#levelOf = levelOf;
    this.#lookLater();
  }

  /** There is no sound any more, and nobody's key opens any. */
  stop(): void {
    this.#cancel();
    this.#levelOf = undefined;
    this.#speakers.clear();
    this.#look();
  }

  setSpeaker(slot: number, speaker: Speaker | undefined): void {
    if (speaker === undefined) this.#speakers.delete(slot);
    else this.#speakers.set(slot, speaker);
    // The slot was given to another voice: how loud the former one was says nothing about it.
    this.#loudAtMs.delete(slot);
    this.#onHeard([...this.#speakers.values()]);
    this.#look();
  }

  #lookLater(): void {
    this.#cancel();
    this.#cancel = this.#system.after(lookEveryMs, () => {
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    const nowMs = this.#system.monotonicMs();
    const speaking = new Map<string, Speaker>();
    for (const [slot, speaker] of this.#speakers) {
      if ((this.#levelOf?.(slot) ?? 0) >= shownLevel) this.#loudAtMs.set(slot, nowMs);
      if (nowMs - (this.#loudAtMs.get(slot) ?? -Infinity) < pauseMs)
        speaking.set(`${speaker.epoch} ${speaker.leaf}`, speaker);
    }
    const former = this.#speaking;
    if (speaking.size === former.size && [...speaking.keys()].every((name) => former.has(name))) return;
    this.#speaking = speaking;
    this.#onChange([...speaking.values()]);
  }
}
