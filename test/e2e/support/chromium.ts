/** How every Chromium of the tests and benchmarks starts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

/** As root, without a graphics card, and without asking anybody outside. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

/** For whoever hears a call in it. */
export const callFlags = [
  ...chromiumFlags,
  "--autoplay-policy=no-user-gesture-required",
  "--allow-loopback-in-peer-connection",
] as const;

export interface LaunchOptions {
  /** Default {@link chromiumFlags}. */
  readonly flags?: readonly string[];
  /**
   * The browser as people have it, for tests of what it does around a page: permissions, closing, passwords. Default: its engine
   * alone where `SIGNET_CHROMIUM_ENGINE` names it, which opens a page for a third of the time.
   */
  readonly whole?: boolean;
  /** Where it keeps what counts for all its profiles. */
  readonly home?: string;
  /** What stands in front of it, where it runs elsewhere than in the network of this machine, and a folder for that. */
  readonly through?: { readonly command: readonly string[]; readonly folder: string };
}

/** `SIGNET_CHROMIUM` and `SIGNET_CHROMIUM_ENGINE` name the programs; the tests set them. */
export function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const { flags = chromiumFlags, home, through, whole = false } = options;
  const { SIGNET_CHROMIUM: browser = "/usr/bin/chromium", SIGNET_CHROMIUM_ENGINE: engine = browser } =
    process.env;
  const program = whole ? browser : engine;
  return chromium.launch({
    ...(home === undefined ? {} : { env: { ...process.env, HOME: home } }),
    executablePath: through === undefined ? program : programThrough(program, through),
    args: [...flags],
  });
}

/** Playwright starts one file. */
function programThrough(program: string, through: NonNullable<LaunchOptions["through"]>): string {
  const path = join(through.folder, "chromium");
  const words = [...through.command, program].join(" ");
  writeFileSync(path, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o700 });
  return path;
}
