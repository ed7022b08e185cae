/** The page that verifies files: what it says, to whom, and that nothing of a file leaves it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";

import { launchBrowser } from "@signet/e2e/support/browser.ts";
import { startTestServer } from "@signet/e2e/support/server.ts";

const folder = mkdtempSync(join(tmpdir(), "signet-verify-page-"));
const corpus = join(import.meta.dirname, "../../../record/test/support/write-corpus.ts");
execFileSync(process.execPath, [corpus, folder, "0"]);
const text = readFileSync(join(folder, "five.json"), "utf8");
const logKey = (JSON.parse(text) as { readonly log: { readonly verifierKey: string } }).log.verifierKey;
const kept = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const holding = kept("board.json", text);
const altered = kept("<img src=x onerror=alert(1)>.json", text.replace("Anna Aalto", "<b>Anna</b>"));

let server: RunningServer;
let browser: Browser;
before(async () => {
  server = await startTestServer({});
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Addresses that were asked for since the page stands there with all that belongs to it. */
  readonly asked: string[];
}

async function opened(widthPx = 1280, options: object = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: widthPx, height: 844 }, ...options });
  const page = await context.newPage();
  await page.goto(`${server.origin}/verify`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active === null) throw new Error("no worker");
  });
  const asked: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  // What the policy held back never left: it is told of all the same.
  context.on("requestfailed", (request) => {
    const place = asked.indexOf(request.url());
    if (request.failure()?.errorText === "csp" && place !== -1) asked.splice(place, 1);
  });
  page.on("websocket", (socket) => asked.push(socket.url()));
  return { page, context, asked };
}

/** What axe calls serious or critical. */
async function axeRun(page: Page): Promise<readonly string[]> {
  await page.evaluate(`(() => { const module = undefined; const define = undefined; ${axe.source} })()`);
  const { passes, violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  assert.ok(passes.length > 10, "axe looked at the page");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

const choose = (page: Page, ...paths: readonly string[]): Promise<void> =>
  page.locator(".drop-place input").setInputFiles([...paths]);

test("files are verified without anybody signed in, and nobody is asked for anything", async () => {
  const { asked, context, page } = await opened();
  await choose(page, holding, altered);
  const cards = page.getByRole("article");
  await cards.nth(1).waitFor();
  assert.deepEqual(await cards.evaluateAll((all) => all.map((card) => card.getAttribute("data-verdict"))), [
    "holds",
    "refused",
  ]);
  const first = cards.first();
  await first.getByText("was removed on", { exact: false }).first().waitFor();
  await first.getByText("a key that only this file names", { exact: false }).waitFor();
  await first.getByText("Pay 4,000 to the roofer.", { exact: false }).waitFor();
  await cards.nth(1).getByText("what does not hold stands at", { exact: false }).waitFor();
  // Names are text.
  assert.equal(await page.locator("main img, main b b").count(), 0);
  await page.locator("details summary").first().click();
  await page.getByRole("textbox").fill(logKey);
  await first.getByText("signed with the key that you gave", { exact: false }).waitFor();
  await page.getByRole("textbox").fill("no key");
  await page.getByRole("alert").filter({ hasText: "That is no key of a log" }).waitFor();
  assert.deepEqual(asked, []);
  await context.close();
});

test("the browser lets nothing out of it, whatever its code does", async () => {
  const { asked, context, page } = await opened();
  const tried = await page.evaluate(async () => {
    const way = async (work: () => unknown): Promise<string> => {
      try {
        await work();
        return "went";
      } catch {
        return "held";
      }
    };
    return [
      await way(() => fetch("/healthz")),
      await way(
        () =>
          new Promise((resolve, reject) => {
            const image = new Image();
            image.addEventListener("load", resolve);
            image.addEventListener("error", reject);
            image.src = "/icon.svg?secret";
          }),
      ),
      await way(
        () =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws`);
            socket.addEventListener("open", resolve);
            socket.addEventListener("error", reject);
          }),
      ),
    ];
  });
  assert.deepEqual(tried, ["held", "held", "held"]);
  await page.evaluate(() => navigator.sendBeacon("/healthz", "secret"));
  assert.deepEqual(asked, []);
  await context.close();
});

test("it opens and verifies without a network", async () => {
  const { context, page } = await opened();
  await context.setOffline(true);
  await page.reload();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await choose(page, holding);
  await page.locator("article[data-verdict=holds]").waitFor();
  await context.close();
});

test("what was found is announced, and has the focus", async () => {
  const { context, page } = await opened(390);
  await choose(page, holding);
  const status = page.getByRole("status");
  await status.filter({ hasText: "board.json: Every signature in this record holds." }).waitFor();
  await page.locator("#verify-results:focus").waitFor();
  await context.close();
});

test("files are dropped anywhere, and one that is a folder, or too large, is called that", async () => {
  const { context, page } = await opened();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(["{}"], "dropped.json"));
    data.items.add(new File([new Uint8Array(64 * 1024 * 1024 + 1)], "large.json"));
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
    );
  });
  const cards = page.getByRole("article");
  await cards.first().getByText("This is no file that Signet writes", { exact: false }).waitFor();
  await cards.nth(1).getByText("This file is larger than any that Signet writes", { exact: false }).waitFor();
  await context.close();
});

for (const widthPx of [390, 1280])
  for (const colorScheme of ["light", "dark"] as const)
    for (const locale of ["en-GB", "zh-CN"])
      test(`${widthPx} px, ${colorScheme}, ${locale}: nothing is wrong to whoever hears it, and nothing is cut`, async () => {
        const { context, page } = await opened(widthPx, { colorScheme, locale });
        await choose(page, holding, altered);
        await page.getByRole("article").nth(1).waitFor();
        await page.locator("details summary").first().click();
        assert.deepEqual(await axeRun(page), []);
        const wider = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(wider, 0);
        await context.close();
      });
