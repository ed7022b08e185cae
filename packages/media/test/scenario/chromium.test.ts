import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { startMedia } from "../../src/index.ts";
import type { MediaEngine } from "../../src/index.ts";
import { heard, joinFromPage, launch } from "../chromium-page.ts";
import type { TerminalWindow } from "../chromium-page.ts";

let engine: MediaEngine;
let browser: Browser;
let runtimeDir: string;

before(async () => {
  runtimeDir = mkdtempSync(join(tmpdir(), "signet-media-"));
  engine = await startMedia({ runtimeDir, children: 1 });
  browser = await launch();
});

after(async () => {
  await browser.close();
  await engine.close();
  rmSync(runtimeDir, { recursive: true });
});

declare const window: TerminalWindow;

/** Waits until `probe` holds; the test runner's own limit ends a wait in vain. */
async function until(probe: () => Promise<boolean>): Promise<void> {
  while (!(await probe())) await new Promise((resolve) => setTimeout(resolve, 100));
}

test("three Chromium pages hear each other, each in a slot of their own", { timeout: 60_000 }, async () => {
  const tones = [440, 660, 880];
  const pages: Page[] = [];
  for (const [i, hertz] of tones.entries())
    pages.push(await joinFromPage(browser, engine, `terminal-${i}`, hertz));
  for (const [i, page] of pages.entries()) {
    const others = tones.filter((_, other) => other !== i);
    let frequencies: number[] = [];
    await until(async () => {
      frequencies = [...(await heard(page)).values()].toSorted((a, b) => a - b);
      return (
        frequencies.length >= others.length &&
        frequencies.every((hertz) => others.some((tone) => Math.abs(tone - hertz) < 15))
      );
    });
    assert.equal(frequencies.length, 2);
  }

  // A member who comes back (a reload) takes nobody's slot: the others stay where they were.
  const first = pages[0] ?? assert.fail();
  const slotOf = (slots: Map<string, number>, tone: number): string | undefined =>
    [...slots].find(([, hertz]) => Math.abs(hertz - tone) < 15)?.[0];
  /** In which slots these tones are, once all of them are heard in one look. */
  const slotsOf = async (...wanted: readonly number[]): Promise<(string | undefined)[]> => {
    let slots: (string | undefined)[] = [];
    await until(async () => {
      const now = await heard(first);
      slots = wanted.map((tone) => slotOf(now, tone));
      return !slots.includes(undefined);
    });
    return slots;
  };
  const [before] = await slotsOf(660);
  await pages[2]?.close();
  engine.leave("call", "terminal-2");
  pages[2] = await joinFromPage(browser, engine, "terminal-3", 990);
  const [now] = await slotsOf(660, 990);
  assert.equal(now, before);

  const received = await first.evaluate(async () => {
    const rows: { lost: number; received: number }[] = [];
    for (const row of (await window.connection.getStats()).values()) {
      if (row.type === "inbound-rtp") rows.push({ lost: row.packetsLost, received: row.packetsReceived });
    }
    return rows;
  });
  assert.equal(received.length, 2);
  for (const row of received)
    assert.deepEqual({ lost: row.lost, some: row.received > 50 }, { lost: 0, some: true });

  // The SFU answers sender reports, so the sender knows its loss.
  await until(() =>
    first.evaluate(async () =>
      [...(await window.connection.getStats()).values()].some(
        (row) => row.type === "remote-inbound-rtp" && row.packetsLost === 0,
      ),
    ),
  );
  for (const page of pages) await page.close();
});
