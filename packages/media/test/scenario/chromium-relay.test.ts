import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { heard, joinFromPage, launch } from "../chromium-page.ts";
import type { TerminalWindow } from "../chromium-page.ts";
import { openRelay } from "../relay-support.ts";
import { until, withEngine } from "../support.ts";

declare const window: TerminalWindow;

const hears = async (page: Page, tone: number): Promise<boolean> =>
  [...(await heard(page)).values()].some((hertz) => Math.abs(hertz - tone) < 15);

/** The types of the candidates over which it is heard. */
const wayOf = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    const rows = [...(await window.connection.getStats()).values()];
    const pair = rows.find(({ type, nominated }) => type === "candidate-pair" && nominated);
    const local = rows.find(({ id }) => id === pair?.localCandidateId);
    return [local?.candidateType, local?.relayProtocol];
  });

test("a page that no UDP reaches is heard over the relay, and hears", { timeout: 60_000 }, async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  // Listening everywhere, as a server does that was told nothing.
  await withEngine({ listenAddress: "0.0.0.0" }, async (engine) => {
    const relay = await openRelay(engine);
    t.after(() => relay.close());
    const relayed = await joinFromPage(browser, engine, "relayed", 440, relay.grant("call", "relayed"));
    const direct = await joinFromPage(browser, engine, "direct", 660);
    await until(async () => (await hears(direct, 440)) && (await hears(relayed, 660)));
    assert.deepEqual(await wayOf(relayed), ["relay", "tcp"]);
    assert.ok(relay.relay.allocations > 0);
    assert.ok(relay.relay.bytesFromTerminals > 1_000 && relay.relay.bytesToTerminals > 1_000);
    await relayed.close();
    await until(() => relay.relay.allocations === 0);
  });
});
