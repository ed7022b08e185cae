/** A newer version of the page comes in only where no page is open that the older one is of; the page of a guest is one, though nobody is signed in at it. */
import assert from "node:assert/strict";
import { appendFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { Browser, BrowserContext, Page, Worker } from "playwright-core";

import { launchBrowser } from "./support/browser.ts";
import { startTestServer } from "./support/server.ts";
import { eventually } from "./support/wait.ts";

let server: RunningServer;
let browser: Browser;
let webRoot: string;

before(async () => {
  webRoot = await mkdtemp(join(tmpdir(), "signet-page-"));
  await cp(join(import.meta.dirname, "../../packages/web/dist"), webRoot, { recursive: true });
  server = await startTestServer({ guests: true, webRoot });
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await server.close();
  await rm(webRoot, { recursive: true });
});

/** The worker of the newer version, which waits. */
async function waitingWorker(context: BrowserContext, page: Page): Promise<Worker> {
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const { installing } = registration;
    if (installing === null) return;
    await new Promise<void>((resolve) => {
      installing.addEventListener("statechange", () => resolve());
    });
  });
  return eventually("the worker of the newer version", async () => {
    for (const worker of context.serviceWorkers()) {
      const state = await worker.evaluate(() => Reflect.get(globalThis, "serviceWorker").state as string);
      if (state === "installed") return worker;
    }
    return undefined;
  });
}

/** What a page says that is about to be loaded anew. @returns whether the worker came in, once it has decided */
const asksIn = (worker: Worker): Promise<boolean> =>
  worker.evaluate(async () => {
    let isIn = false;
    const scope = globalThis as unknown as { skipWaiting(): Promise<void> };
    const skip = scope.skipWaiting.bind(scope);
    scope.skipWaiting = () => {
      isIn = true;
      return skip();
    };
    await new Promise<void>((resolve, reject) => {
      const message = new MessageEvent("message", { data: "takeOver" });
      Object.assign(message, { waitUntil: (work: Promise<void>) => work.then(resolve, reject) });
      dispatchEvent(message);
    });
    scope.skipWaiting = skip;
    return isIn;
  });

for (const path of ["/guest#90N6JH4PZZ4C", "/call/anna", "/"])
  test(`a newer version waits while another page is open at ${path}`, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.origin);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const other = await context.newPage();
    await other.goto(new URL(path, server.origin).href);
    await other.getByRole("main").waitFor();
    await appendFile(join(webRoot, "service-worker.js"), "// newer\n");
    const worker = await waitingWorker(context, page);
    assert.equal(await asksIn(worker), false);
    await other.close();
    await eventually("that the newer version comes in", async () =>
      (await asksIn(worker)) ? true : undefined,
    );
    await context.close();
  });
