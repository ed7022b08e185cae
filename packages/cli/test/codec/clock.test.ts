import assert from "node:assert/strict";
import { test } from "node:test";

import type { UserId, Warning } from "@signet/terminal";

import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { idle } from "../support/states.ts";

test("a clock that goes wrong while one listens is told once, and when it is right again", () => {
  const [off, more] = [
    { ...idle, clockOffMs: 190_400 },
    { ...idle, clockOffMs: 200_000 },
  ];
  const [event, ...others] = eventsBetween(idle, off);
  assert.deepEqual(event, { event: "clock", offSeconds: 190 });
  assert.deepEqual(others, []);
  assert.match(lineOf(event) ?? "", /this clock is 3:10 behind the server's/);
  assert.deepEqual(eventsBetween(off, more), []);
  const [again] = eventsBetween(more, idle);
  assert.deepEqual(again, { event: "clock", offSeconds: 0 });
  assert.match(lineOf(again) ?? "", /agrees with the server's again/);
});

test("a call that did not ring for a clock names whose it is, and by how much, as a line and in JSON", () => {
  const warning = (clock: NonNullable<Warning["clock"]>): Warning => ({
    id: 1,
    code: "proof.time",
    userId: "bob" as UserId,
    clock,
    atMs: 1,
  });
  const told = (clock: NonNullable<Warning["clock"]>) => {
    const [event] = eventsBetween(idle, { ...idle, warnings: [warning(clock)] });
    assert.ok(event?.event === "warning");
    return { line: lineOf(event) ?? "", clock: event.clock };
  };
  const own = told({ offMs: 300_000, whose: "own" });
  assert.match(
    own.line,
    /about bob: a call by bob did not ring here: the clock of this terminal is 5:00 behind/,
  );
  assert.match(own.line, /set this clock/);
  assert.deepEqual(own.clock, { offSeconds: 300, whose: "own" });
  const theirs = told({ offMs: -300_000, whose: "theirs" });
  assert.match(theirs.line, /the clock there is 5:00 behind this one.*an old call/);
  assert.match(
    told({ offMs: 300_000, whose: "theirs" }).line,
    /the clock there is 5:00 ahead of this one[^]*tell them/,
  );
});
