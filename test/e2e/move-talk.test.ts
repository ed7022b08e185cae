/** A call moves from browser to browser, to the real `signet` and back: each time the other one hears just where the person is, and is heard there. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { Bytes } from "@signet/protocol";
import type { CallMedia, MediaInput } from "@signet/terminal";
import { nodeMedia, toneSource } from "@signet/terminal/node";
import type { Browser } from "playwright-core";

import {
  answer,
  carryKey,
  hearsOnly,
  launchBrowser,
  openGuest,
  registerGuest,
  sees,
  signIn,
  signedIn,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { RunningCommand } from "./support/command-line.ts";
import { Ear, loudestSecond } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { writeVoice } from "./support/voice.ts";
import { eventually } from "./support/wait.ts";

const hertz = { anna: 440, desk: 660, laptop: 880, command: 1_100 };
const voices = Object.values(hertz);
const folder = mkdtempSync(join(tmpdir(), "signet-move-"));
const env = { HOME: folder, SIGNET_PASSPHRASE: "correct horse" };
const ear = new Ear();
/** How far each terminal counted that gave way, as anna is told. */
const lastFrames: Bytes[] = [];
/** Whose voice was not proven to anna, at any time. */
const unproven: string[] = [];
const commands: RunningCommand[] = [];
let server: RunningServer;
let browser: Browser;
let anna: Headless;
let desk: Guest;
let laptop: Guest;

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser();
  const media = nodeMedia({
    source: () => toneSource(hertz.anna),
    sink: () => ear,
    localAddress: "127.0.0.1",
  });
  const start = (input: MediaInput): CallMedia => {
    const call = media.start(input);
    const hearEnd = call.hearEnd?.bind(call);
    call.hearEnd = (frame) => {
      lastFrames.push(frame);
      hearEnd?.(frame);
    };
    return call;
  };
  anna = await registerHeadless(server.origin, "anna", { environment: { media: { start } } });
  anna.terminal.subscribe(({ call }) => {
    for (const { userId, voice } of call?.participants ?? [])
      if (voice !== undefined) unproven.push(`${userId}: ${voice}`);
  });
  desk = await registerGuest(server.origin, "bobby", { browser, hertz: hertz.desk });
  laptop = await openGuest(server.origin, "bobby", { browser, hertz: hertz.laptop });
  await carryKey(desk, laptop);
  writeVoice(join(folder, "voice.wav"), hertz.command);
});
after(async () => {
  for (const command of commands) command.signal("SIGKILL");
  await Promise.all(commands.map(({ ended }) => ended));
  anna.terminal.close();
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function signet(args: readonly string[], descriptor3?: string): RunningCommand {
  const profile = ["--server", server.origin, "--user", "bobby", "--profile", "bobby", "--json"];
  const command = new RunningCommand([...args, ...profile], {
    cwd: folder,
    env,
    ...(descriptor3 === undefined ? {} : { descriptor3 }),
  });
  commands.push(command);
  return command;
}

/** A software key for the command line, beside the security key of the browser. */
async function addSoftwareKey({ page }: Guest): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Add a device at another machine" }).click();
  const code = await page.locator(".pairing-code").innerText();
  const joining = signet(["keys", "join", "--code-fd", "3", "--name", "Command line"], code);
  await page.getByRole("button", { name: "Add it", exact: true }).click();
  const { code: exitCode, err } = await joining.ended;
  assert.equal(exitCode, 0, err);
  await page.getByRole("button", { name: "Back", exact: true }).click();
}

const moveHere = ({ page }: Guest): Promise<void> =>
  page.getByRole("button", { name: "Move it here", exact: true }).click({ noWaitAfter: true });

const movedAway = ({ page }: Guest, device: string): Promise<void> =>
  page
    .getByRole("region", { name: "Summary" })
    .getByText(`Moved to another terminal (${device}): you go on there.`)
    .waitFor();

/** Just this voice of bobby's is heard from here on. */
async function annaHears(voice: number): Promise<void> {
  ear.forget();
  await ear.hearsOnly(voices, [voice]);
}

test("from browser to browser, to the command line and back: three times in one call", async () => {
  await addSoftwareKey(desk);
  await anna.terminal.call([desk.userId as never]);
  await answer(desk);
  await sees(desk, "anna", /in the call/i);
  await Promise.all([annaHears(hertz.desk), hearsOnly(desk, voices, [hertz.anna])]);
  const { callId } = anna.terminal.state.call!;

  // The same security key at another browser.
  await signIn(laptop);
  await signedIn(laptop);
  await annaHears(hertz.desk);
  await moveHere(laptop);
  await movedAway(desk, "Security key or passkey");
  await Promise.all([annaHears(hertz.laptop), hearsOnly(laptop, voices, [hertz.anna])]);
  await hearsOnly(desk, voices, []);

  // Another key, at a terminal without browser.
  const command = signet(["move", "--in", "voice.wav", "--loop", "--out", "heard.wav"]);
  await command.event("moving");
  await movedAway(laptop, "Software key");
  const seen = await anna.until(
    (state) => participant(state, "bobby" as never).verification?.kind === "software",
    "that it is another device",
  );
  assert.equal(participant(seen, "bobby" as never).moved?.isOtherDevice, true);
  await annaHears(hertz.command);
  await eventually("it hears anna", () => loudestSecond(join(folder, "heard.wav"), hertz.anna) > 1_000);

  await moveHere(laptop);
  const { code, err } = await command.ended;
  assert.equal(code, 0, err);
  const ended = command.events.find(({ event }) => event === "ended");
  assert.deepEqual([ended?.["reason"], ended?.["device"]], ["moved", "webauthn"]);
  await Promise.all([annaHears(hertz.laptop), hearsOnly(laptop, voices, [hertz.anna])]);
  assert.ok(
    loudestSecond(join(folder, "heard.wav"), hertz.laptop) < 500,
    "nobody hears themselves from elsewhere",
  );

  await eventually("each said how far it counted", () => lastFrames.length === 3);
  assert.equal(anna.terminal.state.call?.callId, callId, "it was one call");
  assert.deepEqual(anna.terminal.state.warnings, []);
  assert.deepEqual(unproven, [], "each terminal signed what it said, up to its last frame");
  for (const { consoleErrors } of [desk, laptop]) assert.deepEqual(consoleErrors, []);
});
