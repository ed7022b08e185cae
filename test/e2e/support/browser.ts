import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";
import type { Browser, CDPSession, Page } from "playwright-core";

import { installListening } from "./listening.ts";
import type { ListeningPage } from "./listening.ts";
import { writeVoice } from "./voice.ts";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--allow-loopback-in-peer-connection",
];

const voices = mkdtempSync(join(tmpdir(), "signet-voices-"));

/** A person at a browser of their own: a voice, a security key, and the page. */
export interface Guest {
  readonly userId: string;
  readonly browser: Browser;
  readonly page: Page;
  readonly key: CDPSession;
  readonly authenticatorId: string;
  /** Error messages that the page's console showed. */
  readonly consoleErrors: string[];
  close(): Promise<void>;
}

export interface GuestOptions {
  /** Frequency of the voice, Hz. */
  readonly hertz?: number;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export async function openGuest(origin: string, userId: string, { hertz = 440, viewport }: GuestOptions = {}): Promise<Guest> {
  const voice = join(voices, `${hertz}.wav`);
  writeVoice(voice, hertz);
  const browser = await chromium.launch({
    executablePath: process.env["SIGNET_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...flags, `--use-file-for-fake-audio-capture=${voice}`],
  });
  const context = await browser.newContext({ permissions: ["microphone"], ...(viewport === undefined ? {} : { viewport }) });
  const page = await context.newPage();
  const consoleErrors: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && consoleErrors.push(message.text())));
  page.on("pageerror", (error) => void consoleErrors.push(error.message));
  await page.addInitScript(installListening);
  const key = await context.newCDPSession(page);
  await key.send("WebAuthn.enable");
  const { authenticatorId } = await key.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "usb",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(origin);
  return { userId, browser, page, key, authenticatorId, consoleErrors, close: () => browser.close() };
}

/** The same, with a user ID created and signed in. */
export async function registerGuest(origin: string, userId: string, options: GuestOptions = {}): Promise<Guest> {
  const guest = await openGuest(origin, userId, options);
  const { page } = guest;
  await page.getByRole("textbox", { name: "User ID" }).fill(userId);
  await page.getByRole("textbox", { name: "Display name" }).fill(userId.toUpperCase());
  await page.getByRole("button", { name: "Create user ID" }).click();
  await page.getByRole("status").filter({ hasText: `Signed in as ${userId}` }).waitFor();
  return guest;
}

export async function call({ page }: Guest, userIds: readonly string[]): Promise<void> {
  await page.getByRole("textbox", { name: "Call user IDs" }).fill(userIds.join(", "));
  await page.getByRole("button", { name: "Call", exact: true }).click();
}

export async function answer({ page }: Guest): Promise<void> {
  await page.getByRole("dialog", { name: "Incoming call" }).getByRole("button", { name: "Answer" }).click();
}

/** Waits until the list shows the person in this state. */
export async function sees({ page }: Guest, userId: string, state: string | RegExp): Promise<void> {
  await page
    .getByRole("region", { name: "Call" })
    .getByRole("list", { name: "Participants" })
    .getByRole("listitem")
    .filter({ hasText: userId })
    .filter({ hasText: state })
    .waitFor();
}

/** Loudness in dB of what this person hears at each frequency: the most within `ms`. */
export function loudness({ page }: Guest, frequencies: readonly number[], ms = 1000): Promise<number[]> {
  return page.evaluate(
    ([frequencies, ms]) => (globalThis as unknown as { signetTest: ListeningPage }).signetTest.loudness(frequencies, ms),
    [frequencies, ms] as const,
  );
}

/** A voice is heard above this, dB; what leaks from one into the frequency of another is some 40 dB below a voice. */
const audible = -50;

/** Waits until this person hears exactly these of the voices. */
export async function hearsOnly(guest: Guest, voices: readonly number[], expected: readonly number[]): Promise<void> {
  let levels: number[] = [];
  for (let attempt = 0; attempt < 20; attempt++) {
    levels = await loudness(guest, voices);
    const heard = voices.filter((_, i) => levels[i]! > audible);
    if (heard.length === expected.length && heard.every((voice) => expected.includes(voice))) return;
  }
  throw new Error(`${guest.userId} should hear ${expected.join(", ")} Hz; the levels of ${voices.join(", ")} Hz are ${levels.map(Math.round).join(", ")} dB`);
}
