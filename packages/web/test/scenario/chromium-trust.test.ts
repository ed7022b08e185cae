/** What one decides about others in the page: whom one does not want to hear of, and with whom one compared face to face. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { asked, button, checked, settle } from "../support/asked.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

describe("what one decides about others", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  const people = ({ page }: ViewPage) => page.getByRole("list", { name: "People", exact: true });

  test("whoever is blocked is so after a word on what that does, from their card, from the history, or at their call; the settings list them, with the way back", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    const dialog = page.getByRole("dialog");
    const question = page.getByRole("dialog", { name: /^(Decline and block|Block) / });
    const blocking = async () =>
      (await asked(view)).filter(([method]) => method.startsWith("blocking.") || method === "decline");
    await view.show("people");
    await button(view, "More about Carol Danvers").click();
    await button(view, "Block Carol Danvers").click();
    await question.getByText("to them it is as if you were away").waitFor();
    await question.getByText("so it learns whom you block", { exact: false }).waitFor();
    assert.deepEqual(await view.axe(), []);
    await question.getByRole("button", { name: "Cancel" }).click();
    assert.deepEqual(await blocking(), []);
    await page.evaluate(() => (harness.terminal.blocking.blockFails = "block.tooMany"));
    await button(view, "Block Carol Danvers").click();
    await question.getByRole("button", { name: "Block" }).click();
    await dialog.getByRole("alert").getByText("as many people as this server keeps").waitFor();
    await page.evaluate(() => (harness.terminal.blocking.blockFails = undefined));
    await button(view, "Block Carol Danvers").click();
    await question.getByRole("button", { name: "Block" }).click();
    await dialog.getByText("You block Carol Danvers: their calls do not ring.").waitFor();
    assert.equal(await dialog.getByRole("alert").count(), 0);
    assert.deepEqual(await view.axe(), []);
    await dialog.getByRole("button", { name: "Close", exact: true }).click();
    const carol = people(view).getByRole("listitem").filter({ hasText: "Carol" });
    assert.match(await carol.innerText(), /blocked by you/);
    assert.doesNotMatch(await carol.innerText(), /reachable/);

    await button(view, "More about the call with ivan").click();
    await checked(view);
    await button(view, "Block ivan").click();
    await question.getByRole("button", { name: "Block" }).click();
    await dialog.getByText("You block ivan").waitFor();
    await dialog.getByRole("button", { name: "Close", exact: true }).click();

    await view.show("incoming");
    const [call] = await page.evaluate(() => harness.terminal.state.ringing.map(({ callId }) => callId));
    await button(view, "Decline and block").click();
    await question.getByText("they see that you declined it").waitFor();
    await page.evaluate(() => (harness.terminal.blocking.blockFails = "block.off"));
    await question.getByRole("button", { name: "Decline and block" }).click();
    await dialog.getByRole("alert").getByText("keeps nobody's calls away").waitFor();
    assert.equal(
      (await blocking()).some(([method]) => method === "decline"),
      false,
    );
    await page.evaluate(() => (harness.terminal.blocking.blockFails = undefined));
    await button(view, "Decline and block").click();
    await question.getByRole("button", { name: "Decline and block" }).click();
    await page.waitForFunction(() => harness.terminal.asked.some(({ method }) => method === "decline"));
    await settle(view);
    assert.deepEqual(await blocking(), [
      ["blocking.block", "carol"],
      ["blocking.block", "ivan"],
      ["blocking.block", "bob"],
      ["decline", call],
    ]);

    await view.show("settings");
    const list = page.getByRole("list", { name: "Whom you block" });
    assert.deepEqual(await list.locator(".user-id").allInnerTexts(), ["carol", "ivan", "bob"]);
    await checked(view);
    for (const name of ["Unblock ivan", "Unblock Bob Builder (bob)", "Unblock Carol Danvers (carol)"])
      await button(view, name).click();
    await page.getByText("You block nobody.").waitFor();
    const title = page.getByRole("heading", { name: "Whom you block" });
    assert.equal(await title.evaluate((element) => element === document.activeElement), true);
    // What is not known is no empty list, and is asked for again.
    const connect = (status: "offline" | "online") =>
      page.evaluate((status) => {
        const { state } = harness.terminal;
        const offline = { status: "offline", code: "connection.lost", retryAtMs: 0 } as const;
        harness.terminal.set({ ...state, connection: status === "online" ? { status } : offline });
      }, status);
    await page.evaluate(() => (harness.terminal.blocking.listFails = "block.off"));
    await connect("offline");
    await connect("online");
    await page.getByText("keeps nobody's calls away", { exact: false }).waitFor();
    assert.equal(await page.getByText("You block nobody.").count(), 0);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("two compare in person by a code, read or scanned, after an explicit word; the badge says so, and a recovery undoes it with a notice", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    const dialog = page.getByRole("dialog", { name: /^Compare with / });
    const yes = dialog.getByRole("button", { name: "It is the same" });
    const code = "7K3M-Q0RT-VX2Z-8HJN-5WCP-3M9A-BCDE-FGHJ";
    const marks = async () => (await asked(view)).filter(([method]) => method === "personal.comparedSame");
    await view.show("people");
    await button(view, "More about Carol Danvers").click();
    await button(view, "Compare in person").click();
    await dialog.getByText("7K3M").waitFor();
    assert.equal((await dialog.locator(".compared-code").innerText()).replaceAll(/\s+/g, "-"), code);
    await dialog.getByRole("img", { name: "for the other's camera" }).waitFor();
    assert.equal(await yes.isDisabled(), true);
    assert.deepEqual(await view.axe(), []);
    await dialog.getByRole("checkbox", { name: "their screen shows this very code" }).check();
    await yes.click();
    await page.getByText(/^You compared in person on/).waitFor();
    await button(view, "Close").click();

    // A link is no proof that anybody was met, and another code can be marked by no way.
    const scan = async (code: string): Promise<void> => {
      await page.goto(`${page.url().split("#")[0]}#compare=${code.replaceAll("-", "")}.dora`);
      await page.reload();
      await page.getByRole("main").waitFor();
      assert.doesNotMatch(page.url(), /compare/);
      await view.show("people");
      await dialog.waitFor();
    };
    assert.deepEqual(await marks(), [["personal.comparedSame", "carol"]]);
    await scan(code.replace("7", "8"));
    await dialog.getByRole("alert").getByText("another code than the one here").waitFor();
    assert.equal((await yes.count()) + (await dialog.getByRole("checkbox").count()), 0);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await scan(code);
    await dialog.getByText("the same as the one here").waitFor();
    assert.equal(await yes.isDisabled(), true);
    await dialog.getByRole("checkbox", { name: "I scanned this from their screen" }).check();
    await yes.click();
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(await marks(), [["personal.comparedSame", "dora"]]);

    await view.show("incoming");
    const badge = page.getByRole("dialog", { name: /Incoming call/ }).locator(".badge summary");
    await badge.getByText("compared in person on", { exact: false }).waitFor();
    const undo = (status: "recovered" | "other") =>
      page.evaluate((status) => {
        const { terminal } = harness;
        const recovered = { atMs: Date.now(), by: "ada" as never };
        terminal.standing.set("bob", { status, ...(status === "recovered" ? { recovered } : {}) });
        const code = status === "other" ? "directory.otherThanCompared" : "directory.comparedRecovered";
        const warning = { id: 1, code, userId: "bob" as never, atMs: Date.now() } as const;
        terminal.set({ ...terminal.state, warnings: [warning], ringing: [] });
      }, status);
    await undo("recovered");
    const notice = page.getByRole("alert").filter({ hasText: "What you compared in person is undone" });
    await notice.getByText("bob").waitFor();
    await button(view, "More about Bob Builder").click();
    await page.getByText("It is undone: the administrator ada recovered them").waitFor();
    await button(view, "Close").click();
    await notice.getByRole("button", { name: "Close message" }).click();
    await notice.waitFor({ state: "detached" });
    await view.show("incoming");
    await badge.waitFor();
    assert.doesNotMatch(await badge.innerText(), /compared/);

    await page.evaluate(async () => {
      const { personal } = harness.terminal;
      await personal.comparedSame(await personal.compareWith("bob" as never));
    });
    await undo("other");
    await page.getByRole("alert").getByText("This is not who you compared with in person").waitFor();
    await page.getByRole("alert").getByRole("button", { name: "Close message" }).click();
    await button(view, "More about Bob Builder").click();
    await page.getByText("the server shows another history now").waitFor();
    await button(view, "Take the comparison back").click();
    const question = page.getByRole("dialog", { name: "Take the comparison with Bob Builder back?" });
    await question.getByRole("button", { name: "Take the comparison back" }).click();
    await button(view, "Compare in person").waitFor();
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("what is seen of people stands in words; who may see oneself is chosen in the settings, and where the server does not keep to it, that is said", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("people");
    for (const [name, word] of [
      ["Bob", "reachable"],
      ["Émile", "in a call"],
      ["Greta", "do not disturb"],
      ["Dora", "away, or not shown"],
    ] as const) {
      const one = people(view).getByRole("listitem").filter({ hasText: name });
      assert.equal(await one.locator(".reach").innerText(), word);
    }
    await button(view, "More about Émile Zola").click();
    await page.getByRole("dialog").getByText("in a call", { exact: true }).waitFor();
    await button(view, "Close").click();
    await view.show("settings");
    const group = page.getByRole("group", { name: "Who may see whether you are there" });
    assert.equal(await group.getByRole("radio", { name: "Everybody on this server" }).isChecked(), true);
    await group.getByRole("radio", { name: "Nobody" }).check();
    assert.equal(await page.evaluate(() => harness.terminal.state.personal?.settings.presenceFor), "nobody");
    assert.equal(await group.getByRole("alert").count(), 0);
    await page.evaluate(() => {
      harness.terminal.carrying = { ...harness.terminal.carrying, presenceUntold: "presence.off" };
      harness.terminal.set(harness.terminal.state);
    });
    await group.getByRole("alert").getByText("shows to everybody who is there").waitFor();
    assert.deepEqual(await view.axe(), []);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("where the server's log is not believed, what was kept is saved, and to begin anew takes two steps and a yes", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("logRolledBack");
    const alert = page.getByRole("alert").filter({ hasText: "shorter than it was" });
    await alert.waitFor();
    assert.equal(await button(view, "Save what was kept").count(), 0);
    await page.evaluate(() => {
      harness.terminal.log.kept = ['{"format": "signet-evidence"}'];
      harness.terminal.set({ ...harness.terminal.state });
    });
    const saved = page.waitForEvent("download");
    await button(view, "Save what was kept").click();
    const download = await saved;
    assert.equal(download.suggestedFilename(), "signet-evidence-1.json");
    assert.equal(readFileSync(await download.path(), "utf8"), '{"format": "signet-evidence"}');

    await button(view, "I know why: begin anew").click();
    await alert.getByText("calls.example.org/log+1d3f2f6c").waitFor();
    const begin = button(view, "Begin anew with this log");
    assert.equal(await begin.isDisabled(), true);
    assert.deepEqual(await view.axe(), []);
    await page.getByRole("checkbox", { name: "I asked who runs this server" }).check();
    await page.evaluate(() => (harness.terminal.log.trustFails = "log.otherKey"));
    await begin.click();
    await alert.getByText("with another key than before").waitFor();
    await page.evaluate(() => (harness.terminal.log.trustFails = undefined));
    await begin.click();
    await page.waitForFunction(() => harness.terminal.asked.some(({ method }) => method === "log.trust"));
    const [, key] = (await asked(view)).find(([method]) => method === "log.trust") ?? [];
    assert.match(String(key), /^calls\.example\.org\/log\+/);

    await view.show("logMissing");
    await button(view, "I know why: begin anew").click();
    await page.getByText("without a log").waitFor();
    await button(view, "Not now").click();
    await button(view, "I know why: begin anew").waitFor();
    assert.deepEqual(await view.axe(), []);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("whom the server showed another directory is named, and what was kept is saved; in a call it is said how many saw the same one", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("logOtherView");
    const alert = (text: string) => page.getByRole("alert").filter({ hasText: text });
    await alert("The server showed bob another directory than you.").waitFor();
    await alert("What carol signed of the server's directory is not by the log").waitFor();
    await page.evaluate(() => {
      harness.terminal.log.kept = ['{"format": "signet-evidence", "version": 1}'];
      harness.terminal.set({ ...harness.terminal.state });
    });
    await alert("showed bob").getByRole("button", { name: "Save what was kept" }).waitFor();
    assert.deepEqual(await view.axe(), []);
    await view.show("active");
    await button(view, "Call details").click();
    await page.getByText("Technical", { exact: true }).click();
    await page.getByText("The server showed you and 2 others the same one, as each of you signed.").waitFor();
    assert.deepEqual(view.problems, []);
    await view.close();
  });
});
