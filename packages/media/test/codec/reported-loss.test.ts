import assert from "node:assert/strict";
import { test } from "node:test";

import { ReportedLoss } from "../../src/rtp/reported-loss.ts";

/** @param reports lost in all, sent and never sent, as they stand at each. @returns what is covered in the end */
function after(...reports: readonly (readonly [lost: number, sent: number, holes: number])[]): string {
  const loss = new ReportedLoss();
  for (const [lost, sent, holes] of reports) loss.report(lost, sent, holes);
  return `${loss.lost} of ${loss.sent}`;
}

test("from the first report on what was lost on the way counts, and nothing that was missing before it", () => {
  assert.equal(after(), "0 of 0");
  assert.equal(after([7, 50, 0]), "0 of 0");
  assert.equal(after([7, 50, 0], [17, 100, 0], [17, 150, 0]), "10 of 100");
  // The one whom it hears lost 20 of its own; 5 got lost on the way.
  assert.equal(after([0, 50, 0], [25, 80, 20]), "5 of 30");
});

test("what a report sees earlier or later than the SFU does not add up", () => {
  // A hole that the report does not know yet, again and again.
  assert.equal(after([0, 50, 0], [0, 99, 1], [1, 150, 1], [1, 199, 2], [2, 250, 2]), "0 of 200");
  // What came late was not lost; what is lost after it is.
  assert.equal(after([0, 50, 0], [10, 100, 0], [8, 150, 0], [10, 200, 0], [13, 250, 0]), "13 of 200");
});

test("nobody loses more than was sent to them, or less than nothing", () => {
  assert.equal(after([0, 50, 0], [0x7f_ffff, 60, 0]), "10 of 10");
  assert.equal(after([0, 50, 0], [0x7f_ffff, 60, 0], [0x7f_ffff, 160, 0]), "10 of 110");
  assert.equal(after([5, 50, 0], [-0x80_0000, 60, 0]), "0 of 10");
  assert.equal(after([5, 50, 0], [9, 50, 0]), "0 of 0");
});
