/** What encrypts the audio of a page dies in a call: it is replaced, and the sound is back; when it cannot be, that is said. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { Browser } from "playwright-core";

import {
  answer,
  call,
  details,
  hearEachOther,
  hearsOnly,
  launchBrowser,
  registerGuest,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { startTestServer } from "./support/server.ts";

interface WorkerPage {
  readonly frameWorkers: Worker[];
  /** No worker that is made from now on finds its code. */
  withoutCode: boolean;
  /** The texts of what appeared in the page, in order. */
  readonly appeared: string[];
}

/** Runs in the page before Signet does. */
function keepWorkers(): void {
  const kept: WorkerPage = { frameWorkers: [], withoutCode: false, appeared: [] };
  const Native = Worker;
  globalThis.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(kept.withoutCode ? "/no-such-worker.js" : url, options);
      kept.frameWorkers.push(this);
    }
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const { textContent } of addedNodes) kept.appeared.push(textContent ?? "");
  }).observe(document, { childList: true, subtree: true });
  Object.assign(globalThis, { workerPage: kept });
}

const voices = [440, 660];
let server: RunningServer;
let browser: Browser;
let alice: Guest;
let bobby: Guest;

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser();
  alice = await registerGuest(server.origin, "alice", { hertz: 440, browser, initScript: keepWorkers });
  bobby = await registerGuest(server.origin, "bobby", { hertz: 660, browser });
  await call(alice, ["bobby"]);
  await answer(bobby);
  await together([alice, bobby]);
  await hearEachOther([alice, bobby], voices);
});
after(async () => {
  await browser.close();
  await server.close();
});

const workers = ({ page }: Guest): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { workerPage: WorkerPage }).workerPage.frameWorkers.length);

const notice = ({ page }: Guest, title: string) =>
  page.getByRole("region", { name: "Call", exact: true }).getByText(title, { exact: true });

for (const how of ["falls silent", "says that it failed"] as const)
  test(`a frame worker that ${how}: its person sees that the sound restarts, and all hear each other again`, async () => {
    const before = { workers: await workers(alice), call: await details(alice) };
    await alice.page.evaluate((how) => {
      const { appeared, frameWorkers } = (globalThis as unknown as { workerPage: WorkerPage }).workerPage;
      appeared.length = 0;
      const worker = frameWorkers.at(-1);
      if (how === "falls silent") worker?.terminate();
      else worker?.dispatchEvent(new Event("error"));
    }, how);
    // It is shown for as long as it lasts, which may be shorter than a look from outside takes.
    await alice.page.waitForFunction(
      (title) =>
        (globalThis as unknown as { workerPage: WorkerPage }).workerPage.appeared.some((text) =>
          text.includes(title),
        ),
      "Your sound restarts",
    );
    await notice(alice, "Your sound restarts").waitFor({ state: "detached" });
    await hearEachOther([alice, bobby], voices);
    assert.equal(await workers(alice), before.workers + 1);
    assert.deepEqual(
      await details(alice),
      before.call,
      "the same epoch: nobody had to change the key for it",
    );
  });

test("a frame worker that cannot be started again: after some attempts it is said that the audio was stopped", async () => {
  const before = await workers(alice);
  await alice.page.evaluate(() => {
    const { workerPage } = globalThis as unknown as { workerPage: WorkerPage };
    workerPage.withoutCode = true;
    workerPage.frameWorkers.at(-1)?.dispatchEvent(new Event("error"));
  });
  await notice(alice, "Your sound is stopped").waitFor();
  const attempts = (await workers(alice)) - before;
  assert.ok(attempts > 1 && attempts <= 8, `${attempts} attempts`);
  await hearsOnly(bobby, voices, []);
  await hearsOnly(alice, voices, []);
  assert.equal(await workers(alice), before + attempts, "nothing is tried any more");
});
