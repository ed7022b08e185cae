/** The record of a call in the page: asked for in its details, told to all in it, and saved when it is over. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { button } from "../support/asked.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPages } from "../support/view-page.ts";

describe("the record of a call", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  for (const widthPx of [390, 1280])
    test(`who is in the call is told that somebody keeps one, and may do so too, at ${widthPx} px`, async () => {
      const view = await pages.open({ widthPx, scheme: widthPx === 390 ? "dark" : "light" });
      const { page } = view;
      await view.show("recordKept");
      await page.getByText("A record of this call is kept by Bob Builder").waitFor();
      await button(view, "Call details").click();
      const keep = button(view, "Keep a record");
      assert.equal(await keep.getAttribute("aria-pressed"), "false");
      await keep.click();
      const asked = await page.evaluate(() =>
        harness.terminal.asked
          .filter(({ method }) => method === "record.keep")
          .map(({ args }) => JSON.stringify(args)),
      );
      assert.deepEqual(asked, ["[true]"]);
      assert.deepEqual(await view.axe(), []);
      await view.show("recordDoubted");
      await page
        .getByRole("alert")
        .filter({ hasText: "Other people in the call are signed for by Bob Builder" })
        .waitFor();
      assert.equal(await keep.getAttribute("aria-pressed"), "true");
      assert.deepEqual(view.problems, []);
      await view.close();
    });

  test("after the call it gives the file, and says where it is verified", async () => {
    const view = await pages.open();
    const { page } = view;
    await view.show("home");
    await view.show("summaryResolved");
    const section = page.getByRole("region", { name: "Record of this call" });
    await section.getByText("Nobody kept a record meanwhile").waitFor();
    assert.equal(await section.getByRole("link").getAttribute("href"), "/verify");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button(view, "Save the record").click(),
    ]);
    assert.match(download.suggestedFilename(), /^signet-record-.*\.json$/);
    assert.equal(await readFile(await download.path(), "utf8"), "{}");
    assert.deepEqual(await view.axe(), []);
    assert.deepEqual(view.problems, []);
    await view.close();
  });
});
