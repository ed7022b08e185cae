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
    attend: () => chromium.connectOverCDP(origin, { noDefaults: true }),
    tabs: async () => (await (await fetch(`${origin}/json/list`)).json()) as { title: string; url: string }[],
    close: async () => {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
