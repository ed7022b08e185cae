/** A person adds a second security key on the page, or loses the only one: real WebAuthn in a real browser, with virtual authenticators. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { UserId, recoveryUrl } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import type { Browser } from "playwright-core";

import {
  addSecurityKey,
  answer,
  call,
  carryKey,
  launchBrowser,
  openGuest,
  leave,
  registerGuest,
  sees,
  signIn,
  signedIn,
  together,
} from "./support/browser.ts";
import { makeInvite, startTestServer } from "./support/server.ts";

const ada = UserId.parse("ada");
let dataDir: string;
let server: RunningServer;
let browser: Browser;

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "signet-e2e-"));
  server = await startTestServer({ dataDir, administrators: [ada] });
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

test("a second security key is added on the page, signs in elsewhere, and revokes the first", async () => {
  const here = await registerGuest(server.origin, "carla", { browser });
  const { key, page } = here;
  const touch = (authenticatorId: string, enabled: boolean): Promise<unknown> =>
    key.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  const add = async (): Promise<void> => {
    await page.getByRole("button", { name: "Add a device", exact: true }).click();
    await page.getByRole("textbox", { name: "Name of the new device" }).fill("Spare key");
    await page.getByRole("button", { name: "Go on" }).click();
  };
  await page.getByRole("button", { name: "Settings" }).click();
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
  await elsewhere.page.getByRole("button", { name: "Settings" }).click();
  await elsewhere.page.getByRole("button", { name: /^Revoke Security key or passkey/ }).click();
  await elsewhere.page.getByRole("button", { name: "Revoke", exact: true }).click();
  await elsewhere.page.getByText("1 revoked device").waitFor();
  await page.getByText("was revoked, and counts no more").waitFor();
  assert.equal(await page.getByText("Signed in as").count(), 0);
  await Promise.all([here.close(), elsewhere.close()]);
});

test("a device at another machine is added by the link that the page shows; a call rings at both, and the one that answers is revoked in it", async () => {
  const here = await registerGuest(server.origin, "dora", { browser });
  const there = await openGuest(server.origin, "dora", { browser });
  await here.page.getByRole("button", { name: "Settings" }).click();
  await here.page.getByRole("button", { name: "Add a device at another machine" }).click();
  const code = await here.page.locator(".pairing-code").innerText();
  // As a camera opens it. The address of a page that is open already is no other page by that.
  await there.page.goto("about:blank");
  await there.page.goto(`${server.origin}/#add=${code}`);
  await there.page.getByRole("textbox", { name: "Code" }).waitFor();
  assert.equal(there.page.url(), `${server.origin}/`, "it stands in no history");
  await there.page.getByRole("button", { name: "Go on" }).click();
  await there.page.getByRole("dialog", { name: "Add this device to dora?" }).waitFor();
  await there.page.getByRole("textbox", { name: "Name of this device" }).fill("Laptop");
  await there.page.getByRole("button", { name: "Go on" }).click();
  await here.page.getByRole("dialog", { name: "Add “Laptop”?" }).waitFor();
  await here.page.getByRole("button", { name: "Add it", exact: true }).click();
  const devices = here.page.getByRole("list", { name: "Devices that count" }).getByRole("listitem");
  await devices.filter({ hasText: "Laptop" }).waitFor();
  await there.page.getByRole("dialog", { name: "This device is one of dora now" }).waitFor();
  await there.page.getByRole("button", { name: "Sign in", exact: true }).last().click();
  // Which of the two is here is not known to the page.
  await there.page.getByRole("button", { name: /^Laptop/ }).click();
  await signedIn(there);
  // Each device is where it is.
  assert.equal(await here.page.getByText("Signed in as").count(), 1);

  // What is the person's goes with them, by a code from the terminal that has it.
  await here.page.getByRole("button", { name: "Make a recovery phrase" }).click();
  await here.page.getByRole("button", { name: "I have written it down" }).click();
  await there.page.getByRole("button", { name: "Settings", exact: true }).click();
  await there.page.getByText("sealed with a key that this terminal does not have").waitFor();
  await here.page.getByRole("button", { name: "Let another terminal in" }).click();
  const lettingIn = await here.page.locator(".pairing-code").innerText();
  await there.page.getByRole("button", { name: "Ask another terminal of yours" }).click();
  await there.page.getByRole("textbox", { name: "Code" }).fill(lettingIn.toLowerCase());
  await there.page.getByRole("button", { name: "Go on" }).click();
  const question = here.page.getByRole("dialog", { name: "Let this terminal in?" });
  await question.getByText("Laptop").waitFor();
  await question.getByRole("button", { name: "Let it in", exact: true }).click();
  await there.page.getByText("are the same wherever you sign in").waitFor();
  await there.page.getByText("You have one. Keep it where nobody else finds it.").waitFor();

  const eve = await registerGuest(server.origin, "eve", { browser });
  await call(eve, ["dora"]);
  const ringing = [here, there].map(({ page }) => page.getByRole("dialog", { name: "Incoming call" }));
  for (const dialog of ringing) await dialog.waitFor();
  await answer(there);
  await together([eve, there]);
  await here.page
    .locator(".notice-body", { hasText: "You answered the call of EVE elsewhere, with “Laptop”." })
    .waitFor();
  for (const dialog of ringing) assert.equal(await dialog.count(), 0);
  await here.page.getByRole("button", { name: /^Revoke Laptop/ }).click();
  await here.page.getByRole("button", { name: "Revoke", exact: true }).click();
  await there.page.getByText("was revoked, and counts no more").first().waitFor();
  assert.equal(await there.page.getByText("Signed in as").count(), 0);
  await sees(eve, "dora", "device revoked");
  for (const guest of [eve, here]) assert.deepEqual(guest.consoleErrors, []);
  await Promise.all([eve.close(), here.close(), there.close()]);
});

test("who lost the only device makes another key on the page and comes back by an administrator; who knew them is asked, and told who did it", async () => {
  const admin = await openGuest(server.origin, ada, { browser });
  await admin.page.getByRole("textbox", { name: "User ID" }).fill(ada);
  const create = admin.page.getByRole("button", { name: "Create user ID" });
  await create.click();
  await admin.page
    .getByRole("alert")
    .filter({ hasText: sentenceFor("registration.administratorInvite") })
    .waitFor();
  await admin.page.getByRole("textbox", { name: "Invite code" }).fill(await makeInvite(dataDir));
  await create.click();
  await signedIn(admin);
  const lost = await registerGuest(server.origin, "ben", { browser });
  const friend = await registerGuest(server.origin, "fay", { browser });
  await call(friend, ["ben"]);
  await answer(lost);
  await together([friend, lost]);
  await leave(friend);
  await lost.close();

  const again = await openGuest(server.origin, "ben", { browser });
  const { page } = again;
  const ask = async (): Promise<string> => {
    await page.getByRole("button", { name: "Ask an administrator" }).click();
    await page.getByRole("textbox", { name: "Your user ID" }).fill("ben");
    await page.getByRole("textbox", { name: "Name of the new device" }).fill("Spare key");
    await page.getByRole("button", { name: "Go on" }).click();
    return page.locator(".pairing-code").innerText();
  };
  const givenUp = await ask();
  await page.reload();
  const code = await ask();
  assert.notEqual(code, givenUp, "each time another key is made");

  // As their camera opens it. The address of a page that is open already is no other page by that.
  await admin.page.goto("about:blank");
  await admin.page.goto(recoveryUrl(server.origin, UserId.parse("ben"), code));
  await admin.page.getByRole("dialog", { name: "Recover somebody" }).waitFor();
  assert.equal(admin.page.url(), `${server.origin}/`, "it stands in no history");
  const asked = admin.page.locator("section[aria-labelledby=recoveries-title] li");
  await asked.first().getByText("Spare key").waitFor();
  assert.equal(await asked.count(), 1, "a page that is loaded anew gives up what it asked for");
  await admin.page.getByRole("checkbox", { name: /^I have the code from ben in person/ }).check();
  await admin.page.getByRole("button", { name: "Recover", exact: true }).click();
  await page.getByRole("dialog", { name: "This device is one of ben now" }).waitFor();
  await page.getByRole("button", { name: "Sign in", exact: true }).last().click();
  await signedIn(again);
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  const devices = page.getByRole("list", { name: "Devices that count" }).getByRole("listitem");
  await devices.filter({ hasText: /Spare key.*brought in on .* by the administrator ada/ }).waitFor();
  assert.equal(await devices.count(), 1);

  await call(friend, ["ben"]);
  const question = friend.page
    .getByRole("alert")
    .filter({ hasText: "A person's key is not the one you know" });
  await question.waitFor();
  assert.equal(await page.getByRole("dialog", { name: "Incoming call" }).count(), 0, "nothing was signed");
  await question.getByRole("button", { name: "I know that ben has a new device" }).click();
  await question.getByText(/Ben was recovered by the administrator ada on .*: “Spare key”/i).waitFor();
  const trust = question.getByRole("button", { name: "Trust the new key of ben" });
  assert.ok(await trust.isDisabled());
  await question.getByRole("checkbox", { name: /^I asked ben in another way/ }).check();
  await trust.click();
  await question.getByRole("button", { name: "Close message" }).click();
  await call(friend, ["ben"]);
  await answer(again);
  await together([friend, again]);
  for (const guest of [again, friend]) assert.deepEqual(guest.consoleErrors, []);
  await Promise.all([admin.close(), again.close(), friend.close()]);
});
