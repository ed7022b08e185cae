/** A person is where their device was touched last. The same device at two terminals: its credential is carried over. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { sentenceFor } from "@signet/words";
import type { Browser } from "playwright-core";

import {
  answer,
  call,
  carryKey,
  launchBrowser,
  leave,
  openGuest,
  registerGuest,
  sees,
  signIn,
  signedIn,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
let browser: Browser;
let alice: Guest;
let first: Guest;
let second: Guest;

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser();
  alice = await registerGuest(server.origin, "alice", { browser });
  first = await registerGuest(server.origin, "bobby", { browser, hertz: 660 });
  second = await openGuest(server.origin, "bobby", { browser, hertz: 880 });
});
after(async () => {
  await browser.close();
  await server.close();
});

const incoming = ({ page }: Guest) => page.getByRole("dialog", { name: "Incoming call" });

test("with another device nobody gets in, and is told why", async () => {
  await signIn(second);
  await second.page
    .getByRole("alert")
    .filter({ hasText: sentenceFor("device.cancelled") })
    .waitFor();
  assert.equal(await second.page.getByText("Signed in as").count(), 0);
  // Not even to somebody else's user ID with a device of one's own.
  const mallory = await registerGuest(server.origin, "mallory", { browser });
  await mallory.page.getByRole("button", { name: "Sign out" }).click();
  await mallory.page.getByRole("button", { name: "Sign in" }).waitFor();
  await signIn(mallory, "bobby");
  await mallory.page
    .getByRole("alert")
    .filter({ hasText: sentenceFor("device.cancelled") })
    .waitFor();
  await mallory.close();
});

test("signing in on a second terminal takes over: the first is told, and calls ring at the second", async () => {
  await carryKey(first, second);
  await signIn(second);
  await signedIn(second);
  await first.page.getByText("Your device was used on another terminal, and calls ring there now.").waitFor();
  assert.equal(await first.page.getByText("Signed in as").count(), 0);

  await call(alice, ["bobby"]);
  await incoming(second).waitFor();
  assert.equal(await incoming(first).count(), 0);
  await answer(second);
  await together([alice, second]);
  assert.equal(await incoming(first).count(), 0);
});

test("in a call: who signs in elsewhere goes on here until they move it there, with one touch", async () => {
  await signIn(first);
  await signedIn(first);
  await second.page
    .getByRole("region", { name: "Call", exact: true })
    .getByText("You are signed in at another terminal")
    .waitFor();
  await first.page
    .getByRole("region", { name: "Your call at another terminal" })
    .getByRole("button", { name: "Move it here" })
    .click();
  await second.page
    .getByRole("region", { name: "Summary" })
    .getByText("Moved to another terminal (Security key or passkey): you go on there.")
    .waitFor();
  await together([alice, first]);
  // The key that was carried is a copy, as its counter shows.
  await first.page
    .getByRole("alert")
    .filter({ hasText: /Your device Security key or passkey .+ signed, and its counter is not higher/ })
    .waitFor();
  await leave(first);
  await leave(alice);
});

test("released: calls say offline, and the device signs in again", async () => {
  await first.page.getByRole("button", { name: "Sign out" }).click();
  await first.page
    .getByText("This terminal was released, and calls to your user ID do not ring here any more.")
    .waitFor();
  await call(alice, ["bobby"]);
  const summary = alice.page.getByRole("region", { name: "Summary" });
  await summary.getByText("is not reachable now.").waitFor();
  await summary.getByText("offline").waitFor();
  await signIn(first);
  await signedIn(first);
  await call(alice, ["bobby"]);
  await sees(alice, "bobby", "ringing");
  await incoming(first).waitFor();
  for (const guest of [alice, first, second]) assert.deepEqual(guest.consoleErrors, []);
});
