/** A person adds a second security key on the page: real WebAuthn in a real browser, with virtual authenticators. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { sentenceFor } from "@signet/words";
import type { Browser } from "playwright-core";

import {
  addSecurityKey,
  carryKey,
  launchBrowser,
  openGuest,
  registerGuest,
  signIn,
  signedIn,
} from "./support/browser.ts";
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

test("a second security key is added on the page, signs in elsewhere, and revokes the first", async () => {
  const here = await registerGuest(server.origin, "carla", { browser });
  const { key, page } = here;
  const touch = (authenticatorId: string, enabled: boolean): Promise<unknown> =>
    key.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  const add = async (): Promise<void> => {
    await page.getByRole("button", { name: "Add a device" }).click();
    await page.getByRole("textbox", { name: "Name of the new device" }).fill("Spare key");
    await page.getByRole("button", { name: "Go on" }).click();
  };
  // The one that is there is no second one.
  await add();
  await page
    .getByRole("alert")
    .filter({ hasText: sentenceFor("history.deviceTaken") })
    .waitFor();
  await page.getByRole("button", { name: "Close message" }).click();
  // Of the two the new one is touched, until its signature is there: an authenticator that is touched in vain ends the request.
  await touch(here.authenticatorId, false);
  const spare = await addSecurityKey(key);
  await page.exposeFunction("otherHand", async () => {
    await touch(spare, false);
    await touch(here.authenticatorId, true);
  });
  await page.evaluate(() => {
    const { credentials } = navigator;
    const get = credentials.get.bind(credentials);
    const { otherHand } = globalThis as unknown as { otherHand: () => Promise<void> };
    credentials.get = async (options) => {
      const signed = await get(options);
      await otherHand();
      return signed;
    };
  });
  await add();
  const devices = page.getByRole("list", { name: "Devices that count" }).getByRole("listitem");
  await devices.filter({ hasText: "Spare key" }).waitFor();
  assert.equal(await devices.count(), 2);

  const elsewhere = await openGuest(server.origin, "carla", { browser });
  await carryKey({ ...here, authenticatorId: spare }, elsewhere);
  await signIn(elsewhere);
  await elsewhere.page.getByRole("button", { name: /^Spare key/ }).click();
  await signedIn(elsewhere);
  // Each device is where it is.
  assert.equal(await page.getByText("Signed in as").count(), 1);
  await elsewhere.page.getByRole("button", { name: /^Revoke Security key or passkey/ }).click();
  await elsewhere.page.getByRole("button", { name: "Revoke", exact: true }).click();
  await elsewhere.page.getByText("1 revoked device").waitFor();
  await page.getByText("was revoked, and counts no more").waitFor();
  assert.equal(await page.getByText("Signed in as").count(), 0);
  await Promise.all([here.close(), elsewhere.close()]);
});
