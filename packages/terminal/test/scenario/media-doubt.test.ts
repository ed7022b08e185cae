/** When a media connection that stands is not believed, and what comes of that: by inputs and times, no clock, no connection. */
import assert from "node:assert/strict";
import { test } from "node:test";

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
  shownDoubt,
  signal,
  told,
  unreached,
  use,
  whole,
} from "../machines/media-connection-driver.ts";

test("nothing for a second: the server is asked, and where it sent something another connection is made beside", () => {
  const driver = Driver.standing();
  driver.give(counted(1, 100));
  assert.deepEqual(driver.quiet(750, 100), []);
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

test("asked early, what the server sent has to be of just now; else it is asked again after 2 s, and believed as always", () => {
  const suspecting = (): Driver => {
    const driver = Driver.standing();
    driver.give(counted(1, 100));
    assert.deepEqual(driver.quiet(1_000, 100), [ask(1)]);
    return driver;
  };
  for (const [sentAgoMs, isBroken] of [
    [499, true],
    [500, false],
  ] as const) {
    const driver = suspecting();
    const effects = driver.give(told(1, { ...whole, sentAgoMs }));
    assert.deepEqual(effects, isBroken ? [shownDoubt("media.nothingComes"), openBeside(2, 1)] : []);
    if (isBroken) continue;
    assert.deepEqual(driver.quiet(750, 100), []);
    assert.deepEqual(driver.quiet(250, 100), [ask(2)]);
    assert.deepEqual(driver.give(told(2, { ...whole, sentAgoMs: 1_499 })), [
      shownDoubt("media.nothingComes"),
      openBeside(2, 1),
    ]);
  }
  const older = suspecting();
  assert.deepEqual(older.give(told(1)), [], "a server that knows nothing of media");
  assert.deepEqual(older.quiet(1_000, 100), [ask(2)]);
  assert.deepEqual(older.give(told(2)), [shownDoubt("media.nothingComes"), openBeside(2, 1)]);
});

test("asked early, no answer is taken for none before it would have been", () => {
  const driver = Driver.standing();
  driver.give(counted(1, 100));
  driver.quiet(1_000, 100);
  assert.equal(driver.waitMs, 1_000 + 300);
  assert.deepEqual(driver.due(), [shownDoubt("media.nothingComes")]);
  assert.equal(driver.waitMs, 1_500 - 300);
  assert.deepEqual(driver.due(), [unreached, signal]);
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

test("what waits for its key is no silence, for 5 s after the last that was opened; and no sound either", () => {
  const driver = Driver.standing();
  driver.give(counted(1, 100));
  assert.deepEqual(driver.quiet(500, 100), []);
  const effects: unknown[] = [];
  let held = 0;
  const wait = (ms: number): unknown[] => {
    for (let passedMs = 0; passedMs < ms; passedMs += 250) {
      driver.nowMs += 250;
      effects.push(...driver.give(counted(1, 100, true, (held += 12))));
    }
    return effects.splice(0);
  };
  // What was missed before counts on.
  assert.deepEqual(wait(4_250), []);
  assert.deepEqual(wait(250), []);
  assert.deepEqual(wait(250), [ask(1)], "they are a server's making");
  const opened = Driver.standing();
  opened.give(counted(1, 100));
  opened.nowMs += 3_000;
  opened.give(counted(1, 100, true, 150));
  opened.nowMs += 250;
  assert.deepEqual(opened.give(counted(1, 260, true, 150)), [], "the key came");
  assert.deepEqual(opened.quiet(1_000, 260), [ask(1)], "none waits any more");
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
