/** Runs alone: six pages that all hear each other take two cores. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { Browser } from "playwright-core";

import {
  answer,
  call,
  details,
  hearEachOther,
  launchBrowser,
  registerGuest,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
let browser: Browser;

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await server.close();
});

test("six people hear each other, under one safety code", async () => {
  const voices = [440, 590, 740, 890, 1040, 1190];
  const userIds = ["alice", "bobby", "carol", "david", "emily", "frank"];
  const guests: Guest[] = [];
  for (const [i, userId] of userIds.entries())
    guests.push(await registerGuest(server.origin, userId, { hertz: voices[i]!, browser }));
  await call(guests[0]!, userIds.slice(1));
  await Promise.all(guests.slice(1).map(answer));
  await together(guests);
  await hearEachOther(guests, voices);
  const shown = await Promise.all(guests.map(details));
  for (const one of shown) assert.deepEqual(one, shown[0]);
  for (const guest of guests) assert.deepEqual(guest.consoleErrors, []);
});
