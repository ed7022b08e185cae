/** Own devices on the page: each question, each touch, and what is said when one fails. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { rememberedProfile } from "../support/profile.ts";
import { startViewPages } from "../support/view-page.ts";
import { asked, button, checked, focused, settle, touched } from "../support/asked.ts";
import type { ViewPages } from "../support/view-page.ts";

describe("own devices", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  test("what others' devices and one's own signed is said once, and closed", async () => {
    const view = await pages.open({ widthPx: 390, scheme: "dark" });
    await view.show("home");
    await view.show("news");
    await view.page
      .getByText(/A device of bob, “Old laptop”, was revoked on/)
      .first()
      .waitFor();
    const spoken = await view.page.locator(".live-region, [aria-live]").allTextContents();
    assert.match(spoken.join(" "), /Bob added a device on .*: “Blue key”/);
    await checked(view);
    await button(view, "Close message about bob").press("Enter");
    await button(view, "Close message about your devices").press("Enter");
    await view.page.getByText("News of bob").waitFor({ state: "detached" });
    await view.page.getByText("revoke the device that you do not know").waitFor({ state: "detached" });
    assert.deepEqual(await asked(view), []);
  });

  test("a second one is proposed after a call, and added by three touches, each told what for", async () => {
    const view = await pages.open({ widthPx: 390, scheme: "dark", stored: rememberedProfile(Date.now()) });
    await view.show("home");
    await button(view, "Add a second device").press("Enter");
    await view.page.getByRole("dialog", { name: "Add a device" }).waitFor();
    await checked(view);
    await button(view, "Go on").click();
    await view.page.getByRole("alert").getByText("Give it a name").waitFor();
    assert.deepEqual(await asked(view), [], "nothing is touched for it");
    const field = view.page.getByRole("textbox", { name: "Name of the new device" });
    await field.fill(" Spare key ");
    await field.press("Enter");
    await view.page.getByText("Touch 1 of 3: the new device").waitFor();
    await checked(view);
    await touched(view);
    await view.page.getByText("Touch 2 of 3: the new device again").waitFor();
    await touched(view);
    await view.page.getByText("Touch 3 of 3: the device that you have").waitFor();
    await settle(view);
    await view.page.getByRole("dialog").waitFor({ state: "detached" });
    await view.page.getByText("Spare key is one of your devices now.").waitFor({ state: "attached" });
    assert.deepEqual(await asked(view), [["addDevice", "Spare key"]]);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("a code for another machine is shown to eye and camera, and the device is seen before the touch", async () => {
    const view = await pages.open({ widthPx: 390, scheme: "dark" });
    await view.show("settings");
    const open = async (): Promise<void> => {
      await button(view, "Add a device at another machine").click();
      await view.page.getByText("7K3M-Q0RT-VX2Z-8HJN-5WCP").waitFor();
    };
    await open();
    await view.page.getByRole("img", { name: /^QR code/ }).waitFor();
    await view.page.getByText("Counts for", { exact: false }).waitFor();
    await checked(view);
    await view.page.evaluate(() => {
      harness.terminal.elsewhere.step({ type: "entered" });
    });
    await view.page.getByRole("status").filter({ hasText: "The code was entered" }).waitFor();
    await view.page.evaluate(() => harness.terminal.elsewhere.step({ type: "named", name: "Laptop" }));
    await view.page.getByText("touch it at the other machine").waitFor();
    await view.page.evaluate(() => void harness.terminal.elsewhere.offer());
    await view.page.getByRole("dialog", { name: "Add “Laptop”?" }).waitFor();
    await checked(view);
    // Enter alone adds nothing.
    await focused(button(view, "Do not add it"));
    await button(view, "Add it").click();
    await view.page.evaluate(() => harness.terminal.elsewhere.step({ type: "touch" }));
    await view.page.getByText("Touch the device that you have").waitFor();
    await view.page.evaluate(() => harness.terminal.elsewhere.finish());
    await view.page.getByRole("dialog").waitFor({ state: "detached" });
    await view.page.getByText("one of yours now").waitFor({ state: "attached" });
    await open();
    await view.page.keyboard.press("Escape");
    await view.page.getByRole("dialog").waitFor({ state: "detached" });
    await open();
    await view.page.evaluate(() => void harness.terminal.elsewhere.offer());
    await button(view, "Do not add it").press("Enter");
    await view.page.evaluate(() => harness.terminal.elsewhere.finish("pairing.refused"));
    await view.page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await view.page.getByRole("alert").count(), 0, "nobody has to be told what they said");
    await open();
    await view.page.evaluate(() => harness.terminal.elsewhere.finish("pairing.broken"));
    await view.page.getByRole("alert").getByText("does not fit the code").waitFor();
    assert.deepEqual(await view.page.evaluate(() => harness.terminal.elsewhere.said), [true, false]);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("a code is entered, by hand or by the link, and it is said whose device this would be", async () => {
    const view = await pages.open({ widthPx: 390 });
    await button(view, "Add this device to my ID").click();
    await button(view, "Go on").click();
    await view.page.getByRole("alert").getByText("not a code").waitFor();
    const code = view.page.getByRole("textbox", { name: "Code" });
    await code.fill("7k3m q0rt vx2z 8hjn 5wcp");
    await checked(view);
    await code.press("Enter");
    await view.page.getByText("Looking for the terminal").waitFor();
    await view.page.evaluate(() => void harness.terminal.elsewhere.askName());
    await view.page.getByRole("dialog", { name: "Add this device to alice?" }).waitFor();
    await checked(view);
    await view.page.getByRole("textbox", { name: "Name of this device" }).fill(" Laptop ");
    await button(view, "Go on").click();
    await view.page.evaluate(() => harness.terminal.elsewhere.hereStep("make"));
    await view.page.getByText("Touch 1 of 2").waitFor();
    await view.page.evaluate(() => harness.terminal.elsewhere.hereStep("wait"));
    await view.page.getByText("Now say yes at the other machine").waitFor();
    await checked(view);
    await view.page.evaluate(() => harness.terminal.elsewhere.finish());
    await view.page.getByRole("dialog", { name: "This device is one of alice now" }).waitFor();
    await checked(view);
    await view.page.keyboard.press("Enter");
    await view.page.getByText("Touch your device").waitFor();
    assert.deepEqual(await asked(view), [["signIn", "alice"]]);
    const said = ["7k3m q0rt vx2z 8hjn 5wcp", "Laptop"];
    assert.deepEqual(await view.page.evaluate(() => harness.terminal.elsewhere.said), said);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("one's own name is changed with one touch", async () => {
    const view = await pages.open({ widthPx: 390 });
    await view.show("home");
    await button(view, "Settings").click();
    await button(view, "Change name").click();
    const name = view.page.getByRole("textbox", { name: "Name" });
    assert.equal(await name.inputValue(), "Alice Liddell");
    await checked(view);
    await name.fill("Alice B.");
    await name.press("Enter");
    await view.page.getByText("It signs your new name.").waitFor();
    await settle(view);
    await view.page.getByText("Your name is Alice B. from now on.").waitFor({ state: "attached" });
    assert.deepEqual(await asked(view), [["rename", "Alice B."]]);
    await view.close();
  });

  test("it is proposed once: not to who does not want it, has two, or has not called yet", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    const proposal = view.page.getByRole("heading", { name: "Have a second device" });
    await view.show("home");
    await proposal.waitFor();
    await view.show("severalDevices");
    assert.equal(await proposal.count(), 0);
    await view.show("home");
    const card = view.page.getByRole("region", { name: "Have a second device" });
    assert.match(await card.innerText(), /unless this server has an administrator/);
    await card.getByRole("button", { name: "Not now" }).click();
    assert.equal(await proposal.count(), 0);
    await view.page.reload();
    await view.show("home");
    assert.equal(await proposal.count(), 0);
    await view.close();
    const newcomer = await pages.open();
    await newcomer.show("home");
    assert.equal(await newcomer.page.getByRole("heading", { name: "Have a second device" }).count(), 0);
    await newcomer.close();
  });

  test("an authenticator that holds one already is told, and giving up is no error", async () => {
    const view = await pages.open();
    await view.show("settings");
    const begin = async (): Promise<void> => {
      await button(view, "Add a device").click();
      await view.page.getByRole("textbox", { name: "Name of the new device" }).fill("Spare");
      await button(view, "Go on").click();
      await view.page.getByText("Touch 1 of 3").waitFor();
    };
    await begin();
    await settle(view, "history.deviceTaken");
    await view.page.getByRole("alert").getByText("Take another device").waitFor();
    await button(view, "Close message").click();
    await begin();
    await button(view, "Cancel").click();
    await view.page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await view.page.getByRole("alert").count(), 0);
    // The only one cannot be revoked, and it is said why.
    assert.equal(await view.page.getByRole("button", { name: /^Revoke/ }).count(), 0);
    await view.page.getByText("cannot be revoked: add another one first").waitFor();
    await view.close();
  });

  test("one is named and one revoked, after a question that says what follows; revoked ones are folded away", async () => {
    const view = await pages.open({ widthPx: 390 });
    await view.show("severalDevices");
    await view.page.getByText(/^Last used .*; signed in here$/).waitFor();
    await view.page.getByText(/; signed in elsewhere since .*, away now, says the server$/).waitFor();
    await view.page.getByText(/; signed in nowhere, says the server$/).waitFor();
    await button(view, "Rename Door bot").click();
    const name = view.page.getByRole("textbox", { name: "Name" });
    assert.equal(await name.inputValue(), "Door bot");
    await checked(view);
    await name.fill("Gate");
    await name.press("Enter");
    await view.page.getByText("Touch the device that you signed in with").waitFor();
    await settle(view);
    await button(view, "Revoke Door bot").click();
    const question = view.page.getByRole("dialog", { name: "Revoke Door bot?" });
    await question.getByText("signed out and leaves its call").waitFor();
    await checked(view);
    // Enter alone revokes nothing.
    await focused(button(view, "Keep it"));
    await view.page.getByRole("combobox", { name: "Why" }).selectOption("stolen");
    await button(view, "Revoke").click();
    await settle(view);
    await button(view, "Revoke Key ring").click();
    await view.page.getByText("you are signed out here").waitFor();
    await view.page.keyboard.press("Escape");
    assert.deepEqual(await asked(view), [
      ["nameDevice", "ASNFZ4mrze8BI0VniavN7w", "Gate"],
      ["revokeDevice", "ASNFZ4mrze8BI0VniavN7w", "stolen"],
    ]);
    const gone = view.page.getByText("revoked on").filter({ hasText: "by Key ring: lost" });
    assert.equal(await gone.isVisible(), false);
    await view.page.getByText("1 revoked device").click();
    assert.ok(await gone.isVisible());
    assert.deepEqual(await view.axe(), []);
    await view.close();
  });

  test("who has several says which one is here before it is touched", async () => {
    const view = await pages.open({ widthPx: 390, stored: rememberedProfile(Date.now()) });
    await view.page.getByRole("textbox", { name: "User ID" }).press("Enter");
    await view.page.getByText("Touch your device").waitFor();
    await view.page.evaluate(() => harness.terminal.askWhich());
    await view.page.getByRole("dialog", { name: "Which of your devices is here?" }).waitFor();
    await checked(view);
    await view.page.getByRole("button", { name: /^Spare key/ }).click();
    await view.page.getByText("Touch your device").waitFor();
    assert.equal(await view.page.evaluate(() => harness.terminal.chosen), "q83vEjRWeJCrze8SNFZ4kA");
    await view.page.evaluate(() => harness.terminal.askWhich());
    await button(view, "Cancel").click();
    await view.page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await view.page.getByRole("alert").count(), 0);
    await view.close();
  });

  test("a call at another terminal is offered, moved with one touch, and nobody is rung once it has moved away", async () => {
    const view = await pages.open();
    await view.show("home");
    await view.show("elsewhere");
    const card = view.page.getByRole("region", { name: "Your call at another terminal", exact: true });
    assert.match(await card.innerText(), /You are in a call at another terminal, with Spare key/);
    await view.page
      .locator("[aria-live=polite].hidden-text", { hasText: "It can be moved here" })
      .waitFor({ state: "attached" });
    await view.page.getByRole("button", { name: "Move it here", exact: true }).focus();
    await view.page.keyboard.press("Enter");
    await view.page.getByRole("dialog", { name: "Touch your device", exact: true }).waitFor();
    assert.deepEqual(await asked(view), [["moveHere"]]);
    await view.page.keyboard.press("Escape");
    await view.show("moving");
    assert.match(
      await view.page.getByRole("region", { name: "Call", exact: true }).innerText(),
      /Moving the call here/,
    );
    await view.show("held");
    assert.match(
      await view.page.getByRole("region", { name: "Call", exact: true }).innerText(),
      /signed in at another terminal/,
    );
    await view.show("active");
    await view.show("summaryMoved");
    const summary = view.page.getByRole("region", { name: "Summary", exact: true });
    assert.match(await summary.innerText(), /Moved to another terminal \(Security key or passkey\)/);
    assert.deepEqual(await summary.getByRole("button").allInnerTexts(), [
      "Add Bob Builder (bob) and Carol Danvers (carol) to your people",
      "Done",
      "Save the record",
    ]);
    await view.close();
  });
});
