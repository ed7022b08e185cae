/** What one says and what the others see of it: mute, who speaks, and no microphone at all. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { sentenceFor } from "@signet/words";
import type { Browser } from "playwright-core";

import {
  answer,
  call,
  hearsOnly,
  launchBrowser,
  participant,
  registerGuest,
  sees,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import type { ListeningPage } from "./support/listening.ts";
import { installHeadset } from "./support/page-headset.ts";
import type { HeadsetPage } from "./support/page-headset.ts";
import { startTestServer } from "./support/server.ts";
import { eventually } from "./support/wait.ts";

let server: RunningServer;
let browser: Browser;
let alice: Guest;
let bobby: Guest;
/** The browser does not let this one use the microphone. */
let carol: Guest;
const voices = [440, 660];

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser({ whole: true });
  alice = await registerGuest(server.origin, "alice", { hertz: 440, browser });
  bobby = await registerGuest(server.origin, "bobby", { hertz: 660, browser });
  carol = await registerGuest(server.origin, "carol", { microphone: false, browser });
});
after(async () => {
  await browser.close();
  await server.close();
});

/** Waits until the guest sees this person speak, or not. */
const seesSpeaking = (guest: Guest, userId: string, speaking: boolean): Promise<void> =>
  participant(guest, userId)
    .and(guest.page.locator(`[data-speaking=${speaking}]`))
    .waitFor();

/** Chooses the first microphone there is for the calls to come, and counts from then on how often one is opened. */
const chooseMicrophone = ({ page }: Guest): Promise<string> =>
  page.evaluate(async () => {
    const known = await navigator.mediaDevices.enumerateDevices();
    const chosen = known.find(({ kind }) => kind === "audioinput")?.deviceId ?? "";
    localStorage.setItem("signet.ui.microphone", JSON.stringify(chosen));
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const asked: unknown[] = [];
    Object.assign(globalThis, { askedMicrophones: asked });
    navigator.mediaDevices.getUserMedia = (constraints) => {
      asked.push(JSON.parse(JSON.stringify(constraints)));
      return open(constraints);
    };
    return chosen;
  });
const askedMicrophones = ({ page }: Guest): Promise<readonly { audio: { deviceId?: unknown } }[]> =>
  page.evaluate(() => (globalThis as unknown as { askedMicrophones: [] }).askedMicrophones);

/** Of the default microphone, and of the headset. */
const headsetVoices = [440, 550];

/** What happened in the page since it was last asked. */
const happened = ({ page }: Guest): Promise<readonly string[]> =>
  page.evaluate(() => (globalThis as unknown as HeadsetPage).headset.happened());
/** Plugs the headset in, or out. */
const plug = ({ page }: Guest, isIn: boolean): Promise<void> =>
  page.evaluate((isIn) => (globalThis as unknown as HeadsetPage).headset.plug(isIn), isIn);
/** The system mutes the microphone in use, or no longer does. */
const silence = ({ page }: Guest, isMuted: boolean): Promise<void> =>
  page.evaluate((isMuted) => (globalThis as unknown as HeadsetPage).headset.silence(isMuted), isMuted);

test("without permission for the microphone one listens only, and is told what to do", async () => {
  const chosen = await chooseMicrophone(alice);
  assert.notEqual(chosen, "");
  await call(alice, ["bobby", "carol"]);
  await Promise.all([answer(bobby), answer(carol)]);
  await together([alice, bobby, carol]);
  const notice = carol.page.getByRole("alert").filter({ hasText: "The others cannot hear you" });
  await notice.getByText(sentenceFor("media.microphoneDenied")).waitFor();
  await hearsOnly(carol, voices, voices);
  for (const guest of [alice, bobby]) await sees(guest, "carol", "no microphone");
  const asked = await askedMicrophones(alice);
  assert.deepEqual(
    asked.map(({ audio }) => audio.deviceId),
    [{ exact: chosen }],
    "the chosen microphone is opened, once",
  );
});

test("who speaks is shown, by the key that opened their frames", async () => {
  await seesSpeaking(alice, "bobby", true);
  await seesSpeaking(bobby, "alice", true);
  for (const guest of [alice, bobby]) await seesSpeaking(guest, "carol", false);
  for (const userId of ["alice", "bobby"]) await seesSpeaking(carol, userId, true);
});

test("a headset takes the place of the microphone when it gives sound, not a word earlier", async () => {
  await alice.page.evaluate(installHeadset);
  await alice.page.getByLabel("Microphone in use").selectOption({ label: "Headset" });
  await hearsOnly(bobby, headsetVoices, [550]);
  assert.deepEqual(await happened(alice), ["headset sends", "desk closed"]);
});

test("a headset that is unplugged: the default one is in its place, which is said; plugged in again, it is back", async () => {
  await plug(alice, false);
  const notice = alice.page.getByRole("alert").filter({ hasText: "Another microphone is in use" });
  await notice.getByText("Headset is not connected.").waitFor();
  await hearsOnly(bobby, headsetVoices, [440]);
  assert.deepEqual(await happened(alice), ["headset closed", "desk sends"]);
  await plug(alice, true);
  await notice.waitFor({ state: "detached" });
  await hearsOnly(bobby, headsetVoices, [550]);
  assert.deepEqual(await happened(alice), ["headset sends", "desk closed"]);
});

test("a headset that the system mutes: the default one is in its place, until the headset gives sound again", async () => {
  await silence(alice, true);
  const notice = alice.page.getByRole("alert").filter({ hasText: "Another microphone is in use" });
  await notice.getByText("Headset gives no sound").waitFor();
  await hearsOnly(bobby, headsetVoices, [440]);
  await silence(alice, false);
  await notice.waitFor({ state: "detached" });
  await hearsOnly(bobby, headsetVoices, [550]);
});

test("where the system mutes the only one, oneself and the others are told", async () => {
  await alice.page.getByLabel("Microphone in use").selectOption({ label: "Default of this device" });
  await hearsOnly(bobby, headsetVoices, [440]);
  await silence(alice, true);
  const notice = alice.page.getByRole("alert").filter({ hasText: "The others cannot hear you" });
  await notice.getByText("the system or a switch on it mutes it").waitFor();
  await sees(bobby, "alice", "muted");
  await silence(alice, false);
  await notice.waitFor({ state: "detached" });
  await participant(bobby, "alice").filter({ hasNotText: "muted" }).waitFor();
});

test("muting holds for both while one microphone takes the place of another", async () => {
  await alice.page.evaluate(() => {
    const { replaceTrack } = RTCRtpSender.prototype;
    RTCRtpSender.prototype.replaceTrack = async function (track) {
      await new Promise<void>((resolve) => Object.assign(globalThis, { letReplace: resolve }));
      RTCRtpSender.prototype.replaceTrack = replaceTrack;
      await replaceTrack.call(this, track);
    };
  });
  await alice.page.getByLabel("Microphone in use").selectOption({ label: "Headset" });
  await alice.page.waitForFunction(() => "letReplace" in globalThis);
  await alice.page.getByRole("button", { name: "Mute microphone", exact: true }).click();
  await hearsOnly(bobby, headsetVoices, []);
  await alice.page.evaluate(() => (globalThis as unknown as { letReplace: () => void }).letReplace());
  await alice.page.getByRole("button", { name: "Unmute microphone" }).click();
  await hearsOnly(bobby, headsetVoices, [550]);
  await alice.page.getByLabel("Microphone in use").selectOption({ label: "Default of this device" });
  await hearsOnly(bobby, headsetVoices, [440]);
});

test("who is muted is heard while they hold Space, and no longer", async () => {
  const { page } = alice;
  await page.getByRole("button", { name: "Mute microphone", exact: true }).click();
  await hearsOnly(bobby, headsetVoices, []);
  await page.getByRole("heading", { level: 1 }).focus();
  await page.keyboard.down(" ");
  await page.getByText("You are heard until you let go.").waitFor();
  await hearsOnly(bobby, headsetVoices, [440]);
  await page.keyboard.up(" ");
  await hearsOnly(bobby, headsetVoices, []);
  // A window that is left does not see the key any more.
  await page.keyboard.down(" ");
  await hearsOnly(bobby, headsetVoices, [440]);
  await page.evaluate(() => dispatchEvent(new Event("blur")));
  await hearsOnly(bobby, headsetVoices, []);
  await page.keyboard.up(" ");
  await page.getByRole("button", { name: "Unmute microphone" }).click();
  await hearsOnly(bobby, headsetVoices, [440]);
});

test("what the browser does to the voice is changed in the call, and what it does not do is said", async () => {
  const { page } = alice;
  await page.getByRole("button", { name: "Sound", exact: true }).click();
  // Sound that a page makes itself is not worked on.
  const told = page.getByText("The browser does not say that it does this");
  await told.nth(2).waitFor();
  await page.getByLabel("Take out noise around me").uncheck();
  await told.nth(2).waitFor({ state: "detached" });
  await told.nth(1).waitFor();
  await hearsOnly(bobby, headsetVoices, [440]);
  await page.getByRole("button", { name: "Close", exact: true }).click();
});

test("how loud somebody is heard, and by which loudspeaker, is for each to choose; one that is unplugged is told and taken again", async () => {
  const { page } = bobby;
  const sinks = (): Promise<readonly string[]> =>
    page.evaluate(() => (globalThis as unknown as { signetTest: ListeningPage }).signetTest.sinks());
  const playsBy = (sink: string): Promise<boolean> =>
    eventually("loudspeakers", async () => (await sinks()).every((one) => one === sink));
  await page.getByRole("button", { name: "Sound", exact: true }).click();
  const volume = page.getByRole("slider", { name: "How loud you hear alice" });
  await volume.press("Home");
  await hearsOnly(bobby, headsetVoices, []);
  await sees(bobby, "alice", "silenced by you");
  await volume.press("End");
  await hearsOnly(bobby, headsetVoices, [440]);
  const choice = page.getByLabel("Loudspeaker in use");
  await choice.selectOption({ label: "Fake Audio Output 2" });
  const chosen = await choice.inputValue();
  await playsBy(chosen);
  await page.getByRole("button", { name: "Close", exact: true }).click();
  const plugOut = (isIn: boolean): Promise<void> =>
    page.evaluate(
      ({ isIn, chosen }) => {
        const { mediaDevices } = navigator;
        // The browser's own, once more.
        Reflect.deleteProperty(mediaDevices, "enumerateDevices");
        Reflect.deleteProperty(HTMLAudioElement.prototype, "setSinkId");
        const { enumerateDevices } = mediaDevices;
        const { setSinkId } = HTMLMediaElement.prototype;
        if (!isIn) {
          mediaDevices.enumerateDevices = async () =>
            (await enumerateDevices.call(mediaDevices)).filter(({ deviceId }) => deviceId !== chosen);
          HTMLAudioElement.prototype.setSinkId = async function (sink) {
            if (sink === chosen && this.sinkId !== chosen) throw new DOMException("", "NotFoundError");
            await setSinkId.call(this, sink);
          };
        }
        mediaDevices.dispatchEvent(new Event("devicechange"));
      },
      { isIn, chosen },
    );
  await plugOut(false);
  const notice = page.getByRole("alert").filter({ hasText: "Another loudspeaker is in use" });
  await notice.getByText("Fake Audio Output 2 is not connected.").waitFor();
  await playsBy("");
  await hearsOnly(bobby, headsetVoices, [440]);
  await plugOut(true);
  await notice.waitFor({ state: "detached" });
  await playsBy(chosen);
});

test("muted, nobody hears one; unmuted, they do again", async () => {
  await alice.page.getByRole("button", { name: "Mute microphone", exact: true }).click();
  await hearsOnly(bobby, voices, []);
  await hearsOnly(carol, voices, [660]);
  await seesSpeaking(bobby, "alice", false);
  for (const guest of [alice, bobby, carol]) await sees(guest, "alice", "muted");
  await alice.page.getByRole("button", { name: "Unmute microphone" }).click();
  await hearsOnly(bobby, voices, [440]);
  await hearsOnly(carol, voices, voices);
  await seesSpeaking(bobby, "alice", true);
  await participant(bobby, "alice").filter({ hasNotText: "muted" }).waitFor();
  // The same from the keyboard.
  await alice.page.keyboard.press("m");
  await hearsOnly(carol, voices, [660]);
  for (const guest of [alice, bobby, carol]) assert.deepEqual(guest.consoleErrors, []);
});

test("with push to talk a call begins muted, and one is heard while the button is held", async () => {
  await carol.page.getByRole("button", { name: "Leave call" }).click();
  await alice.page.getByRole("button", { name: "Leave call" }).click();
  const { page } = bobby;
  await page.getByRole("button", { name: "Leave call" }).click();
  await page.evaluate(() => localStorage.setItem("signet.ui.pushToTalk", "true"));
  await call(bobby, ["alice"]);
  await answer(alice);
  await together([alice, bobby]);
  await sees(alice, "bobby", "muted");
  await hearsOnly(alice, voices, []);
  await page.getByText("Hold Space to talk").waitFor();
  const button = page.getByRole("button", { name: "Hold to talk" });
  await button.hover();
  await page.mouse.down();
  await hearsOnly(alice, voices, [660]);
  await page.mouse.up();
  await hearsOnly(alice, voices, []);
  for (const guest of [alice, bobby]) assert.deepEqual(guest.consoleErrors, []);
});
