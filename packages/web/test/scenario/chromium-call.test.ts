/** In a call: who is in it, the microphone, the ways out, and who is brought in and put out. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { focused, inView } from "../support/asked.ts";
import { rememberedProfile } from "../support/profile.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

describe("in a call", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  const asked = (view: ViewPage): Promise<{ method: string; args: unknown[] }[]> =>
    view.page.evaluate(() => harness.terminal.asked);
  const settle = (view: ViewPage): Promise<void> => view.page.evaluate(() => harness.terminal.settle());
  const role = (view: ViewPage, ...[kind, name]: [Parameters<ViewPage["page"]["getByRole"]>[0], string?]) =>
    view.page.getByRole(kind, name === undefined ? {} : { name });

  test("in a call everybody is listed with user ID and state in words", async () => {
    const view = await pages.open();
    await view.show("active");
    const call = view.page.getByRole("region", { name: "Call" });
    const items = await call
      .getByRole("list", { name: "Participants" })
      .getByRole("listitem")
      .allInnerTexts();
    const expected: [string, RegExp][] = [
      ["alice", /joined/],
      ["bob", /in the call, joined/],
      ["carol", /software key/],
      ["erin", /ringing/],
      ["frank", /declined \(signed by them\)/],
      ["dora", /offline/],
      ["zed", /unknown user ID/],
      ["greta", /in another call/],
      ["henri", /no answer/],
    ];
    assert.equal(items.length, expected.length);
    for (const [index, [userId, state]] of expected.entries()) {
      assert.match(items[index]!, new RegExp(`\\b${userId}\\b`));
      assert.match(items[index]!, state);
    }
    assert.doesNotMatch(items[2]!, /hardware|security key/i, "a software key is never called hardware");
    await view.close();
  });

  test("mute by button and by M, details with the code, leave, end for all with time to think again", async () => {
    const view = await pages.open();
    await view.show("active");
    await view.page.getByRole("button", { name: "Mute microphone", exact: true }).click();
    await role(view, "button", "Unmute microphone").waitFor();
    await view.page.keyboard.press("m");
    await view.page.getByRole("button", { name: "Mute microphone", exact: true }).waitFor();
    await role(view, "button", "Call details").press("Enter");
    assert.match(
      await view.page.getByRole("region", { name: "Call" }).innerText(),
      /Safety code\s+48213\s+90577\s+13046\s+66182\s+05931\s+77420/,
    );
    assert.equal(await view.page.getByText("Safety code").count(), 1);
    await role(view, "button", "End call for all").click();
    await role(view, "button", "Keep talking").click();
    assert.deepEqual(await asked(view), []);
    await role(view, "button", "End call for all").click();
    await role(view, "button", "Keep talking").waitFor({ state: "detached" });
    await settle(view);
    await role(view, "button", "Leave call").click();
    assert.deepEqual(
      (await asked(view)).map(({ method }) => method),
      ["endForAll", "leave"],
    );
    await view.close();
  });

  test("anybody in a call adds people; who is host removes them and makes another the host, asked first", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()), widthPx: 390 });
    // Whose people and groups are these, too.
    await view.show("people");
    await view.show("activeGuest");
    assert.equal(await role(view, "button", "More about").count(), 0, "who is not host removes nobody");
    await role(view, "button", "Add people").click();
    const field = role(view, "textbox", "Add user IDs");
    // A group with one press, and by keyboard: without those who are in the call.
    const groups = role(view, "list", "Groups");
    assert.match(await groups.innerText(), /Dora[^]*Bob Builder[^]*in the call already, or called/);
    await role(view, "button", "Add the group Choir").press("Enter");
    await settle(view);
    await field.waitFor({ state: "detached" });
    const added = (await asked(view)).flatMap(({ args, method }) => (method === "invite" ? args : []));
    assert.ok(added.length > 0 && !added.includes("bob"), added.join());
    await role(view, "button", "Add people").click();
    const add = view.page.getByRole("button", { name: "Add", exact: true });
    await field.fill("bob");
    await add.click();
    await view.page.locator("p").getByText("Bob Builder: in the call already, or called.").waitFor();
    await field.fill("eve");
    await role(view, "checkbox", "Carol Danvers").check();
    await add.click();
    await settle(view);
    await field.waitFor({ state: "detached" });

    await view.show("host");
    const call = role(view, "region", "Call");
    assert.match(await call.innerText(), /added by Bob Builder[^]*removed from the call\s+by you/);
    const more = role(view, "button", "More about Bob Builder");
    for (const [what, question, yes, no] of [
      ["Remove from call", "Remove Bob Builder from the call?", "Remove", "Keep them"],
      ["Make host", "Make Bob Builder the host?", "Make host", "Stay host"],
    ] as const) {
      for (const answer of [no, yes]) {
        await more.click();
        await role(view, "button", what).click();
        const dialog = role(view, "dialog", question);
        await dialog.getByRole("button", { name: answer, exact: true }).click();
        await dialog.waitFor({ state: "detached" });
      }
      await settle(view);
    }
    // Who rings is no host, and whoever was removed needs no menu.
    assert.equal(await role(view, "button", "More about Frank").count(), 0);
    await role(view, "button", "More about Erin").click();
    await role(view, "button", "Remove from call").waitFor();
    assert.equal(await role(view, "button", "Make host").count(), 0);
    assert.deepEqual(await asked(view), [
      { method: "invite", args: added },
      { method: "invite", args: ["eve", "carol"] },
      { method: "remove", args: ["bob"] },
      { method: "makeHost", args: ["bob"] },
    ]);
    await view.close();
  });

  test("who is brought into a call sees by whom, whose it is and who is there; who waits is brought in; who was removed sees by whom", async () => {
    const view = await pages.open();
    await view.show("broughtIn");
    const text = await role(view, "dialog", "Incoming call").innerText();
    assert.match(
      text,
      /a call that Dora Maar started[^]*In the call: Dora Maar[^]*Also invited: Carol Danvers/,
    );
    await view.show("waiting");
    await role(view, "button", "Bring into this call").click();
    await role(view, "dialog", "Touch your device").waitFor();
    await settle(view);
    assert.deepEqual(
      (await asked(view)).map(({ method }) => method),
      ["bringIn"],
    );
    await view.show("summaryRemoved");
    assert.match(
      await role(view, "region", "Summary").innerText(),
      /Bob Builder removed you from the call at \d+:\d\d[^.]*\. Their terminal signed that\.\s+Ask somebody who is in it to invite you again\. It rings here then\./,
    );
    assert.equal(await role(view, "button", "Ring again").count(), 0);
    await view.close();
  });

  test("who did not start the call cannot end it for all", async () => {
    const view = await pages.open();
    await view.show("activeGuest");
    await role(view, "button", "Leave call").waitFor();
    assert.equal(await role(view, "button", "End call for all").count(), 0);
    await view.close();
  });

  test("what is told after a call comes into view, wherever in the page one was, and what stands above it", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    const heading = role(view, "region", "Summary").getByRole("heading", { level: 2 });
    const shown = async (): Promise<void> => {
      await focused(heading);
      await inView(heading);
    };
    const toTheEnd = () => page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await view.show("home");
    await toTheEnd();
    await view.show("summaryNoAnswer");
    await shown();
    // Over before it was shown, while its touch is still asked for: the dialog gives the focus back to a button far below.
    await view.show("people");
    await page.getByRole("button", { name: "Call back Émile Zola" }).last().click();
    await page.getByText("Touch your device").waitFor();
    await view.show("summaryNoAnswer");
    await page.getByText("Touch your device").waitFor();
    await settle(view);
    await page.getByText("Touch your device").waitFor({ state: "detached" });
    await shown();
    const { call } = await page.evaluate(() => harness.terminal.state);
    // The next one ends as soon as it began: the card stays, and is another one.
    await toTheEnd();
    await page.evaluate(() => {
      const { call, ...state } = harness.terminal.state;
      const { callId } = harness.ring();
      harness.terminal.set({ ...state, call: { ...call!, callId } });
    });
    await shown();
    // Below warnings that fill the screen.
    await view.show("home");
    await page.evaluate(() => {
      const { state } = harness.terminal;
      const keys = state.changedKeys ?? [];
      const atMs = Date.now();
      const warnings = keys.map(
        ({ userId }, at) => ({ id: at, code: "directory.keyChanged", userId, atMs }) as const,
      );
      harness.terminal.set({ ...state, warnings });
    });
    await page.getByRole("alert").nth(2).waitFor();
    await page.evaluate((call) => harness.terminal.set({ ...harness.terminal.state, call: call! }), call);
    await shown();
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("beside the controls a microphone is named in full, or in the dialog of the sound alone", async () => {
    const view = await pages.open();
    const { page } = view;
    const choice = page.getByRole("group", { name: "Controls" }).getByLabel("Microphone in use");
    for (const [widthPx, isThere] of [
      [1280, true],
      [1040, false],
    ] as const) {
      await page.setViewportSize({ width: widthPx, height: 860 });
      await view.show("host");
      assert.equal(await choice.isVisible(), isThere, String(widthPx));
      if (!isThere) continue;
      // The name, and what a list has around it.
      const [nameWidth, choiceWidth] = await choice.evaluate((select: HTMLSelectElement) => {
        const context = document.createElement("canvas").getContext("2d")!;
        context.font = getComputedStyle(select).font;
        return [context.measureText(select.selectedOptions[0]!.text).width, select.clientWidth];
      });
      assert.ok(choiceWidth > nameWidth + 40, `${nameWidth} ${choiceWidth}`);
    }
    await page.getByRole("button", { name: "Sound", exact: true }).click();
    assert.ok(await page.getByRole("dialog").getByLabel("Microphone in use").isVisible());
    await view.close();
  });
});
