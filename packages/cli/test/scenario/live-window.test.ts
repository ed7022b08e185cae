/** The live view in a real terminal window, against a real server and another terminal. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { writeVoice } from "@signet/e2e/support/voice.ts";

import { passphrase, Scene } from "../support/script.ts";
import { program, Window } from "../support/window.ts";

const timeout = 120_000;
const usual = { columns: 80, rows: 24 };

const scene = await Scene.open();
await scene.register("anna", "ben", "carla");

writeVoice(join(scene.folder, "tone.wav"), 440);

const signIn = (who: string): string => `${program} sign-in --profile ${who} --in tone.wav --loop --out none`;
const env = { SIGNET_PASSPHRASE: passphrase, HOME: scene.folder };

test(
  "a call is seen ringing, answered, muted, looked at in a smaller window, and left",
  { timeout },
  async (t) => {
    const window = await Window.open(t, usual, env);
    await window.command(signIn("anna"));
    const waiting = await window.until(
      (rows) => rows.some((row) => row.includes("waiting for calls to anna")) && rows[23] !== "",
    );
    assert.match(waiting[0] ?? "", /^ signet http:\/\/localhost:\d+ +online \d\d:\d\d$/);
    assert.match(waiting[1] ?? "", /^ anna, software key +until \d\d:\d\d$/);
    assert.equal(waiting[23], " ? help   q quit");

    const ben = scene.start("call anna --profile ben --in tone.wav --loop --out none");
    const ring = await window.until(/^ ben calls/);
    assert.match(ring[3] ?? "", /^ ben calls +0:[0-4]\d left$/);
    assert.equal(ring[4], "   verified, software key, first time seen");
    assert.equal(ring[23], " a answer   d decline   ? help   q quit");

    await window.press("a");
    const call = await window.until(/● ben, initiator +speaking$/);
    assert.match(call[3] ?? "", /^ in a call of 2, end-to-end encrypted +0:\d\d$/);
    assert.ok(call.some((row) => /^ safety code( \d{5}){6} +epoch 1$/.test(row)));
    await window.until(/^ microphone {2}█+░* {2}on$/);
    assert.ok((await ben.line(/anna joined: verified, software key/)).length > 0);

    await window.press("m");
    const muted = await window.until(/^ microphone {2}muted: nobody hears you$/);
    assert.equal(muted[23], " m unmute   o propose   i invite   l leave   ? help   q quit");

    await window.press("i");
    await window.until(/^ bring whom into the call\? user IDs: _$/);
    await window.type("ben");
    await window.until(/^ ben is in the call already, or called$/);
    await window.press("i");
    await window.type("nobdy");
    await window.until(/^ nobody here has the user ID nobdy$/);

    await window.resize({ columns: 40, rows: 16 });
    const small = await window.until((rows) => rows[15] === "l leave   ? help   q quit");
    assert.equal(small[14], "m unmute   o propose   i invite");
    assert.match(small[0] ?? "", /^signet http:.* online \d\d:\d\d$/);
    assert.equal(small[0]?.length, 40);
    assert.match(small[3] ?? "", /^call of 2, encrypted +0:\d\d$/);
    assert.equal(small[2], "─".repeat(40));

    await window.press("l");
    await window.until(/^call over: you left|^you left/);
    await window.press("q");
    await window.until(() => window.isGivenBack());
    // What was above is there again, with a line for the call.
    const after = await window.until(/0:\d\d with ben: you left$/);
    assert.ok(after.join("").includes("sign-in"));
    assert.equal((await ben.ended).code, 0);
  },
);

test("declined with d, chosen among several with a number", { timeout }, async (t) => {
  const window = await Window.open(t, usual, env);
  await window.command(signIn("anna"));
  await window.until(/waiting for calls/);
  const ben = scene.start("call anna --profile ben --in none --out none");
  await window.until(/^ ben calls/);
  const carla = scene.start("call anna --profile carla --in none --out none");
  await window.until(/^ {3}2 carla calls/);
  await window.press("2");
  await window.until(/^ > 2 carla calls/);
  await window.press("d");
  await window.until(
    (rows) => rows.some((row) => row.startsWith(" ben calls")) && !rows.join().includes("carla"),
  );
  assert.equal((await carla.ended).code, 6);
  await window.press("d");
  assert.equal((await ben.ended).code, 6);
  await window.press("C-c");
  await window.until(() => window.isGivenBack());
});

test(
  "Ctrl-Z gives the window to the shell and `fg` takes it again; SIGTERM puts it back",
  { timeout },
  async (t) => {
    const window = await Window.open(t, usual, env);
    await window.command(signIn("anna"));
    await window.until(/waiting for calls/);
    await window.press("C-z");
    await window.until(() => window.isGivenBack());
    await window.type("echo the shell is here");
    await window.until(/^the shell is here$/);
    await window.type("fg");
    const again = await window.until(/waiting for calls/);
    assert.equal(again[23], " ? help   q quit");
    assert.equal(await window.isGivenBack(), false);
    await window.press("C-z");
    await window.until(() => window.isGivenBack());
    await window.type("clear; kill -TERM %1; fg; echo ended with $?");
    await window.until(/^ended with 130$/);
    assert.equal(await window.isGivenBack(), true);
  },
);

test("a window that is closed in a call leaves it, with a signature", { timeout }, async (t) => {
  const window = await Window.open(t, usual, env);
  await window.command(signIn("anna"));
  await window.until(/waiting for calls/);
  const ben = scene.start("call anna --profile ben --in none --out none --json");
  await window.until(/^ ben calls/);
  await window.press("a");
  await window.until(/^ safety code/);
  await window.close();
  // Whoever vanishes has left without one, half a minute later.
  await ben.event("stateSigned", ({ state, userId }) => userId === "anna" && state === "left");
  await ben.ended;
});

test("an end for all is known with its signature by everybody who is told of it", { timeout }, async (t) => {
  const ben = await Window.open(t, usual, env);
  await ben.command(`${program} answer --profile ben --in none --out none`);
  await ben.until(/^ the next one is answered without asking$/);
  const carla = scene.start(
    "listen --profile carla --auto-answer-from anna --once --json --in none --out none",
  );
  await carla.event("signedIn");
  const anna = await Window.open(t, usual, env);
  await anna.command(`${program} call ben carla --profile anna --in none --out none --record call.wav`);
  await ben.until(/^ in a call of 3/);
  await ben.until(/^ microphone {2}you send no sound$/);
  await anna.until(/^ in a call of 3/);
  await anna.until(/^ recording {3}to call\.wav$/);
  await anna.press("e");
  await anna.until(/end the call for everybody/);
  await anna.press("y");
  await ben.until(/0:\d\d with anna and carla: anna\b.*, who started it, ended it for all, signed$/);
  assert.equal((await carla.event("ended"))["signed"], true);
  // So short a call may be over before its sound began.
  const toldOfFile = /^(recorded call\.wav|error: call\.wav holds nothing)/;
  const last = await anna.until(toldOfFile);
  const told = last.findIndex((line) => toldOfFile.test(line));
  assert.match(last[told - 1] ?? "", /with ben and carla: you ended it for all$/);
});

test(
  "alone after a call was answered by hand: stays a while for others to come back, and says so",
  { timeout },
  async (t) => {
    const window = await Window.open(t, usual, env);
    await window.command(`${program} sign-in --profile ben --in none --out none`);
    await window.until(/waiting for calls/);
    const anna = scene.start("call ben --profile anna --in none --out none");
    await window.until(/^ anna calls/);
    await window.press("a");
    await anna.line(/^in the call/);
    anna.signal("SIGINT");
    await window.until(/^ nobody else is here; leaving in (20|1?\d) s, l leaves now$/);
    await window.until(/^ call over: you left/);
    // Signed in as before, and not busy.
    const again = scene.start("call ben --profile anna --in none --out none");
    await window.until(/^ anna calls/);
    again.signal("SIGINT");
    await again.ended;
  },
);

test("NO_COLOR is respected, and colours are there without it", { timeout }, async (t) => {
  for (const noColor of ["", "1"]) {
    const window = await Window.open(t, usual, { ...env, NO_COLOR: noColor });
    await window.command(signIn("anna"));
    await window.until(/waiting for calls/);
    assert.equal((await window.styles()).includes("\u001B["), noColor === "");
    await window.press("q");
    await window.until(() => window.isGivenBack());
  }
});

test("a mistake of the program gives the window back and can be read", { timeout }, async (t) => {
  const window = await Window.open(t, { columns: 120, rows: 60 }, env);
  const script = join(import.meta.dirname, "../support/crashing-view.ts");
  await window.command(`'${process.execPath}' '${script}'`);
  await window.until(/^taken over$/);
  assert.equal(await window.isGivenBack(), false);
  await window.press("x");
  const rows = await window.until(/Error: a mistake/);
  assert.equal(rows.includes("taken over"), false);
  assert.equal(await window.isGivenBack(), true);
  // Typed text is shown again.
  await window.asks();
  await window.type("echo typed");
  await window.until(/[$#] echo typed$/);
});
