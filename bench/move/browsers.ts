/** Moves between two pages with security keys (virtual authenticators that touch themselves), heard by a terminal without a browser. */
import { launchBrowser, openGuest, registerGuest, signedIn } from "@signet/e2e/support/browser.ts";
import type { Guest } from "@signet/e2e/support/browser.ts";

import { endForAll, gapMs, movesPerCall, openListener, steadily } from "./command-line.ts";
import type { Silences } from "./figures.ts";
import { installPageProbe } from "./page-probe.ts";
import type { PageProbe } from "./page-probe.ts";

const hertz = [700, 1_000] as const;

export async function browserMoves(origin: string, calls: number): Promise<Silences> {
  const browser = await launchBrowser();
  const { anna, heard } = await openListener(origin, hertz);
  try {
    const desk = await registerGuest(origin, "bobby", { browser, microphone: true });
    const laptop = await openGuest(origin, "bobby", { browser });
    const places = [desk, laptop] as const;
    await addDevice(desk, laptop);
    // Where they are signed in already the page is loaded anew with the probe, and goes on with its binding.
    for (const [i, { page }] of places.entries()) {
      await page.addInitScript(installPageProbe, hertz[i]);
      await page.reload();
      await signedIn(places[i]!);
    }
    const silences: Silences = { others: [], mover: [] };
    for (let move = 0; move < calls * movesPerCall; move++) {
      if (move % movesPerCall === 0) {
        heard.reset();
        await anna.terminal.call(["bobby" as never]);
        await click(desk, "Answer");
        await steadily(heard, hertz[0]);
      }
      const [from, to] = move % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      heard.reset();
      await use(places[to], (probe) => probe.reset());
      await click(places[to], "Move it here");
      await steadily(heard, hertz[to]);
      await played(places[to]);
      const [last, first] = [
        await use(places[from], ({ last: at }) => at),
        await use(places[to], ({ first: at }) => at),
      ];
      silences.others.push(gapMs(heard.last.get(hertz[from]), heard.first.get(hertz[to])));
      silences.mover.push(gapMs(last ?? undefined, first ?? undefined));
      await click(places[from], "Done");
      if (move % movesPerCall < movesPerCall - 1) continue;
      await endForAll(anna);
      await click(desk, "Done");
    }
    return silences;
  } finally {
    anna.terminal.close();
    await browser.close();
  }
}

/** The security key of the second page, by the code that the first one shows. */
async function addDevice({ page: here }: Guest, there: Guest): Promise<void> {
  const { page } = there;
  await here.getByRole("button", { name: "Settings" }).click();
  await here.getByRole("button", { name: "Add a device at another machine" }).click();
  const code = await here.locator(".pairing-code").innerText();
  await page.goto("about:blank");
  await page.goto(`${new URL(here.url()).origin}/#add=${code}`);
  await page.getByRole("textbox", { name: "Code" }).waitFor();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("textbox", { name: "Name of this device" }).fill("Laptop");
  await page.getByRole("button", { name: "Go on" }).click();
  await here.getByRole("button", { name: "Add it", exact: true }).click();
  await here.getByRole("button", { name: "Back", exact: true }).click();
  await page.getByRole("dialog", { name: "This device is one of bobby now" }).waitFor();
  await page.getByRole("button", { name: "Sign in", exact: true }).last().click();
  await page.getByRole("button", { name: /^Laptop/ }).click();
  await signedIn(there);
}

async function click({ page }: Guest, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click({ noWaitAfter: true });
}

async function played(guest: Guest): Promise<void> {
  await guest.page.waitForFunction(() => {
    const { first, last } = (globalThis as unknown as { pageProbe: PageProbe }).pageProbe;
    return first !== undefined && last !== undefined && last - first > 700;
  });
}

function use<T>({ page }: Guest, read: (probe: PageProbe) => T): Promise<T> {
  return page.evaluate(`(${read.toString()})(pageProbe)`);
}
