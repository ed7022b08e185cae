/** What a terminal says of what it receives: lost, and how evenly it comes. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Reception } from "../../src/node/reception.ts";

/** Packets of one slot, 20 ms apart. @param lateMs by packet */
function receive(
  reception: Reception,
  numbers: readonly number[],
  { fromMs = 0, lateMs = () => 0 }: { fromMs?: number; lateMs?: (number: number) => number } = {},
): void {
  for (const number of numbers)
    reception.arrived(7, number & 0xffff, number * 960, fromMs + number * 20 + lateMs(number));
}

const count = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test("nothing is said of what did not come", () => {
  const reception = new Reception();
  assert.equal(reception.lost, undefined);
  assert.equal(reception.jitterMs, undefined);
});

test("what is left out is lost, also where numbers begin anew, and what comes late is not", () => {
  const reception = new Reception();
  const first = 65_500;
  receive(
    reception,
    count(first, first + 100).filter((number) => number % 10 !== 3),
  );
  assert.ok(Math.abs((reception.lost ?? 0) - 0.1) < 0.001);
  const late = new Reception();
  receive(late, [0, 1, 3, 2, 4, 6, 5]);
  assert.equal(late.lost, 0);
  const elsewhere = new Reception();
  receive(elsewhere, [0, 1, 502, 503]);
  assert.equal(elsewhere.lost, 0, "a jump is no loss");
  const gap = new Reception();
  receive(gap, [0, 1, 501]);
  assert.ok((gap.lost ?? 0) > 0.99);
});

test("what was lost long ago is forgotten", () => {
  const reception = new Reception();
  receive(
    reception,
    count(0, 100).filter((number) => number % 2 === 0),
  );
  assert.ok((reception.lost ?? 0) > 0.4);
  receive(reception, count(100, 700));
  assert.equal(reception.lost, 0);
});

test("jitter is nothing where packets come evenly, and settles at how much they change", () => {
  const even = new Reception();
  receive(even, count(0, 100));
  assert.equal(even.jitterMs, 0);
  const uneven = new Reception();
  receive(uneven, count(0, 300), { lateMs: (number) => (number % 2) * 8 });
  assert.ok(Math.abs((uneven.jitterMs ?? 0) - 8) < 0.5, String(uneven.jitterMs));
  // The slot goes to somebody whose timestamps are others.
  even.arrived(7, 100, 5_000_000, 2_000);
  assert.equal(even.jitterMs, 0);
});
