/** Tabs that are hidden, in a browser that holds back their timers as it does for people. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { unchainedTimers } from "@signet/terminal";
import type { Page } from "playwright-core";

import { addSecurityKey, register } from "./support/browser.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { launchUnattended } from "./support/hidden-tab.ts";
import type { UnattendedBrowser } from "./support/hidden-tab.ts";
import { startTestServer } from "./support/server.ts";
import { eventually, patienceMs } from "./support/wait.ts";

let server: RunningServer;
let browser: UnattendedBrowser;
let bobby: Headless;

before(async () => {
  server = await startTestServer();
  [browser, bobby] = await Promise.all([launchUnattended(), registerHeadless(server.origin, "bobby")]);
  await hideTabs();
});
after(async () => {
  bobby.terminal.close();
  await browser.close();
  await server.close();
});

/** What a page notes while nobody looks. Milliseconds since 1970. */
interface Noted {
  readonly rungBy: Partial<Record<(typeof ways)[number], number>>;
}

const ways = ["title", "sound"] as const;

/** How a page says, in its address, that its browser holds back timers of 100 ms: each waits for a second, or they stand still. */
const heldBack = { slow: "#slow", still: "#still" } as const;

/** Runs in the page before anything else: chains of the browser's timers and of ours, and what a person notices of a call. */
function noteAlone(unchained: typeof unchainedTimers, { slow, still }: typeof heldBack): void {
  const noted: Noted = { rungBy: {} };
  Object.assign(globalThis, { noted });
  const browsers = (delayMs: number, run: () => void) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  };
  const chain = (set: typeof browsers, act: () => void): void => {
    act();
    set(100, () => chain(set, act));
  };
  const say = (mark: string): void => history.replaceState(null, "", mark);
  let latestMs = Date.now();
  let slowOnes = 0;
  chain(browsers, () => {
    slowOnes = document.hidden && Date.now() - latestMs > 900 ? slowOnes + 1 : 0;
    latestMs = Date.now();
    if (slowOnes === 3) say(slow);
  });
  let looks = 0;
  chain(unchained(browsers), () => {
    // More than once in a row: a machine that stood still is none that holds one chain back.
    looks = document.hidden && Date.now() - latestMs > 3_000 ? looks + 1 : 0;
    if (looks === 2) say(still);
  });
  const rung = (by: keyof Noted["rungBy"]): void => {
    if (document.hidden) noted.rungBy[by] ??= Date.now();
  };
  addEventListener("DOMContentLoaded", () =>
    new MutationObserver(() => {
      if (document.title.startsWith("BOBBY calls")) rung("title");
    }).observe(document, { childList: true, subtree: true, characterData: true }),
  );
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (this: OscillatorNode, atS) {
    start.call(this, atS);
    rung("sound");
  };
}

/** One with alice signed in, and one with nothing; in front of both is a third. */
async function hideTabs(): Promise<void> {
  const attended = await browser.attend();
  const [context] = attended.contexts();
  assert.ok(context);
  context.setDefaultTimeout(patienceMs);
  const { origin } = server;
  await context.grantPermissions(["notifications", "microphone"], { origin });
  const content = `(${noteAlone.toString()})(${unchainedTimers.toString()}, ${JSON.stringify(heldBack)});`;
  const open = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    await page.addInitScript({ content });
    await page.goto(origin + path);
    return page;
  };
  const alice = await open("/");
  await addSecurityKey(await context.newCDPSession(alice));
  await register({ userId: "alice", page: alice, consoleErrors: [] });
  const bare = await open(barePath);
  await context.newPage();
  for (const page of [alice, bare])
    await eventually("the tab is hidden", () => page.evaluate(() => document.hidden));
  await attended.close();
}

/** Of a document that does nothing by itself. */
const barePath = "/healthz";

test("a hidden tab whose timers are held back rings by its title and by sound", async (t) => {
  const own = `${server.origin}/#`;
  await eventually("the timers of the page are held back", async () =>
    (await browser.tabs()).some(({ url }) => url.startsWith(own)),
  );
  const calledAtMs = Date.now();
  await bobby.terminal.call(["alice" as typeof bobby.userId]);
  await eventually("the tab says who calls", async () =>
    (await browser.tabs()).some(({ title }) => title.startsWith("BOBBY calls")),
  );
  const attended = await browser.attend();
  const page = attended
    .contexts()[0]!
    .pages()
    .find((one) => one.url().startsWith(own))!;
  assert.equal(await page.evaluate(() => document.visibilityState), "hidden");
  const { rungBy } = await eventually("it is noticed in every way", async () => {
    const noted = await page.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);
    return ways.every((way) => noted.rungBy[way] !== undefined) ? noted : undefined;
  });
  for (const way of ways) t.diagnostic(`${way}: ${rungBy[way]! - calledAtMs} ms after the call`);
  await attended.close();
});

test("timers of ours go on where a hidden tab's own stand still", async () => {
  await eventually("the browser's stand still, and ours say so", async () =>
    (await browser.tabs()).some(({ url }) => url === server.origin + barePath + heldBack.still),
  );
});
