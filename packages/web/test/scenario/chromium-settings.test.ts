/** The settings on the page: reached and left, and what each section does. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { button } from "../support/asked.ts";
import { rememberedProfile } from "../support/profile.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPages } from "../support/view-page.ts";

describe("settings", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  test("the settings are opened and left by keys, by the browser's way back, and by a call; each section is reached by its name", async () => {
    const view = await pages.open({ widthPx: 390, stored: rememberedProfile(Date.now()) });
    const { page } = view;
    const title = page.getByRole("heading", { name: "Settings", exact: true });
    await view.show("home");
    await page.keyboard.press(",");
    await title.waitFor();
    assert.equal(await title.evaluate((element) => element === document.activeElement), true);
    await button(view, "What is kept").click();
    const kept = page.getByRole("heading", { name: "What is kept" });
    assert.equal(await kept.evaluate((element) => element === document.activeElement), true);
    await page.keyboard.press("Escape");
    await title.waitFor({ state: "detached" });
    await button(view, "Settings").click();
    await button(view, "Language").click();
    await page.goBack();
    await title.waitFor({ state: "detached" });
    await page.keyboard.press("/");
    assert.equal(
      await page
        .getByRole("textbox", { name: "Call user IDs" })
        .evaluate((one) => one === document.activeElement),
      true,
    );
    // What is typed is typed.
    await page.keyboard.press("?");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await button(view, "Keyboard shortcuts").click();
    const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await list.getByText("Mute and unmute the microphone").waitFor();
    assert.deepEqual(await view.axe(), []);
    await list.getByRole("checkbox").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press(",");
    await view.settled();
    assert.equal(await title.count(), 0, "who does not want shortcuts has none");
    await button(view, "Settings").click();
    await title.waitFor();
    const { call } = await page.evaluate(() => {
      harness.show("active");
      return harness.terminal.state;
    });
    assert.ok(call);
    await button(view, "Leave call").waitFor();
    assert.equal(await title.count(), 0);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("what this browser keeps is forgotten after a question, and the page begins as if it were new", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    const { page } = view;
    await view.show("settings");
    await button(view, "Forget everything in this browser").click();
    const question = page.getByRole("dialog", { name: "Forget everything in this browser?" });
    await question.getByText("It concerns everybody who signed in here: alice and alice.work.").waitFor();
    assert.deepEqual(await view.axe(), []);
    await question.getByRole("button", { name: "Cancel" }).click();
    assert.ok((await page.evaluate(() => localStorage.length)) > 0);
    await button(view, "Forget everything in this browser").click();
    await question.getByRole("button", { name: "Forget it" }).click();
    await page.waitForFunction(() => harness.terminal.asked.some(({ method }) => method === "release"));
    assert.equal(await question.count(), 1);
    await page.evaluate(() => harness.terminal.settle());
    await page
      .getByRole("heading", { name: "Register" })
      .or(page.getByText("Create user ID"))
      .first()
      .waitFor();
    assert.deepEqual(await page.evaluate(() => [localStorage.length, location.hash]), [0, ""]);
    await view.close();
  });
});
