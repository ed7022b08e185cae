import assert from "node:assert/strict";
import { test } from "node:test";

import type { Notice, TerminalState } from "@signet/terminal";

import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { benAdded, changedKeyOf, idle, nowMs, recoveredKeyOf, userId } from "../support/states.ts";

const told = (notice: Notice): TerminalState => ({ ...idle, notices: [notice] });

test("what somebody's own devices signed is told once, in a line and to programs", () => {
  const [event, ...others] = eventsBetween(idle, told(benAdded));
  assert.deepEqual(others, []);
  assert.deepEqual(event, {
    event: "historyContinued",
    userId: "ben",
    displayName: "Ben Baker",
    self: false,
    head: "A".repeat(43),
    happened: [
      {
        type: "deviceAdded",
        deviceId: "c29mdHdhcmU",
        kind: "webauthn",
        deviceName: "Blue key",
        by: { userId: "ben", deviceId: "c29mdHdhcmU", name: "" },
        at: "2026-11-23T14:05:00.000Z",
      },
    ],
  });
  assert.equal(
    lineOf(event),
    "ben added a device on 2026-11-23: “Blue key” (security key or passkey); their first device signed that",
  );
  assert.deepEqual(eventsBetween(told(benAdded), told(benAdded)), []);
  assert.deepEqual(eventsBetween(told(benAdded), idle), []);
});

test("of oneself it is said as such", () => {
  const [event] = eventsBetween(idle, told({ ...benAdded, userId: userId("anna") }));
  assert.equal(event?.event === "historyContinued" && event.self, true);
  assert.match(event === undefined ? "" : (lineOf(event) ?? ""), /^a device was added to yours on 2026/);
});

test("a changed key is told with the history by which it would count, and what happened where that is known", () => {
  const changed = changedKeyOf("ben");
  const warnings = [{ id: 0, code: "directory.keyChanged", userId: userId("ben"), atMs: nowMs } as const];
  const eventOf = (key: typeof changed) => eventsBetween(idle, { ...idle, changedKeys: [key], warnings })[0];
  const fields = { head: "A".repeat(43), deviceId: changed.deviceId };
  assert.partialDeepStrictEqual(eventOf(changed), { event: "warning", ...fields, how: "other" });
  const recovered = eventOf(recoveredKeyOf("ben"));
  assert.partialDeepStrictEqual(recovered, {
    ...fields,
    how: "recovered",
    happened: [{ type: "recovered", deviceName: "Blue key", at: "2026-11-23T14:05:00.000Z" }],
  });
  assert.match(
    recovered === undefined ? "" : (lineOf(recovered) ?? ""),
    /\(ben was recovered by the administrator ada on 2026-11-23, with a new device: “Blue key”/,
  );
});
