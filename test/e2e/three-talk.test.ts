import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";

import { answer, call, hearsOnly, registerGuest, sees } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
const guests: Guest[] = [];

before(async () => {
  server = await startTestServer();
});
after(async () => {
  for (const guest of guests) await guest.close();
  await server.close();
});

test("three people with security keys call, answer with a touch, and hear each other", async () => {
  const voices = [440, 660, 880];
  for (const [i, userId] of ["alice", "bobby", "carol"].entries())
    guests.push(await registerGuest(server.origin, userId, { hertz: voices[i]! }));
  const [alice, bobby, carol] = guests as [Guest, Guest, Guest];
  await call(alice, ["bobby", "carol"]);
  await Promise.all([answer(bobby), answer(carol)]);
  for (const guest of guests)
    for (const userId of ["alice", "bobby", "carol"]) await sees(guest, userId, /in the call/i);
  for (const [i, guest] of guests.entries()) {
    await hearsOnly(
      guest,
      voices,
      voices.filter((_, other) => other !== i),
    );
    assert.deepEqual(guest.consoleErrors, []);
  }
});
