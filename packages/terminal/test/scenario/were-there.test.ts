import assert from "node:assert/strict";
import { test } from "node:test";

import { nobodyWasThere, noteWhoIsThere } from "@signet/terminal";
import type { CallView, MemberState } from "@signet/terminal";

const call = (callId: string, states: Record<string, MemberState>): CallView =>
  ({
    callId,
    participants: Object.entries(states).map(([userId, state]) => ({ userId, state })),
  }) as unknown as CallView;

test("who was in a call stays of it after they left; who only rang is not; another call begins anew", () => {
  const first = noteWhoIsThere(nobodyWasThere, call("one", { ann: "joined", ben: "ringing" }));
  assert.deepEqual([...first.userIds], ["ann"]);
  const second = noteWhoIsThere(first, call("one", { ann: "left", ben: "joined", cleo: "declined" }));
  assert.deepEqual([...second.userIds], ["ann", "ben"]);
  assert.equal(noteWhoIsThere(second, call("one", { ann: "left", ben: "left" })), second);
  assert.equal(noteWhoIsThere(second, undefined), second);
  assert.deepEqual([...noteWhoIsThere(second, call("two", { cleo: "ringing" })).userIds], []);
});
