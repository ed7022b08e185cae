import assert from "node:assert/strict";
import { test } from "node:test";

import type { TerminalState } from "@signet/terminal";

import { heardRows } from "../../src/live/heard-rows.ts";
import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { anna, ben, call, inCall } from "../support/states.ts";

/** A call in which ben is like this. */
const withBen = (more: Partial<typeof ben>, phase = call.phase): TerminalState => ({
  ...inCall,
  call: { ...call, phase, participants: [anna, { ...ben, speaking: false, ...more }] },
});
const there = withBen({});
const away = withBen({ reconnecting: true });

test("that nothing comes from somebody any more is told once, in a line and to programs, and so is that it is over", () => {
  const [event, ...others] = eventsBetween(there, away);
  assert.deepEqual(others, []);
  const fields = { event: "reconnecting", callId: call.callId, userId: "ben", displayName: "Ben Baker" };
  assert.deepEqual(event, { ...fields, reconnecting: true });
  assert.equal(lineOf(event), "ben (Ben Baker): reconnecting");
  assert.deepEqual(eventsBetween(away, away), []);
  const [over, ...more] = eventsBetween(away, there);
  assert.deepEqual(more, []);
  assert.deepEqual(over, { ...fields, reconnecting: false });
  assert.equal(lineOf(over), "ben (Ben Baker): no longer reconnecting");
});

test("that a voice is not proven is told once, with the code of what it is, and so is that it is proven again", () => {
  const forged = withBen({ voice: "forged" });
  const [event, ...others] = eventsBetween(there, forged);
  assert.deepEqual(others, []);
  const fields = { event: "voice", callId: call.callId, userId: "ben", displayName: "Ben Baker" };
  assert.deepEqual(event, { ...fields, voice: "forged", code: "voice.forged" });
  assert.match(lineOf(event) ?? "", /^somebody in the call speaks in the name of ben \(Ben Baker\)/);
  assert.deepEqual(eventsBetween(forged, forged), []);
  const linesTo = (voice: "unproven" | "unchecked" | "unprovable") =>
    eventsBetween(there, withBen({ voice })).map((one) => lineOf(one) ?? "");
  assert.match(linesTo("unproven").join(), /^nothing proves that this is ben/);
  assert.match(linesTo("unchecked").join(), /^nothing proves just now that this is ben/);
  assert.match(linesTo("unprovable").join(), /^the voice of ben \(Ben Baker\) is not proven/);
  const rows = (voice: "forged" | "unchecked" | "unprovable") =>
    heardRows([anna, { ...ben, voice, poorNetwork: true }]);
  assert.deepEqual(
    rows("forged").map(([name]) => name),
    ["voice", "network"],
  );
  assert.equal(rows("unchecked")[0]?.[0], "voice");
  assert.deepEqual(
    rows("unprovable").map(([name]) => name),
    ["network"],
    "it stands beside the name",
  );
  const [over, ...more] = eventsBetween(forged, there);
  assert.deepEqual(more, []);
  assert.deepEqual(over, { ...fields, voice: "proven" });
  assert.equal(lineOf(over), "what comes of ben (Ben Baker) is proven again, and played");
});

test("a page that went and may be back is told beside why it left; a call that is over tells neither", () => {
  const gone = withBen({ state: "left", leaveReason: "pageGone", stateSigned: true, reconnecting: true });
  assert.deepEqual(
    eventsBetween(there, gone).map(({ event }) => event),
    ["left", "stateSigned", "reconnecting"],
  );
  assert.deepEqual(
    eventsBetween(away, withBen({}, "ended")).map(({ event }) => event),
    ["ended"],
  );
});
