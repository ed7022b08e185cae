/** Firefox is a supported browser: what people do in a call, in one with Chromium and the command line. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import {
  answer,
  call,
  hearsOnly,
  leave,
  register,
  registerGuest,
  sees,
  signedIn,
} from "./support/browser.ts";
import type { Guest, Visitor } from "./support/browser.ts";
import { Ear } from "./support/ear.ts";
import { Firefox } from "./support/firefox.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { answer as answerHeadless } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { SoundCard } from "./support/sound-card.ts";

/** Of Firefox's two microphones, of Chromium, and of the command line. */
const [default440, other550, chromium660, node880] = [440, 550, 660, 880];
const voices = [default440, other550, chromium660, node880];
let server: RunningServer;
let soundCard: SoundCard;
let firefox: Firefox;
let alice: Visitor;
let bobby: Guest;
let cleo: Headless;
const ear = new Ear();

before(async () => {
  server = await startTestServer();
  soundCard = await SoundCard.open(default440, other550);
  firefox = await Firefox.launch({ soundCard });
  alice = await firefox.open(server.origin, "alice", (page) => page.addInitScript(countMicrophones));
  bobby = await registerGuest(server.origin, "bobby", { hertz: chromium660 });
  const media = nodeMedia({ source: () => toneSource(node880), sink: () => ear, localAddress: "127.0.0.1" });
  cleo = await registerHeadless(server.origin, "cleo", { environment: { media } });
});
after(async () => {
  cleo.terminal.close();
  await bobby.close();
  await firefox.close();
  await soundCard.close();
  await server.close();
});

/** Runs in the page before Signet, and in the empty one before it, which has no microphones. */
function countMicrophones(): void {
  if (!isSecureContext) return;
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const counted = { microphones: 0 };
  Object.assign(globalThis, { counted });
  navigator.mediaDevices.getUserMedia = (constraints) => {
    counted.microphones += 1;
    return open(constraints);
  };
}
const openedMicrophones = ({ page }: Visitor): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { counted: { microphones: number } }).counted.microphones);

/** Each hears just the other two, with this one of Firefox's microphones. */
async function allHear(firefoxVoice: number | undefined): Promise<void> {
  const alices = firefoxVoice === undefined ? [] : [firefoxVoice];
  await Promise.all([
    hearsOnly(bobby, voices, [...alices, node880]),
    ear.hearsOnly(voices, [...alices, chromium660]),
    soundCard.ear.hearsOnly(voices, [chromium660, node880]),
  ]);
}

test("a user ID is created by two touches and no question of the browser", async () => {
  await register(alice);
});

test("Firefox, Chromium and the command line hear each other", async () => {
  await call(alice, ["bobby", "cleo"]);
  await Promise.all([answer(bobby), answerHeadless(cleo)]);
  for (const userId of ["bobby", "cleo"]) await sees(alice, userId, /in the call.*Verified/s);
  await sees(bobby, "alice", /in the call.*Verified, first time/s);
  await allHear(default440);
});

test("muted, nobody hears who is at Firefox; unmuted, they do again", async () => {
  await alice.page.getByRole("button", { name: "Mute microphone", exact: true }).click();
  await sees(bobby, "alice", "muted");
  await allHear(undefined);
  await alice.page.getByRole("button", { name: "Unmute microphone" }).click();
  await allHear(default440);
});

test("another microphone is opened once, and heard in place of the first", async () => {
  const before = await openedMicrophones(alice);
  await alice.page.getByLabel("Microphone in use").selectOption({ label: `Microphone${other550}` });
  await allHear(other550);
  assert.equal((await openedMicrophones(alice)) - before, 1);
});

test("a second tab says who is in a call in the first one, and with whom", async () => {
  const second = await firefox.open(server.origin, "alice");
  await second.page.getByText("alice is in a call with BOBBY and CLEO.").waitFor();
  await second.page.close();
  assert.deepEqual(second.consoleErrors, []);
});

test("the page is loaded anew in the call: it asks before, is reconnecting for the others, and back with one touch", async () => {
  const asked = new Promise<string>((resolve) =>
    alice.page.once("dialog", (dialog) => {
      resolve(dialog.type());
      void dialog.accept();
    }),
  );
  await alice.page.reload();
  assert.equal(await asked, "beforeunload");
  await sees(bobby, "alice", /reconnecting.*signed by them/);
  await signedIn(alice);
  const back = alice.page.getByRole("region", { name: "Going on without you" });
  await back.getByRole("button", { name: "Join" }).click();
  await sees(bobby, "alice", /in the call/);
  // The wish for the other microphone is kept.
  await allHear(other550);
  assert.equal(await openedMicrophones(alice), 1);
});

test("a third call in the same page, which Chromium begins", async () => {
  await leave(alice);
  await cleo.terminal.leave();
  await leave(bobby);
  await call(bobby, ["alice", "cleo"]);
  await Promise.all([answer(alice), answerHeadless(cleo)]);
  await sees(alice, "bobby", /in the call/);
  await allHear(other550);
  assert.deepEqual([alice.consoleErrors, bobby.consoleErrors], [[], []]);
});

test("where nothing goes but by the server's relay, it goes by it, and Firefox says so", async () => {
  for (const visitor of [alice, bobby]) await leave(visitor);
  await cleo.terminal.leave();
  const dora = await firefox.open(server.origin, "dora", (page) => page.addInitScript(relayOnly));
  await register(dora);
  await call(dora, ["bobby"]);
  await answer(bobby);
  await sees(dora, "bobby", /in the call/);
  // The choice of the microphone is the browser profile's.
  await hearsOnly(bobby, voices, [other550]);
  await soundCard.ear.hearsOnly(voices, [chromium660]);
  await dora.page.getByRole("button", { name: "Call details" }).click();
  await dora.page.getByText(/It goes over a relay, by TCP: round trip \d+ ms, \d+ % lost/).waitFor();
  assert.deepEqual(dora.consoleErrors, []);
});

/** Runs in the page before Signet: as where a network lets no UDP through. */
function relayOnly(): void {
  const Native = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super({ ...configuration, iceTransportPolicy: "relay" });
    }
  };
}
