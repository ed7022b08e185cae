/** Every view, narrow and wide, light and dark: axe-core, the console, and nobody else on the network. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { scenes } from "../support/harness/scenes.ts";
import type { SceneName } from "../support/harness/scenes.ts";
import { rememberedProfile } from "../support/profile.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPages } from "../support/view-page.ts";

const everyScene = Object.keys(scenes) as SceneName[];
/** Colours depend on the scheme and layout on the width: all scenes in two looks, and those that differ most in the others. */
const mostDifferent: readonly SceneName[] = [
  "firstVisit",
  "home",
  "incoming",
  "active",
  "summaryKeyChanged",
  "serverGone",
];
const looks = [
  { scheme: "light", widthPx: 390, checked: everyScene },
  { scheme: "light", widthPx: 1280, checked: mostDifferent },
  { scheme: "dark", widthPx: 390, checked: mostDifferent },
  { scheme: "dark", widthPx: 1280, checked: everyScene },
] as const;

describe("views", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  for (const { scheme, widthPx, checked } of looks) {
    test(`${scheme}, ${widthPx} px: accessible, within the width, no errors, no third party`, async () => {
      const view = await pages.open({ scheme, widthPx, stored: rememberedProfile(Date.now()) });
      const findings: string[] = [];
      for (const name of everyScene) {
        await view.show(name);
        const found = checked.includes(name) ? await view.axe() : [];
        findings.push(...found.map((finding) => `${name}: ${finding}`));
        const overflowPx = await view.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (overflowPx > 0) findings.push(`${name}: ${overflowPx} px too wide`);
      }
      await view.show("relayed");
      await view.page.getByRole("button", { name: "Call details" }).click();
      for (const badge of await view.page.locator(".participant summary").all()) await badge.click();
      for (const finding of await view.axe()) findings.push(`details: ${finding}`);
      await view.show("loudspeakerGone");
      await view.page.getByRole("button", { name: "Sound", exact: true }).click();
      for (const finding of await view.axe()) findings.push(`sound: ${finding}`);
      assert.deepEqual(findings, []);
      assert.deepEqual(view.problems, []);
      await view.close();
    });
  }

  test("everything that can be touched is large enough for a finger", async () => {
    const view = await pages.open({ widthPx: 390, stored: rememberedProfile(Date.now()) });
    const small: string[] = [];
    for (const name of [
      "firstVisit",
      "home",
      "incoming",
      "active",
      "summary",
      "summaryKeyChanged",
    ] as const) {
      await view.show(name);
      const found = await view.page.evaluate(() =>
        [...document.querySelectorAll("button, select, input[type=text], label.person, label.check")]
          .filter((element) => element.checkVisibility())
          .map((element) => ({ element, box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.height < 44 || box.width < 44)
          .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`),
      );
      small.push(...found.map((one) => `${name}: ${one}`));
    }
    assert.deepEqual(small, []);
    await view.close();
  });

  test("one cause is said once: a server that is away in a call, and a call that went to another tab", async () => {
    const view = await pages.open();
    await view.show("serverUnreached");
    await view.page.evaluate(() =>
      harness.terminal.set({
        ...harness.terminal.state,
        connection: { status: "offline", retryAtMs: Date.now() + 400, code: "connection.lost" },
      }),
    );
    await view.page
      .getByRole("region", { name: "Call", exact: true })
      .getByText("the server does not answer")
      .waitFor();
    assert.equal(await view.page.getByText("No connection", { exact: true }).count(), 0);
    await view.page.getByRole("button", { name: "Retry now", exact: true }).click();
    await view.show("active");
    await view.show("summaryMoved");
    await view.page.evaluate(() =>
      harness.terminal.set({
        ...harness.terminal.state,
        session: { status: "signedOut", reason: "takenOver" },
      }),
    );
    await view.page.evaluate(() =>
      new BroadcastChannel("signet.tabs").postMessage({
        tab: "a",
        deed: { userId: "alice", doing: "inCall", names: ["Bob"] },
      }),
    );
    await view.page
      .getByRole("region", { name: "Summary", exact: true })
      .getByText("Moved to another tab of this browser")
      .waitFor();
    assert.equal(await view.page.getByText("In another tab of this browser").count(), 0);
    assert.equal(await view.page.getByRole("main").getByText("another terminal").count(), 0);
    await view.close();
  });

  test("on the narrowest telephones nothing is cut off, in a dialog either", async () => {
    const view = await pages.open({ widthPx: 320, stored: rememberedProfile(Date.now()) });
    const findings: string[] = [];
    for (const name of everyScene) {
      await view.show(name);
      const found = await view.page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll("dialog")]
          .filter((element) => element.scrollWidth > element.clientWidth)
          .map((element) => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`),
      );
      findings.push(...found.map((one) => `${name}: ${one}`));
    }
    assert.deepEqual(findings, []);
    await view.close();
  });

  test("a call has the screen: six fit a telephone, of thirty the speaker and the number are on it, and no tile is cut", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    const tiles = () =>
      page.evaluate(() => {
        const controls = document.querySelector(".controls")!.getBoundingClientRect();
        return [...document.querySelectorAll(".participant")].map((tile) => {
          const { top, bottom, height } = tile.getBoundingClientRect();
          const inside = [...tile.querySelectorAll(".avatar, .user-id, .badge summary")]
            .filter((part) => part.checkVisibility())
            .every((part) => {
              const box = part.getBoundingClientRect();
              return box.top >= top && box.bottom <= bottom;
            });
          return {
            name: tile.querySelector("b")!.textContent,
            shown: top >= 0 && bottom <= controls.top,
            inside,
            height,
          };
        });
      });
    await view.show("host");
    const cut = async () => (await tiles()).filter(({ inside }) => !inside);
    assert.deepEqual(await cut(), [], "with who brought in whom");
    await view.show("six");
    assert.deepEqual(
      (await tiles()).filter(({ inside, shown }) => !inside || !shown),
      [],
    );
    await page.getByText("6 in the call").waitFor();
    await view.show("thirty");
    await page.getByText("30 in the call").waitFor();
    const speaker = page.locator(".spotlight", { hasText: "Person Number 28" });
    await page
      .getByRole("list", { name: "Participants" })
      .getByRole("listitem")
      .last()
      .scrollIntoViewIfNeeded();
    const box = await speaker.boundingBox();
    assert.ok(box !== null && box.y >= 0 && box.y + box.height < 844, "the speaker stays on the screen");
    // The other person has most of the screen, oneself little of it.
    await view.show("activeGuest");
    const [other, self] = await tiles();
    assert.ok(other!.height > 0.5 * 844 && self!.height < 0.1 * 844, `${other!.height}, ${self!.height}`);
    // With details the page scrolls, and the people are whole.
    for (const name of ["microphoneSilent", "activeGuest"] as const) {
      await view.show(name);
      const details = page.getByRole("button", { name: "Call details" });
      if ((await page.locator("#call-details").count()) === 0) await details.click();
      const hidden = await page
        .locator(".stage, #call-details")
        .evaluateAll((parts) =>
          parts
            .filter((part) => part.scrollHeight > part.clientHeight + 1)
            .map((part) => `${part.className} ${part.scrollHeight} > ${part.clientHeight}`),
        );
      assert.deepEqual(hidden, [], name);
      assert.deepEqual(await cut(), [], name);
    }
    await page.getByRole("button", { name: "Call details" }).click();
    // Large print: half the pixels of a small screen each way.
    await page.setViewportSize({ width: 640, height: 430 });
    for (const name of ["activeGuest", "active", "host", "six"] as const) {
      await view.show(name);
      assert.deepEqual(await cut(), [], name);
      const first = page.getByRole("listitem").filter({ hasText: "in the call" }).first();
      assert.ok((await first.boundingBox())!.height < 430);
    }
    await view.close();
  });
});
