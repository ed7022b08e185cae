/** A page that is closed or loaded anew in a call: the others need not wait for it, and its person finds the way back. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { Browser } from "playwright-core";

import {
  answer,
  call,
  launchBrowser,
  registerGuest,
  sees,
  signIn,
  signedIn,
  together,
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

test("whoever loads the page anew is asked, has left at once by a word of their own, and joins again", async () => {
  const alice = await registerGuest(server.origin, "alice", { browser });
  const bobby = await registerGuest(server.origin, "bobby", { browser, hertz: 660 });
  await call(alice, ["bobby"]);
  await answer(bobby);
  await together([alice, bobby]);

  const asked = new Promise<string>((resolve) =>
    alice.page.once("dialog", (dialog) => {
      resolve(dialog.type());
      void dialog.accept();
    }),
  );
  await alice.page.reload();
  assert.equal(await asked, "beforeunload");
  // Who is only lost signs nothing, and is lost after half a minute.
  await sees(bobby, "alice", "signed by them");

  await signIn(alice);
  await signedIn(alice);
  await alice.page.getByRole("list", { name: "History" }).getByText("BOBBY").waitFor();
  const back = alice.page.getByRole("region", { name: "Going on without you" });
  await back.getByText("Your call goes on").waitFor();
  await back.getByRole("button", { name: "Join" }).click();
  await together([alice, bobby]);
  for (const guest of [alice, bobby]) assert.deepEqual(guest.consoleErrors, []);
});
