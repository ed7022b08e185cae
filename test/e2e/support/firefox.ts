/** Debian's Firefox ESR, as it is, with a real sound card: Playwright speaks WebDriver BiDi with it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { firefox } from "playwright-core";
import type { BrowserContext, Page } from "playwright-core";

import { errorsOf } from "./browser.ts";
import type { Visitor } from "./browser.ts";
import { addSecurityKeyToFirefox } from "./marionette.ts";
import type { SoundCard } from "./sound-card.ts";
import { eventually, patienceMs } from "./wait.ts";

export interface FirefoxOptions {
  readonly soundCard: SoundCard;
  /** Preferences beside those that every test needs. */
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

const preferences = {
  // No free port is known beforehand: Firefox writes down which one it took.
  "marionette.port": 0,
  // The key of the test alone, which counts as one of software, and none that is plugged into this machine.
  "security.webauth.webauthn_enable_softtoken": true,
  "security.webauth.webauthn_enable_usbtoken": false,
  "media.navigator.permission.disabled": true,
  // A page that nobody clicked on may play, as in the Chromium of the tests.
  "media.autoplay.default": 0,
  // The SFU of the tests is at 127.0.0.1 alone.
  "media.peerconnection.ice.loopback": true,
  "ui.prefersReducedMotion": 1,
  // Remote control would switch the question off.
  "dom.disable_beforeunload": false,
};

/** A Firefox with a profile of its own, and a security key that is touched whenever it blinks. */
export class Firefox {
  readonly context: BrowserContext;
  readonly #folder: string;
  readonly #key: Disposable;

  private constructor(context: BrowserContext, key: Disposable, folder: string) {
    this.context = context;
    this.#key = key;
    this.#folder = folder;
  }

  static async launch(options: FirefoxOptions): Promise<Firefox> {
    const folder = mkdtempSync(join(tmpdir(), "signet-firefox-"));
    const program = process.env["SIGNET_FIREFOX"] ?? "/usr/bin/firefox-esr";
    const inBetween = join(import.meta.dirname, "firefox-program.ts");
    const executablePath = join(folder, "firefox");
    writeFileSync(
      executablePath,
      `#!/bin/sh\nexec '${process.execPath}' '${inBetween}' '${program}' "$@"\n`,
      {
        mode: 0o755,
      },
    );
    const profile = join(folder, "profile");
    const context = await firefox.launchPersistentContext(profile, {
      channel: "moz-firefox",
      executablePath,
      args: ["--marionette"],
      env: { ...process.env, ...options.soundCard.env },
      firefoxUserPrefs: { ...preferences, ...options.preferences },
      viewport: options.viewport ?? null,
    });
    context.setDefaultTimeout(patienceMs);
    const portFile = join(profile, "MarionetteActivePort");
    const port = await eventually("Marionette listens", () =>
      existsSync(portFile) ? Number(readFileSync(portFile, "utf8")) : undefined,
    );
    return new Firefox(context, await addSecurityKeyToFirefox(port), folder);
  }

  async close(): Promise<void> {
    await this.context.close();
    this.#key[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Opens the page in a tab of its own. */
  async open(origin: string, userId: string, prepare?: (page: Page) => Promise<unknown>): Promise<Visitor> {
    const page = await this.context.newPage();
    const consoleErrors = await errorsOf(page);
    await prepare?.(page);
    await page.goto(origin);
    return { userId, page, consoleErrors };
  }
}
