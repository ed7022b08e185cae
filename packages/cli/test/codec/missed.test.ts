import assert from "node:assert/strict";
import { test } from "node:test";

import type { TerminalState } from "@signet/terminal";

import { lineOf } from "../../src/output/plain-output.ts";
import { dateAndTime } from "../../src/output/words.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { idle, missedOf, nowMs, softwareKey, userId } from "../support/states.ts";

const calledMs = nowMs - 2 * 86_400_000;
const call = missedOf("ben", "Ben Baker", calledMs);
const having = (...missed: NonNullable<TerminalState["missed"]>): TerminalState => ({ ...idle, missed });

test("a missed call is told once, with who called and when by their own signature, in a line and to programs", () => {
  const [event, ...others] = eventsBetween(idle, having(call));
  assert.deepEqual(others, []);
  assert.deepEqual(event, {
    event: "missed",
    callId: call.callId,
    calledAt: "2026-11-21T14:05:00.000Z",
    from: {
      userId: "ben",
      displayName: "Ben Baker",
      verifiedBy: {
        device: "webauthn",
        deviceId: softwareKey.deviceId,
        signedAt: "2026-11-21T14:05:00.000Z",
        userVerified: false,
        firstSeen: false,
      },
    },
  });
  assert.equal(
    lineOf(event),
    `missed: ben (Ben Baker) called on ${dateAndTime(calledMs)}: verified, security key or passkey`,
  );
  const more = missedOf("carla", "Carla", nowMs);
  assert.deepEqual(
    eventsBetween(having(call), having(call, more)).map((one) => one.event === "missed" && one.from.userId),
    ["carla"],
  );
  assert.deepEqual(eventsBetween(having(call), idle), []);
});

test("whose call it was is said where somebody brought them in", () => {
  const [event] = eventsBetween(
    idle,
    having({ ...call, startedBy: { userId: userId("zoe"), displayName: "Zoë" } }),
  );
  assert.ok(event?.event === "missed");
  assert.deepEqual(event.startedBy, { userId: "zoe", displayName: "Zoë" });
  assert.match(lineOf(event) ?? "", /, into a call that zoe \(Zoë\) started$/);
});

test("when it was is said by the day, in the time of the place", () => {
  assert.equal(dateAndTime(nowMs, "UTC"), "2026-11-23 14:05");
  assert.equal(dateAndTime(nowMs, "Asia/Shanghai"), "2026-11-23 22:05");
});
