/**
 * A browser with a tab that is really hidden, and held back as its maker has it: Playwright switches that off, shows each page as if it were in front, and
 * holds back nothing of a page that it looks at. So it only sets the stage, and goes.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

import { callFlags } from "./chromium.ts";

export interface UnattendedBrowser {
  /** While it lasts, timers of hidden tabs run once a second. `close` lets go of the browser alone. */
  attend(): Promise<Browser>;
  /** What anybody sees of the tabs from outside. */
  tabs(): Promise<readonly { readonly title: string; readonly url: string }[]>;
  close(): Promise<void>;
}

/** Chromium now and then leaves a first question of a busy machine without an answer for good; asked again it answers. */
const attendMs = 15_000;
const mostAttempts = 4;

async function attend(origin: string): Promise<Browser> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await chromium.connectOverCDP(origin, { noDefaults: true, timeout: attendMs });
    } catch (error) {
      if (attempt === mostAttempts) throw error;
    }
  }
}

export async function launchUnattended(): Promise<UnattendedBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "signet-hidden-"));
  const { SIGNET_CHROMIUM: program = "/usr/bin/chromium" } = process.env;
  const child = spawn(
    program,
    [
      ...callFlags,
      "--headless=new",
      "--remote-debugging-port=0",
      `--user-data-dir=${folder}`,
      // After five minutes otherwise.
      "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1",
      // Nothing of its own that starts beside, which whoever attends would wait for.
      "--no-first-run",
      "--disable-extensions",
      "--disable-component-update",
      "--disable-background-networking",
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const origin = await (async () => {
    for await (const line of createInterface({ input: child.stderr })) {
      const [, host] = /^DevTools listening on ws:\/\/([^/]+)/.exec(line) ?? [];
      if (host !== undefined) return `http://${host}`;
    }
    throw new Error("the browser ended before it listened");
  })();
  child.stderr.resume();
  return {
    attend: () => attend(origin),
    tabs: async () => (await (await fetch(`${origin}/json/list`)).json()) as { title: string; url: string }[],
    close: async () => {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
