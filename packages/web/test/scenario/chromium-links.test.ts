/** Links to somebody, the page as an app, also where there is no connection, and the first steps of somebody new. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isPicture } from "@signet/terminal";

import { asked, button, settle } from "../support/asked.ts";
import { rememberedProfile } from "../support/profile.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

describe("links and the app", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  test("a link calls nobody: it brings somebody's card, from which a press calls; odd ones show nothing of what stands in them", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    const calls = async (): Promise<unknown[]> =>
      (await asked(view)).filter((one) => Array.isArray(one) && one[0] === "call");
    const card = page.getByRole("region", { name: "A link brought you here" });
    // Before the sign-in it waits.
    await view.show("linkedSignedOut");
    await page.getByText("leads to bob. To call, you need a user ID on this server").waitFor();
    await page.getByText("You have one: enter it below").waitFor();
    await page.getByText("You are new here: make one below").waitFor();
    assert.deepEqual(await view.axe(), []);
    await view.show("linkedInvite");
    await page.getByText("an invite code from whoever runs this server").waitFor();
    await view.show("linkedClosed");
    await page.getByText("You are new here: this server takes nobody new").waitFor();
    // That everybody signs is said where nobody else is let in.
    await view.show("welcomeWithGuests");
    await page.getByText("guests, whom this server lets in without one, are shown as not verified").waitFor();
    await page.getByText("Guests sign nothing").waitFor();
    assert.equal(await page.getByText("Everybody in a call proves").count(), 0);
    await view.show("settingsSignedOut");
    await page.evaluate(() => (location.hash = ""));
    await page.getByText("Everybody in a call proves").waitFor();
    await view.show("linked");
    await card.getByText("Greta Thunberg").first().waitFor();
    await card.getByText("Not on your list. The name is what their device signed").waitFor();
    assert.deepEqual(await view.axe(), []);
    assert.deepEqual(await calls(), []);
    await card.getByRole("button", { name: "Add to your people" }).click();
    await card.getByText("On your list of people").waitFor();
    // Without a connection it stands there, and cannot be pressed.
    await page.evaluate(() => {
      const { state } = harness.terminal;
      const connection = {
        status: "offline",
        retryAtMs: Date.now() + 60_000,
        code: "connection.lost",
      } as const;
      harness.terminal.set({ ...state, connection });
    });
    await card.getByText("There is no connection").waitFor();
    assert.equal(await card.getByRole("button", { name: "Call Greta Thunberg" }).isDisabled(), true);
    await view.show("linked");
    await card.getByRole("button", { name: "Call Greta Thunberg" }).click();
    await settle(view);
    await card.waitFor({ state: "detached" });
    assert.deepEqual(await calls(), [["call", "greta"]]);
    assert.equal(await page.evaluate(() => location.pathname), "/");
    await view.show("linkedSeveral");
    await card.getByText("Nobody has the user ID nobody here").waitFor();
    assert.equal(await card.getByRole("button", { name: /^Call/ }).isDisabled(), true);
    await card.getByRole("button", { name: "Not now" }).click();
    await card.waitFor({ state: "detached" });
    await view.show("linkedOdd");
    await page.getByText("leads to nobody: what stands in it is no user ID").waitFor();
    assert.equal(await page.getByText("this number").count(), 0);
    await button(view, "Close").click();
    assert.deepEqual(
      [await calls(), await page.evaluate(() => location.pathname)],
      [[["call", "greta"]], "/"],
    );
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("somebody new is led to a first call: each step is seen to be done, put away, and back from the help", async () => {
    const begun = await pages.open({ widthPx: 390 });
    const guideOf = ({ page }: ViewPage) => page.getByRole("region", { name: "First steps" });
    const now = (view: ViewPage) => guideOf(view).locator("[aria-current=step]").innerText();
    await begun.show("firstSteps");
    await guideOf(begun).getByText("You are signed in as alice").waitFor();
    assert.match(await now(begun), /Hear yourself/);
    assert.deepEqual(await begun.axe(), []);
    // By the keyboard alone.
    await guideOf(begun).getByRole("button", { name: "Test sound" }).focus();
    await begun.page.keyboard.press("Enter");
    await button(begun, "Speak and listen").waitFor();
    await begun.close();

    const view = await pages.open({ widthPx: 390, stored: { testedSound: true } });
    const { page } = view;
    const guide = guideOf(view);
    await view.show("firstSteps");
    await guide.getByText("Done:").nth(1).waitFor({ state: "attached" });
    assert.match(await now(view), /echo.answers by itself/s);
    await guide.getByRole("button", { name: "Call the echo" }).click();
    await page.getByRole("dialog").getByText("tells 1 person that it is you").waitFor();
    assert.deepEqual((await asked(view)).at(-1), ["call", "echo"]);
    await settle(view);
    await page.evaluate(() => harness.talked(["echo"]));
    await guide.getByRole("button", { name: "Call the echo" }).waitFor({ state: "detached" });
    assert.match(await now(view), /first of your people/);
    await guide.getByRole("button", { name: "Add somebody" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "User ID", exact: true }).fill("bob");
    await page.keyboard.press("Enter");
    await guide.getByText("That is all there is to it.").waitFor();
    assert.equal(await guide.locator("[aria-current]").count(), 0);
    assert.deepEqual(await view.axe(), []);
    // What was done is kept: loaded anew, with no call and nobody in the list, it is done, and the end is not shown again.
    const done = (): Promise<unknown> =>
      page.evaluate(() => JSON.parse(localStorage.getItem("signet.ui.firstStepsDone.alice") ?? "[]"));
    assert.deepEqual(await done(), ["call", "person"]);
    await guide.getByRole("button", { name: "Close" }).click();
    await guide.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => localStorage.getItem("signet.ui.firstSteps.alice")), '"away"');
    assert.deepEqual(view.problems, []);
    await view.close();

    // A call with somebody is a call, tests no sound, and ends nothing that is still open: also not when the page is loaded anew.
    const real = await pages.open({ widthPx: 390 });
    await real.show("firstSteps");
    await guideOf(real).getByRole("button", { name: "Call the echo" }).waitFor();
    await real.page.evaluate(() => harness.talked(["bob"]));
    await guideOf(real).getByRole("button", { name: "Call the echo" }).waitFor({ state: "detached" });
    await guideOf(real).getByRole("button", { name: "Add somebody" }).click();
    await real.page.getByRole("dialog").getByRole("textbox", { name: "User ID", exact: true }).fill("bob");
    await real.page.keyboard.press("Enter");
    await guideOf(real).getByText("Done:").nth(2).waitFor({ state: "attached" });
    assert.match(await now(real), /Hear yourself/);
    await real.page.reload();
    await real.show("firstSteps");
    await guideOf(real).getByText("Done:").nth(2).waitFor({ state: "attached" });
    assert.match(await now(real), /Hear yourself/);
    assert.deepEqual(real.problems, []);
    await real.close();

    // An echo that nobody runs is promised nowhere.
    const quiet = await pages.open({ widthPx: 390 });
    await quiet.show("firstStepsEchoAway");
    await guideOf(quiet).getByText("starts it with the command signet echo").waitFor();
    assert.equal(await guideOf(quiet).getByRole("button", { name: "Call the echo" }).count(), 0);
    assert.deepEqual(await quiet.axe(), []);
    await quiet.show("soundEchoAway");
    await quiet.page.getByText("nobody is there under that user ID now").waitFor();
    assert.equal(await button(quiet, "Call the echo").count(), 0);
    await quiet.show("aboutEchoAway");
    await quiet.page.getByText("quiet-echo is named for it, but is not there now").waitFor();
    await quiet.show("aboutServer");
    await quiet.page.getByText("echo answers, and gives back what you say").waitFor();
    assert.deepEqual(quiet.problems, []);
    await quiet.close();

    // A server without an echo says how it goes on.
    const away = await pages.open({ stored: { "firstSteps.alice": "away" } });
    await away.show("home");
    await away.page.getByRole("heading", { name: "History" }).waitFor();
    assert.equal(await guideOf(away).count(), 0, "put away it stays away");
    await button(away, "Help").click();
    await button(away, "Show the first steps at home").click();
    await guideOf(away).getByText("this server has nobody who answers by itself").waitFor();
    assert.equal(await away.page.getByRole("dialog").count(), 0);
    assert.equal(await guideOf(away).getByRole("button", { name: "Call the echo" }).count(), 0);
    assert.deepEqual(away.problems, []);
    await away.close();
  });

  test("one's own link is copied and shown to a camera; the app is installed where the browser asks, and is said how where it does not; without a connection what is kept is read", async () => {
    const view = await pages.open({ widthPx: 390, stored: rememberedProfile(Date.now()) });
    const { page } = view;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await view.show("people");
    await view.show("asApp");
    const link = await page.evaluate(() => `${location.origin}/call/alice`);
    await page.getByText(link, { exact: true }).waitFor();
    await button(view, "Copy link").click();
    await page.getByText("Copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    await button(view, "Show QR code").click();
    await page.getByRole("img", { name: "QR code of your link" }).waitFor();
    await page.getByText("On an iPhone or iPad: Share").waitFor();
    await page.evaluate(() => {
      const prompt = () => Promise.resolve(harness.terminal.asked.push({ method: "prompt", args: [] }));
      dispatchEvent(Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt }));
    });
    await button(view, "Install Signet").click();
    await page.getByText("On an iPhone or iPad: Share").waitFor();
    await page.evaluate(() => dispatchEvent(new Event("appinstalled")));
    await page.getByText("Signet runs as an app of this system.").waitFor();
    await page.evaluate(() => {
      navigator.registerProtocolHandler = (...args) =>
        void harness.terminal.asked.push({ method: "registerProtocolHandler", args });
    });
    await button(view, "Open such links here").click();
    await page.getByText("Your browser asks you now").waitFor();
    const handler = [["prompt"], ["registerProtocolHandler", "web+signet", link.replace("alice", "%s")]];
    assert.deepEqual((await asked(view)).slice(-2), handler);
    assert.deepEqual(await view.axe(), []);
    // Nobody is signed in, and nothing is there but what this browser keeps.
    await view.show("neverConnected");
    await button(view, "Show people and calls of alice").click();
    const kept = page.getByRole("region", { name: /People and calls of/ });
    await kept.getByText("Bob Builder").first().waitFor();
    await kept.getByRole("list", { name: "History" }).getByText("Missed").first().waitFor();
    assert.equal(await kept.getByRole("button").count(), 1, "nothing can be done but hide it");
    assert.deepEqual(await view.axe(), []);
    await button(view, "Hide").click();
    await view.show("firstVisit");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /Show people and calls/ }).count(), 0);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("a picture is drawn anew before it is signed, shown beside whom this terminal knows, and of nobody whose key changed or who calls for the first time", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    /** Twice as wide as high, with what a camera writes beside it. */
    const photo = await page.evaluate(async () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [640, 320];
      const drawing = canvas.getContext("2d")!;
      drawing.fillStyle = "#c33";
      drawing.fillRect(0, 0, 640, 320);
      const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg"));
      return [...new Uint8Array(await drawn!.arrayBuffer())];
    });
    const words = [...Buffer.from("Exif\0\0at home")];
    const file = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, words.length + 2, ...words, ...photo.slice(2)]);
    await view.show("settings");
    const chosen = page.getByLabel("Choose picture");
    await chosen.setInputFiles({ name: "a.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") });
    await page.getByRole("alert").getByText("cannot be taken as a picture").waitFor();
    await page.getByRole("alert").getByRole("button").click();
    await chosen.setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: file });
    await page.getByText("Its signature says that you chose this picture.").waitFor();
    await page.waitForFunction(() => harness.terminal.chosenPicture !== undefined);
    const made = await page.evaluate(() => harness.terminal.chosenPicture);
    assert.ok(made !== undefined && isPicture(Uint8Array.from(made)));
    assert.ok(!Buffer.from(made).includes("Exif"));
    await page.evaluate(() => {
      const { chosenPicture, shownPictures, state } = harness.terminal;
      const bytes = Uint8Array.from(chosenPicture!);
      const all = ["alice", "dora", "bob"] as (typeof state.warnings)[number]["userId"][];
      harness.terminal.shownPictures = new Map([
        ...shownPictures,
        ...all.map((one) => [one!, bytes] as const),
      ]);
    });
    await settle(view);
    const own = page.getByRole("region", { name: "You" }).locator("img.avatar");
    await own.waitFor();
    assert.deepEqual(
      await own.evaluate((one: HTMLImageElement) => one.decode().then(() => [one.naturalWidth, one.alt])),
      [96, ""],
    );
    await page
      .getByText(
        "Your picture is chosen. Pages that are open already show it at the latest in the next call with you.",
      )
      .waitFor({ state: "attached" });
    assert.deepEqual(await view.axe(), []);
    // Bob's key changed, and Dora's did not.
    await view.show("people");
    const row = (name: string) => page.locator(".people li").filter({ hasText: name });
    await row("Dora Maar").locator("img.avatar").waitFor();
    assert.equal(await row("Bob Builder").locator("img").count(), 0);
    assert.equal(await row("Carol Danvers").locator("img").count(), 0);
    for (const [firstSeen, count] of [
      [false, 1],
      [true, 0],
    ] as const) {
      await page.evaluate((isFirst) => {
        const ring = harness.ring();
        const { verification } = ring.from;
        const from = { ...ring.from, userId: "dora" as typeof ring.from.userId };
        const { state } = harness.terminal;
        harness.terminal.set({
          ...state,
          ringing: [{ ...ring, from: { ...from, verification: { ...verification, firstSeen: isFirst } } }],
        });
      }, firstSeen);
      const ring = page.getByRole("dialog", { name: /Incoming call/ });
      await ring.waitFor();
      await view.settled();
      assert.equal(await ring.locator("img.avatar").count(), count);
      assert.equal(await ring.locator(".badge").count(), 1, "what was verified stands there in any case");
      assert.equal(await ring.locator(".caller .user-id").innerText(), "dora");
    }
    assert.deepEqual(view.problems, []);
    await view.close();
  });
});
