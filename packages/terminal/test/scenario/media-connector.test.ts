/** The shell of the media connection's machine, in time that only the test moves. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";

import { MediaConnector } from "../../src/media/media-connector.ts";

/** A connector whose attempts all fail, and the time it lives in. */
function failing() {
  const time = new VirtualTime(5_000);
  const opened: number[] = [];
  const connector = new MediaConnector({
    system: { monotonicMs: () => time.nowMs, after: time.after },
    exchange: () => Promise.reject(new Error("no server")),
    onConnection: () => undefined,
    open: async () => {
      opened.push(time.nowMs);
      throw new Error("no way");
    },
    close: () => undefined,
    replaceFrames: () => undefined,
    onFailure: () => undefined,
  });
  return {
    connector,
    opened,
    waiting: () => time.waiting,
    /** Lets time pass until the next timer, and what comes of it. */
    async pass(): Promise<void> {
      assert.ok(time.next(), "nothing is waited for");
      await new Promise(setImmediate);
    },
  };
}

test("what fails is tried again by the terminal's own time, one timer at a time", async () => {
  const { connector, opened, waiting, pass } = failing();
  connector.connect();
  await new Promise(setImmediate);
  for (let i = 0; i < 4; i++) {
    assert.equal(waiting(), 1);
    await pass();
  }
  assert.deepEqual(opened, [5_000, 5_000, 5_250, 5_750, 6_750]);
  connector.close();
});

test("once it is closed nothing is waited for any more", async () => {
  const { connector, waiting } = failing();
  connector.connect();
  await new Promise(setImmediate);
  assert.equal(waiting(), 1);
  connector.close();
  assert.equal(waiting(), 0);
});
