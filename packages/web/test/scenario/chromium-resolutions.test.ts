/** Resolutions in the page: read whole, decided with a touch, proposed, and kept after the call. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { button, settle, titled } from "../support/asked.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

describe("resolutions", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  const asked = ({ page }: ViewPage, method: string) =>
    page.evaluate(
      (name) =>
        harness.terminal.asked
          .filter((one) => one.method === `resolutions.${name}`)
          .map(({ args }) => JSON.parse(JSON.stringify(args)) as unknown[]),
      method,
    );

  for (const widthPx of [390, 1280])
    test(`what asks for an approval comes to attention, and is decided when its end was seen, at ${widthPx} px`, async () => {
      const view = await pages.open({ widthPx, scheme: widthPx === 390 ? "dark" : "light" });
      const { page } = view;
      await view.show("resolutionDecided");
      await view.show("resolutionAsked");
      await titled(view, "Your approval is asked for - Signet");
      await page
        .locator("[aria-live=polite]")
        .filter({ hasText: "asks for your approval: resolution 2" })
        .waitFor({ state: "attached" });
      assert.deepEqual(await view.axe(), []);
      await button(view, "Read and decide").click();
      const dialog = page.getByRole("dialog", { name: "Resolutions" });
      await dialog
        .getByRole("article", { name: "Resolution 1, by Bob Builder" })
        .getByText("Adopted.")
        .waitFor();
      const article = dialog.getByRole("article", { name: "Resolution 2, by Bob Builder" });
      const approve = article.getByRole("button", { name: "Approve" });
      await article.getByText("Read it to its end").waitFor();
      assert.equal(await approve.isDisabled(), true);
      assert.equal(await article.getByRole("button", { name: "Reject" }).isDisabled(), true);
      assert.deepEqual(await view.axe(), []);
      // With the keyboard alone.
      await article.getByRole("region", { name: "The whole of resolution 2" }).focus();
      await page.keyboard.press("End");
      await article.getByText("Read it to its end").waitFor({ state: "detached" });
      await approve.click();
      await dialog.getByText("Your device signs that you approve resolution 2.").waitFor();
      const [args] = await asked(view, "decide");
      assert.deepEqual(args?.slice(0, 2), ["resolution-2", "approve"]);
      assert.match(String(args?.[2]), /^1\. The board[^]*60\. The board pays what was agreed\.$/);
      assert.deepEqual(view.problems, []);
      await view.close();
    });

  test("what does not hold, and who cannot read it, is said; a file is told by its SHA-256, and compared here", async () => {
    const view = await pages.open();
    const { page } = view;
    await view.show("resolutionTroubles");
    await button(view, "Read and decide").click();
    const dialog = page.getByRole("dialog", { name: "Resolutions" });
    await dialog.getByText("Cannot read resolutions, since their version is older: Bob Builder").waitFor();
    await dialog.getByText("About Bob Builder: What was approved is not the text").waitFor();
    const file = dialog.getByRole("article", { name: "Resolution 2, by Alice Liddell" });
    await file.getByText("ab".repeat(32)).waitFor();
    await file
      .getByLabel("Compare your own copy")
      .setInputFiles({ name: "x.pdf", mimeType: "application/pdf", buffer: Buffer.from("x") });
    await file.getByText("Your copy is another file").waitFor();
    await file.getByRole("button", { name: "Withdraw" }).click();
    assert.deepEqual(await asked(view, "withdraw"), [["resolution-2"]]);
    assert.deepEqual(await view.axe(), []);
    await view.close();
  });

  test("a text, or a file that is hashed here, is put to all, to some, or to named people", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("inCallOfTwo");
    await button(view, "Resolutions").click();
    const dialog = page.getByRole("dialog", { name: "Resolutions" });
    await dialog.getByText("Nothing has been proposed yet.").waitFor();
    const propose = dialog.getByRole("button", { name: "Propose", exact: true });
    assert.equal(await propose.isDisabled(), true);
    await dialog.getByLabel("Text", { exact: true }).fill("x".repeat(4_001));
    assert.equal(await propose.isDisabled(), true);
    await dialog.getByLabel("Text", { exact: true }).fill("Pay Acme");
    await dialog.getByLabel("Some of those in the call").check();
    await dialog.getByLabel("How many").fill("1");
    assert.deepEqual(await view.axe(), []);
    await propose.click();
    assert.deepEqual(await asked(view, "propose"), [
      [
        { type: "text", text: "Pay Acme" },
        { type: "some", needed: 1 },
      ],
    ]);
    await settle(view);
    await dialog.getByRole("button", { name: "A file" }).click();
    await dialog
      .getByLabel("Choose a file")
      .setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("abc") });
    await dialog.getByLabel("These people").check();
    assert.equal(await propose.isDisabled(), true, "nobody is named");
    await dialog.getByLabel("Bob Builder").check();
    await propose.click();
    const [, [subject, rule] = []] = await asked(view, "propose");
    assert.deepEqual(rule, { type: "named", userIds: ["bob"] });
    const { name, sha256, sizeBytes } = subject as {
      name: string;
      sha256: Record<string, number>;
      sizeBytes: number;
    };
    assert.deepEqual([name, sizeBytes], ["a.txt", 3]);
    assert.equal(
      Buffer.from(Object.values(sha256)).toString("hex"),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("after the call it says what was decided, and gives the file", async () => {
    const view = await pages.open();
    const { page } = view;
    await view.show("home");
    await view.show("summaryResolved");
    await page.getByText("Resolution 1: adopted").waitFor();
    assert.deepEqual(await view.axe(), []);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button(view, "Save the resolutions").click(),
    ]);
    assert.match(download.suggestedFilename(), /^signet-resolutions-.*\.json$/);
    assert.equal(await readFile(await download.path(), "utf8"), "{}");
    // What other programs verify: the signature of the text, and the text as it was signed.
    const [signature] = await Promise.all([
      page.waitForEvent("download"),
      button(view, "Save Bob Builder's document signature").click(),
    ]);
    assert.match(signature.suggestedFilename(), /^signet-resolution-.*-1-bob\.bob\.p7s$/);
    assert.deepEqual([...(await readFile(await signature.path()))], [0x30, 0x03, 0xff]);
    const [text] = await Promise.all([
      page.waitForEvent("download"),
      button(view, "Save the text that was signed").click(),
    ]);
    assert.match(text.suggestedFilename(), /^signet-resolution-.*-1-bob\.txt$/);
    assert.equal(await readFile(await text.path(), "utf8"), "Release 12,000 € to Acme\u202e today.");
    assert.deepEqual(view.problems, []);
    await view.close();
  });
});
