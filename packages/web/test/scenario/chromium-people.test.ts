/** One's people, groups and history in the page: found, called, changed, removed with a way back, and taken over from what a browser kept before. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import type { PersonalState } from "@signet/terminal";

import { asked, button, focused, inView, settle, titled } from "../support/asked.ts";
import { rememberedProfile } from "../support/profile.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

describe("people and history", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  const people = ({ page }: ViewPage) => page.getByRole("list", { name: "People", exact: true });
  const history = ({ page }: ViewPage) => page.getByRole("list", { name: "History", exact: true });
  const named = async (view: ViewPage): Promise<string[]> => people(view).locator(".user-id").allInnerTexts();
  const stored = ({ page }: ViewPage): Promise<string[]> =>
    page.evaluate(() => Object.keys(localStorage).toSorted());

  test("favourites come first, and people are found by user ID, name and note, without their accents", async () => {
    const view = await pages.open();
    await view.show("people");
    const all = ["bob", "xiaoming", "carol", "dora", "emil", "greta", "henri"];
    assert.deepEqual(await named(view), all);
    const search = view.page.getByRole("searchbox", { name: "Search your people" });
    for (const [typed, found] of [
      ["小明", ["xiaoming"]],
      ["合唱", ["xiaoming"]],
      ["emile ZOLA", ["emil"]],
      ["CHOIR", ["dora"]],
      ["GRETA thun", ["greta"]],
      ["  ", all],
    ] as const) {
      await search.fill(typed);
      assert.deepEqual(await named(view), found, typed);
    }
    await search.fill("nobody at all");
    await view.page.getByText("Nobody on your list has that").waitFor();
    await search.fill("");
    await button(view, "Call 王小明").click();
    await view.page.getByText("tells 1 person that it is you").waitFor();
    await settle(view);
    await button(view, "Change the group Choir").click();
    const dialog = view.page.getByRole("dialog");
    // Another terminal puts somebody in meanwhile; and who looks for somebody saves nothing.
    await view.page.evaluate(async () => {
      const { personal, state } = harness.terminal;
      const { groupId } = state.personal!.groups[0]!;
      await personal.putInGroup("carol" as never, groupId, true);
    });
    await dialog.getByRole("searchbox").fill("bob");
    await dialog.getByRole("searchbox").press("Enter");
    assert.equal(await dialog.count(), 1);
    await dialog.getByRole("checkbox").uncheck();
    await dialog.getByRole("button", { name: "Save" }).click();
    await button(view, "Call the group Choir").click();
    await view.page.getByText("tells 3 people that it is you").waitFor();
    assert.deepEqual(await asked(view), [
      ["call", "xiaoming"],
      ["call", "xiaoming", "carol", "dora"],
    ]);
    await view.close();
  });

  test("somebody is added by user ID, written about, put into a group, removed, and back with all of it", async () => {
    const view = await pages.open();
    await view.show("home");
    const { page } = view;
    const dialog = page.getByRole("dialog");
    const userId = dialog.getByRole("textbox", { name: "User ID" });
    const add = async (typed: string): Promise<void> => {
      await userId.fill(typed);
      await userId.press("Enter");
    };
    await button(view, "Add person").click();
    for (const [typed, said] of [
      ["x!", "x! is no user ID"],
      ["alice", "That is your own user ID."],
      ["nobody", "Nobody has the user ID nobody here."],
    ] as const) {
      await add(typed);
      await dialog.getByText(said).waitFor();
    }
    await add("Dora");
    await dialog.waitFor({ state: "detached" });
    await button(view, "Add person").click();
    await add("dora");
    await dialog.getByText("Dora Maar is on your list already.").waitFor();
    // Given up while it is asked, nobody is added.
    await page.evaluate(() => {
      const { terminal } = harness;
      const { lookup } = terminal;
      const isAsked = new Promise<void>((resolve) =>
        addEventListener("asked", () => resolve(), { once: true }),
      );
      terminal.lookup = (userIds) => isAsked.then(() => lookup.call(terminal, userIds));
    });
    await add("emil");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.evaluate(() => dispatchEvent(new Event("asked")));
    await view.settled();
    assert.deepEqual(await named(view), ["dora"]);
    await button(view, "New group").click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Give the group a name.").waitFor();
    await dialog.getByRole("textbox", { name: "Name of the group" }).fill("Choir");
    await dialog.getByRole("button", { name: "Save" }).click();
    const groups = page.getByRole("list", { name: "Groups" });
    await groups.getByText("Nobody is in it.").waitFor();
    assert.equal(await groups.getByRole("button", { name: /^Call/ }).count(), 0);
    await button(view, "More about Dora Maar").click();
    await dialog.getByRole("checkbox", { name: "Favourite" }).check();
    await dialog.getByRole("checkbox", { name: "Choir" }).check();
    await dialog.getByRole("textbox", { name: "Note" }).fill("alto");
    assert.deepEqual(await view.axe(), []);
    // What was typed is not lost by leaving.
    await page.keyboard.press("Escape");
    const whole = /Dora Maar\s+dora\s+favourite[^]*alto/;
    await people(view).getByText("alto").waitFor();
    assert.match(await people(view).innerText(), whole);
    await groups.getByText("Dora Maar").waitFor();
    await button(view, "More about Dora Maar").click();
    // What another terminal writes while it is only looked at stays.
    await page.evaluate(() => harness.terminal.personal.putPerson("dora" as never, { note: "soprano" }));
    await dialog.getByRole("button", { name: "Close" }).click();
    await people(view).getByText("soprano").waitFor();
    await page.evaluate(() => harness.terminal.personal.putPerson("dora" as never, { note: "alto" }));
    await button(view, "More about Dora Maar").click();
    await dialog.getByRole("button", { name: "Remove from your people" }).click();
    await page.getByText("Dora Maar is off your list.").waitFor();
    assert.equal(await people(view).count(), 0);
    await button(view, "Undo").click();
    await people(view).waitFor();
    assert.match(await people(view).innerText(), whole);
    await button(view, "Change the group Choir").click();
    await dialog.getByRole("button", { name: "Remove the group" }).click();
    await groups.waitFor({ state: "detached" });
    await button(view, "Undo").click();
    await groups.getByText("Dora Maar").waitFor();
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("history says who, how it ended and what was verified, in today's language; what was missed is counted until it was seen", async () => {
    const view = await pages.open();
    await view.show("people");
    const [first, missed, unanswered, ...rest] = await history(view).getByRole("listitem").allInnerTexts();
    assert.match(first ?? "", /To[^]*Bob Builder and Carol Danvers[^]*13 minutes[^]*verified: Bob Builder/);
    assert.match(first ?? "", /bob and carol/, "a name is chosen by whoever has it");
    assert.match(missed ?? "", /From[^]*ivan[^]*Missed[^]*new[^]*verified/);
    assert.match(unanswered ?? "", /Dora Maar[^]*Not reached/);
    assert.match(rest.join(" "), /You declined[^]*Declined[^]*1 hour 2 minutes[^]*Failed/);
    await titled(view, "(1) Signet");
    await button(view, "Show 2 more calls").click();
    assert.equal(await history(view).getByRole("listitem").count(), 10);
    // Who calls herself as somebody of the list is told from them, and one press calls or adds nobody else.
    await view.page.evaluate(async () => {
      const { terminal } = harness;
      const [call] = terminal.state.personal!.history;
      const nameless = { ...call!, callId: "YYYYYYYYYYYYYYYYYYYYYA" as never, userIds: [], verified: [] };
      const missed = {
        ...call!,
        callId: "ZZZZZZZZZZZZZZZZZZZZZA" as never,
        startedAtMs: call!.startedAtMs + 1,
        outcome: "missed" as const,
        userIds: ["mallory" as never],
        verified: ["mallory" as never],
      };
      terminal.lookup = (userIds) =>
        Promise.resolve(
          userIds.map((userId) => ({
            userId,
            reachable: true,
            entry: {} as never,
            displayName: "Bob Builder",
          })),
        );
      await terminal.personal.takeOver({ people: [], calls: [missed, nameless] });
    });
    const mallory = history(view).getByRole("listitem").filter({ hasText: "mallory" });
    await mallory.getByText("Bob Builder", { exact: false }).first().waitFor();
    assert.match(await mallory.innerText(), /bob/, "whom the name looks like is said");
    await button(view, "Add Bob Builder (mallory) to your people").waitFor();
    await button(view, "Call back Bob Builder (mallory)").waitFor();
    const unknown = history(view)
      .getByRole("listitem")
      .filter({ hasText: /nobody/ });
    await unknown.waitFor();
    assert.equal(await unknown.getByRole("button").count(), 0);
    // A call that one talked in is called again, and what was missed is not seen by that.
    await button(view, "Call back Bob Builder (bob) and Carol Danvers (carol)").click();
    await settle(view);
    await titled(view, "(2) Signet");
    await button(view, "Add ivan to your people").click();
    await people(view).getByText("ivan").first().waitFor();
    await button(view, "Call back ivan").click();
    await settle(view);
    await mallory.getByText("new", { exact: true }).waitFor();
    await view.page.waitForFunction(() => document.title === "(1) Signet");
    await button(view, "Call back Bob Builder (mallory)").click();
    await settle(view);
    await view.page.getByText("new", { exact: true }).waitFor({ state: "detached" });
    await titled(view, "Signet");
    assert.deepEqual(await asked(view), [
      ["call", "bob", "carol"],
      ["call", "ivan"],
      ["call", "mallory"],
    ]);
    await view.page.getByLabel("Language").selectOption({ label: "简体中文" });
    await view.page.getByRole("list", { name: "通话记录" }).getByText("未接").first().waitFor();
    await button(view, "清空通话记录").click();
    const dialog = view.page.getByRole("dialog", { name: "要清空通话记录吗？" });
    await dialog.getByRole("button", { name: "保留" }).click();
    assert.equal(await view.page.getByRole("list", { name: "通话记录" }).count(), 1);
    await button(view, "清空通话记录").click();
    await dialog.getByRole("button", { name: "清空通话记录" }).click();
    await view.page.getByText("还没有通话。").waitFor();
    await view.close();
  });

  test("what this browser kept before is taken over once, of who is signed in alone, and forgotten here only when it cannot be lost", async () => {
    const nowMs = Date.now();
    const before = rememberedProfile(nowMs);
    const zoe = [{ userId: "yves", displayName: "Yves", lastAtMs: nowMs }];
    const broken = [{ userId: "NOT ONE" }, 7, { callId: "?", startedAtMs: -1 }];
    const view = await pages.open({
      stored: {
        ...before,
        "people.alice": [...(before["people.alice"] as unknown[]), ...broken],
        "recents.alice": [...(before["recents.alice"] as unknown[]), ...broken],
        "people.zoe": zoe,
      },
    });
    const carrying = (carrying: PersonalState["carrying"]) =>
      view.page.evaluate((carrying) => {
        const { terminal } = harness;
        terminal.carrying = { carrying, isInMemory: true, phrase: "none" };
        terminal.set(terminal.state);
      }, carrying);
    const kept = ["signet.ui.people.alice", "signet.ui.people.zoe", "signet.ui.recents.alice"];
    await carrying({ status: "pending" });
    await view.show("home");
    await view.settled();
    assert.equal(await people(view).count(), 0, "what was removed at other terminals is not known yet");
    await carrying({ status: "keptHere", code: "document.otherKey" });
    await people(view).waitFor();
    assert.deepEqual(await named(view), ["bob", "carol", "dora"]);
    assert.match(await history(view).innerText(), /Bob Builder, Carol Danvers and Dora Maar[^]*13 minutes/);
    assert.match(await history(view).innerText(), /Not reached[^]*1 minute/);
    assert.deepEqual(
      (await stored(view)).filter((name) => kept.includes(name)),
      kept,
    );
    await carrying({ status: "carried" });
    await view.settled();
    assert.deepEqual(
      (await stored(view)).filter((name) => kept.includes(name)),
      ["signet.ui.people.zoe"],
    );
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("from comparing one comes to what the help says of it: open, in view, with the focus", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("people");
    await page.getByRole("button", { name: "More about Carol Danvers" }).first().click();
    await page.getByRole("button", { name: "Compare in person" }).click();
    const steps = page.getByRole("dialog", { name: /^Compare with/ }).getByRole("listitem");
    await steps.getByText("Carol Danvers opens your card there").waitFor();
    assert.deepEqual(await view.axe(), []);
    await page.getByRole("link", { name: "How this works: Comparing in person" }).click();
    const entry = page
      .getByRole("dialog", { name: "Help" })
      .locator("summary", { hasText: "Comparing in person" });
    await focused(entry);
    await inView(entry);
    await page.getByText("They do the same with your card at their terminal.").waitFor();
    assert.deepEqual(await view.axe(), []);
    await view.close();
  });
});
