/** Of the packets of two people a third gets lost: all are told that, and of whom. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { TerminalState } from "@signet/terminal";
import { nodeMedia, toneSource } from "@signet/terminal/node";
import type { Browser } from "playwright-core";

import { call, launchBrowser, participant, registerGuest, sees } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { Ear } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { LossyWay } from "./support/lossy-way.ts";
import { answer } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { seededRandom } from "./support/seeded-random.ts";

let server: RunningServer;
let browser: Browser;
let alice: Guest;
let ben: Headless;
let cleo: Headless;
const way = new LossyWay();
const cleosWay = new LossyWay();
const ear = new Ear();

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser();
  alice = await registerGuest(server.origin, "alice", { hertz: 440, browser });
  const media = (hertz: number) =>
    nodeMedia({ source: () => toneSource(hertz), sink: () => ear, localAddress: "127.0.0.1" });
  ben = await registerHeadless(server.origin, "ben", { environment: { media: way.around(media(660)) } });
  cleo = await registerHeadless(server.origin, "cleo", {
    environment: { media: cleosWay.around(media(880)) },
  });
  await call(alice, ["ben", "cleo"]);
  await Promise.all([answer(ben), answer(cleo)]);
  for (const userId of ["ben", "cleo"]) await sees(alice, userId, "in the call");
});
after(async () => {
  for (const { terminal } of [ben, cleo]) terminal.close();
  await browser.close();
  await server.close();
  for (const one of [way, cleosWay]) one.close();
});

const poorIn = ({ call: shown }: TerminalState): string =>
  (shown?.participants ?? [])
    .filter(({ poorNetwork }) => poorNetwork === true)
    .map(({ userId }) => userId)
    .join();

const bothSee = (poor: string): Promise<unknown> =>
  Promise.all([ben, cleo].map((one) => one.until((state) => poorIn(state) === poor, `poor: "${poor}"`)));

test("a third is lost of what is sent to the one, and by the other: all are told whose network it is, until it is over", async () => {
  const random = seededRandom(1);
  way.drop = () => random() < 0.3;
  cleosWay.dropSent = () => random() < 0.3;
  await bothSee("ben,cleo");
  for (const userId of ["ben", "cleo"])
    await participant(alice, userId).filter({ hasText: "poor network" }).waitFor();
  await alice.page.getByText("The network of BEN is poor: words may be missing").first().waitFor();
  way.drop = () => false;
  cleosWay.dropSent = () => false;
  await bothSee("");
  for (const userId of ["ben", "cleo"])
    await participant(alice, userId).filter({ hasNotText: "poor network" }).waitFor();
  assert.deepEqual(alice.consoleErrors, []);
});

test("who asks for nothing again, since that gets lost, is counted by what they report", async () => {
  const random = seededRandom(2);
  way.drop = () => random() < 0.3;
  way.dropSent = isAsk;
  await bothSee("ben");
  await participant(alice, "ben").filter({ hasText: "poor network" }).waitFor();
  assert.ok(way.droppedSent > 0);
});

/** Transport-layer feedback (RFC 4585 section 6.1): the header of RTCP is not encrypted. */
const isAsk = (packet: Buffer): boolean => packet[1] === 205;
