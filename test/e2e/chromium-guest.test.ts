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

/** Of the link that is open at one who is in the call. */
async function linkAt({ page }: Guest) {
  const panel = page.getByRole("region", { name: "A guest is invited" });
  const url = await panel.getByRole("textbox", { name: "Send them this link:" }).inputValue();
  return { panel, url, code: await panel.locator(".pairing-code").innerText() };
}

async function inviteAt(one: Guest) {
  await one.page.getByRole("button", { name: "Add people" }).click();
  await one.page.getByRole("button", { name: "Invite a guest" }).click();
  return linkAt(one);
}

async function enterAs({ page }: { page: Page }, name: string, code: string): Promise<void> {
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByRole("textbox", { name: "Code that you were told" }).fill(code);
  await page.getByRole("button", { name: "Ask to come in" }).click();
}

/** With three people nothing of the call has to be scrolled to. */
async function fitsOn(page: Page): Promise<void> {
  for (const size of [
    { width: 390, height: 844 },
    { width: 1280, height: 800 },
  ]) {
    await page.setViewportSize(size);
    await page.locator(".participant").first().scrollIntoViewIfNeeded();
    const { hidden, tiles } = await page.evaluate(() => {
      const stage = document.querySelector(".stage")!.getBoundingClientRect();
      const shown = [...document.querySelectorAll<HTMLElement>(".participant")];
      const out = (element: Element, bottom: number) => {
        const box = element.getBoundingClientRect();
        return box.top < 0 || box.bottom > bottom + 1
          ? [`${element.textContent} ${box.top} ${box.bottom} ${bottom}`]
          : [];
      };
      const buttons = [...document.querySelectorAll(".controls button")];
      return {
        tiles: shown.length,
        hidden: [
          ...shown.flatMap((tile) => out(tile, stage.bottom)),
          ...shown.flatMap((tile) =>
            tile.scrollHeight > tile.clientHeight + 1 ? [`cut: ${tile.textContent}`] : [],
          ),
          ...buttons.flatMap((button) => out(button, innerHeight)),
        ],
      };
    });
    assert.equal(tiles, 3);
    assert.deepEqual(hidden, [], `${size.width}×${size.height}`);
  }
}

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
  const { code, url } = await linkAt(bobby);
  await look(bobby.page, "link");
  // It goes on while one does what one does in a call.
  await bobby.page.getByRole("button", { name: "Mute microphone" }).click();
  await bobby.page.getByRole("button", { name: "Unmute microphone" }).click();
  await bobby.page.getByText(/Both count for .* more, and once/).waitFor();
  assert.ok(!url.includes(code.replace("-", "")));
  const gus = await openLink(url, voices[2]!);
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
    assert.match(
      await tile.innerText(),
      page === bobby.page
        ? /guest “Alice verified”[\s\S]*Not verified, invited by you/
        : /guest “Alice verified”[\s\S]*Not verified, invited by BOBBY/i,
    );
    assert.match(await tile.innerText(), /in the call, joined \d+:\d\d/);
    assert.equal(await tile.locator(".badge").count(), 0);
    await look(page, page === gus.page ? "guest-in-call" : page === alice.page ? "host-in-call" : "member");
  }
  await gus.page.getByText("Who they are you know by the word of BOBBY alone").waitFor();
  await fitsOn(gus.page);
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
  // The link is used up: this tab says so, and any other one finds out.
  await gus.page.reload();
  await gus.page.getByRole("heading", { name: "This link was used in this tab already" }).waitFor();
  const late = await openLink(url, voices[2]!);
  await enterAs(late, "Gus", code);
  await late.page.getByRole("alert").filter({ hasText: "Nobody waits for this code" }).waitFor();
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

test("who gives up at the door is asked about no more, at everybody; a link goes on until it is withdrawn; the host lets in with the vouching", async () => {
  const [carol, david] = (await Promise.all(
    ["carol", "david"].map((userId) => registerGuest(server.origin, userId, { browser })),
  )) as [Guest, Guest];
  await call(carol, ["david"]);
  await answer(david);
  await carol.page.getByText("DAVID joined, verified.").waitFor({ state: "attached" });
  await together([carol, david]);
  await carol.context.grantPermissions(["microphone", "clipboard-read", "clipboard-write"]);

  // Withdrawn, it lets nobody in, and says so.
  const first = await inviteAt(carol);
  await first.panel.locator("h2:focus").waitFor();
  await first.panel.getByRole("button", { name: "Copy the link" }).click();
  await first.panel.getByText("The link is copied. The code goes another way").waitFor();
  assert.equal(await carol.page.evaluate(() => navigator.clipboard.readText()), first.url);
  // One at a time: what is open is shown again, and not given up for another one.
  await carol.page.getByRole("button", { name: "Add people" }).click();
  await carol.page.getByRole("button", { name: "Show the link for a guest" }).click();
  await carol.page.getByRole("dialog").waitFor({ state: "detached" });
  await first.panel.locator("h2:focus").waitFor();
  assert.equal((await linkAt(carol)).url, first.url);
  await first.panel.getByRole("button", { name: "Withdraw the link" }).click();
  await first.panel.waitFor({ state: "detached" });
  await carol.page.getByText("The link is withdrawn").waitFor({ state: "attached" });
  const early = await openLink(first.url, 880);
  await enterAs(early, "Gus", first.code);
  await early.page.getByRole("alert").filter({ hasText: "Nobody waits for this code" }).waitFor();

  // Given up while the inviter is asked: nobody is asked any more.
  const second = await inviteAt(david);
  const giving = await openLink(second.url, 880);
  await enterAs(giving, "Gus", second.code);
  const question = david.page.getByRole("heading", { name: "Do you vouch for guest “Gus”?" });
  await question.waitFor();
  await giving.page.getByRole("button", { name: "Give up" }).click();
  await giving.page.getByRole("alert").filter({ hasText: "You gave up asking" }).waitFor();
  await david.page.getByRole("alert").filter({ hasText: "The guest gave up" }).waitFor();
  assert.equal(await question.count(), 0);
  await david.page.getByRole("button", { name: "Make another link" }).click();

  // At the door, by closing the page: the question is gone at the host, and the notice at the other one.
  const third = await linkAt(david);
  const leaving = await openLink(third.url, 880);
  await enterAs(leaving, "Gus", third.code);
  await david.page.getByRole("button", { name: "Vouch", exact: true }).click();
  await carol.page.getByRole("alert").filter({ hasText: "Let guest “Gus” in?" }).waitFor();
  await leaving.page.getByText("The host is asked to let you in").waitFor();
  await leaving.page.close();
  for (const { page } of [carol, david]) {
    const left = page.getByRole("alert").filter({ hasText: "Not at the door any more: guest “Gus”" });
    await left.waitFor();
    // Of the host's closing it they hear nothing who cannot.
    assert.equal(await left.getByText("Closing this turns them away").count(), page === carol.page ? 1 : 0);
    assert.equal(await page.getByRole("button", { name: "Let in" }).count(), 0);
    assert.equal(await page.getByText("Waiting at the door").count(), 0);
  }
  // The host closes it for all.
  await carol.page.getByRole("alert").getByRole("button", { name: "Close", exact: true }).click();
  await david.page.getByText("Not at the door any more").waitFor({ state: "detached" });

  // Who vouches and is host is asked once, and told that it is they who let in.
  const { code, url } = await inviteAt(carol);
  const gus = await openLink(url, 880);
  await enterAs(gus, "Gus", code);
  await carol.page.getByText("you let them in with that: you are the host").waitFor({ state: "attached" });
  await look(carol.page, "vouch-host");
  await carol.page.getByRole("button", { name: "Vouch and let in" }).click();
  for (const { page } of [carol, david, gus])
    await page.locator(".participant.guest").filter({ hasText: "in the call, joined" }).waitFor();

  // A page that is loaded anew loses the guest: it asks before, and says afterwards what to do.
  await gus.page.getByRole("button", { name: "Mute microphone" }).click();
  const asked = gus.page.waitForEvent("dialog");
  const reloaded = gus.page.reload();
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.accept();
  await reloaded;
  await gus.page.getByRole("heading", { name: "This link was used in this tab already" }).waitFor();
  await gus.page.getByText("To come back, ask for a new one").waitFor();
  await look(gus.page, "used");
  await leave(carol);
  await leave(david);
});
