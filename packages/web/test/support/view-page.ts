/** Builds the harness page once, serves it under the policy of the real server, and opens it in Chromium. */
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

import { chromiumFlags, launchChromium } from "@signet/e2e/support/chromium.ts";
import axe from "axe-core";
import type { RunOptions } from "axe-core";
import type { ConsoleMessage, Page, Request } from "playwright-core";
import { build } from "vite";

import type { Harness } from "./harness/main.ts";
import type { SceneName } from "./harness/scenes.ts";

declare global {
  // The page's global; tests reach it through `page.evaluate`.
  var harness: Harness;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; " +
  "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

export interface ViewPages {
  open(options?: OpenOptions): Promise<ViewPage>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly scheme?: "light" | "dark";
  readonly widthPx?: number;
  readonly reducedMotion?: boolean;
  /** What the browser profile remembers, as `localStorage` keeps it. */
  readonly stored?: Readonly<Record<string, unknown>>;
}

export interface ViewPage {
  readonly page: Page;
  show(name: SceneName): Promise<void>;
  /** Rendered, and effects run. */
  settled(): Promise<void>;
  /** What axe-core finds serious or critical, one line each. */
  axe(): Promise<string[]>;
  /** Errors of console and page, and requests to anybody else. */
  readonly problems: string[];
  close(): Promise<void>;
}

export async function startViewPages(): Promise<ViewPages> {
  const outDir = await mkdtemp(join(tmpdir(), "signet-views-"));
  const here = join(import.meta.dirname, "harness");
  await build({
    root: here,
    configFile: false,
    logLevel: "warn",
    publicDir: join(import.meta.dirname, "../../public"),
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2023",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    worker: { format: "es" },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    // The server is there, and only its socket is not.
    if (path === "/healthz")
      return void response.setHeader("content-type", "application/json").end('{"status":"ok"}');
    const file = join(outDir, path === "/" || path === "/guest" ? "index.html" : path);
    readFile(file).then(
      (body) => {
        response.writeHead(200, {
          "content-type": types[extname(file)] ?? "application/octet-stream",
          "content-security-policy": policy,
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const origin = `http://localhost:${address.port}`;
  const browser = await launchChromium({
    flags: [...chromiumFlags, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
  // A page costs more to make than all that most tests ask of it: one that was closed is taken again, as if it were new.
  const free: Page[] = [];
  return {
    async open(options = {}) {
      const page = free.pop() ?? (await browser.newPage());
      return openPage(page, origin, options, () => free.push(page));
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(outDir, { recursive: true });
    },
  };
}

async function openPage(
  page: Page,
  origin: string,
  options: OpenOptions,
  giveBack: () => void,
): Promise<ViewPage> {
  const { reducedMotion = true, scheme = "light", stored = {}, widthPx = 1280 } = options;
  await page.setViewportSize({ width: widthPx, height: widthPx < 600 ? 844 : 860 });
  await page.emulateMedia({
    colorScheme: scheme,
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
  });
  const problems: string[] = [];
  const onConsole = (message: ConsoleMessage): void => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  };
  const onError = (error: Error): void => void problems.push(`page: ${error.message}`);
  const onRequest = (request: Request): void => {
    const { origin: to, protocol } = new URL(request.url());
    if (to !== origin && protocol !== "data:" && protocol !== "blob:")
      problems.push(`request to ${request.url()}`);
  };
  page.on("console", onConsole).on("pageerror", onError).on("request", onRequest);
  const settled = async (): Promise<void> => {
    // Two frames.
    await page.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
    );
  };
  const remembered = await page.addInitScript((entries: Readonly<Record<string, unknown>>) => {
    localStorage.clear();
    sessionStorage.clear();
    for (const [name, value] of Object.entries(entries))
      localStorage.setItem(`signet.ui.${name}`, JSON.stringify(value));
  }, stored);
  await page.goto(origin);
  await remembered.dispose();
  await page.getByRole("main").waitFor();
  return {
    page,
    problems,
    show: async (name) => {
      await page.evaluate((scene) => harness.show(scene), name);
      await settled();
    },
    settled,
    axe: async () => {
      // Reading it takes a page longer than all that it then does.
      if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
      return page.evaluate(async (options) => {
        const { axe } = globalThis as unknown as PageWithAxe;
        const { violations } = await axe.run(options);
        return violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .map(
            ({ id, nodes }) =>
              `${id}: ${nodes.map((node) => `${node.html} (${node.failureSummary})`).join("; ")}`,
          );
      }, axeOptions);
    },
    close() {
      page.off("console", onConsole).off("pageerror", onError).off("request", onRequest);
      giveBack();
      return Promise.resolve();
    },
  };
}

/** Only what is told of in full; what style sheets and media hold is loaded for rules that find nothing serious. */
const axeOptions: RunOptions = { resultTypes: ["violations"], preload: false };

interface PageWithAxe {
  readonly axe: { run(options: RunOptions): Promise<{ violations: AxeFinding[] }> };
}

interface AxeFinding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}
