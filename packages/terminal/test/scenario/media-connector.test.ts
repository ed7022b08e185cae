/** The shell of the media connection's machine, in time that only the test moves. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";

import type { MediaConnectionShown } from "../../src/media/media-connection-state.ts";
import { MediaConnector } from "../../src/media/media-connector.ts";
import type { MediaAttempt } from "../../src/media/media-connector.ts";
import type { SoundWay } from "../../src/media/sound-way.ts";

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
    use: () => undefined,
    close: () => undefined,
    counts: async () => undefined,
    expectsSound: () => false,
    askFlow: async () => undefined,
    signalAnew: () => undefined,
    way: async () => undefined,
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

test("how the sound travels is looked at while it is connected, and told when it changes", async () => {
  const time = new VirtualTime(5_000);
  const told: MediaConnectionShown[] = [];
  const ways: (SoundWay | undefined)[] = [
    undefined,
    { by: "udp", roundTripMs: 20.3, lost: 0.011 },
    { by: "udp", roundTripMs: 19.8, lost: 0.009 },
    { by: "udp", roundTripMs: 24, lost: 0.009 },
    undefined,
    { by: "relayTcp" },
  ];
  let attempt: MediaAttempt | undefined;
  const connector = new MediaConnector({
    system: { monotonicMs: () => time.nowMs, after: time.after },
    exchange: () => Promise.resolve("answer"),
    onConnection: (shown) => told.push(shown),
    open: async (current) => {
      attempt = current;
      await current.exchange("offer");
      current.connected();
    },
    use: () => undefined,
    close: () => undefined,
    counts: async () => undefined,
    expectsSound: () => false,
    askFlow: async () => undefined,
    signalAnew: () => undefined,
    way: async () => ways.shift(),
    replaceFrames: () => undefined,
    onFailure: () => undefined,
  });
  connector.connect();
  await new Promise(setImmediate);
  while (time.nowMs < 15_000) {
    assert.equal(time.waiting, 2, "the way, and what comes");
    assert.ok(time.next());
    await new Promise(setImmediate);
  }
  assert.equal(time.nowMs, 15_000);
  assert.deepEqual(told, [
    { status: "connecting" },
    { status: "connected" },
    { status: "connected", way: { by: "udp", roundTripMs: 20, lost: 0.01 } },
    { status: "connected", way: { by: "udp", roundTripMs: 24, lost: 0.01 } },
    { status: "connected", way: { by: "relayTcp" } },
  ]);
  attempt?.failed();
  assert.equal(time.waiting, 1, "nothing but the next attempt");
  connector.close();
  assert.equal(time.waiting, 0);
});

test("nothing comes any more: the server is asked, and another connection made beside", async () => {
  const time = new VirtualTime(5_000);
  const said: string[] = [];
  const attempts: MediaAttempt[] = [];
  let received = 0;
  let isAddressGone = false;
  let flow: { connected: boolean; sentAgoMs: number } | undefined = { connected: true, sentAgoMs: 10 };
  const connector = new MediaConnector({
    system: { monotonicMs: () => time.nowMs, after: time.after },
    exchange: () => Promise.resolve("answer"),
    onConnection: (shown) => said.push("code" in shown ? `${shown.status} ${shown.code}` : shown.status),
    open: async (current) => {
      said.push(`open ${current.number}`);
      attempts.push(current);
      await current.exchange("offer");
    },
    use: (attempt) => said.push(`use ${attempt}`),
    close: (but) => said.push(`close all but ${but}`),
    counts: async () => ({ received, held: 0, sent: 0, isAddressGone }),
    expectsSound: () => true,
    askFlow: async () => {
      said.push("ask");
      if (flow === undefined) throw new Error("no connection");
      return flow;
    },
    signalAnew: () => said.push("signal"),
    way: async () => undefined,
    replaceFrames: () => undefined,
    onFailure: () => undefined,
  });
  const pass = async (ms: number, comes: boolean): Promise<void> => {
    for (const untilMs = time.nowMs + ms; time.nowMs < untilMs;) {
      if (comes) received++;
      assert.ok(time.next());
      await new Promise(setImmediate);
    }
  };
  const take = (): string[] => said.splice(0);
  connector.connect();
  await new Promise(setImmediate);
  attempts[0]?.connected();
  assert.deepEqual(take(), ["connecting", "close all but undefined", "open 1", "use 1", "connected"]);
  await pass(3_000, true);
  assert.deepEqual(take(), []);
  await pass(1_000, false);
  assert.deepEqual(take(), ["ask"]);
  // What was on its way comes a moment after the answer.
  received++;
  await pass(900, false);
  assert.deepEqual(take(), []);
  await pass(750, false);
  assert.deepEqual(take(), ["ask", "reconnecting media.nothingComes", "close all but 1", "open 2"]);
  assert.deepEqual(
    attempts.map(({ isBeside }) => isBeside),
    [false, true],
  );
  received = 0;
  attempts[1]?.connected();
  await pass(250, true);
  assert.deepEqual(take(), ["use 2", "connected"]);
  flow = undefined;
  await pass(1_250, false);
  assert.deepEqual(take(), ["ask", "reconnecting media.serverUnreached", "signal"]);
  connector.signalled();
  await new Promise(setImmediate);
  assert.deepEqual(take(), ["close all but 2", "open 3"]);
  received = 0;
  attempts[2]?.connected();
  await pass(250, true);
  assert.deepEqual(take(), ["use 3", "connected"]);
  isAddressGone = true;
  await pass(2_000, true);
  assert.deepEqual(take(), ["reconnecting media.networkChanged", "signal"], "once");
  connector.close();
  assert.equal(time.waiting, 0);
});
