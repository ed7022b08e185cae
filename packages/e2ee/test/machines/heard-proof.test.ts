/** What is heard, held against what its speakers sign: over lost, late and reordered packets nobody honest is accused, and whoever seals in another's name is found. */
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { HeardProof, unprovenAfterMs, type ProofState } from "../../src/frames/heard-proof.ts";
import type { SpokenWord } from "../../src/frames/spoken-word.ts";
import { SpokenFrames, silentAfterMs, wordEveryMs, type SealedFrame } from "../../src/frames/spoken.ts";

const frameMs = 20;
const lookMs = 250;
const tagOf = (epoch: bigint, ctr: bigint): bigint => epoch * 1_000_000n + ctr;
const foreign = (ctr: bigint): bigint => 10n ** 15n + ctr;

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** A voice that one terminal seals, and what another one hears of it. Everything happens at its time, in that order. */
class Talk {
  readonly proof = new HeardProof();
  readonly news: { readonly state: ProofState; readonly atMs: number }[] = [];
  readonly words: SpokenWord[] = [];
  #events: Event[] = [];
  played = 0;

  at(atMs: number, run: () => void): void {
    this.#events.push({ atMs, run });
  }

  hear(atMs: number, epoch: bigint, ctr: bigint, tag = tagOf(epoch, ctr), context = 0): void {
    this.at(atMs, () => {
      if (this.proof.heard({ epoch, context, ctr, tag }, atMs) === "play") this.played++;
    });
  }

  /** All that is sealed from 0 on: one frame each 20 ms but where `isSilent`, in epochs that begin at these times. */
  speak(
    untilMs: number,
    options: {
      readonly epochsAtMs?: readonly number[];
      readonly isSilent?: (atMs: number) => boolean;
      readonly delay?: (frame: number) => number | undefined;
      readonly wordDelay?: (word: number) => number | undefined;
    } = {},
  ): void {
    const { epochsAtMs = [0], isSilent = () => false, delay = () => 50, wordDelay = () => 60 } = options;
    const spoken = new SpokenFrames();
    let ctr = 0n;
    let from = 0n;
    let epoch = 0n;
    // Words stay in their order: they come on one connection.
    let wordAtMs = 0;
    const take = (atMs: number): void => {
      for (const word of spoken.take(atMs)) {
        const late = wordDelay(this.words.length);
        this.words.push(word);
        if (late === undefined) continue;
        wordAtMs = Math.max(wordAtMs, atMs + late);
        const cameAtMs = wordAtMs;
        this.at(cameAtMs, () => this.proof.word(word, cameAtMs));
      }
    };
    for (let atMs = 0; atMs < untilMs + 2 * wordEveryMs; atMs += frameMs) {
      if (epochsAtMs.includes(atMs)) {
        epoch++;
        from = ctr;
      }
      if (atMs < untilMs && !isSilent(atMs)) {
        const frame: SealedFrame = { epoch, leaf: 1, context: 0, from, ctr, tag: tagOf(epoch, ctr) };
        spoken.sealed(frame, atMs);
        const late = delay(Number(ctr));
        if (late !== undefined) this.hear(atMs + late, epoch, ctr);
        ctr++;
      }
      take(atMs);
    }
  }

  /** @param heardThrough of the connection to the server, at a time */
  run(untilMs: number, heardThrough: (nowMs: number) => number = (nowMs) => nowMs): this {
    for (let atMs = 0; atMs < untilMs; atMs += lookMs)
      this.at(atMs, () => void this.proof.look(atMs, heardThrough(atMs)));
    this.#events = this.#events.toSorted((one, other) => one.atMs - other.atMs);
    for (const { atMs, run } of this.#events) {
      run();
      const state = this.proof.takeNews();
      if (state !== undefined) this.news.push({ state, atMs });
    }
    return this;
  }

  get states(): ProofState[] {
    return this.news.map(({ state }) => state);
  }
}

test("a second of a voice is one word, and what is left of it one more as soon as it falls silent", () => {
  const talk = new Talk();
  talk.speak(1_300);
  assert.deepEqual(
    talk.words.map(({ first, pauses, tags }) => [first, tags.length, pauses]),
    [
      [0n, 51, false],
      [51n, 14, true],
    ],
  );
  const justSpokenFor = new Talk();
  justSpokenFor.speak(1_020);
  assert.deepEqual(
    justSpokenFor.words.map(({ first, pauses, tags }) => [first, tags.length, pauses]),
    [
      [0n, 51, false],
      [51n, 0, true],
    ],
  );
  assert.ok(silentAfterMs < wordEveryMs / 2);
  const silent = new Talk();
  silent.speak(3_000, { isSilent: () => true });
  assert.deepEqual(silent.words, []);
});

test("a new key is a new word at once, and no word has a gap", () => {
  const spoken = new SpokenFrames();
  const of = { leaf: 1, context: 0, from: 0n };
  for (const ctr of [3n, 0n, 1n, 4n]) spoken.sealed({ ...of, epoch: 1n, ctr, tag: ctr }, 10);
  assert.equal(spoken.dueAtMs, 10 + silentAfterMs);
  assert.deepEqual(spoken.take(100), []);
  spoken.sealed({ ...of, epoch: 2n, from: 5n, ctr: 5n, tag: 5n }, 120);
  const words = spoken.take(120);
  assert.deepEqual(
    words.map(({ epoch, first, tags }) => [epoch, first, tags]),
    [
      [1n, 0n, [0n, 1n]],
      [1n, 3n, [3n, 4n]],
      [2n, 5n, [5n]],
    ],
  );
});

/** Of a way on which packets get lost, come late and overtake each other. */
const ways = fc.record({
  lost: fc.double({ min: 0, max: 0.2, noNaN: true }),
  draws: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 97, maxLength: 97 }),
  latestMs: fc.integer({ min: 0, max: 400 }),
  wordLateMs: fc.integer({ min: 0, max: 900 }),
  epochs: fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 5 }),
  silence: fc.tuple(fc.integer({ min: 0, max: 8_000 }), fc.integer({ min: 0, max: 3_000 })),
});

function voiceOver(
  {
    lost,
    draws,
    latestMs,
    wordLateMs,
    epochs,
    silence: [fromMs, forMs],
  }: typeof ways extends fc.Arbitrary<infer Way> ? Way : never,
  talk = new Talk(),
): Talk {
  const draw = (n: number): number => draws[n % draws.length] ?? 0;
  talk.speak(8_000, {
    epochsAtMs: [0, ...epochs.map((frame) => frame * frameMs)],
    isSilent: (atMs) => atMs >= fromMs && atMs < fromMs + forMs,
    delay: (frame) => (draw(frame * 7) < lost ? undefined : Math.floor(draw(frame * 3 + 1) * latestMs)),
    wordDelay: (word) => Math.floor(draw(word * 5 + 2) * wordLateMs),
  });
  return talk;
}

test("nobody honest is accused: loss up to 20 %, any order, epochs in between, words on their way", () => {
  fc.assert(
    fc.property(ways, (way) => {
      const talk = voiceOver(way).run(14_000);
      assert.deepEqual(talk.states, []);
    }),
    { numRuns: 300 },
  );
});

test("each frame in another's name is found: while they speak by their own word, while they are silent since there is none", () => {
  fc.assert(
    fc.property(
      ways,
      fc.integer({ min: 500, max: 7_500 }),
      fc.integer({ min: 0, max: 60 }),
      fc.boolean(),
      (way, atMs, ahead, isSilent) => {
        const talk = new Talk();
        const victim = isSilent ? { ...way, silence: [0, 20_000] as [number, number] } : way;
        voiceOver(victim, talk);
        // As far ahead of the victim as a window goes, at most.
        const ctr = BigInt(Math.max(0, Math.floor(atMs / frameMs) + ahead));
        talk.hear(atMs, 1n, ctr, foreign(ctr));
        talk.run(14_000);
        const [found] = talk.news;
        assert.ok(found !== undefined, "not found");
        assert.ok(found.state === "forged" || found.state === "unproven");
        assert.ok(found.atMs <= atMs + unprovenAfterMs + lookMs, `found after ${found.atMs - atMs} ms`);
      },
    ),
    { numRuns: 300 },
  );
});

test("what a word that came before denies is never played", () => {
  const talk = new Talk();
  talk.speak(4_000, { delay: (frame) => (frame === 60 ? undefined : 50) });
  talk.hear(3_500, 1n, 60n, foreign(60n));
  talk.run(3_600);
  assert.deepEqual(talk.states, ["forged"]);
  assert.equal(talk.proof.heard({ epoch: 1n, context: 0, ctr: 61n, tag: foreign(61n) }, 3_600), "cut");
});

test("below the first counter of an epoch nothing was sealed, as its words say", () => {
  const talk = new Talk();
  talk.speak(4_000, { epochsAtMs: [0, 2_000] });
  talk.hear(2_060, 2n, 90n, foreign(90n));
  talk.run(6_000);
  assert.deepEqual(talk.states.slice(0, 1), ["forged"]);
  assert.ok(talk.news[0]!.atMs <= 3_200);
});

test("after a contradiction sound comes back when words have proven all that came for five seconds, and not before", () => {
  const talk = new Talk();
  talk.speak(20_000);
  talk.hear(1_990, 1n, 100n, foreign(100n));
  talk.run(22_000);
  assert.deepEqual(talk.states, ["forged", "proven"]);
  const [forged, proven] = talk.news;
  assert.ok(proven!.atMs - forged!.atMs >= 5_000 && proven!.atMs - forged!.atMs < 7_000);
});

test("what has no word is not played until words for all of it are there", () => {
  const talk = new Talk();
  // The speaker's connection is away for four seconds: its words wait, and come together.
  talk.speak(12_000, { wordDelay: (word) => (word >= 2 && word < 6 ? 6_200 - word * 1_000 : 60) });
  talk.run(14_000);
  assert.deepEqual(talk.states, ["unproven", "proven"]);
  assert.ok((talk.news[1]?.atMs ?? Infinity) < 8_000, "with the words, and not seconds later");
});

test("whoever goes on in another's name is heard no more, and with other counters and contexts neither", () => {
  const talk = new Talk();
  talk.speak(30_000);
  for (let n = 0; n < 800; n++)
    talk.hear(5_000 + n * frameMs, 1n, BigInt(n) + 10n ** 9n, foreign(BigInt(n)), n % 3);
  talk.run(30_000);
  assert.equal(talk.states[0], "unproven");
  assert.ok(talk.news[0]!.atMs <= 7_250);
  assert.equal(talk.news[1]?.state, "proven");
  assert.ok(talk.news[1].atMs >= 5_000 + 800 * frameMs);
});

test("while the own connection is away, and for what came meanwhile, nobody is accused, and nothing unproven is heard unmarked; what comes afterwards is held again", () => {
  const talk = new Talk();
  talk.speak(14_000, { wordDelay: (word) => (word >= 2 && word < 6 ? undefined : 60) });
  talk.at(2_900, () => talk.proof.away(true, 2_900));
  talk.at(6_300, () => talk.proof.away(false, 6_300));
  talk.run(16_000);
  assert.deepEqual(talk.states, ["unchecked", "proven"]);
  assert.ok(talk.news[0]!.atMs <= 2_900 + unprovenAfterMs + lookMs);
  assert.equal(talk.played, 700);
  const again = new Talk();
  again.speak(14_000, { wordDelay: (word) => (word >= 8 ? undefined : 60) });
  again.at(2_900, () => again.proof.away(true, 2_900));
  again.at(6_300, () => again.proof.away(false, 6_300));
  again.run(14_000);
  assert.equal(again.states.at(-1), "unproven");
  const carried = new Talk();
  carried.speak(14_000);
  carried.at(2_900, () => carried.proof.away(true, 2_900));
  carried.at(6_300, () => carried.proof.away(false, 6_300));
  carried.run(16_000);
  assert.deepEqual(carried.states, [], "words that come all the same, with the sound, prove it");
  const forged = new Talk();
  forged.speak(4_000);
  forged.at(2_900, () => forged.proof.away(true, 2_900));
  forged.hear(3_500, 1n, 60n, foreign(60n));
  forged.run(3_600);
  assert.deepEqual(forged.states, ["forged"], "what a word denies is cut, whatever is away");
});

test("who is waited for is the server that answers; where it does not, what is heard without a word is marked", () => {
  const talk = new Talk();
  talk.speak(8_000, { wordDelay: () => 2_500 });
  talk.run(8_000, (nowMs) => nowMs - 2_600);
  assert.deepEqual(talk.states, []);
  const never = new Talk();
  never.speak(8_000, { wordDelay: () => undefined });
  never.run(8_000, () => -Infinity);
  assert.deepEqual(never.states, ["unchecked"]);
  assert.ok(never.news[0]!.atMs >= 5_000 && never.news[0]!.atMs <= 5_500);
  const late = new Talk();
  late.speak(12_000, { wordDelay: (word) => (word < 6 ? 5_900 - word * 1_000 : 60) });
  late.run(14_000, (nowMs) => (nowMs < 7_000 ? -Infinity : nowMs));
  assert.deepEqual(late.states, ["unchecked", "proven"]);
  assert.ok(late.news[1]!.atMs <= 7_250, "with the words, and not seconds later");
  assert.equal(late.played, 600);
});

test("a terminal that breaks off owes a word for its last second, and is not accused for it; nobody else may go on in its place", () => {
  const talk = new Talk();
  talk.speak(2_500, { wordDelay: (word) => (word >= 2 ? undefined : 60) });
  talk.run(9_000);
  assert.deepEqual(talk.states, []);
  const goesOn = new Talk();
  goesOn.speak(2_500, { wordDelay: (word) => (word >= 2 ? undefined : 60) });
  for (let n = 0; n < 100; n++) goesOn.hear(2_550 + n * frameMs, 1n, BigInt(125 + n), foreign(BigInt(n)));
  goesOn.run(9_000);
  assert.deepEqual(goesOn.states, ["unproven"]);
  const burst = new Talk();
  burst.speak(2_500, { wordDelay: (word) => (word >= 2 ? undefined : 60) });
  for (let n = 0; n < 100; n++) burst.hear(2_550 + n, 1n, BigInt(125 + n), foreign(BigInt(n)));
  burst.run(9_000);
  assert.deepEqual(burst.states, ["unproven"]);
  const tooLate = new Talk();
  tooLate.speak(2_500, { wordDelay: (word) => (word >= 2 ? undefined : 60) });
  for (let n = 0; n < 20; n++) tooLate.hear(6_000 + n * frameMs, 1n, BigInt(125 + n), foreign(BigInt(n)));
  tooLate.run(12_000);
  assert.deepEqual(tooLate.states, ["unproven"]);
  const formerEpoch = new Talk();
  formerEpoch.speak(3_100, { epochsAtMs: [0, 2_000], wordDelay: (word) => (word >= 4 ? undefined : 60) });
  for (let n = 0; n < 20; n++) formerEpoch.hear(3_400 + n * frameMs, 1n, BigInt(100 + n), foreign(BigInt(n)));
  formerEpoch.run(9_000);
  assert.deepEqual(formerEpoch.states, ["unproven"]);
  const later = new Talk();
  later.speak(2_500);
  for (let n = 0; n < 20; n++) later.hear(6_000 + n * frameMs, 1n, BigInt(125 + n), foreign(BigInt(n)));
  later.run(12_000);
  assert.deepEqual(later.states, ["unproven"]);
});

test("a word that comes again excuses nothing behind the last one, nor does one that comes late", () => {
  const again = new Talk();
  again.speak(2_500);
  const [, second] = again.words;
  again.at(6_000, () => again.proof.word(second!, 6_000));
  for (let n = 0; n < 60; n++) again.hear(6_050 + n * frameMs, 1n, BigInt(125 + n), foreign(BigInt(n)));
  again.run(14_000);
  assert.deepEqual(again.states, ["unproven"]);
  const late = new Talk();
  late.speak(2_500, { wordDelay: (word) => (word === 1 ? undefined : 60) });
  late.at(3_200, () => late.proof.word(late.words[1]!, 3_200));
  for (let n = 0; n < 60; n++) late.hear(3_250 + n * frameMs, 1n, BigInt(125 + n), foreign(BigInt(n)));
  late.run(12_000);
  assert.deepEqual(late.states, ["unproven"]);
  const accused = new Talk();
  accused.speak(4_500, { epochsAtMs: [0, 2_000], wordDelay: (word) => (word >= 5 ? undefined : 60) });
  const [former] = accused.words;
  accused.at(4_700, () => accused.proof.word(former!, 4_700));
  accused.run(12_000);
  assert.deepEqual(accused.states, [], "whoever breaks off is not accused by a word of before");
});

test("who floods is not heard, and takes no more memory", () => {
  const proof = new HeardProof();
  for (let ctr = 0n; ctr < 5_000n; ctr++)
    proof.heard({ epoch: 1n, context: Number(ctr % 256n), ctr, tag: ctr }, 0);
  assert.equal(proof.takeNews(), "unproven");
});

test("while it is cut each frame counts once, however often it is sent again", () => {
  const proof = new HeardProof();
  proof.word({ epoch: 1n, leaf: 1, context: 0, from: 0n, first: 0n, pauses: false, tags: [1n] }, 0);
  const frame = { epoch: 1n, context: 0, ctr: 7n, tag: 7n };
  assert.equal(proof.heard(frame, 0), "play");
  assert.equal(proof.heard({ ...frame, ctr: 0n }, 0), "cut");
  assert.equal(proof.heard({ ...frame, ctr: 8n }, 0), "cut");
  assert.equal(proof.heard({ ...frame, ctr: 8n }, 0), "again");
});

test("what was signed first of a counter stands", () => {
  const proof = new HeardProof();
  const word = { epoch: 1n, leaf: 1, context: 0, from: 0n, first: 0n, pauses: false };
  proof.word({ ...word, tags: [1n, 2n] }, 0);
  proof.word({ ...word, tags: [1n, 3n] }, 10);
  assert.equal(proof.heard({ epoch: 1n, context: 0, ctr: 1n, tag: 2n }, 20), "play");
  assert.equal(proof.heard({ epoch: 1n, context: 0, ctr: 1n, tag: 3n }, 30), "cut");
});
