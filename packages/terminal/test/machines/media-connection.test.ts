/** When a call's sound is connected anew: by inputs and times, no clock, no connection. */
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { framesFailuresMost, framesFailuresWithinMs } from "../../src/media/media-connection-state.ts";
import type { MediaConnectionInput } from "../../src/media/media-connection-state.ts";
import {
  Driver,
  ask,
  counted,
  framesFailed,
  idle,
  open,
  openBeside,
  show,
  showWhy,
  signal,
  told,
  unreached,
  use,
  whole,
} from "./media-connection-driver.ts";

test("asked to connect it offers, and says what becomes of it", () => {
  const driver = new Driver();
  assert.deepEqual(driver.give({ type: "connect" }), [show("connecting"), open(1)]);
  assert.deepEqual(driver.give({ type: "answered", attempt: 1 }), []);
  assert.deepEqual(driver.give({ type: "connected", attempt: 1 }), [use(1), show("connected")]);
  assert.equal(driver.state.dueAtMs, Infinity, "nothing more is waited for");
});

test("attempts that fail are followed by others, at longer and longer intervals, for ever", () => {
  const driver = new Driver();
  driver.give({ type: "connect" });
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 40; attempt++) {
    // The connection says so, and so does whoever opened it: that is one failure.
    driver.give({ type: "failed", attempt });
    driver.give({ type: "failed", attempt, code: "connection.lost" });
    waits.push(driver.waitMs);
    assert.deepEqual(driver.due(), [open(attempt + 1)]);
  }
  assert.deepEqual(waits.slice(0, 8), [0, 250, 500, 1_000, 2_000, 5_000, 5_000, 5_000]);
  driver.give({ type: "connected", attempt: 41 });
  driver.give({ type: "failed", attempt: 41 });
  assert.equal(driver.waitMs, 0, "a connection that stood counts anew");
});

test("a server that does not answer the offer within 2 s is asked whether it is there; if so, the request has its own limit", () => {
  const driver = new Driver();
  driver.give({ type: "connect" });
  assert.equal(driver.waitMs, 2_000);
  assert.deepEqual(driver.due(), [ask(1)]);
  assert.equal(driver.waitMs, 1_500);
  assert.deepEqual(driver.give(told(1, { connected: false })), []);
  assert.equal(driver.state.dueAtMs, Infinity);
});

test("a server that answers neither the offer nor that is connected to anew, and then offered to again", () => {
  const driver = new Driver();
  driver.give({ type: "connect" });
  driver.due();
  assert.deepEqual(driver.due(), [unreached, signal]);
  assert.deepEqual(driver.give({ type: "failed", attempt: 1, code: "connection.lost" }), []);
  // Each offer fails at once while there is no connection.
  assert.deepEqual(driver.due(), [open(2)]);
  driver.give({ type: "failed", attempt: 2, code: "connection.lost" });
  assert.deepEqual(driver.give({ type: "signalled" }), [open(3)], "and does not wait for its turn");
  driver.give({ type: "answered", attempt: 3 });
  assert.deepEqual(driver.give({ type: "connected", attempt: 3 }), [use(3)]);
  assert.deepEqual(driver.give(counted(3, 1)), [show("connected")], "once something comes");
});

test("answered and not connected within 12 s is given up; what is known of the reason is shown from 7 s on", () => {
  const driver = new Driver();
  driver.give({ type: "connect" });
  driver.give({ type: "answered", attempt: 1 });
  assert.equal(driver.waitMs, 7_000);
  driver.nowMs += 6_999;
  assert.deepEqual(driver.give({ type: "time" }), []);
  driver.nowMs += 1;
  assert.deepEqual(driver.give({ type: "time" }), [showWhy("media.connectionFailed")]);
  assert.equal(driver.waitMs, 5_000, "it is tried all the same");
  driver.nowMs += 4_999;
  assert.deepEqual(driver.give({ type: "time" }), []);
  driver.nowMs += 1;
  assert.deepEqual(driver.give({ type: "time" }), []);
  assert.deepEqual(driver.due(), [open(2)], "the reason stays until it is connected");
  driver.give({ type: "answered", attempt: 2 });
  driver.give({ type: "hindered", attempt: 1, code: "media.relayUnreachable" });
  driver.give({ type: "hindered", attempt: 2, code: "media.relayRefused" });
  assert.deepEqual(driver.due(), [showWhy("media.relayRefused")]);
  assert.deepEqual(driver.due(), []);
  assert.deepEqual(driver.due(), [open(3)]);
  driver.give({ type: "answered", attempt: 3 });
  assert.deepEqual(driver.give({ type: "failed", attempt: 3 }), [showWhy("media.connectionFailed")]);
  driver.due();
  driver.give({ type: "answered", attempt: 4 });
  assert.deepEqual(driver.give({ type: "hindered", attempt: 4, code: "media.relayRefused" }), []);
  assert.deepEqual(driver.due(), [showWhy("media.relayRefused")]);
  assert.deepEqual(
    driver.give({ type: "connected", attempt: 4 }),
    [use(4), show("connected")],
    "another way leads on",
  );
});

test("why is shown of attempts that were answered, and not where what encrypts the frames is replaced", () => {
  const driver = new Driver();
  driver.give({ type: "connect" });
  assert.deepEqual(driver.give({ type: "failed", attempt: 1, code: "connection.lost" }), []);
  const restarting = Driver.standing();
  restarting.give(framesFailed);
  restarting.due();
  restarting.give({ type: "answered", attempt: 2 });
  assert.deepEqual(restarting.due(), []);
});

test("a break of less than 2 s mends itself, a longer one does not", () => {
  const short = Driver.standing();
  short.give({ type: "disconnected", attempt: 1 });
  assert.equal(short.waitMs, 2_000);
  short.nowMs += 1_999;
  assert.deepEqual(short.give({ type: "time" }), []);
  assert.deepEqual(short.give({ type: "connected", attempt: 1 }), []);
  short.nowMs += 60_000;
  assert.deepEqual(short.give({ type: "time" }), []);

  const long = Driver.standing();
  long.give({ type: "disconnected", attempt: 1 });
  assert.deepEqual(long.due(), [show("connecting")]);
  assert.deepEqual(long.due(), [openBeside(2, 1)], "which may come back until there is another one");
});

test("a connection that comes back while the next attempt is waited for is kept", () => {
  const driver = Driver.standing();
  driver.give({ type: "failed", attempt: 1 });
  assert.deepEqual(driver.give({ type: "connected", attempt: 1 }), [use(1), show("connected")]);
  driver.nowMs += 60_000;
  assert.deepEqual(driver.give({ type: "time" }), []);
});

test("asked to connect again, it does so at once from whatever it did, and anew", () => {
  const driver = new Driver();
  driver.give({ type: "connect" });
  for (let attempt = 1; attempt <= 5; attempt++) {
    driver.give({ type: "failed", attempt });
    driver.due();
  }
  driver.give({ type: "failed", attempt: 6 });
  assert.equal(driver.waitMs, 5_000);
  assert.deepEqual(driver.give({ type: "connect" }), [open(7)]);
  driver.give({ type: "failed", attempt: 7 });
  assert.equal(driver.waitMs, 0);

  const standing = Driver.standing();
  assert.deepEqual(standing.give({ type: "connect" }), [show("connecting"), open(2)]);
});

test("what is said of an attempt that was given up changes nothing", () => {
  const driver = Driver.standing();
  driver.give({ type: "connect" });
  const before = driver.state;
  for (const input of [
    { type: "answered", attempt: 1 },
    { type: "connected", attempt: 1 },
    { type: "disconnected", attempt: 1 },
    { type: "failed", attempt: 1 },
    { type: "failed", attempt: 1, code: "call.notMember" },
    { type: "failed", attempt: 1, code: "frames.workerFailed" },
  ] as const) {
    assert.deepEqual(driver.give(input), []);
    assert.deepEqual(driver.state, before);
  }
});

for (const code of [
  "frames.unsupported",
  "media.badOffer",
  "media.tooManySlots",
  "call.notFound",
  "call.notMember",
] as const)
  test(`${code} would come again: it is told, and nothing is tried any more`, () => {
    const driver = new Driver();
    driver.give({ type: "connect" });
    assert.deepEqual(driver.give({ type: "failed", attempt: 1, code }), [
      { type: "close" },
      { type: "fail", code },
    ]);
    assert.deepEqual(driver.give({ type: "connect" }), []);
    assert.deepEqual(driver.give(framesFailed), []);
  });

test("plaintext on the wire is final, on whichever connection and in whatever state", () => {
  const found = { type: "failed", attempt: 1, code: "frames.plaintextDetected" } as const;
  const restarting = Driver.standing();
  restarting.give(framesFailed);
  const renewed = Driver.standing();
  renewed.give({ type: "connect" });
  for (const driver of [new Driver(), Driver.standing(), restarting, renewed]) {
    assert.deepEqual(driver.give(found), [
      { type: "close" },
      { type: "fail", code: "frames.plaintextDetected" },
    ]);
    assert.deepEqual(driver.give({ type: "connect" }), []);
  }
});

test("frames that cannot be encrypted: closed at once, said, and the next attempt has that replaced", () => {
  const driver = Driver.standing();
  assert.deepEqual(driver.give(framesFailed), [{ type: "close" }, show("restarting")]);
  assert.equal(driver.waitMs, 250);
  // The connection and whoever attached a track to it say the same of the same failure.
  assert.deepEqual(driver.give({ ...framesFailed, attempt: 1 }), []);
  assert.deepEqual(driver.give({ type: "failed", attempt: 1 }), []);
  assert.deepEqual(driver.give({ type: "connected", attempt: 1 }), [], "a closed connection does not stand");
  assert.deepEqual(driver.due(), [open(2, true)]);
  driver.give({ type: "answered", attempt: 2 });
  assert.deepEqual(driver.give({ type: "connected", attempt: 2 }), [use(2), show("connected")]);
});

test("frames that failed: nobody makes the next attempt come sooner", () => {
  const driver = Driver.standing();
  driver.give(framesFailed);
  assert.deepEqual(driver.give({ type: "connect" }), []);
  assert.deepEqual(driver.due(), [open(2, true)]);
});

test("a restart is shown as one until something can be heard again, however many attempts that takes", () => {
  const driver = Driver.standing();
  driver.give(framesFailed);
  driver.due();
  driver.give({ type: "failed", attempt: 2, code: "connection.lost" });
  assert.deepEqual(driver.due(), [open(3)], "what was replaced once is not replaced again");
  driver.give({ type: "answered", attempt: 3 });
  assert.deepEqual(driver.give({ type: "connected", attempt: 3 }), [use(3), show("connected")]);
});

test(`frames may fail ${framesFailuresMost} times in 5 minutes; once more ends it`, () => {
  const driver = Driver.standing();
  const waits: number[] = [];
  for (let failure = 1; failure <= framesFailuresMost; failure++) {
    driver.give(framesFailed);
    waits.push(driver.waitMs);
    const effects = driver.due();
    assert.deepEqual(effects.at(-1), open(failure + 1, true));
    driver.give({ type: "answered", attempt: failure + 1 });
    driver.give({ type: "connected", attempt: failure + 1 });
  }
  assert.deepEqual(waits, [250, 500, 1_000, 2_000, 5_000, 5_000, 5_000, 5_000]);
  assert.deepEqual(driver.give(framesFailed), [
    { type: "close" },
    { type: "fail", code: "frames.workerFailed" },
  ]);
  assert.deepEqual(driver.give({ type: "connect" }), []);
});

test("failures of frames longer ago than 5 minutes count no more", () => {
  const driver = Driver.standing();
  for (let failure = 1; failure <= 3 * framesFailuresMost; failure++) {
    driver.give(framesFailed);
    driver.due();
    driver.give({ type: "connected", attempt: failure + 1 });
    driver.nowMs += Math.ceil(framesFailuresWithinMs / framesFailuresMost);
  }
  assert.equal(driver.state.phase, "standing");
});

test("given up or closed, it closes the connection and wants nothing more", () => {
  for (const [input, expected] of [
    [
      { type: "giveUp", code: "frames.workerFailed" },
      [{ type: "close" }, { type: "fail", code: "frames.workerFailed" }],
    ],
    [{ type: "close" }, [{ type: "close" }]],
  ] as const)
    for (const driver of [new Driver(), Driver.standing()]) {
      assert.deepEqual(driver.give(input), expected);
      assert.equal(driver.state.dueAtMs, Infinity);
      for (const later of [input, { type: "connect" }, { type: "time" }, framesFailed] as const)
        assert.deepEqual(driver.give(later), []);
    }
});

const anyInput: fc.Arbitrary<MediaConnectionInput> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ type: "connect" } as const) },
  ...(["answered", "connected", "disconnected", "failed"] as const).map((type) => ({
    weight: 3,
    arbitrary: fc.record({ type: fc.constant(type), attempt: fc.nat({ max: 6 }) }),
  })),
  { weight: 2, arbitrary: fc.constant(framesFailed) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("counted" as const),
      attempt: fc.nat({ max: 6 }),
      packets: fc.nat({ max: 3 }),
      held: fc.nat({ max: 3 }),
      expected: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("told" as const),
      ask: fc.nat({ max: 5 }),
      flow: fc.constantFrom(undefined, whole, idle),
      sends: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("untold" as const), ask: fc.nat({ max: 5 }) }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      { type: "signalled" } as const,
      { type: "unheard" } as const,
      { type: "changed", gone: false } as const,
      { type: "changed", gone: true } as const,
    ),
  },
  { weight: 4, arbitrary: fc.constant({ type: "time" } as const) },
);

test("whatever happens: it never stands still for good, and no frame goes by what failed", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyInput, fc.nat({ max: 8_000 })), { maxLength: 60 }), (inputs) => {
      const driver = new Driver();
      driver.give({ type: "connect" });
      let hasToReplace = false;
      const closed = new Set<number>();
      for (const [input, afterMs] of inputs) {
        driver.nowMs += afterMs;
        for (const effect of driver.give(input)) {
          if (effect.type === "close" && effect.but === undefined) hasToReplace = true;
          if (effect.type === "open") {
            // One beside at most: all others are closed.
            for (let attempt = 1; attempt < effect.attempt; attempt++)
              if (attempt !== effect.beside) closed.add(attempt);
            assert.ok(effect.beside === undefined || !closed.has(effect.beside));
          }
          if (effect.type === "use") assert.ok(!closed.has(effect.attempt));
          if (effect.type === "open") {
            assert.equal(effect.replaceFrames, hasToReplace);
            hasToReplace = false;
          }
          if (effect.type === "show" && effect.shown.status === "connected") assert.ok(!hasToReplace);
        }
        const { phase, dueAtMs, serving } = driver.state;
        if (phase === "standing" || phase === "faltering") assert.notEqual(serving, undefined);
        // Elsewhere the connection, or the request to the server, is what says how it goes on.
        if (phase === "waiting" || phase === "faltering" || phase === "connecting" || phase === "doubting")
          assert.notEqual(dueAtMs, Infinity, phase);
      }
    }),
  );
});
