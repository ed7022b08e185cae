import assert from "node:assert/strict";
import { test } from "node:test";

import { stateOf } from "../../src/live/words.ts";
import { refusalsBlock, rejoinedBlock } from "../../src/live/blocks.ts";
import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { ben, call, idle, nowMs, rings, softwareKey, userId } from "../support/states.ts";

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

test("whose Welcome or GroupInfo did not hold is an event and a line for each, and on the screen while the call lasts", () => {
  const first = { userId: userId("ben"), what: "welcome", code: "mls.refused", signed: false } as const;
  const second = { userId: userId("dan"), what: "groupInfo", code: "mls.refused", signed: true } as const;
  const one = { ...idle, call: { ...call, refusals: [first] } };
  const two = { ...idle, call: { ...call, refusals: [first, second] } };
  const events = [...eventsBetween({ ...idle, call }, one), ...eventsBetween(one, two)];
  assert.deepEqual(events, [
    { event: "groupRefused", callId: call.callId, ...first },
    { event: "groupRefused", callId: call.callId, ...second },
  ]);
  const lines = [
    "the Welcome into the group did not hold, and another member was asked; it was from ben, as the server says",
    "the state of the group to come in by did not hold, and another member was asked; it was from dan, as the signature says",
  ];
  assert.deepEqual(events.map(lineOf), lines);
  const pen = { columns: 200, nowMs, unicode: true } as Parameters<typeof refusalsBlock>[1];
  assert.deepEqual(refusalsBlock(call, pen), []);
  const shown = refusalsBlock(two.call, pen).map((line) => line.map(({ text }) => text).join(""));
  for (const [i, line] of lines.entries()) assert.ok(shown[i]?.includes(line), shown[i]);
});

test("who signed that they left and is in the group still is not called there", () => {
  const { verification: _verification, ...unverified } = ben;
  assert.equal(stateOf({ ...unverified, leaving: true }), "left, but the group holds their key");
  const revoked = { ...unverified, revoked: true } as const;
  assert.equal(stateOf(revoked), "device revoked, but the group still holds their key");
});

test("whoever left a call is not told that it goes on, and is told of others", () => {
  const [own, other] = [
    { ...rings("ben", "Ben", softwareKey), callId: call.callId },
    rings("eve", "Eve", softwareKey),
  ];
  const over = { ...call, phase: "ended" as const, endedAtMs: nowMs };
  const left = { ...idle, call: { ...over, end: { type: "left" as const } } };
  const events = eventsBetween(left, { ...left, joinable: [own, other] });
  assert.deepEqual(events.map(lineOf), ["a call of eve goes on without you"]);
  // Who was cut off is.
  const cutOff = { ...idle, call: { ...over, end: { type: "failed" as const, code: "call.away" as const } } };
  assert.equal(eventsBetween(cutOff, { ...cutOff, joinable: [own] }).length, 1);
});
