/** The link for a guest stands in the call: nothing of the call is hidden by it, in either language, scheme and width. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { GuestOf, GuestStep } from "@signet/terminal";

import { asked, button, focused } from "../support/asked.ts";
import { rememberedProfile } from "../support/profile.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

let pages: ViewPages;
before(async () => {
  pages = await startViewPages();
});
after(() => pages.close());

async function opened(view: ViewPage, scene: "withGuests" | "guestAtDoor" = "guestAtDoor"): Promise<void> {
  await view.show(scene);
  await view.page.evaluate(() => {
    const { state } = harness.terminal;
    const server = { ...state.server!, features: [...(state.server?.features ?? []), "guests"] };
    harness.terminal.set({ ...state, server });
  });
  await view.page.locator(".controls-rest button[aria-haspopup=dialog]").click();
  await view.page.locator(".add-people button[aria-describedby=invite-guest-hint]").click();
  await view.page.locator(".guest-link").waitFor();
}

const step = (view: ViewPage, now: GuestStep): Promise<void> =>
  view.page.evaluate((one) => harness.terminal.guests.inviting?.onStep?.(one), now);
const code = (): GuestStep => ({
  type: "code",
  url: "https://calls.example.org/guest#90N6JH4PZZ4C",
  code: "V8Y0-JTG4",
  expiresAtMs: Date.now() + 240_000,
});
const guestIsNamed = (view: ViewPage): Promise<void> =>
  view.page.evaluate(() => {
    void harness.terminal.guests.inviting?.approve({ name: "Gus" }).then((isWanted) => {
      harness.terminal.asked.push({ method: "approved", args: [isWanted] });
    });
  });

for (const language of ["en", "zh-Hans"] as const)
  for (const scheme of ["light", "dark"] as const)
    for (const widthPx of [390, 1280])
      test(`${language}, ${scheme}, ${widthPx} px: with the link open the call is within reach, and nothing is wrong to whoever hears the page`, async () => {
        const stored = { ...rememberedProfile(Date.now()), language };
        const view = await pages.open({ scheme, widthPx, stored });
        await opened(view);
        const panel = view.page.locator(".guest-link");
        await step(view, code());
        await view.page.locator(".guest-link .pairing-code").waitFor();
        await focused(panel.locator("h2"));
        const look = async (): Promise<void> => {
          await view.settled();
          assert.deepEqual(await view.axe(), []);
          const hidden = await view.page.evaluate(() =>
            [...document.querySelectorAll(".controls button")]
              .filter((one) => {
                const { bottom, height, left, top, width } = one.getBoundingClientRect();
                const there = document.elementFromPoint(left + width / 2, top + height / 2);
                return bottom > innerHeight || there === null || !one.contains(there);
              })
              .map((one) => one.textContent),
          );
          assert.deepEqual(hidden, []);
          const isTooWide = await view.page.evaluate(
            () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
          );
          assert.equal(isTooWide, false);
        };
        await look();
        await step(view, { type: "entered" });
        await guestIsNamed(view);
        await panel.getByRole("alert").waitFor();
        await look();
        await view.page.evaluate(() => harness.terminal.guests.inviteFails("pairing.ended"));
        await view.page.locator(".guest-link[data-step=failed]").waitFor();
        await look();
        await view.close();
      });

test("whoever vouches is told who lets in: the host themselves, or somebody else", async () => {
  const view = await pages.open({ stored: rememberedProfile(Date.now()) });
  await opened(view, "withGuests");
  await guestIsNamed(view);
  const panel = view.page.getByRole("region", { name: "Do you vouch for guest “Gus”?" });
  await panel.getByText("you let them in with that: you are the host").waitFor();
  await panel.getByRole("button", { name: "Vouch and let in", exact: true }).click();
  await view.page.getByText("They are about to come in").waitFor();
  assert.deepEqual((await asked(view)).at(-1), ["approved", true]);
  // It is the call's: with the call it goes.
  await view.show("summaryWithGuest");
  await view.show("guestAtDoor");
  assert.equal(await view.page.locator(".guest-link").count(), 0);
  await opened(view);
  await guestIsNamed(view);
  await panel.getByText("and the host lets them in, or does not").waitFor();
  await button(view, "Do not vouch").click();
  await view.page.getByText("You did not vouch for the guest").waitFor({ state: "attached" });
  assert.deepEqual((await asked(view)).at(-1), ["approved", false]);
  assert.equal(await view.page.locator(".guest-link").count(), 0, "nobody is said to come");
  await view.close();
});

test("whoever decides about a guest is told that the name is that of somebody else: who vouches, and the host at the door", async () => {
  const view = await pages.open({ stored: rememberedProfile(Date.now()) });
  await opened(view, "withGuests");
  await view.page.evaluate(() => void harness.terminal.guests.inviting?.approve({ name: "Bob Builder" }));
  const panel = view.page.locator(".guest-link");
  await panel.getByText("Looks like bob, and is somebody else.").waitFor();
  await button(view, "Do not vouch").click();
  const door = view.page.getByRole("alert").filter({ hasText: "Let guest" });
  // One of two of that name is in the call.
  await door.getByText("Looks like another guest, and is somebody else.").waitFor();
  await view.page.evaluate(() => {
    const { state } = harness.terminal;
    const [one] = state.call!.guestsWaiting!;
    const guestsWaiting = [{ ...one!, guest: { ...one!.guest, name: "Alice Liddell" } }];
    harness.terminal.set({ ...state, call: { ...state.call!, guestsWaiting } });
  });
  await door.getByText("Looks like alice, and is somebody else.").waitFor();
  await view.close();
});

for (const language of ["en", "zh-Hans"] as const)
  test(`${language}: with the link open it is seen whole on a telephone, and oneself on a low screen`, async () => {
    const view = await pages.open({ widthPx: 390, stored: { ...rememberedProfile(Date.now()), language } });
    await opened(view, "withGuests");
    await view.page.evaluate(() => {
      const { guestsWaiting: _in, ...call } = harness.terminal.state.call!;
      harness.terminal.set({ ...harness.terminal.state, call });
    });
    await step(view, code());
    const url = view.page.locator("#guest-link-url");
    const hiddenPx = await url.evaluate((one) =>
      Math.max(one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight),
    );
    assert.equal(hiddenPx, 0);
    await view.page.setViewportSize({ width: 1280, height: 800 });
    await view.settled();
    const placesPx = await view.page.evaluate(() => {
      const of = (what: string): DOMRect => document.querySelector(what)!.getBoundingClientRect();
      return {
        self: of(".participant.self").bottom,
        gone: of(".participant.guest.gone").bottom,
        goneHeight: of(".participant.guest.gone").height,
        selfHeight: of(".participant.self").height,
        stage: of(".stage").bottom,
      };
    });
    assert.ok(placesPx.self <= placesPx.stage, JSON.stringify(placesPx));
    assert.ok(placesPx.gone <= placesPx.stage, JSON.stringify(placesPx));
    assert.ok(placesPx.goneHeight < placesPx.selfHeight, JSON.stringify(placesPx));
    await view.close();
  });

test("a guest is told how long a name may be, and nothing of a longer one is cut away unseen", async () => {
  const view = await pages.open({ stored: rememberedProfile(Date.now()) });
  await atGuestPage(view);
  const name = view.page.getByLabel("Your name");
  await view.page.getByText("32 characters at most. Everybody sees it").waitFor();
  const long = "Maximiliane Hohenlohe-Langenburg-Sachsen";
  await name.pressSequentially(long);
  assert.equal(await name.inputValue(), long);
  await view.page.getByRole("button", { name: "Ask to come in" }).click();
  await view.page.getByRole("alert").getByText("32 at most").waitFor();
  view.page.removeAllListeners("dialog");
  await view.close();
});

const ownLink = "#90N6JH4PZZ4C";

/** @returns whether it is still the page that was loaded, and what stood in it */
async function atGuestPage(view: ViewPage): Promise<() => Promise<boolean>> {
  await view.page.goto(`${new URL(view.page.url()).origin}/guest${ownLink}`);
  await view.page.getByRole("heading", { name: "Come into a call as a guest" }).waitFor();
  await view.page.evaluate(() => Object.assign(globalThis, { isAsLoaded: true }));
  // Whoever is asked whether the page may be loaded anew says yes.
  view.page.on("dialog", (dialog) => void dialog.accept());
  return async () => {
    // What the address calls for comes after it changed.
    await view.page.waitForFunction((link) => location.hash === link, ownLink);
    await view.page.evaluate(() => new Promise((done) => setTimeout(done)));
    await view.page.waitForLoadState();
    return view.page.evaluate(() => "isAsLoaded" in globalThis);
  };
}

const waysBack = {
  Escape: (view: ViewPage) => view.page.keyboard.press("Escape"),
  "its button": (view: ViewPage) => view.page.getByRole("button", { name: "Close", exact: true }).click(),
  "the browser's way back": (view: ViewPage) => view.page.evaluate(() => history.back()),
};

test("a guest who reads the help stays in the call, and keeps what they typed, however they close it", async () => {
  const view = await pages.open({ stored: rememberedProfile(Date.now()) });
  const isAsLoaded = await atGuestPage(view);
  const help = view.page.getByRole("dialog", { name: "Help" });
  const looked = async (way: keyof typeof waysBack): Promise<void> => {
    await view.page.getByRole("link", { name: "What this means, and what to do" }).first().click();
    await help.waitFor();
    await waysBack[way](view);
    assert.equal(await isAsLoaded(), true, way);
    await help.waitFor({ state: "detached" });
  };
  await view.page.getByLabel("Your name").fill("Gus");
  await view.page.getByLabel("Code that you were told").fill("V8Y0JTG4");
  await view.page.getByRole("button", { name: "Ask to come in" }).click();
  await view.page.waitForFunction(() => harness.terminal.guests.entering !== undefined);
  await view.page.evaluate(() => harness.terminal.guests.enterFails("pairing.unknown"));
  for (const way of Object.keys(waysBack) as (keyof typeof waysBack)[]) await looked(way);
  assert.equal(await view.page.getByLabel("Your name").inputValue(), "Gus");
  await view.page.getByRole("alert").getByText("Nobody waits for this code.").waitFor();
  await view.page.getByRole("button", { name: "Ask to come in" }).click();
  await view.page.waitForFunction(() => harness.terminal.guests.entering !== undefined);
  await view.page.evaluate(() => {
    const by = { displayName: "Bob Builder", userId: "bob", callId: "BBBBBBBBBBBBBBBBBBBBBA" };
    harness.terminal.guests.entering?.onStep?.({ type: "door", by: by as GuestOf });
  });
  await view.show("asGuest");
  for (const way of Object.keys(waysBack) as (keyof typeof waysBack)[]) await looked(way);
  await view.page.getByText("You are a guest, and not verified to the others.").waitFor();
  // Another link is another call.
  await view.page.evaluate(() => {
    location.hash = "#ZZZZJH4PZZ4C";
  });
  await view.page.waitForFunction(() => !("isAsLoaded" in globalThis));
  view.page.removeAllListeners("dialog");
  await view.close();
});
