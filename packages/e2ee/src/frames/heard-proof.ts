import type { FrameTag, SpokenWord } from "./spoken-word.ts";

/** An authentic frame of this terminal's key, as it came. Every member of the call could have sealed it. */
export interface HeardFrame {
  readonly epoch: bigint;
  /** Of the KID. */
  readonly context: number;
  readonly ctr: bigint;
  readonly tag: FrameTag;
}

/**
 * `forged`: its own signed word contradicts what was heard in its name; `unproven`: no word of it came for what was heard, though the server answers, and has none; `unchecked`:
 * none came, and the server does not answer in time, so that nobody can tell whether there is one. The first two are not played.
 */
export type ProofState = "proven" | "unproven" | "unchecked" | "forged";

/** So long may a frame be heard without a word: a second until the word is made, and as much for its way. */
export const unprovenAfterMs = 2_000;
/** What the server said before that has to be here, too; but nobody waits longer for it than this. */
const judgedAfterMs = 5_000;
/** Frames are remembered so long without a word. */
const keepMs = 15_000;
/** After a contradiction, and while there is something unproven, sound comes back so long after the last of it. */
const backAfterMs = 5_000;
/** What came while the own connection was away, or so shortly after, may have lost its word with it. */
const awayForMs = 1_000;
/** A terminal that breaks off says nothing of what it sealed last: so many frames behind its last word, */
const tailFrames = 75n;
/** which came so shortly before them, */
const tailAfterMs = 2_500;
/** with nothing behind them. */
const brokeOffMs = 1_000;
/** Frames without a word; more come only of who floods. */
const mostPending = 1_024;
/** Signed counters of one key: frames come behind their word by a second at most. */
const keptTags = 512;
/** Contexts and epochs. */
const mostKeys = 64;

interface Pending {
  readonly ctr: bigint;
  readonly tag: FrameTag;
  readonly atMs: number;
  /** Looked at, when its time had come. */
  judged: "overdue" | "unchecked" | "excused" | undefined;
}

interface KeyProof {
  from: bigint | undefined;
  /** Behind the last signed one. */
  end: bigint;
  /** Up to where the word goes that says most of it. */
  reach: bigint;
  readonly tags: Map<bigint, FrameTag>;
  pending: Pending[];
}

/**
 * What was heard in one terminal's name, held against what it signed. Pure.
 *
 *               nothing came of a word, 2 s           a word contradicts, or did before
 *   heard ------------------------------> unproven ---------+---------> forged
 *     ^                                      |              |             |
 *     `------ words for all of it, or 5 s of nothing but ---'             |
 *     `------ proven frames ---------------------------- after 5 s -------'
 *
 * While it is unproven or forged nothing of it is played, and all that comes is held against its words.
 */
export class HeardProof {
  readonly #keys = new Map<string, KeyProof>();
  /** Its last word: under which key, and when it came. */
  #word: { readonly key: KeyProof; readonly pauses: boolean; readonly atMs: number } | undefined;
  #cut: { why: "unproven" | "forged"; badAtMs: number } | undefined;
  /** The latest that could not be checked came then. */
  #uncheckedAtMs = -Infinity;
  #isUnchecked = false;
  /** While it is cut: what was counted. */
  readonly #seen = new Set<string>();
  #newestMs = -Infinity;
  #isAway = false;
  #awayUntilMs = -Infinity;
  #told: ProofState = "proven";

  get isCut(): boolean {
    return this.#cut !== undefined;
  }

  /** @returns the state, where it is another than when this was asked before */
  takeNews(): ProofState | undefined {
    const state = this.#cut?.why ?? (this.#isUnchecked ? "unchecked" : "proven");
    if (state === this.#told) return undefined;
    this.#told = state;
    return state;
  }

  /** Counters of this key up to this one are signed; -1 where none is. */
  reached({ epoch, context }: Pick<HeardFrame, "epoch" | "context">): bigint {
    return (this.#keys.get(nameOf(epoch, context))?.end ?? 0n) - 1n;
  }

  /**
   * @returns `play`: nothing speaks against it; `cut`: not to be played; `again`: neither, and it was counted already
   */
  heard({ epoch, context, ctr, tag }: HeardFrame, nowMs: number): "play" | "cut" | "again" {
    if (this.#cut !== undefined) {
      const name = `${nameOf(epoch, context)} ${ctr} ${tag}`;
      if (this.#seen.has(name)) return "again";
      if (this.#seen.size >= mostPending) this.#seen.clear();
      this.#seen.add(name);
    }
    this.#newestMs = nowMs;
    const key = this.#of(epoch, context);
    const verdict = verdictOf(key, ctr, tag);
    if (verdict === "forged") this.#bad("forged", nowMs);
    else if (verdict === "proven") this.#good(nowMs);
    else if (this.#pendingCount >= mostPending) this.#bad("unproven", nowMs);
    else key.pending.push({ ctr, tag, atMs: nowMs, judged: undefined });
    return this.#cut === undefined ? "play" : "cut";
  }

  /** Its signature holds. What was signed first of a counter stands. */
  word({ epoch, context, from, first, pauses, tags }: SpokenWord, nowMs: number): void {
    const key = this.#of(epoch, context);
    key.from ??= from;
    const reach = first + BigInt(tags.length);
    // An earlier one that comes again, or late, says nothing of where the terminal is now: anybody can pass it on anew.
    if (reach > key.reach || (reach === key.reach && pauses)) {
      key.reach = reach;
      this.#word = { key, pauses, atMs: nowMs };
    }
    for (const [n, tag] of tags.entries()) {
      const ctr = first + BigInt(n);
      if (!key.tags.has(ctr)) key.tags.set(ctr, tag);
      if (ctr >= key.end) key.end = ctr + 1n;
    }
    for (const ctr of key.tags.keys()) {
      if (key.tags.size <= keptTags) break;
      key.tags.delete(ctr);
    }
    let isProven = false;
    let isForged = false;
    key.pending = key.pending.filter(({ ctr, tag }) => {
      const verdict = verdictOf(key, ctr, tag);
      if (verdict === "proven") isProven = true;
      if (verdict === "forged") isForged = true;
      return verdict === undefined;
    });
    if (isForged) this.#bad("forged", nowMs);
    else if (isProven) this.#good(nowMs);
    if (isProven && !this.#has("unchecked")) this.#isUnchecked = false;
  }

  /** The own connection, by which words come as well, is away, or back. What lost its word by that is nobody's fault, and is not proven either. */
  away(isAway: boolean, nowMs: number): void {
    if (this.#isAway && !isAway) this.#awayUntilMs = nowMs + awayForMs;
    this.#isAway = isAway;
  }

  /**
   * To be called a few times a second.
   * @param heardThroughMs what the server said before then has come
   * @returns whether it is worth knowing that a later time
   */
  look(nowMs: number, heardThroughMs: number): boolean {
    let asks = false;
    for (const key of this.#keys.values()) {
      if (key.pending.length === 0) continue;
      key.pending = key.pending.filter(({ atMs }) => nowMs - atMs < keepMs);
      for (const frame of key.pending) {
        const dueAtMs = frame.atMs + unprovenAfterMs;
        if (frame.judged !== undefined || nowMs < dueAtMs) continue;
        const isTold = !this.#isAway && heardThroughMs >= dueAtMs;
        if (!isTold && !this.#isAway && nowMs < frame.atMs + judgedAfterMs) asks = true;
        else if (this.#isTail(key, frame, nowMs)) frame.judged = "excused";
        else if (!isTold || frame.atMs <= this.#awayUntilMs) {
          frame.judged = "unchecked";
          this.#uncheckedAtMs = frame.atMs;
          this.#isUnchecked = true;
        } else {
          frame.judged = "overdue";
          this.#bad("unproven", frame.atMs);
        }
      }
    }
    if (nowMs - this.#uncheckedAtMs >= unprovenAfterMs + judgedAfterMs) this.#isUnchecked = false;
    return asks;
  }

  get isWaiting(): boolean {
    return this.#pendingCount > 0;
  }

  /** A terminal that broke off owes the word. */
  #isTail(key: KeyProof, { ctr, atMs }: Pending, nowMs: number): boolean {
    const word = this.#word;
    if (word?.key !== key || word.pauses || atMs - word.atMs > tailAfterMs) return false;
    const isTail = ctr >= key.end && ctr < key.end + tailFrames;
    return isTail && nowMs - this.#newestMs >= brokeOffMs;
  }

  #bad(why: "unproven" | "forged", atMs: number): void {
    const isWorse = this.#cut === undefined || (this.#cut.why === "unproven" && why === "forged");
    if (isWorse) this.#cut = { why, badAtMs: Math.max(atMs, this.#cut?.badAtMs ?? -Infinity) };
    else if (this.#cut !== undefined) this.#cut.badAtMs = Math.max(atMs, this.#cut.badAtMs);
  }

  #good(nowMs: number): void {
    const cut = this.#cut;
    if (cut === undefined) return;
    const isWhole = cut.why === "unproven" && !this.#has("overdue");
    if (!isWhole && nowMs - cut.badAtMs < backAfterMs) return;
    this.#cut = undefined;
    this.#seen.clear();
  }

  #has(what: Pending["judged"]): boolean {
    for (const { pending } of this.#keys.values())
      if (pending.some(({ judged }) => judged === what)) return true;
    return false;
  }

  get #pendingCount(): number {
    let count = 0;
    for (const { pending } of this.#keys.values()) count += pending.length;
    return count;
  }

  #of(epoch: bigint, context: number): KeyProof {
    const name = nameOf(epoch, context);
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    for (const [former, { pending }] of this.#keys) {
      if (this.#keys.size < mostKeys) break;
      if (pending.length === 0) this.#keys.delete(former);
    }
    const key: KeyProof = {
      from: undefined,
      end: 0n,
      reach: 0n,
      tags: new Map(),
      pending: [],
    };
    this.#keys.set(name, key);
    return key;
  }
}

function verdictOf({ from, tags }: KeyProof, ctr: bigint, tag: FrameTag): "proven" | "forged" | undefined {
  const signed = tags.get(ctr);
  if (signed !== undefined) return signed === tag ? "proven" : "forged";
  return from !== undefined && ctr < from ? "forged" : undefined;
}

const nameOf = (epoch: bigint, context: number): string => `${epoch} ${context}`;
