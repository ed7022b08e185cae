import assert from "node:assert/strict";
import { test } from "node:test";

import { stateOf } from "../../src/live/words.ts";
import { rejoinedBlock } from "../../src/live/blocks.ts";
import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { ben, call, idle, nowMs, userId } from "../support/states.ts";

const rejoined = { entered: [userId("dan")], gone: [userId("ben"), userId("eve")] };

test("coming back into a group of others is an event, once, and a line", () => {
  const before = { ...idle, call };
  const after = { ...idle, call: { ...call, rejoined } };
  const events = eventsBetween(before, after);
  assert.deepEqual(events, [{ event: "rejoined", callId: call.callId, ...rejoined }]);
  const [event] = events;
  assert.ok(event);
  assert.equal(
    lineOf(event),
    "this terminal lost the group and came back into it; meanwhile dan came in, and ben, eve went: if that surprises you, compare the safety code",
  );
  assert.deepEqual(eventsBetween(after, after), []);
  const again = { ...idle, call: { ...call, rejoined: { entered: [], gone: [userId("dan")] } } };
  assert.match(eventsBetween(after, again).map(lineOf).join(), /meanwhile dan went:/);
});

test("the screen shows it for as long as the call lasts", () => {
  const pen = { columns: 60, nowMs, unicode: true } as Parameters<typeof rejoinedBlock>[1];
  assert.deepEqual(rejoinedBlock(call, pen), []);
  const text = rejoinedBlock({ ...call, rejoined }, pen)
    .map((line) => line.map((part) => part.text).join(""))
    .join(" ");
  assert.match(text, /dan came in, and ben, eve went/);
});

test("who signed that they left and is in the group still is not called there", () => {
  const { verification: _verification, ...unverified } = ben;
  assert.equal(stateOf({ ...unverified, leaving: true }), "left, but the group holds their key");
});
