import assert from "node:assert/strict";
import { test } from "node:test";
import { frameUnits } from "@signet/protocol/voice";
import fc from "fast-check";
import { PlayoutGate, moveMs, mostBacklogMs, staleMs, standstillMs } from "../../src/frames/playout-gate.ts";
import type { GateDropReason } from "../../src/frames/playout-gate.ts";

/** One gate, one voice, one slot, unless said otherwise; time stands still unless it is moved. */
function gateOf(base = 0) {
  const gate = new PlayoutGate();
  let nowMs = 0;
  const takeAt = (place: number, frames: number, at = "0/0", voice = 1) =>
    gate.take({ voice, place, ...slotAt(at), timestamp: (base + frames * frameUnits) >>> 0 }, nowMs);
  return {
    take(...frame: Parameters<typeof takeAt>): "pass" | GateDropReason {
      const verdict = takeAt(...frame);
      return verdict.type === "pass" ? "pass" : verdict.reason;
    },
    /** When it is handed on, from now; undefined when it is dropped. */
    waitOf(place: number, slot?: string): number | undefined {
      const verdict = takeAt(place, place, slot);
      return verdict.type === "pass" ? verdict.atMs - nowMs : undefined;
    },
    wait: (ms: number) => (nowMs += ms),
    close: (connection: number) => gate.close(connection),
    look: () => gate.alive(nowMs),
  };
}

/** @param at connection/slot */
function slotAt(at: string): { connection: number; slot: number } {
  const [connection = 0, slot = 0] = at.split("/").map(Number);
  return { connection, slot };
}

test("what comes as it was said passes, also out of order and over the wrap of timestamps", () => {
  const { take } = gateOf(2 ** 32 - 2 * frameUnits);
  assert.deepEqual(
    [0, 1, 4, 3, 2, 5].map((n) => take(n, n)),
    Array(6).fill("pass"),
  );
});

test("a frame whose timestamp puts it before an earlier one is not heard", () => {
  const { take } = gateOf();
  assert.equal(take(10, 10), "pass");
  assert.equal(take(12, 9), "misplaced");
  assert.equal(take(12, 10), "misplaced");
  assert.equal(take(9, 11), "misplaced");
  assert.equal(take(11, 11), "pass");
});

test("what was left out leaves its time: a frame that is moved up to the one before is not heard", () => {
  const { take } = gateOf();
  assert.equal(take(0, 0), "pass");
  assert.equal(take(4, 1), "misplaced");
  assert.equal(take(4, 3), "misplaced");
  assert.equal(take(4, 4), "pass");
  assert.equal(take(6, 9), "pass", "more time than counters is a pause of the sender");
  assert.equal(take(5, 3), "misplaced");
  assert.equal(take(5, 9), "misplaced");
  assert.equal(take(5, 8), "pass");
});

test("one unit less than a frame is too little", () => {
  const gate = new PlayoutGate();
  const frame = { voice: 1, connection: 0, slot: 0 };
  assert.equal(gate.take({ ...frame, place: 0, timestamp: 0 }, 0).type, "pass");
  assert.equal(gate.take({ ...frame, place: 1, timestamp: frameUnits - 1 }, 0).type, "drop");
  assert.equal(gate.take({ ...frame, place: 1, timestamp: frameUnits }, 0).type, "pass");
});

test("a second of silence stands for whatever was left out", () => {
  const { take } = gateOf();
  assert.equal(take(0, 0), "pass");
  assert.equal(take(5_000, 49), "misplaced");
  assert.equal(take(5_000, 50), "pass");
});

test("a server that joined over a gap is heard again after a second of silence, and not before", () => {
  const { take, wait } = gateOf();
  for (let n = 0; n < 20; n++) {
    assert.equal(take(n, n), "pass");
    wait(20);
  }
  // Fifteen frames left out, and all after them moved up.
  const verdicts: string[] = [];
  for (let n = 35; n < 100; n++) {
    verdicts.push(take(n, n - 15));
    wait(20);
  }
  const heardAgain = verdicts.indexOf("pass");
  assert.equal(heardAgain, 19 + 50 + 15 - 35);
  assert.ok(verdicts.slice(heardAgain).every((verdict) => verdict === "pass"));
});

test("what waited while the machine stood still is not heard, and does not keep back what is said in another connection", () => {
  for (const [stillMs, held] of [
    [standstillMs, "pass"],
    [standstillMs + 1, "burst"],
  ] as const) {
    const { close, look, take, wait, waitOf } = gateOf();
    look();
    assert.equal(take(0, 0), "pass");
    wait(stillMs);
    look();
    for (let n = 1; n < 30; n++) assert.equal(take(n, n), held);
    close(0);
    wait(staleMs - 1);
    look();
    assert.equal(waitOf(2_999, "1/0"), undefined);
    wait(1);
    look();
    assert.equal(waitOf(3_000, "1/0"), held === "burst" ? 0 : undefined);
  }
});

test("on a network that keeps time nothing is kept back, whatever is lost", () => {
  const { waitOf, wait } = gateOf();
  for (let n = 0; n < 200; n++) {
    if (n % 7 !== 3 && n % 11 !== 5 && (n < 60 || n > 90)) assert.equal(waitOf(n), 0, `${n}`);
    wait(20);
  }
});

test("what comes after a gap sooner than it was said is kept back until then, with all behind it; what was missing is not", () => {
  const { waitOf, wait } = gateOf();
  for (let n = 0; n < 10; n++) {
    assert.equal(waitOf(n), 0);
    wait(20);
  }
  assert.equal(waitOf(25), 300);
  assert.equal(waitOf(26), 300);
  assert.equal(waitOf(12), 0);
  wait(20);
  assert.equal(waitOf(27), 280);
  wait(280);
  assert.equal(waitOf(28), 0);
});

test("behind a burst a gap begins when the burst is played", () => {
  const { waitOf } = gateOf();
  for (let n = 0; n < 11; n++) assert.equal(waitOf(n), 0);
  // 20 ms for the first, 18 for each of the others, and 4 that are missing.
  assert.equal(waitOf(15), 200 + 80);
});

test("after a gap of more than a second it is a second", () => {
  const { waitOf } = gateOf();
  assert.equal(waitOf(0), 0);
  assert.equal(waitOf(1_000), 20 + 49 * 20);
});

test("a second behind the newest is late, and so is a copy", () => {
  const { take } = gateOf();
  assert.equal(take(10, 10), "pass");
  assert.equal(take(59, 59), "pass");
  assert.equal(take(10, 10), "late");
  assert.equal(take(11, 11), "pass");
  assert.equal(take(60, 60), "pass");
  assert.equal(take(11, 11), "late");
  assert.equal(take(10, 10), "late");
});

test("a voice is heard in one slot; in another after a second, and then no older frame of it", () => {
  const { take, wait } = gateOf();
  assert.equal(take(5, 5, "0/0"), "pass");
  assert.equal(take(6, 900, "0/1"), "elsewhere");
  // 20 ms of the frame itself.
  wait(20 + moveMs - 1);
  assert.equal(take(7, 901, "0/1"), "elsewhere");
  wait(1);
  assert.equal(take(5, 902, "0/1"), "late");
  assert.equal(take(8, 902, "0/1"), "pass");
  assert.equal(take(7, 901, "0/1"), "pass", "what was swapped on the way");
  assert.equal(take(5, 899, "0/1"), "late", "but nothing that was heard in the first slot");
  assert.equal(take(6, 6, "0/0"), "late");
  assert.equal(take(9, 9, "0/0"), "elsewhere");
});

test("when the connection of its slot was closed, a voice goes on in another one at once", () => {
  const { close, take, wait } = gateOf();
  assert.equal(take(5, 5, "0/0"), "pass");
  assert.equal(take(6, 900, "1/0"), "elsewhere");
  close(0);
  assert.equal(take(7, 7, "0/0"), "closed");
  assert.equal(take(7, 7, "0/1"), "closed");
  assert.equal(take(5, 899, "1/0"), "late", "what was handed on in the first one");
  wait(20);
  assert.equal(take(6, 900, "1/0"), "pass");
  assert.equal(take(7, 901, "1/1"), "elsewhere", "from then on it is heard there alone");
  assert.equal(take(7, 901, "1/0"), "pass");
});

test("another connection that was closed changes nothing", () => {
  const { close, take, wait } = gateOf();
  assert.equal(take(5, 5, "0/0"), "pass");
  close(1);
  wait(1_000);
  assert.equal(take(6, 900, "2/0"), "elsewhere");
  assert.equal(take(6, 900, "1/0"), "closed");
  assert.equal(take(6, 6, "0/0"), "pass");
});

test("what is missing at a change of connections has its time, and nothing of it comes after what was behind it", () => {
  const { close, take, waitOf, wait } = gateOf();
  assert.equal(waitOf(0), 0);
  close(0);
  // 20 ms of the frame itself, and 10 that are missing.
  assert.equal(waitOf(11, "1/0"), 220);
  assert.equal(waitOf(12, "1/0"), 220);
  assert.equal(take(10, 10, "1/0"), "late");
  wait(220);
  assert.equal(waitOf(13, "1/0"), 0);
  close(1);
  wait(1_100);
  assert.equal(waitOf(500, "2/0"), 0);
  close(2);
  // All that comes meanwhile would wait with it.
  assert.equal(take(1_500, 1_500, "3/0"), "elsewhere");
  wait(1_000);
  assert.equal(waitOf(1_550, "3/0"), 0);
});

test("what a closed connection still had to play has its time: a server that sends it in a burst cuts no words out", () => {
  const { close, take, wait, waitOf } = gateOf();
  // 20 ms for the first, and 18 for each of the others.
  for (let n = 0; n < 11; n++) assert.equal(waitOf(n), 0);
  wait(100);
  close(0);
  assert.equal(waitOf(11, "1/0"), 100);
  assert.equal(waitOf(12, "1/0"), 100);
  assert.equal(take(10, 10, "1/0"), "late");
});

test("other voices in a slot change nothing", () => {
  const { take } = gateOf();
  assert.equal(take(1_000, 0, "0/0", 1), "pass");
  assert.equal(take(3, 1, "0/0", 2), "pass");
  assert.equal(take(1_001, 2, "0/0", 1), "pass");
  assert.equal(take(4, 1, "0/0", 2), "misplaced");
});

test("a burst passes as far as a second of it may wait", () => {
  const { take, wait } = gateOf();
  // 20 ms for the first and 18 for each that has to be made up for.
  const most = Math.ceil((mostBacklogMs - 20) / 18) + 1;
  for (let n = 0; n < most; n++) assert.equal(take(n, n), "pass");
  assert.equal(take(most, most), "burst");
  wait(18);
  assert.equal(take(most + 1, most + 1), "burst", "until that is played");
});

test("after more than may wait came at once, a voice goes on as it comes, and is not cut again and again", () => {
  const { take, waitOf, wait } = gateOf();
  let place = 0;
  for (; place < 1_000; place++) take(place, place);
  let silentMs = 0;
  for (; waitOf(place) === undefined; place++) {
    wait(20);
    silentMs += 20;
  }
  assert.ok(silentMs <= 2_000, `${silentMs}`);
  for (let n = 0; n < 1_000; n++) {
    wait(20);
    assert.equal(waitOf(++place), 0);
  }
});

test("a stall of the network is made up for, and what comes in small bursts afterwards is heard", () => {
  const { take, wait } = gateOf();
  let place = 0;
  for (let stall = 0; stall < 5; stall++) {
    wait(980);
    for (let n = 0; n < 49; n++, place++) assert.equal(take(place, place), "pass");
    // 20 s of pairs, 0.1 % faster than our clock.
    for (let n = 0; n < 500; n++) {
      wait(39.96);
      for (const _ of [0, 1]) assert.equal(take(place, place++), "pass");
    }
  }
});

test("after a minute only the places are remembered, since timestamps wrap around", () => {
  const { take, wait } = gateOf();
  assert.equal(take(5, 1_000_000), "pass");
  wait(60_019);
  assert.equal(take(6, 0), "misplaced");
  wait(1);
  assert.equal(take(5, 0), "late");
  assert.equal(take(6, 0), "pass");
});

/** What a jitter buffer plays of frames that came all at once: by timestamp. */
interface Heard {
  readonly place: number;
  readonly playedAt: number;
}

test("whatever a server leaves out, swaps, repeats and retimes: what passes is heard in order, and every gap has its time", () => {
  const deed = fc.record({
    /** From the frame before; mostly the next. */
    step: fc.oneof(
      { weight: 4, arbitrary: fc.constant(1) },
      { weight: 2, arbitrary: fc.integer({ min: -60, max: 60 }) },
    ),
    /** In frames; mostly where it belongs. */
    off: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -60, max: 60 }) },
    ),
    slot: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
    /** Of the newest one. */
    back: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
    /** Another connection takes the place of the newest one; the terminal closes all that are older. */
    anew: fc.oneof(
      { weight: 30, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    waitMs: fc.constantFrom(0, 0, 20, 20, 20, 1_100),
  });
  let heardInAll = 0;
  let changesInAll = 0;
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 120, size: "max" }), (deeds) => {
      const gate = new PlayoutGate();
      const heard: (Heard & { slot: string; connection: number; stay: number; atMs: number })[] = [];
      const closed = new Set<number>();
      let nowMs = 0;
      let stay = 0;
      let place = 0;
      let newestConnection = 1;
      for (const { step, off, slot: index, back, anew, waitMs } of deeds) {
        nowMs += waitMs;
        if (anew) {
          for (const older of [newestConnection - 1, newestConnection]) {
            gate.close(older);
            closed.add(older);
          }
          newestConnection += 2;
        }
        const connection = newestConnection - back;
        const slot = `${connection}/${index}`;
        place = Math.max(0, place + step);
        const playedAt = place + off;
        const timestamp = (playedAt * frameUnits) >>> 0;
        const verdict = gate.take({ voice: 1, place, connection, slot: index, timestamp }, nowMs);
        if (verdict.type === "drop") continue;
        assert.ok(verdict.atMs >= nowMs && verdict.atMs <= nowMs + 2_000);
        if (slot !== heard.at(-1)?.slot) stay++;
        const newest = heard.toSorted((a, b) => a.place - b.place).at(-1);
        const missing = newest === undefined ? 0 : place - newest.place - 1;
        if (newest !== undefined && heard.every((one) => one.place < place)) {
          assert.ok(verdict.atMs >= newest.atMs, "sooner than what was said before");
          if (missing > 0)
            assert.ok(verdict.atMs - newest.atMs >= Math.min(missing, 49) * 20, "a gap without its time");
        }
        assert.ok(!closed.has(connection), "where nobody hears it");
        const former = heard.at(-1);
        if (former !== undefined && slot !== former.slot && verdict.atMs - former.atMs < moveMs) {
          assert.ok(closed.has(former.connection), "in two slots");
          changesInAll++;
        }
        heard.push({ place, playedAt, slot, connection, stay, atMs: verdict.atMs });
      }
      heardInAll += heard.length;
      for (const one of heard) {
        for (const other of heard) {
          if (one === other) continue;
          assert.notEqual(one.place, other.place, "twice");
          if (one.place > other.place) continue;
          if (one.stay === other.stay)
            assert.ok(other.playedAt - one.playedAt >= Math.min(other.place - one.place, 50));
          else assert.ok(other.atMs - one.atMs >= moveMs || closed.has(one.connection));
        }
      }
    }),
    { numRuns: 1_000 },
  );
  assert.ok(heardInAll > 10_000, `${heardInAll}: too little passed for this to show anything`);
  assert.ok(changesInAll > 100, `${changesInAll}: too few changes of connections for this to show anything`);
});
