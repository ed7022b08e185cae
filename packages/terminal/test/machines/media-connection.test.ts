/** When a call's sound is connected anew: by inputs and times, no clock, no connection. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ErrorCode, ReplyBody } from "@signet/protocol";
import fc from "fast-check";

import {
  framesFailuresMost,
  framesFailuresWithinMs,
  startMediaConnection,
} from "../../src/media/media-connection-state.ts";
import type {
  MediaConnectionEffect,
  MediaConnectionInput,
  MediaConnectionState,
} from "../../src/media/media-connection-state.ts";
import { stepMediaConnection } from "../../src/media/media-connection.ts";

/** Drives the machine, and keeps what it wanted. */
class Driver {
  state: MediaConnectionState = startMediaConnection();
  nowMs = 1_000;

  /** @returns what it wants now, without the wakes */
  give(input: MediaConnectionInput): readonly MediaConnectionEffect[] {
    const step = stepMediaConnection(this.state, input, this.nowMs);
    this.state = step.state;
    const wakes = step.effects.filter(({ type }) => type === "wake");
    if (this.state.dueAtMs !== Infinity && wakes.length > 0)
      assert.deepEqual(wakes, [{ type: "wake", atMs: this.state.dueAtMs }]);
    return step.effects.filter(({ type }) => type !== "wake");
  }

  /** Lets the time come that it waits for. */
  due(): readonly MediaConnectionEffect[] {
    assert.notEqual(this.state.dueAtMs, Infinity, "it waits for nothing");
    this.nowMs = this.state.dueAtMs;
    return this.give({ type: "time" });
  }

  /** How long it wants to wait from now. */
  get waitMs(): number {
    return this.state.dueAtMs - this.nowMs;
  }

  /** Counts every 250 ms, and nothing more comes. @returns what it wanted meanwhile */
  quiet(ms: number, packets: number, { attempt = 1, expected = true } = {}): MediaConnectionEffect[] {
    const effects: MediaConnectionEffect[] = [];
    for (let passedMs = 0; passedMs < ms; passedMs += 250) {
      this.nowMs += 250;
      effects.push(...this.give(counted(attempt, packets, expected)));
    }
    return effects;
  }

  /** In doubt, since nothing comes any more on attempt 1. */
  static doubting(): Driver {
    const driver = Driver.standing();
    driver.give(counted(1, 100));
    assert.deepEqual(driver.quiet(2_000, 100), [ask(1)]);
    return driver;
  }

  /** Connected, by attempt 1. */
  static standing(): Driver {
    const driver = new Driver();
    driver.give({ type: "connect" });
    driver.give({ type: "answered", attempt: 1 });
    driver.give({ type: "connected", attempt: 1 });
    return driver;
  }
}

const open = (attempt: number, replaceFrames = false) => ({ type: "open", attempt, replaceFrames }) as const;
const openBeside = (attempt: number, beside: number) => ({ ...open(attempt), beside }) as const;
const use = (attempt: number) => ({ type: "use", attempt }) as const;
const show = (status: "connecting" | "restarting" | "connected") =>
  ({ type: "show", shown: { status } }) as const;
const showWhy = (code: ErrorCode) => ({ type: "show", shown: { status: "connecting", code } }) as const;
const ask = (number: number) => ({ type: "ask", ask: number }) as const;
const signal = { type: "signal" } as const;
const shownDoubt = (code: ErrorCode) => ({ type: "show", shown: { status: "reconnecting", code } }) as const;
const unreached = shownDoubt("media.serverUnreached");
const counted = (attempt: number, packets: number, expected = true) =>
  ({ type: "counted", attempt, packets, expected }) as const;
const told = (number: number, flow?: ReplyBody<"media.flow">, sends = true) =>
  ({ type: "told", ask: number, flow, sends }) as const;
/** Everything comes through, as the SFU sees it. */
const whole = { connected: true, sentAgoMs: 10, receivedAgoMs: 10 } as const;
/** The SFU has nothing to send. */
const idle = { connected: true, sentAgoMs: 2_400, receivedAgoMs: 10 } as const;
const framesFailed = { type: "failed", code: "frames.workerFailed" } as const;

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

test("answered and not connected within 12 s is given up, with what is known of the reason", () => {
  const driver = new Driver();
  driver.give({ type: "connect" });
  driver.give({ type: "answered", attempt: 1 });
  assert.equal(driver.waitMs, 12_000);
  driver.nowMs += 11_999;
  assert.deepEqual(driver.give({ type: "time" }), []);
  driver.nowMs += 1;
  assert.deepEqual(driver.give({ type: "time" }), [showWhy("media.connectionFailed")]);
  assert.deepEqual(driver.due(), [open(2)], "which stays until it is connected");
  driver.give({ type: "answered", attempt: 2 });
  driver.give({ type: "hindered", attempt: 1, code: "media.relayUnreachable" });
  driver.give({ type: "hindered", attempt: 2, code: "media.relayRefused" });
  assert.deepEqual(driver.due(), [showWhy("media.relayRefused")]);
  assert.deepEqual(driver.due(), [open(3)]);
  driver.give({ type: "answered", attempt: 3 });
  assert.deepEqual(driver.give({ type: "failed", attempt: 3 }), [showWhy("media.connectionFailed")]);
  driver.due();
  driver.give({ type: "answered", attempt: 4 });
  assert.deepEqual(driver.give({ type: "hindered", attempt: 4, code: "media.relayRefused" }), []);
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

test("nothing for 2 s: the server is asked, and where it sent something another connection is made beside", () => {
  const driver = Driver.standing();
  driver.give(counted(1, 100));
  assert.deepEqual(driver.quiet(1_750, 100), []);
  assert.deepEqual(driver.quiet(250, 100), [ask(1)]);
  assert.deepEqual(driver.give(told(1, whole)), [shownDoubt("media.nothingComes"), openBeside(2, 1)]);
  driver.give({ type: "answered", attempt: 2 });
  assert.deepEqual(driver.give({ type: "connected", attempt: 2 }), [use(2)]);
  assert.deepEqual(driver.quiet(500, 0, { attempt: 2 }), [], "nothing came yet");
  assert.deepEqual(driver.give(counted(1, 101)), [], "the former one is of no interest");
  assert.deepEqual(driver.give(counted(2, 1)), [show("connected")]);
});

test("nothing comes, and the server has nothing for this terminal: nothing is shown, and it is asked again after 4 s", () => {
  const driver = Driver.doubting();
  assert.deepEqual(driver.give(told(1, idle)), []);
  assert.equal(driver.state.phase, "standing");
  assert.deepEqual(driver.quiet(3_750, 100), []);
  assert.deepEqual(driver.quiet(250, 100), [ask(2)]);
});

test("nothing is missed where nobody sends, nor before anything came, nor by who stood still", () => {
  const alone = Driver.standing();
  alone.give(counted(1, 100));
  assert.deepEqual(alone.quiet(10_000, 100, { expected: false }), []);
  const fresh = Driver.standing();
  assert.deepEqual(fresh.quiet(10_000, 0), []);
  const frozen = Driver.standing();
  frozen.give(counted(1, 100));
  frozen.nowMs += 60_000;
  assert.deepEqual(frozen.give(counted(1, 100)), [], "what came meanwhile is not counted yet");
  assert.deepEqual(frozen.give(counted(1, 103)), []);
});

test("a server that knows nothing of media is taken at its answer: another connection is made", () => {
  assert.deepEqual(Driver.doubting().give(told(1)), [shownDoubt("media.nothingComes"), openBeside(2, 1)]);
});

test("a connection that the SFU does not have is not connected, whatever came lately", () => {
  const driver = Driver.standing();
  driver.give(counted(1, 100));
  assert.deepEqual(driver.give({ type: "unheard" }), [ask(1)]);
  driver.nowMs += 100;
  driver.give(counted(1, 105));
  assert.deepEqual(driver.give(told(1, { connected: false })), [
    shownDoubt("media.unheard"),
    openBeside(2, 1),
  ]);
});

test("not heard, by the server's word: another connection, unless it hears again or nothing was sent", () => {
  const asked = (): Driver => {
    const driver = Driver.standing();
    driver.give(counted(1, 100));
    assert.deepEqual(driver.give({ type: "unheard" }), [ask(1)]);
    assert.deepEqual(driver.give(counted(1, 110)), [], "what comes says nothing of what goes");
    return driver;
  };
  const unheard = { connected: true, sentAgoMs: 5, receivedAgoMs: 2_300 };
  const driver = asked();
  assert.deepEqual(driver.give(told(1, unheard)), [shownDoubt("media.unheard"), openBeside(2, 1)]);
  assert.deepEqual(driver.give(counted(1, 120)), [], "so it stays until there is another one");
  assert.deepEqual(driver.give({ type: "connected", attempt: 2 }), [use(2)]);
  assert.deepEqual(driver.give(counted(2, 1)), [show("connected")]);
  for (const answer of [told(1, whole), told(1, unheard, false)]) {
    const other = asked();
    assert.deepEqual(other.give(answer), []);
    assert.equal(other.state.phase, "standing");
  }
});

test("a doubt is shown after 300 ms; without an answer within 1.5 s the server is connected to anew, and then offered to", () => {
  const driver = Driver.doubting();
  assert.equal(driver.waitMs, 300);
  assert.deepEqual(driver.due(), [shownDoubt("media.nothingComes")]);
  assert.equal(driver.waitMs, 1_200);
  assert.deepEqual(driver.due(), [unreached, signal]);
  assert.deepEqual(driver.give(told(1, idle)), [], "too late");
  assert.deepEqual(driver.give({ type: "untold", ask: 1 }), []);
  assert.deepEqual(driver.quiet(10_000, 100), [], "it waits for the server");
  assert.deepEqual(driver.give({ type: "signalled" }), [openBeside(2, 1)]);
});

test("without a connection to the server there is nothing to wait for", () => {
  const driver = Driver.doubting();
  assert.deepEqual(driver.give({ type: "untold", ask: 7 }), [], "of another question");
  assert.deepEqual(driver.give({ type: "untold", ask: 1 }), [unreached, signal]);
});

test("what comes on the connection in doubt ends that; an attempt that has begun takes its place all the same", () => {
  const asked = Driver.doubting();
  assert.deepEqual(asked.give(counted(1, 101)), []);
  assert.equal(asked.state.phase, "standing");
  assert.deepEqual(asked.give(told(1, whole)), [], "of a question that is none any more");
  const lost = Driver.doubting();
  lost.give({ type: "untold", ask: 1 });
  assert.deepEqual(lost.give(counted(1, 101)), [show("connected")]);
  const begun = Driver.doubting();
  begun.give(told(1, whole));
  assert.deepEqual(begun.give(counted(1, 101)), [show("connected")]);
  begun.give({ type: "answered", attempt: 2 });
  assert.deepEqual(begun.give({ type: "connected", attempt: 2 }), [use(2)]);
  const failing = Driver.doubting();
  failing.give(told(1, whole));
  failing.give({ type: "answered", attempt: 2 });
  failing.give(counted(1, 101));
  assert.deepEqual(failing.give({ type: "failed", attempt: 2 }), [{ type: "close", but: 1 }]);
  assert.equal(failing.state.serving, 1);
  assert.deepEqual(failing.give({ type: "connected", attempt: 2 }), [], "it was closed");
});

test("an attempt beside that fails is followed by others, and says why; the one in doubt serves on", () => {
  const driver = Driver.doubting();
  driver.give(told(1, whole));
  driver.give({ type: "answered", attempt: 2 });
  driver.quiet(1_000, 100);
  assert.deepEqual(driver.give({ type: "failed", attempt: 2 }), [showWhy("media.connectionFailed")]);
  assert.deepEqual(driver.due(), [openBeside(3, 1)]);
  driver.give({ type: "failed", attempt: 1 });
  driver.give({ type: "failed", attempt: 3 });
  assert.deepEqual(driver.due(), [open(4)], "what failed does not serve");
});

test("connections that bring nothing are given more and more time", () => {
  const driver = Driver.doubting();
  driver.give(told(1, whole));
  for (const [attempt, mostMs] of [
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [5, 16_000],
    [6, 16_000],
  ] as const) {
    driver.give({ type: "answered", attempt });
    assert.deepEqual(driver.give({ type: "connected", attempt }), [use(attempt)]);
    assert.deepEqual(driver.quiet(mostMs - 250, 0, { attempt }), []);
    assert.deepEqual(driver.quiet(250, 0, { attempt }), [ask(attempt)]);
    assert.deepEqual(driver.give(told(attempt, whole)), [openBeside(attempt + 1, attempt)]);
  }
  driver.give({ type: "connected", attempt: 7 });
  assert.deepEqual(
    driver.quiet(250, 0, { attempt: 7, expected: false }),
    [show("connected")],
    "nobody sends any more",
  );
});

test("another network: the server has half a second to answer, and what comes goes on", () => {
  const driver = Driver.standing();
  driver.give(counted(1, 100));
  assert.deepEqual(driver.give({ type: "changed", gone: false }), [ask(1)]);
  assert.equal(driver.waitMs, 500);
  driver.nowMs += 100;
  driver.give(counted(1, 105));
  assert.deepEqual(driver.give(told(1, whole)), []);
  assert.equal(driver.state.phase, "standing");
  driver.give({ type: "changed", gone: false });
  assert.deepEqual(driver.due(), [unreached, signal]);
  assert.deepEqual(driver.give(counted(1, 106)), [], "it was on its way");
  assert.deepEqual(driver.give({ type: "signalled" }), [openBeside(2, 1)]);
  const waiting = Driver.standing();
  waiting.give({ type: "failed", attempt: 1 });
  assert.deepEqual(waiting.give({ type: "changed", gone: false }), [open(2)]);
});

test("an address that is gone is not waited for", () => {
  const driver = Driver.standing();
  driver.give(counted(1, 100));
  assert.deepEqual(driver.give({ type: "changed", gone: true }), [
    shownDoubt("media.networkChanged"),
    signal,
  ]);
  assert.deepEqual(driver.give(counted(1, 101)), []);
  assert.deepEqual(driver.give({ type: "signalled" }), [openBeside(2, 1)]);
});

test("after each reconnection to the server: nothing where something came meanwhile, else it is asked", () => {
  const driver = Driver.standing();
  driver.give(counted(1, 100));
  driver.nowMs += 900;
  assert.deepEqual(driver.give({ type: "signalled" }), []);
  driver.nowMs += 100;
  assert.deepEqual(driver.give({ type: "signalled" }), [ask(1)]);
  assert.deepEqual(
    driver.give({ type: "signalled" }),
    [ask(2)],
    "the former question went with its connection",
  );
  assert.deepEqual(driver.give(told(1, { connected: false })), []);
  assert.deepEqual(driver.give(told(2, { connected: false })), [
    shownDoubt("media.nothingComes"),
    openBeside(2, 1),
  ]);
});

test("whatever is said of the network or the server changes nothing while what encrypts is replaced", () => {
  const driver = Driver.standing();
  driver.give(framesFailed);
  for (const input of [
    { type: "signalled" },
    { type: "changed", gone: true },
    { type: "unheard" },
    counted(1, 5),
    told(0, whole),
  ] as const)
    assert.deepEqual(driver.give(input), []);
  assert.deepEqual(driver.due(), [open(2, true)]);
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
