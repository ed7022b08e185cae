import assert from "node:assert/strict";
import { test } from "node:test";

import type { DeviceId, HistoryEvent, UserId } from "@signet/protocol";
import { historyEventWords } from "@signet/words";

const [ben, deviceId] = ["ben" as UserId, "AAAAAAAAAAAAAAAAAAAAAA" as DeviceId];
const facts = { deviceId, kind: "webauthn", deviceName: "Blue", atMs: 0 } as const;
const by = { userId: ben, deviceId, name: "Red" };
const events: readonly HistoryEvent[] = [
  { type: "deviceAdded", ...facts, by },
  { type: "deviceNamed", ...facts, by },
  { type: "certified", ...facts, by },
  { type: "recovered", ...facts, by: { userId: "root" as UserId, deviceId } },
  { type: "renamed", displayName: "Ben B.", atMs: 0, by },
  ...(["lost", "stolen", "replaced", "ended"] as const).map(
    (why) => ({ type: "deviceRevoked", ...facts, why, by }) as const,
  ),
];
const naming = { day: () => "3 May", kind: () => "key" };
const said = (name?: string): readonly string[] =>
  events.map((event) => historyEventWords(event, { ...naming, name }));

test("each thing that devices sign has a clause of its own, of others and of oneself", () => {
  const all = [...said("ben"), ...said()];
  assert.equal(new Set(all).size, all.length);
  for (const text of all) assert.match(text, /^\p{Ll}.*3 May(?:[^.]|$)/u);
  for (const text of said("ben")) assert.match(text, /\bben\b/);
  for (const text of said()) assert.match(text, /\byours?\b|\byou\b/);
});

test("who signed it is named: the own device, the first one without a name, an administrator", () => {
  assert.equal(said("ben")[0], "ben added a device on 3 May: “Blue” (key); their “Red” signed that");
  const first: HistoryEvent = { type: "deviceAdded", ...facts, by: { ...by, name: "" } };
  assert.match(historyEventWords(first, { ...naming, name: "ben" }), /; their first device signed that$/);
  assert.match(historyEventWords(first, { ...naming, name: undefined }), /; your first device signed that$/);
  assert.match(said("ben")[3] ?? "", /^ben was recovered by the administrator root on /);
});
