/** Somebody without an authenticator comes into a call in a browser: by a link and a spoken code, when the host lets them in; hears, is heard, and is put out. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { Browser, Page } from "playwright-core";

import {
  answer,
  call,
  errorsOf,
  hearsOnly,
  launchBrowser,
  leave,
  registerGuest,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { installListening } from "./support/listening.ts";
import { installVoice } from "./support/page-voice.ts";
import { slowScreen } from "./support/slow-screen.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
let browser: Browser;

before(async () => {
  server = await startTestServer({ guests: true });
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await server.close();
});

/** For people who look at it: in both widths, schemes and languages. */
const shots = process.env["SIGNET_SHOTS"];
async function look(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  for (const width of [390, 1280])
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
}

/** A page where nobody has a key. */
async function openLink(url: string, hertz: number) {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  await context.grantPermissions(["microphone"]);
  const page = await context.newPage();
  const consoleErrors = await errorsOf(page);
  await page.addInitScript(installListening);
  await page.addInitScript(slowScreen);
  await page.addInitScript(installVoice, hertz);
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "PublicKeyCredential"));
  await page.goto(url);
  return { userId: "gus", page, consoleErrors, context };
}

test("a guest comes in by link and code when the host lets them in, hears and is heard, and is put out", async () => {
  const voices = [440, 660, 880];
  const [alice, bobby] = (await Promise.all(
    ["alice", "bobby"].map((userId, i) =>
      registerGuest(server.origin, userId, { browser, hertz: voices[i]! }),
    ),
  )) as [Guest, Guest];
  await call(alice, ["bobby"]);
  await answer(bobby);
  await together([alice, bobby]);

  // bobby invites, and is not host.
  await bobby.page.getByRole("button", { name: "Add people" }).click();
  await bobby.page.getByRole("button", { name: "Invite a guest" }).click();
  const dialog = bobby.page.getByRole("dialog");
  const url = await dialog.getByRole("link").innerText();
  const code = await dialog.locator(".pairing-code").innerText();
  await look(bobby.page, "link");
  assert.ok(!url.includes(code.replace("-", "")));
  const gus = await openLink(url.trim(), voices[2]!);
  await look(gus.page, "page");
  const name = gus.page.getByRole("textbox", { name: "Your name" });
  const typed = gus.page.getByRole("textbox", { name: "Code that you were told" });
  const enter = gus.page.getByRole("button", { name: "Ask to come in" });
  await name.fill("Alice ✓ verified");
  await typed.fill(code);
  await enter.click();
  await gus.page.getByText("A guest's name is made of letters").waitFor();
  await name.fill("Alice verified");
  await typed.fill("0000-0000");
  await enter.click();
  await gus.page.getByRole("alert").filter({ hasText: /code/i }).waitFor();
  await typed.fill(code.toLowerCase());
  await enter.click();
  await bobby.page.getByRole("heading", { name: "Do you vouch for guest “Alice verified”?" }).waitFor();
  await look(bobby.page, "vouch");
  await bobby.page.getByRole("button", { name: "Vouch", exact: true }).click();
  await gus.page.getByText("The host is asked to let you in").waitFor();
  await look(gus.page, "door");
  const door = alice.page.getByRole("alert").filter({ hasText: "Let guest “Alice verified” in?" });
  await door.getByText("Not verified, invited by BOBBY").waitFor();
  await look(alice.page, "host");
  assert.equal(await bobby.page.getByRole("button", { name: "Let in" }).count(), 0, "only the host lets in");
  await door.getByRole("button", { name: "Let in" }).click();

  const tileIn = (page: Page) => page.locator(".participant.guest");
  for (const { page } of [alice, bobby, gus]) {
    await tileIn(page).filter({ hasText: "in the call" }).waitFor();
    const tile = tileIn(page);
    assert.match(await tile.innerText(), /guest “Alice verified”[\s\S]*Not verified, invited by BOBBY/i);
    assert.equal(await tile.locator(".badge").count(), 0);
    await look(page, page === gus.page ? "guest-in-call" : page === alice.page ? "host-in-call" : "member");
  }
  await gus.page.getByText("Who they are you know by the word of BOBBY alone").waitFor();
  assert.equal(await gus.page.getByRole("button", { name: "Add people" }).count(), 0);
  for (const [i, one] of [alice, bobby, gus].entries())
    await hearsOnly(
      one,
      voices,
      voices.filter((_, other) => other !== i),
    );

  await tileIn(alice.page).getByRole("button", { name: /More/ }).click();
  await alice.page
    .getByRole("menuitem", { name: /Remove/ })
    .or(alice.page.getByRole("button", { name: /Remove/ }))
    .first()
    .click();
  await alice.page
    .getByRole("dialog")
    .getByRole("button", { name: /Remove/ })
    .click();
  await gus.page.getByRole("heading", { name: "You are not in the call any more" }).waitFor();
  await gus.page.getByText("The host put you out of the call").waitFor();
  await look(gus.page, "over");
  await hearsOnly(alice, voices, [voices[1]!]);
  await hearsOnly(bobby, voices, [voices[0]!]);
  await hearsOnly(gus, voices, []);
  // The link is used up.
  await gus.page.reload();
  await name.fill("Gus");
  await typed.fill(code);
  await enter.click();
  await gus.page.getByRole("alert").filter({ hasText: /code/i }).waitFor();
  // Another link in the same tab is no step within the page.
  await gus.page.evaluate(() => {
    location.hash = `#${location.hash.slice(7)}${location.hash.slice(1, 7)}`;
  });
  await gus.page.waitForFunction(
    () => document.querySelector<HTMLInputElement>("input[name=guest-name]")?.value === "",
  );
  // A guest is gone with the call: nobody to be kept, or to be rung.
  await leave(alice);
  await leave(bobby);
  assert.doesNotMatch(await alice.page.locator("main").innerText(), /~[a-z2-7]{20}/);
  await alice.page.getByRole("button", { name: "Ring again" }).click();
  await bobby.page.getByRole("dialog", { name: "Incoming call" }).waitFor();
  for (const { consoleErrors } of [alice, bobby, gus]) assert.deepEqual(consoleErrors, []);
});
