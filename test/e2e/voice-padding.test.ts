/** Packets of one size from a real browser, where the person asked for it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { Browser } from "playwright-core";

import { answer, call, launchBrowser, registerGuest, sees } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { MediaTap } from "./support/media-tap.ts";
import { answer as answerHeadless } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
let browser: Browser;
let alice: Guest;
let bobby: Guest;
let carol: Headless;
const tap = new MediaTap();

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser();
  alice = await registerGuest(server.origin, "alice", { hertz: 440, browser });
  bobby = await registerGuest(server.origin, "bobby", { hertz: 660, browser });
  carol = await registerHeadless(server.origin, "carol", { environment: { media: tap } });
});
after(async () => {
  carol.terminal.close();
  await browser.close();
  await server.close();
});

/** Sizes of the Opus in some of the next packets of both, by leaf. */
async function sizes(): Promise<readonly [alice: number[], bobby: number[]]> {
  const found: [number[], number[]] = [[], []];
  while (found.some((list) => list.length < 60)) {
    const { opened } = await tap.capture(50);
    for (const { leaf, data } of opened) found[leaf]?.push(data.length);
  }
  return found;
}

const button = ({ page }: Guest, name: string | RegExp) => page.getByRole("button", { name });

test("who asked for it sends packets of one size, whether they speak or are muted; others do not", async (context) => {
  await button(alice, "Settings").click();
  await alice.page.getByRole("checkbox", { name: /same size for every packet/i }).check();
  await button(alice, "Back").click();
  await call(alice, ["bobby", "carol"]);
  await answer(bobby);
  await sees(alice, "bobby", /in the call/i);
  await answerHeadless(carol);
  await sees(alice, "carol", /in the call/i);
  const speaking = await sizes();
  for (const guest of [alice, bobby]) await button(guest, "Mute microphone").click();
  const muted = await sizes();
  const [padded, plain] = [0, 1].map((leaf) => [...speaking[leaf]!, ...muted[leaf]!]) as [number[], number[]];
  context.diagnostic(
    `constant: ${[...new Set(padded)].join(" ")} bytes; else ${Math.min(...plain)} to ${Math.max(...plain)}`,
  );
  assert.equal(new Set(padded).size, 1, [...new Set(padded)].join(" "));
  assert.ok(Math.max(...plain) - Math.min(...plain) > 20, `${Math.min(...plain)} to ${Math.max(...plain)}`);
});
