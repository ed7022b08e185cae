import assert from "node:assert/strict";
import { test } from "node:test";

import { nobodyWasThere, noteWhoIsThere } from "@signet/terminal";
import type { CallView, MemberState } from "@signet/terminal";

const call = (callId: string, states: Record<string, MemberState>, activeSinceMs?: number): CallView =>
  ({
    callId,
    ...(activeSinceMs === undefined ? {} : { activeSinceMs }),
    participants: Object.entries(states).map(([userId, state]) => ({ userId, state })),
  }) as unknown as CallView;

test("who was in a call stays of it after they left; who only rang is not; another call begins anew", () => {
  const first = noteWhoIsThere(nobodyWasThere, call("one", { ann: "joined", ben: "ringing" }, 1));
  assert.deepEqual([...first.userIds], ["ann"]);
  const second = noteWhoIsThere(first, call("one", { ann: "left", ben: "joined", cleo: "declined" }, 1));
  assert.deepEqual([...second.userIds], ["ann", "ben"]);
  assert.equal(noteWhoIsThere(second, call("one", { ann: "left", ben: "left" }, 1)), second);
  assert.equal(noteWhoIsThere(second, undefined), second);
  assert.deepEqual([...noteWhoIsThere(second, call("two", { cleo: "ringing" })).userIds], []);
});

test("who answered and was never let in was with nobody, whoever was in the call", () => {
  const waiting = noteWhoIsThere(nobodyWasThere, call("one", { ann: "joined", ben: "joined" }));
  assert.deepEqual([...waiting.userIds], []);
  assert.deepEqual(
    [...noteWhoIsThere(waiting, call("one", { ann: "joined", ben: "left" }, 1)).userIds],
    ["ann"],
  );
});
