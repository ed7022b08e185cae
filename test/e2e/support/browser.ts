import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";

import { installListening } from "./listening.ts";
import type { ListeningPage } from "./listening.ts";
import { installVoice } from "./page-voice.ts";
import { slowScreen } from "./slow-screen.ts";
import { writeVoice } from "./voice.ts";
import { callFlags, launchChromium } from "./chromium.ts";
import type { LaunchOptions } from "./chromium.ts";
import { patienceMs } from "./wait.ts";

/** A person at a page of any browser. */
export interface Visitor {
  readonly userId: string;
  readonly page: Page;
  /** Error messages that the page's console showed. */
  readonly consoleErrors: readonly string[];
}

/** A person at Chromium: a voice, a security key, and the page. */
export interface Guest extends Visitor {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly key: CDPSession;
  readonly authenticatorId: string;
  close(): Promise<void>;
}

export interface GuestOptions {
  /** Default the user ID in capitals. */
  readonly displayName?: string;
  /** Frequency of the voice, Hz. */
  readonly hertz?: number;
  /** Runs in the page before Signet does. */
  readonly initScript?: () => void;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Shares this browser, in a context (profile) of its own; the voice is then made in the page rather than by the browser. */
  readonly browser?: Browser;
  /** A browser of its own is the one that people have, rather than its engine alone; default false. */
  readonly whole?: boolean;
  /** Switches for a browser of its own. */
  readonly switches?: readonly string[];
  /** What stands in front of a browser of its own, where it runs elsewhere than in the network of this machine. */
  readonly through?: readonly string[];
  /** Where a browser of its own keeps what counts for all its profiles, as which authorities it trusts; see `trustInBrowser`. */
  readonly home?: string;
  /** Only with `browser`: whether the browser lets the page use the microphone; default true. */
  readonly microphone?: boolean;
}

/** For a browser of its own: whatever sends UDP there sends nothing. */
export const withoutUdpAtAll = {
  whole: true,
  switches: ["--webrtc-ip-handling-policy=disable_non_proxied_udp"],
} as const;

/** A browser for several guests; see {@link GuestOptions.browser}. */
export function launchBrowser({ whole = false }: Pick<LaunchOptions, "whole"> = {}): Promise<Browser> {
  return launchChromium({ flags: [...callFlags, "--use-fake-device-for-media-stream"], whole });
}

export async function openGuest(origin: string, userId: string, options: GuestOptions = {}): Promise<Guest> {
  const { hertz = 440, initScript, microphone = true, viewport } = options;
  const own = options.browser === undefined ? await launchWithVoice(hertz, options) : undefined;
  const browser = own?.browser ?? options.browser!;
  const context = await browser.newContext({
    reducedMotion: "reduce",
    ...(viewport === undefined ? {} : { viewport }),
  });
  if (microphone) await context.grantPermissions(["microphone"]);
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const consoleErrors = await errorsOf(page);
  await page.addInitScript(installListening);
  if (own === undefined) await page.addInitScript(slowScreen);
  if (own === undefined && microphone) await page.addInitScript(installVoice, hertz);
  if (initScript !== undefined) await page.addInitScript(initScript);
  const key = await context.newCDPSession(page);
  if (!microphone)
    await key.send("Browser.setPermission", {
      permission: { name: "microphone" },
      setting: "denied",
      origin,
    });
  const authenticatorId = await addSecurityKey(key);
  await page.goto(origin);
  const close = own?.close ?? (() => context.close());
  return { userId, browser, context, page, key, authenticatorId, consoleErrors, close };
}

/** To be asked before the page is opened. @returns what its console will show */
export async function errorsOf(page: Page): Promise<readonly string[]> {
  const errors: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
  page.on("pageerror", (error) => void errors.push(error.message));
  await page.addInitScript(tellViolations);
  return errors;
}

/** Runs in the page: what its policy forbids, and was tried, is an error like any other. */
function tellViolations(): void {
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    console.error(`the policy of the page forbids it: ${effectiveDirective} ${blockedURI}`),
  );
}

async function launchWithVoice(
  hertz: number,
  {
    home,
    switches = [],
    through,
    whole = false,
  }: Pick<GuestOptions, "home" | "switches" | "through" | "whole">,
): Promise<{ browser: Browser; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "signet-voice-"));
  const voice = join(folder, `${hertz}.wav`);
  writeVoice(voice, hertz);
  const flags = [
    ...callFlags,
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${voice}`,
    ...switches,
  ];
  const browser = await launchChromium({
    flags,
    whole,
    ...(home === undefined ? {} : { home }),
    ...(through === undefined ? {} : { through: { command: through, folder } }),
  });
  const close = async (): Promise<void> => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { browser, close };
}

/** Plugs a security key in, which is touched whenever it blinks. */
export async function addSecurityKey(key: CDPSession): Promise<string> {
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
  return authenticatorId;
}

/** Carries the security key of one guest to another terminal: there it is the same device. */
export async function carryKey(from: Guest, to: Guest): Promise<void> {
  const { credentials } = await from.key.send("WebAuthn.getCredentials", {
    authenticatorId: from.authenticatorId,
  });
  for (const credential of credentials) {
    await to.key.send("WebAuthn.addCredential", { authenticatorId: to.authenticatorId, credential });
  }
}

/** The same as {@link openGuest}, with a user ID created and signed in. */
export async function registerGuest(
  origin: string,
  userId: string,
  options: GuestOptions = {},
): Promise<Guest> {
  const guest = await openGuest(origin, userId, options);
  await register(guest, options.displayName);
  return guest;
}

/** Creates the user ID, and is signed in. */
export async function register(visitor: Visitor, displayName?: string): Promise<void> {
  const { page, userId } = visitor;
  await page.getByRole("textbox", { name: "User ID" }).fill(userId);
  await page.getByRole("textbox", { name: "Display name" }).fill(displayName ?? userId.toUpperCase());
  await page.getByRole("button", { name: "Create user ID" }).click();
  await signedIn(visitor);
}

export async function signIn(guest: Visitor, userId = guest.userId): Promise<void> {
  await guest.page.getByRole("textbox", { name: "User ID" }).fill(userId);
  await guest.page.getByRole("button", { name: "Sign in" }).click();
}

export function signedIn(visitor: Visitor): Promise<void> {
  const { page, userId } = visitor;
  const status = page.getByRole("status").filter({ hasText: `Signed in as ${userId}` });
  return orWhatIsShown(visitor, status.waitFor());
}

/** A failure on a machine that nobody can look at tells what the page said then. */
async function orWhatIsShown<T>({ consoleErrors, page, userId }: Visitor, awaited: Promise<T>): Promise<T> {
  try {
    return await awaited;
  } catch (error) {
    const shown = await page.innerText("body").catch(String);
    throw new Error(`the page of ${userId} says: ${shown}\nits console: ${consoleErrors.join("\n")}`, {
      cause: error,
    });
  }
}

/** Nothing navigates in a call; to make sure of it takes a busy page longer than all the rest. */
const withoutWait = { noWaitAfter: true } as const;

export async function call({ page }: Visitor, userIds: readonly string[]): Promise<void> {
  await page.getByRole("textbox", { name: "Call user IDs" }).fill(userIds.join(", "));
  await page.getByRole("button", { name: "Call", exact: true }).click(withoutWait);
}

export async function answer({ page }: Visitor): Promise<void> {
  await page
    .getByRole("dialog", { name: "Incoming call" })
    .getByRole("button", { name: "Answer", exact: true })
    .click(withoutWait);
}

export async function decline({ page }: Visitor): Promise<void> {
  await page
    .getByRole("dialog", { name: "Incoming call" })
    .getByRole("button", { name: "Decline", exact: true })
    .click(withoutWait);
}

export async function leave({ page }: Visitor): Promise<void> {
  await page.getByRole("button", { name: "Leave call" }).click(withoutWait);
  await page.getByRole("region", { name: "Call", exact: true }).waitFor({ state: "detached" });
}

function participants({ page }: Visitor) {
  return page
    .getByRole("region", { name: "Call", exact: true })
    .getByRole("list", { name: "Participants" })
    .getByRole("listitem");
}

/** The line of the list that shows this person. */
export function participant(guest: Visitor, userId: string) {
  return participants(guest).filter({ has: guest.page.getByText(userId, { exact: true }) });
}

/** Waits until the list shows the person in this state. */
export function sees(guest: Visitor, userId: string, state: string | RegExp): Promise<void> {
  return orWhatIsShown(guest, participant(guest, userId).filter({ hasText: state }).waitFor());
}

const inTheCall = (guest: Visitor) => participants(guest).filter({ hasText: "in the call" });

/** User IDs of those whom the list shows in the call. */
export const shownInTheCall = (guest: Visitor): Promise<string[]> =>
  inTheCall(guest).locator(".user-id").allTextContents();

/** Everybody sees everybody in the call. */
export async function together(guests: readonly Visitor[]): Promise<void> {
  const userIds = guests.map(({ userId }) => userId).toSorted();
  await Promise.all(
    guests.map(async (guest) => {
      // As few looks as possible: pages that play sound to each other leave little time for them.
      const last = inTheCall(guest).nth(guests.length - 1);
      await orWhatIsShown(guest, last.waitFor());
      const shown = await shownInTheCall(guest);
      assert.deepEqual(shown.toSorted(), userIds);
    }),
  );
}

/** Epoch and safety code as "Call details" show them; opens the details where they are closed. */
export async function details({
  page,
}: Visitor): Promise<{ readonly epoch: number; readonly safetyCode: string }> {
  const button = page.getByRole("button", { name: "Call details" });
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click(withoutWait);
  const aside = page.getByRole("complementary", { name: "Details" });
  const technical = aside.locator("details.technical");
  // Not by its place, which moves when a line above it comes or goes.
  if ((await technical.getAttribute("open")) === null)
    await technical.locator("summary").dispatchEvent("click");
  const text = (await aside.innerText()).replaceAll(/\s+/g, " ");
  const [, safetyCode] = /safety code ((?:\d+ )+)/i.exec(text) ?? [];
  const [, epoch] = /epoch (\d+)/i.exec(text) ?? [];
  if (safetyCode === undefined || epoch === undefined) throw new Error(`no safety code or epoch in: ${text}`);
  return { epoch: Number(epoch), safetyCode: safetyCode.trim() };
}

/** Loudness in dB of what this person hears at each frequency: the mean power over `ms`. */
function loudness({ page }: Visitor, frequencies: readonly number[], ms: number): Promise<number[]> {
  return page.evaluate(
    ([frequencies, ms]) =>
      (globalThis as unknown as { signetTest: ListeningPage }).signetTest.loudness(frequencies, ms),
    [frequencies, ms] as const,
  );
}

/** A voice is heard above this, dB; what leaks from one into the frequency of another is some 40 dB below a voice. */
const audible = -50;

/** Waits until this person hears exactly these of the voices. Each look is longer than the one before: where pages share few cores, sound stutters. */
export async function hearsOnly(
  guest: Visitor,
  voices: readonly number[],
  expected: readonly number[],
): Promise<void> {
  let levels: number[] = [];
  const patientUntilMs = performance.now() + patienceMs;
  for (let ms = 500; performance.now() < patientUntilMs; ms = Math.min(2 * ms, 4_000)) {
    levels = await loudness(guest, voices, ms);
    const heard = voices.filter((_, i) => levels[i]! > audible);
    if (heard.length === expected.length && heard.every((voice) => expected.includes(voice))) return;
  }
  throw new Error(
    `${guest.userId} should hear ${expected.join(", ")} Hz; the levels of ${voices.join(", ")} Hz are ${levels.map(Math.round).join(", ")} dB`,
  );
}

/** Each hears all the others, and not itself. */
export async function hearEachOther(guests: readonly Visitor[], voices: readonly number[]): Promise<void> {
  await Promise.all(
    guests.map((guest, i) =>
      hearsOnly(
        guest,
        voices,
        voices.filter((_, other) => other !== i),
      ),
    ),
  );
}
