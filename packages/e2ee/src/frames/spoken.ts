import { mostTags, type FrameTag, type SpokenWord } from "./spoken-word.ts";

/** A frame that was sealed, and has not been spoken for yet. */
export interface SealedFrame extends Omit<SpokenWord, "first" | "pauses" | "tags"> {
  readonly ctr: bigint;
  readonly tag: FrameTag;
}

/** So long may a frame be without a word. Shorter costs a signature and its header more often; longer is heard for longer unproven. */
export const wordEveryMs = 1_000;
/** Nothing was sealed for so long: the voice fell silent, or its terminal leaves, and the last word goes at once. */
export const silentAfterMs = 200;
/** Something is left for frames that are being sealed just now. */
const fullTags = mostTags - 28;

interface Kept {
  readonly frames: SealedFrame[];
  readonly oldestMs: number;
  newestMs: number;
}

/**
 * What one terminal sealed, and the words that it owes for it:
 *
 *   sealed --1 s, or 0.2 s of silence, or full, or under another key since--> in a word, or in several where a counter is missing
 *          --0.2 s of silence behind a word--> that it pauses
 *
 * While nothing is sealed there is no word. Frames may come in any order: sealing them takes each its time. Pure.
 */
export class SpokenFrames {
  /** By key, the latest last. */
  readonly #kept = new Map<string, Kept>();
  /** What was spoken for, and may go on or not. */
  #open: { readonly word: SpokenWord; readonly newestMs: number } | undefined;

  /** @param nowMs monotonic */
  sealed(frame: SealedFrame, nowMs: number): void {
    const name = `${frame.epoch} ${frame.leaf} ${frame.context}`;
    const kept = this.#kept.get(name);
    this.#open = undefined;
    if (kept === undefined) this.#kept.set(name, { frames: [frame], oldestMs: nowMs, newestMs: nowMs });
    else {
      kept.frames.push(frame);
      kept.newestMs = nowMs;
    }
  }

  /** When {@link take} has to be asked next; Infinity where nothing waits. */
  get dueAtMs(): number {
    if (this.#open !== undefined) return this.#open.newestMs + silentAfterMs;
    let dueAtMs = Infinity;
    let later = this.#kept.size;
    for (const { frames, oldestMs, newestMs } of this.#kept.values()) {
      if (--later > 0 || frames.length >= fullTags) return -Infinity;
      dueAtMs = Math.min(oldestMs + wordEveryMs, newestMs + silentAfterMs);
    }
    return dueAtMs;
  }

  /** @returns what is due; all that there is where nothing more is sealed */
  take(nowMs: number): SpokenWord[] {
    const all = [...this.#kept.values()];
    const open = this.#open;
    if (nowMs < this.dueAtMs || (open === undefined && all.length === 0)) return [];
    this.#kept.clear();
    this.#open = undefined;
    if (open !== undefined) return [pauseAfter(open.word)];
    const newestMs = all.at(-1)?.newestMs ?? nowMs;
    const pauses = nowMs >= newestMs + silentAfterMs;
    const words = all.flatMap(({ frames }) => wordsOf(frames));
    const said = words.map((word, n) => ({ ...word, pauses: pauses && n === words.length - 1 }));
    const last = said.at(-1);
    if (last?.pauses === false) this.#open = { word: last, newestMs };
    return said;
  }
}

const pauseAfter = ({ first, tags, ...of }: SpokenWord): SpokenWord => ({
  ...of,
  first: first + BigInt(tags.length),
  tags: [],
  pauses: true,
});

/** Of frames under one key. */
function wordsOf(frames: readonly SealedFrame[]): Omit<SpokenWord, "pauses">[] {
  const words: (Omit<SpokenWord, "pauses" | "tags"> & { readonly tags: FrameTag[] })[] = [];
  for (const { ctr, tag, ...of } of frames.toSorted((one, other) => (one.ctr < other.ctr ? -1 : 1))) {
    const last = words.at(-1);
    const follows = last !== undefined && last.first + BigInt(last.tags.length) === ctr;
    if (follows && last.tags.length < mostTags) last.tags.push(tag);
    else words.push({ ...of, first: ctr, tags: [tag] });
  }
  return words;
}
