/** What stands first at home, what is offered there, and what is not. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { asked, settle } from "../support/asked.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

describe("home", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  const calls = async (view: ViewPage): Promise<unknown[]> =>
    (await asked(view)).filter(([method]) => method === "call" || method === "answer");
  /** Whether the first steps stand below it. */
  const isAboveSteps = (view: ViewPage, shown: string): Promise<boolean> =>
    view.page.evaluate((selector) => {
      const bottomPx = document.querySelector(selector)?.getBoundingClientRect().bottom ?? Infinity;
      return bottomPx <= (document.querySelector(".first-steps")?.getBoundingClientRect().top ?? 0);
    }, shown);

  test("what was missed and what goes on stand above the first steps, and what is said of one does not silence the other", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("missed");
    await page.getByRole("heading", { name: "First steps" }).waitFor();
    assert.equal(await isAboveSteps(view, ".missed-calls"), true);
    await view.show("joinable");
    await page.getByRole("button", { name: "Join", exact: true }).waitFor();
    assert.equal(await isAboveSteps(view, ".joinable"), true);
    await view.show("messages");
    const { messages, missed } = await page.evaluate(() => harness.terminal.state);
    await view.show("home");
    await view.settled();
    await page.evaluate(
      (calls) => harness.terminal.set({ ...harness.terminal.state, missed: calls! }),
      missed,
    );
    await view.settled();
    await page.evaluate(
      (left) => harness.terminal.set({ ...harness.terminal.state, messages: left! }),
      messages,
    );
    await page
      .getByText(/^Bob Builder called .* You missed it\. .*voice message/)
      .waitFor({ state: "attached" });
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("whoever is called while they are in a call that can be joined: that one is offered first", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("people");
    await view.show("joinable");
    const offer = page.getByRole("dialog", { name: "In a call that you can join: Carol Danvers" });
    const call = (name: string) => page.getByRole("button", { name, exact: true }).first();
    await call("Call Carol Danvers").click();
    await offer.waitFor();
    assert.deepEqual(await view.axe(), []);
    await page.keyboard.press("Escape");
    await offer.waitFor({ state: "detached" });
    assert.deepEqual(await calls(view), []);
    await call("Call Carol Danvers").click();
    await offer.getByRole("button", { name: "Call anew" }).click();
    await settle(view);
    await offer.waitFor({ state: "detached" });
    assert.deepEqual((await calls(view)).splice(0), [["call", "carol"]]);
    await call("Call Carol Danvers").click();
    await offer.getByRole("button", { name: "Join" }).click();
    await offer.waitFor({ state: "detached" });
    await settle(view);
    assert.deepEqual(
      (await calls(view)).slice(1).map((one) => (one as unknown[])[0]),
      ["answer"],
    );
    await call("Call Dora Maar").click();
    await settle(view);
    assert.deepEqual((await calls(view)).slice(2), [["call", "dora"]], "who is in none");
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("nothing is offered that nobody hears or presses: a voice message for the echo, one's own link; a step that is done asks for nothing", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("home");
    await view.show("summaryNoAnswer");
    await page.getByText("sealed to Bob Builder before it leaves this browser").waitFor();
    await page.evaluate(() => {
      const { state } = harness.terminal;
      const { call, server } = state;
      const bob = call!.participants.find(({ userId }) => userId === "bob")!.userId;
      harness.terminal.set({ ...state, server: { ...server!, echo: bob } });
    });
    await page
      .getByText("sealed to Bob Builder before it leaves this browser")
      .waitFor({ state: "detached" });
    // Of whom else was called it is still said.
    await page.getByRole("heading", { name: "Leave a voice message" }).waitFor();
    await view.show("home");
    await page.evaluate(() => {
      history.replaceState(null, "", "/call/alice");
      dispatchEvent(new PopStateEvent("popstate"));
    });
    const card = page.getByRole("region", { name: "A link brought you here" });
    await card.getByText("That is you.").waitFor();
    assert.equal(await card.getByText("until you press the button").count(), 0);
    await card.getByRole("button", { name: "Not now" }).click();
    await view.show("firstStepsEchoAway");
    await page.getByText("whom this server names to give back what you say, is not there now").waitFor();
    await page.evaluate(() => harness.talked(["bob"]));
    await page.getByText("You have had a first call, your own or one that you answered.").waitFor();
    assert.equal(await page.getByText("is not there now").count(), 0);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("a link's card has the picture of whom it leads to, within it; in the list stands with whom one compared", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("people");
    const row = (name: string) => page.locator(".people li").filter({ hasText: name });
    await row("Bob Builder").getByText("Compared in person", { exact: true }).waitFor();
    assert.equal(await row("Dora Maar").getByText("Compared in person", { exact: true }).count(), 0);
    await page.evaluate(() => {
      const { standing, state } = harness.terminal;
      const bob = state.personal!.people.find(({ userId }) => userId === "bob")!.userId;
      standing.set(bob, { status: "other" });
      harness.terminal.set(state);
    });
    await row("Bob Builder").getByText("Comparison holds no more", { exact: true }).waitFor();
    await view.show("linkedSeveral");
    const card = page.getByRole("region", { name: "A link brought you here" });
    await card.locator(".avatar").first().waitFor();
    await page.waitForFunction(() => harness.terminal.picturesAsked.some((userId) => userId === "bob"));
    await card.getByText("Comparison holds no more", { exact: true }).waitFor();
    const edges = await page.evaluate(() => {
      const leftOf = (selector: string) =>
        document.querySelector(`.linked-call ${selector}`)!.getBoundingClientRect();
      const [title, avatar, item] = [leftOf("h2"), leftOf(".avatar"), leftOf("li")];
      return { outPx: title.left - avatar.left, isClear: avatar.top > item.top + 1 };
    });
    assert.deepEqual(edges, { outPx: 0, isClear: true });
    // Wherever else they stand by themselves, their picture does, too.
    await page.evaluate(async () => {
      const canvas = document.createElement("canvas");
      const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg"));
      const { userId } = harness.ring().from;
      harness.terminal.shownPictures = new Map([[userId, new Uint8Array(await drawn!.arrayBuffer())]]);
      harness.terminal.pictureChanged(userId);
    });
    const trusted = () =>
      page.evaluate(() => harness.terminal.set({ ...harness.terminal.state, changedKeys: [] }));
    await trusted();
    await card.locator("img.avatar").waitFor();
    await card.getByRole("button", { name: "Not now" }).click();
    for (const [scene, place] of [
      ["missed", ".missed-calls"],
      ["joinable", ".joinable"],
      ["messages", "[aria-labelledby=messages-title]"],
    ] as const) {
      await view.show(scene);
      await trusted();
      await page.locator(`${place} img.avatar`).first().waitFor();
    }
    assert.deepEqual(view.problems, []);
    await view.close();
  });
});
