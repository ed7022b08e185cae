/** What a terminal hears next came to pass after all that it has heard: only while nothing of that waits, and nothing is missing. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { isUpToDate } from "@signet/protocol";

import {
  accepted,
  active,
  advanced,
  committed,
  failed,
  initiator,
  joining,
  judged,
  needed,
  made,
  run,
  synced,
  welcome,
} from "./call-member-world.ts";
import type { Run } from "./call-member-world.ts";

const isCurrent = ({ state }: Run): boolean => isUpToDate(state);

test("who is in the group and has done all that was said misses nothing", () => {
  for (const done of [
    initiator,
    active,
    run(active, committed(1), advanced(2)),
    run(active, committed(1), failed, judged(2, false)),
    run(initiator, needed(0, 1), { type: "commitMade", made: made(0) }, accepted(1), advanced(1)),
    run(active, { type: "disconnected" }, { type: "connected" }, synced(1, [])),
    run(active, { type: "disconnected" }, { type: "connected" }, synced(2, [1]), advanced(2)),
  ])
    assert.ok(isCurrent(done), JSON.stringify(done.state));
});

test("who is not in it yet, works at what was said, or may miss something does not", () => {
  const gone = run(active, { type: "disconnected" });
  for (const behind of [
    joining,
    run(joining, welcome(1)),
    run(active, committed(1)),
    run(active, committed(1), committed(2), advanced(2)),
    run(active, committed(2)),
    run(active, committed(1), failed),
    run(active, committed(1), failed, judged(2, true)),
    run(initiator, needed(0, 1)),
    gone,
    run(gone, { type: "connected" }),
    run(gone, { type: "connected" }, synced(2, [1])),
    run(gone, { type: "connected" }, committed(2)),
  ])
    assert.ok(!isCurrent(behind), JSON.stringify(behind.state));
});
