/** When an offered call is asked about, shown, and not shown any more. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";

import type { Bytes, ErrorCode } from "@signet/protocol";

import type { Invitation } from "../../src/incoming/invitation.ts";
import { OfferedCall } from "../../src/incoming/offered-call.ts";
import type { PresentWord } from "../../src/incoming/present-word.ts";

/** Words are their nonces here: one counts that names the question's. */
class World {
  readonly time = new VirtualTime();
  asked: number | ErrorCode = 1;
  /** In place of `asked`. */
  reply: Promise<number> | undefined;
  changes = 0;
  judged = 0;
  readonly questions: { readonly atMs: number; readonly nonce: Bytes }[] = [];
  readonly call: OfferedCall;
  #said = 0;
  #random = 0;

  constructor() {
    const invitation = { invite: { callId: "call" } } as unknown as Invitation;
    this.call = new OfferedCall(invitation, {
      system: {
        after: this.time.after,
        randomBytes: (lengthBytes) => new Uint8Array(lengthBytes).fill(++this.#random),
      },
      ask: (_callId, nonce) => {
        this.questions.push({ atMs: this.time.nowMs, nonce });
        return this.reply ?? Promise.resolve(this.asked);
      },
      counts: (word, _invitation, nonce) => {
        this.judged += 1;
        return Promise.resolve((word as unknown as { readonly nonce: Bytes }).nonce === nonce);
      },
      onChange: () => void (this.changes += 1),
    });
  }

  get askedAtMs(): readonly number[] {
    return this.questions.map(({ atMs }) => atMs);
  }

  get timers(): number {
    return this.time.waiting;
  }

  say(question = this.questions.length - 1): Promise<void> {
    return this.hear(this.questions[question]!.nonce);
  }

  /** @param userId whose word it is; without it somebody else's each time */
  hear(nonce: Bytes, userId = `person-${this.#said++}`): Promise<void> {
    return this.call.heard({ entry: { userId }, nonce } as unknown as PresentWord);
  }

  async pass(untilMs: number): Promise<void> {
    for (;;) {
      await Promise.resolve();
      await Promise.resolve();
      if (!this.time.next(untilMs)) return;
    }
  }
}

test("not shown before somebody answers, and told when it is", async () => {
  const world = new World();
  world.call.ask();
  await world.pass(1_000);
  assert.equal(world.call.isShown, false);
  await world.say();
  assert.equal(world.call.isShown, true);
  assert.equal(world.changes, 1);
});

test("asked again after half a minute, with another nonce; a word for the former one is none", async () => {
  const world = new World();
  world.call.ask();
  await world.say();
  await world.pass(29_999);
  assert.deepEqual(world.askedAtMs, [0]);
  await world.pass(30_000);
  assert.deepEqual(world.askedAtMs, [0, 30_000]);
  assert.notDeepEqual(world.questions[0]?.nonce, world.questions[1]?.nonce);
  await world.say(0);
  await world.pass(60_000);
  assert.equal(world.call.isShown, false, "nobody answered the later ones");
});

test("each answer keeps it shown, and is told once", async () => {
  const world = new World();
  world.call.ask();
  for (let round = 1; round <= 5; round++) {
    await world.say();
    await world.pass(round * 30_000);
    assert.equal(world.call.isShown, true);
  }
  assert.equal(world.changes, 1);
});

test("one question in vain takes nothing away, two in a row do, within a minute of the last word", async () => {
  const world = new World();
  world.call.ask();
  await world.say();
  await world.pass(41_999);
  assert.deepEqual(world.askedAtMs, [0, 30_000, 37_000]);
  assert.equal(world.call.isShown, true);
  await world.pass(42_000);
  assert.equal(world.call.isShown, false);
  assert.equal(world.changes, 2);
  await world.pass(46_000);
  await world.say();
  assert.equal(world.call.isShown, true);
});

test("in vain from the beginning: asked again soon, then later each time, and half a minute at most", async () => {
  const world = new World();
  world.call.ask();
  await world.pass(170_000);
  // Five seconds for the answer, then 2, 4, 8, 16, 30, 30 ...
  assert.deepEqual(world.askedAtMs, [0, 7_000, 16_000, 29_000, 50_000, 85_000, 120_000, 155_000]);
  assert.equal(world.changes, 0);
});

test("where nobody could be asked, nothing is waited for", async () => {
  const world = new World();
  world.asked = 0;
  world.call.ask();
  await world.pass(7_000);
  assert.deepEqual(world.askedAtMs, [0, 2_000, 6_000]);
});

test("a question that was in vain is so once, also when the server says late that nobody was asked", async () => {
  const world = new World();
  world.call.ask();
  await world.say();
  const late = Promise.withResolvers<number>();
  world.reply = late.promise;
  await world.pass(36_000);
  late.resolve(0);
  world.reply = undefined;
  await world.pass(37_000);
  assert.deepEqual(world.askedAtMs, [0, 30_000, 37_000]);
  assert.equal(world.call.isShown, true);
});

test("an answer that comes late counts, until the next question", async () => {
  const world = new World();
  world.call.ask();
  await world.pass(6_999);
  await world.say(0);
  assert.equal(world.call.isShown, true);
});

test("a word without a question, or after it was answered, is not looked at; three for a question are", async () => {
  const world = new World();
  const other = new Uint8Array(32).fill(9);
  await world.hear(other);
  assert.equal(world.judged, 0);
  world.call.ask();
  for (let i = 0; i < 2; i++) await world.hear(other);
  await world.say();
  assert.equal(world.judged, 3);
  assert.equal(world.call.isShown, true, "the third counts");
  await world.hear(other);
  assert.equal(world.judged, 3);
  await world.pass(30_000);
  for (let i = 0; i < 3; i++) await world.hear(other);
  await world.say();
  assert.equal(world.judged, 6, "the fourth is not read");
});

test("one person's words do not keep another one's from being read", async () => {
  const world = new World();
  const other = new Uint8Array(32).fill(9);
  world.call.ask();
  for (let i = 0; i < 3; i++) await world.hear(other, "mal");
  assert.equal(world.judged, 1);
  await world.say();
  assert.equal(world.call.isShown, true);
});

for (const code of ["call.notFound", "call.notInvited", "call.putOut"] as const)
  test(`over when the server says ${code}`, async () => {
    const world = new World();
    world.call.ask();
    await world.say();
    world.asked = code;
    await world.pass(30_000);
    assert.equal(world.call.isShown, false);
    assert.equal(world.changes, 2);
    await world.pass(300_000);
    assert.deepEqual(world.askedAtMs, [0, 30_000]);
    assert.equal(world.timers, 0);
  });

for (const code of ["connection.lost", "call.tooManyQuestions", "protocol.badMessage"] as const)
  test(`asked again after ${code}`, async () => {
    const world = new World();
    world.asked = code;
    world.call.ask();
    await world.pass(7_000);
    assert.deepEqual(world.askedAtMs, [0, 7_000]);
  });

test("what was ended meanwhile is neither shown nor asked about again", async () => {
  const world = new World();
  world.call.ask();
  const judging = world.say();
  world.call.end();
  assert.equal(world.timers, 0);
  await judging;
  await world.pass(300_000);
  assert.equal(world.call.isShown, false);
  assert.deepEqual(world.askedAtMs, [0]);
  assert.equal(world.timers, 0);
});
