/** The names that people and tests rely on, the keyboard, and the ways out of failures. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { button, focused, titled } from "../support/asked.ts";
import { rememberedProfile } from "../support/profile.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

describe("use", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  const asked = (view: ViewPage): Promise<{ method: string; args: unknown[] }[]> =>
    view.page.evaluate(() => harness.terminal.asked);
  const settle = (view: ViewPage, code?: "directory.keyChanged" | "registration.userTaken"): Promise<void> =>
    view.page.evaluate((error) => harness.terminal.settle(error), code);
  const role = (view: ViewPage, ...[kind, name]: [Parameters<ViewPage["page"]["getByRole"]>[0], string?]) =>
    view.page.getByRole(kind, name === undefined ? {} : { name });

  test("a new person creates a user ID: two touches, each told what for; a taken one can be changed", async () => {
    const view = await pages.open();
    await role(view, "textbox", "User ID").fill("Alice");
    await role(view, "textbox", "Display name").fill("Alice Liddell");
    await role(view, "textbox", "Display name").press("Enter");
    await view.page.getByText("Touch 1 of 2: create the key").waitFor();
    await settle(view, "registration.userTaken");
    await role(view, "alert").getByText("This user ID is taken").waitFor();
    await role(view, "textbox", "User ID").fill("alice2");
    await role(view, "button", "Create user ID").click();
    await view.page.evaluate(() => harness.terminal.firstTouch());
    await view.page.getByText("Touch 2 of 2: prove it").waitFor();
    await role(view, "button", "Cancel").click();
    await view.page.getByText("Touch 2 of 2").waitFor({ state: "detached" });
    assert.equal(await role(view, "alert").count(), 0, "giving up is not an error");
    assert.deepEqual(await asked(view), [
      { method: "register", args: [{ userId: "alice", displayName: "Alice Liddell" }] },
      { method: "register", args: [{ userId: "alice2", displayName: "Alice Liddell" }] },
    ]);
    await view.close();
  });

  test("missed calls are counted in the title, and called back or seen", async () => {
    const view = await pages.open();
    await view.show("missed");
    await titled(view, "(2) Signet");
    const missed = view.page.getByRole("list", { name: "Missed calls" });
    const [newest, oldest] = await missed.getByRole("listitem").allInnerTexts();
    assert.match(newest ?? "", /Bob Builder[^]*Called[^]*Verified/);
    assert.match(oldest ?? "", /into a call of Carol Danvers/);
    await missed.getByRole("button", { name: "Call back Bob Builder" }).first().click();
    await settle(view);
    await missed.getByRole("listitem").nth(1).waitFor({ state: "detached" });
    assert.deepEqual((await asked(view)).at(-1), { method: "call", args: ["bob"] });
    await titled(view, "(1) Signet");
    await role(view, "button", "I have seen them").click();
    await missed.waitFor({ state: "detached" });
    await titled(view, "Signet");
    await view.close();
  });

  test("a server that wants invite codes asks for one, and a wrong user ID is told at its field", async () => {
    const view = await pages.open();
    await view.show("invite");
    await role(view, "textbox", "User ID").fill("a b");
    await role(view, "button", "Create user ID").click();
    assert.match(await role(view, "alert").innerText(), /only a to z/);
    await role(view, "textbox", "User ID").fill("ann");
    await role(view, "button", "Create user ID").click();
    assert.match(await role(view, "alert").innerText(), /invite code/);
    await role(view, "textbox", "Invite code").fill("abc-123");
    await role(view, "button", "Create user ID").click();
    assert.deepEqual(await asked(view), [
      { method: "register", args: [{ userId: "ann", displayName: "ann", inviteCode: "abc-123" }] },
    ]);
    await view.close();
  });

  test("a profile that was here before signs in with Enter", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    assert.equal(await role(view, "textbox", "User ID").inputValue(), "alice");
    await role(view, "textbox", "User ID").press("Enter");
    await view.page.getByText("Touch your device").waitFor();
    await view.show("home");
    await settle(view);
    assert.equal(
      await view.page.getByRole("status", { name: "Signed in as alice" }).innerText(),
      "Signed in as alice",
    );
    await role(view, "button", "Sign out").click();
    assert.deepEqual(
      (await asked(view)).map(({ method }) => method),
      ["signIn", "release"],
    );
    await view.close();
  });

  test("people are called by typing and ticking; nonsense is told before anything rings", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    await view.show("home");
    await role(view, "textbox", "Call user IDs").fill("eve, x!");
    await button(view, "Call").click();
    await view.page.getByText("x! is no user ID: ! cannot stand in one").waitFor();
    await role(view, "textbox", "Call user IDs").fill("eve nobody");
    await button(view, "Call").click();
    await view.page.getByText("Nobody has the user ID nobody here.").waitFor();
    assert.deepEqual(await asked(view), [], "no touch is spent on it");
    await role(view, "textbox", "Call user IDs").fill("eve");
    await role(view, "checkbox", "Bob Builder").check();
    assert.equal(await role(view, "textbox", "Call user IDs").inputValue(), "eve bob");
    await button(view, "Call").click();
    assert.deepEqual(await asked(view), [{ method: "call", args: ["eve", "bob"] }]);
    await view.close();
  });

  test("a changed key stops the call; it is trusted only after a warning and a promise", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    await view.show("home");
    await role(view, "textbox", "Call user IDs").fill("carol");
    await button(view, "Call").click();
    await settle(view, "directory.keyChanged");
    await role(view, "alert").getByText("not the one you met before").waitFor();
    await role(view, "button", "I know that carol has a new device").click();
    const trust = role(view, "button", "Trust the new key of carol");
    assert.ok(await trust.isDisabled());
    const shown = await role(view, "alert").locator("code").innerText();
    assert.match(shown, /^[\w-]{22}$/);
    await role(view, "checkbox", "I asked carol").check();
    await trust.click();
    await settle(view);
    await view.page.getByText("The new key of carol is the one to know").waitFor();
    assert.deepEqual((await asked(view)).at(-1), { method: "trustChangedKey", args: ["carol", shown] });
    await view.close();
  });

  test("a caller whose key changed does not ring, but is told of until one has read it", async () => {
    const view = await pages.open();
    await view.show("warned");
    assert.match(await role(view, "alert").innerText(), /not the one you met before[^]*It is about bob/);
    await role(view, "button", "Close message").click();
    assert.equal(await role(view, "alert").count(), 0);
    await view.show("unrung");
    assert.match(
      await role(view, "alert").innerText(),
      /A call by bob did not ring here: the clock there is 5 minutes behind this one[^]*tell them to set their clock/i,
    );
    await view.close();
  });

  test("an incoming call says who calls, and no key that is just being typed answers or declines it", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    await view.show("home");
    const dialog = view.page.getByRole("dialog", { name: /^Incoming call .*Bob Builder bob$/ });
    const field = role(view, "textbox", "Call user IDs");
    await field.focus();
    await view.page.keyboard.type("car");
    await view.show("incoming");
    assert.match(await dialog.innerText(), /Bob Builder\s+bob/);
    assert.match(await dialog.innerText(), /Verified[^]*Carol Danvers and Dora Maar[^]*touch of your device/);
    await titled(view, "Bob Builder calls - Signet");
    // Who types goes on typing; the word for those who hear the page does not need the focus.
    await view.page.keyboard.type("ol ");
    await view.page.keyboard.press("Escape");
    assert.equal(await field.inputValue(), "carol ");
    await view.page.getByText("Bob Builder calls, user ID bob, verified.").waitFor({ state: "attached" });
    assert.deepEqual(await asked(view), []);
    // The way out of the field leads to the call.
    await view.page.keyboard.press("Tab");
    await focused(dialog.getByRole("heading", { name: "Incoming call" }));
    // Pressed again and again, it would be the browser that closes a dialog.
    for (const key of ["Space", "Enter", "Escape", "Escape", "Escape", "Escape"])
      await view.page.keyboard.press(key);
    assert.deepEqual(await asked(view), []);
    const answer = dialog.getByRole("button", { name: "Answer" });
    await answer.press("Enter");
    await dialog.getByText("Touch your device").waitFor();
    await view.page.keyboard.press("Escape");
    await dialog.getByRole("button", { name: "Decline", exact: true }).click();
    assert.deepEqual(
      (await asked(view)).map(({ method }) => method),
      ["answer", "decline"],
    );
    await view.show("home");
    await dialog.waitFor({ state: "detached" });
    // The focus is where it was.
    await focused(field);
    await view.close();
  });

  test("wherever the focus was, it does not fall to the beginning of the page", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    await view.show("home");
    const inBody = () => view.page.evaluate(() => document.activeElement === document.body);
    const press = async (name: string, within: Page | Locator = view.page): Promise<void> => {
      await within.getByRole("button", { name, exact: true }).press("Enter");
      await view.settled();
      assert.equal(await inBody(), false, name);
    };
    await press("More about Dora Maar");
    await press("Remove from your people");
    await press("Undo");
    await press("Clear history");
    await press("Clear history", role(view, "dialog"));
    await press("Settings");
    await press("Test the microphone");
    await press("Stop the test");
    await press("Back");
    await role(view, "textbox", "Call user IDs").fill("eve");
    await press("Call");
    await press("Cancel");
    await role(view, "textbox", "Call user IDs").press("Enter");
    await view.page.getByText("Touch your device").waitFor();
    await settle(view, "directory.keyChanged");
    await role(view, "alert").waitFor();
    await view.page.getByText("Touch your device").waitFor({ state: "detached" });
    await view.settled();
    await press("I know that eve has a new device");
    await press("Not now", role(view, "alert"));
    await press("Close message");
    await view.show("summary");
    await press("Done");
    await view.show("warned");
    await press("Close message");
    await view.show("active");
    await press("End call for all");
    await press("Keep talking");
    await view.close();
  });

  test("what a browser lacks for calls is said when the page opens, and before one rings anybody", async () => {
    const view = await pages.open();
    const lack = (...names: readonly string[]) =>
      view.page.evaluate((names) => {
        for (const name of names) Reflect.deleteProperty(globalThis, name);
      }, names);
    const said = () => role(view, "alert").filter({ hasText: "Not in this browser" });
    await view.show("firstVisit");
    assert.equal(await said().count(), 0);
    await lack("RTCRtpScriptTransform");
    for (const scene of ["home", "firstVisit"] as const) {
      await view.show(scene);
      assert.match(await said().innerText(), /lacks encoded transforms for the encryption end to end, or/);
    }
    // As Debian's WebKitGTK 2.50.
    await lack("RTCPeerConnection", "PublicKeyCredential");
    await view.show("home");
    assert.match(
      await said().innerText(),
      /lacks WebAuthn for.+, WebRTC for calls and encoded transforms for/,
    );
    await view.show("firstVisit");
    for (const name of ["Create user ID", "Sign in"])
      assert.ok(await role(view, "button", name).isDisabled(), name);
    await view.close();
  });

  test("what another tab is doing is said before one signs in, and what is no word of a tab is passed over", async () => {
    const view = await pages.open();
    await view.show("firstVisit");
    const say = (...words: readonly unknown[]) =>
      view.page.evaluate((words) => {
        const channel = new BroadcastChannel("signet.tabs");
        for (const word of words) channel.postMessage(word);
      }, words);
    const tab = (userId: unknown, doing: string, names: unknown = []) => ({ userId, doing, names });
    const said = view.page.getByText("In another tab of this browser").locator("..");
    await say(
      null,
      { tab: 1, deed: tab("anna", "nothing") },
      { tab: "a", deed: tab("NOBODY", "nothing") },
      { tab: "b", deed: tab("anna", "dancing") },
      { tab: "c", deed: tab("anna", "inCall", [7]) },
      { tab: "d", deed: tab("anna", "nothing") },
    );
    await said.getByText("anna is signed in, and calls ring there.").waitFor();
    assert.equal(await said.locator("p").count(), 2);
    await say({ tab: "d", deed: tab("anna", "ringing", ["Ben"]) });
    await said.getByText("Ben is calling anna.").waitFor();
    await say({ tab: "d", deed: tab("anna", "calling", ["Ben"]) });
    await said.getByText("anna is on the way into a call with Ben.").waitFor();
    await say({ tab: "d", deed: tab("anna", "inCall", ["Ben", "Cleo"]) });
    await said.getByText("anna is in a call with Ben and Cleo.").waitFor();
    const more = Array.from({ length: 20 }, (_, i) => ({ tab: `more${i}`, deed: tab("dora", "nothing") }));
    await say(...more, { tab: "d" });
    await said.getByText("anna").waitFor({ state: "detached" });
    assert.equal(await said.locator("p").count(), 8);
    await view.close();
  });

  test("in a call signing out is asked about; a page that is closed asks, says goodbye and remembers the call", async () => {
    const view = await pages.open();
    await view.show("active");
    await role(view, "button", "Sign out").click();
    await role(view, "button", "Stay in the call").click();
    assert.deepEqual(await asked(view), []);
    const prevented = () =>
      view.page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
    assert.ok(await prevented());
    await view.page.evaluate(() => dispatchEvent(new Event("pagehide")));
    assert.deepEqual(await asked(view), [{ method: "leaveAtOnce", args: [] }]);
    // What the document keeps may not have been written in time: this is another page, in which nothing of it is.
    await view.page.reload();
    await view.show("home");
    await role(view, "list", "History").getByText("2 minutes").waitFor();
    assert.equal(await view.page.evaluate(() => localStorage.getItem("signet.ui.left.alice")), null);
    assert.equal(await prevented(), false, "without a call the page goes unasked");
    await view.page.evaluate(() => dispatchEvent(new Event("pagehide")));
    assert.deepEqual(await asked(view), []);
    await view.close();
  });

  test("the way back comes first where a call goes on, and no call where a check failed", async () => {
    const view = await pages.open();
    const buttons = () => role(view, "region", "Summary").getByRole("button").allInnerTexts();
    await view.show("home");
    await view.show("summaryAway");
    assert.match(await role(view, "region", "Summary").innerText(), /away too long/);
    assert.deepEqual(await buttons(), [
      "Rejoin",
      "Ring again",
      "Add Bob Builder (bob) and Carol Danvers (carol) to your people",
      "Done",
      "Save the record",
      "Record",
    ]);
    assert.equal(await role(view, "alert").count(), 0, "it is no failure of a check");
    await role(view, "button", "Rejoin").click();
    assert.deepEqual(await asked(view), [{ method: "answer", args: ["BBBBBBBBBBBBBBBBBBBBBA"] }]);
    await view.page.keyboard.press("Escape");
    await view.show("summaryKeyChanged");
    assert.equal((await buttons()).includes("Ring again"), false);
    assert.equal(await role(view, "alert").count(), 1, "said once");
    await role(view, "button", "Done").click();
    assert.equal(await role(view, "alert").count(), 0, "with the summary its warning is read");
    await view.close();
  });

  test("what was before the sign-in is not shown to whoever signs in", async () => {
    const view = await pages.open();
    await view.show("endedByTakeOver");
    await role(view, "region", "Summary").waitFor();
    await view.show("summary");
    await role(view, "region", "Summary").waitFor({ state: "detached" });
    await view.close();
  });

  test("after the call a summary tells of it, and who was there is added to the list", async () => {
    const view = await pages.open();
    await view.show("active");
    await view.show("summary");
    const summary = role(view, "region", "Summary");
    assert.match(await summary.innerText(), /You talked for 2 minutes\s+You left\./);
    assert.equal(await view.page.getByRole("region", { name: "Call", exact: true }).count(), 0);
    await summary
      .getByRole("button", { name: "Add Bob Builder (bob) and Carol Danvers (carol) to your people" })
      .click();
    await role(view, "list", "People").waitFor();
    assert.match(await role(view, "list", "People").innerText(), /Bob Builder\s+bob\s+reachable/);
    assert.equal(await summary.getByRole("button", { name: /^Add / }).count(), 0);
    await summary.getByRole("button", { name: "Ring again" }).click();
    // What came of the call before is no news while one rings anew.
    await summary.waitFor({ state: "detached" });
    await role(view, "button", "Cancel").click();
    await view.show("summary");
    await summary.getByRole("button", { name: "Done" }).click();
    await summary.waitFor({ state: "detached" });
    await view.close();
  });

  test("a lost server is told with a way to try now", async () => {
    const view = await pages.open();
    await view.show("serverGone");
    assert.match(
      await role(view, "alert").innerText(),
      /connection to the server is lost[^]*Next try in \d+ seconds?/,
    );
    await role(view, "button", "Retry now").click();
    assert.deepEqual(await asked(view), [{ method: "retryNow", args: [] }]);
    await view.close();
  });

  test("the microphone is tried before a call", async () => {
    const view = await pages.open();
    await view.show("settings");
    await role(view, "button", "Test the microphone").click();
    await role(view, "img", "Level of your voice").waitFor();
    await role(view, "button", "Stop the test").click();
    await role(view, "button", "Test the microphone").waitFor();
    assert.deepEqual(view.problems, []);
    await view.close();
  });
});
