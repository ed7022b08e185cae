/**
 * A page that is closed or loaded anew: it is the same terminal still, the others need not wait for it in a call, and its person finds the way
 * back. What is kept for that is one tab's, and gone when the sign-in is.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { Browser, Page } from "playwright-core";

import {
  addSecurityKey,
  answer,
  call,
  decline,
  details,
  hearEachOther,
  launchBrowser,
  leave,
  registerGuest,
  sees,
  signIn,
  signedIn,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { startTestServer } from "./support/server.ts";

const voices = [440, 660] as const;
let server: RunningServer;
let browser: Browser;
let alice: Guest;
let bobby: Guest;

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser({ whole: true });
  alice = await registerGuest(server.origin, "alice", { browser, hertz: voices[0] });
  bobby = await registerGuest(server.origin, "bobby", { browser, hertz: voices[1] });
});
after(async () => {
  await browser.close();
  await server.close();
});

/** How often the person's device has signed. */
async function touches({ key, authenticatorId }: Guest): Promise<number> {
  const { credentials } = await key.send("WebAuthn.getCredentials", { authenticatorId });
  return credentials.reduce((sum, { signCount }) => sum + signCount, 0);
}

/** The page says by itself when it would go on. */
const isKept = ({ page }: Guest) => page.getByText("Loading the page anew keeps you signed in").waitFor();

const signInForm = (page: Page) => page.getByRole("button", { name: "Sign in" }).waitFor();

/** Everything that this profile keeps in IndexedDB for the page. */
const records = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open("signet");
        opening.addEventListener("error", () => reject(opening.error!));
        opening.addEventListener("success", () => {
          const counting = opening.result.transaction("bindings").objectStore("bindings").count();
          counting.addEventListener("success", () => resolve(counting.result));
          opening.result.close();
        });
      }),
  );

/** Looks until it holds. */
async function until(page: Page, expected: number): Promise<void> {
  while ((await records(page)) !== expected) await page.waitForTimeout(50);
}

test("a page that is loaded anew is signed in without a touch, and calls ring there", async () => {
  await isKept(alice);
  const before = await touches(alice);
  await alice.page.reload();
  await signedIn(alice);
  await isKept(alice);
  assert.equal(await touches(alice), before);
  await call(bobby, ["alice"]);
  await decline(alice);
  await bobby.page.getByRole("region", { name: "Summary" }).getByText("ALICE declined.").waitFor();
});

test("whoever loads it anew in a call is asked, is reconnecting for the others, and is back with one touch", async () => {
  await call(alice, ["bobby"]);
  await answer(bobby);
  await together([alice, bobby]);

  const asked = new Promise<string>((resolve) =>
    alice.page.once("dialog", (dialog) => {
      resolve(dialog.type());
      void dialog.accept();
    }),
  );
  const before = await touches(alice);
  await alice.page.reload();
  assert.equal(await asked, "beforeunload");
  // Who is only lost signs nothing, and is lost after a minute.
  await sees(bobby, "alice", /reconnecting.*signed by them/);

  await signedIn(alice);
  const past = alice.page.getByRole("list", { name: "History" }).getByRole("listitem");
  await past.filter({ hasText: /To\s*BOBBY.*verified/ }).waitFor();
  const back = alice.page.getByRole("region", { name: "Going on without you" });
  await back.getByText("Your call goes on").waitFor();
  await back.getByRole("button", { name: "Join" }).click();
  await together([alice, bobby]);
  assert.equal((await touches(alice)) - before, 1);
  await hearEachOther([alice, bobby], voices);
  const codes = await Promise.all([alice, bobby].map(details));
  assert.equal(codes[0]?.safetyCode, codes[1]?.safetyCode);
  for (const guest of [bobby, alice]) await leave(guest);
});

test("another tab is another terminal, also as a copy of the first; each is loaded anew as itself", async () => {
  const page = await alice.context.newPage();
  const key = await alice.context.newCDPSession(page);
  const authenticatorId = await addSecurityKey(key);
  const dora: Guest = { ...alice, userId: "dora", page, key, authenticatorId };
  await page.goto(server.origin);
  await signInForm(page);
  await page.getByText("alice is signed in, and calls ring there.").waitFor();
  const name = await alice.page.evaluate(() => sessionStorage.getItem("signet.tab")!);
  // As browsers copy it, and as it stands in a tab that was left just now.
  for (const copied of [name, JSON.stringify({ ...JSON.parse(name), leftAtMs: Date.now() })]) {
    await page.evaluate((text) => sessionStorage.setItem("signet.tab", text), copied);
    await page.reload();
    await signInForm(page);
    assert.equal(await page.getByText("Signed in as").count(), 0);
  }
  await page.getByRole("textbox", { name: "User ID" }).fill("dora");
  await page.getByRole("textbox", { name: "Display name" }).fill("DORA");
  await page.getByRole("button", { name: "Create user ID" }).click();
  await signedIn(dora);
  await isKept(dora);
  await Promise.all([alice.page.reload(), page.reload()]);
  await Promise.all([signedIn(alice), signedIn(dora)]);
  assert.equal(await records(page), 2);
  await page.getByRole("button", { name: "Sign out" }).click();
  await until(page, 1);
  await page.close();
});

test("nothing is kept of a sign-in that is over", async () => {
  await bobby.page.getByRole("button", { name: "Sign out" }).click();
  await signInForm(bobby.page);
  await until(bobby.page, 0);
  await bobby.page.reload();
  await signInForm(bobby.page);
  assert.equal(await bobby.page.getByText("Signed in as").count(), 0);
});

test("what was altered signs nobody in, and the next sign-in is kept again", async () => {
  await signIn(bobby);
  await signedIn(bobby);
  await isKept(bobby);
  await bobby.page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open("signet");
        opening.addEventListener("success", () => {
          const transaction = opening.result.transaction("bindings", "readwrite");
          const store = transaction.objectStore("bindings");
          const { name } = JSON.parse(sessionStorage.getItem("signet.tab")!) as { name: string };
          const reading = store.get(name);
          reading.addEventListener("success", () => {
            const record = reading.result as { publicKey: Uint8Array };
            record.publicKey[0]! ^= 1;
            store.put(record, name);
          });
          transaction.addEventListener("complete", () => resolve());
          opening.result.close();
        });
      }),
  );
  await bobby.page.reload();
  await signInForm(bobby.page);
  await until(bobby.page, 0);
  await signIn(bobby);
  await signedIn(bobby);
  await isKept(bobby);
  await bobby.page.reload();
  await signedIn(bobby);
});

test("a browser that keeps nothing signs out with the page, as it says", async () => {
  const eddie = await registerGuest(server.origin, "eddie", {
    browser,
    initScript: () => Object.defineProperty(globalThis, "indexedDB", { value: undefined }),
  });
  await eddie.page.getByText("Reloading or closing the page signs you out: touch again.").waitFor();
  await eddie.page.reload();
  await signInForm(eddie.page);
  assert.equal(await eddie.page.getByText("Signed in as").count(), 0);
  await eddie.close();
  for (const guest of [alice, bobby, eddie]) assert.deepEqual(guest.consoleErrors, []);
});
