/** `signet echo`: whoever calls hears themselves, one after the other, and nothing of it is kept. */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { JsonEvent } from "@signet/e2e/support/command-line.ts";
import { loudestSecond } from "@signet/e2e/support/ear.ts";
import { writeVoice } from "@signet/e2e/support/voice.ts";
import { UserId } from "@signet/terminal";

import { Scene } from "../support/script.ts";

const scene = await Scene.open({ echo: UserId.parse("echo") });
await scene.register("anna", "ben", "echo");
writeVoice(join(scene.folder, "low.wav"), 400, 5);
writeVoice(join(scene.folder, "high.wav"), 900, 5);

const heard = (file: string, hertz: number): number => loudestSecond(join(scene.folder, file), hertz);
const files = (): readonly string[] => globSync("**/*", { cwd: scene.folder }).toSorted();

const echo = scene.start("echo --profile echo --hang-up-after 12");
await echo.line(/^signed in as echo/);

test("who calls is answered, hears what they said, and is left after a while; then the next one, who hears nothing of that", async () => {
  const before = files();
  const anna = scene.start("call echo --profile anna --in low.wav --leave-when-played no --out anna.wav");
  await anna.line(/^echo joined/);
  const ben = scene.start("call echo --profile ben --in high.wav --leave-when-played no --out ben.wav");
  for (const { code, out, err } of await Promise.all([anna.ended, ben.ended])) {
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^echo left$/m);
  }
  for (const [file, hertz, isHeard] of [
    ["anna.wav", 400, true],
    ["anna.wav", 900, false],
    ["ben.wav", 900, true],
    ["ben.wav", 400, false],
  ] as const) {
    const loudness = heard(file, hertz);
    assert.equal(loudness > 1_000, isHeard, `${hertz} Hz in ${file}: ${loudness}`);
  }
  const left = new Set([...before, "anna.wav", "ben.wav"]);
  const isSound = (name: string): boolean => /\.(wav|opus|ogg|raw|pcm)$/.test(name);
  assert.deepEqual(
    files().filter((name) => isSound(name) && !left.has(name)),
    [],
  );
});

test("a call with others in it is declined", async () => {
  const both = scene.start("call echo ben --profile anna --in none --out none");
  await both.line(/^echo declined/);
  await both.ended;
  echo.signal("SIGINT");
  assert.equal((await echo.ended).code, 130);
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test("people are added, written about, taken off the list and blocked, and calls that are over are listed, at this and at the next run", async () => {
  const people = (words: string) => scene.start(`people ${words} --profile anna`).ended;
  const unknown = await people("add nobody-here");
  assert.match(unknown.err, /^error: .*user ID/m);
  assert.notEqual(unknown.code, 0);
  assert.match((await people("note ben plumber")).err, /^error: ben is not on your list$/m);
  assert.match((await people("add ben")).out, /^ben$/m);
  assert.match((await people("note ben plumber")).out, /^ben, note: plumber$/m);
  assert.match((await people("favourite ben")).out, /^ben, favourite, note: plumber$/m);
  const { code, out } = await people("--json");
  const [listed] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as JsonEvent)
    .filter(({ event }) => event === "listed");
  const { at: _at, ...facts } = { at: "", ...listed };
  assert.deepEqual(
    [code, facts],
    [0, { event: "listed", userId: "ben", displayName: "ben", favourite: true, note: "plumber", groups: [] }],
  );
  assert.match((await people("remove ben")).out, /^ben is off your list$/m);
  const comparing = await scene.start("people compare ben --profile anna", { stdin: utf8("no\n") }).ended;
  assert.match(comparing.out, /^with ben, your code is ([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/m);
  assert.match(comparing.err, /error: you did not say yes: ben is not marked as compared$/m);
  const compared = await scene.start("people compare ben --profile anna", { stdin: utf8("yes\n") }).ended;
  assert.match(compared.out, /^ben, compared in person on [\d-]{10}$/m);
  assert.match((await people("compare ben no")).out, /^ben$/m);
  assert.match((await people("block anna")).err, /^error: .*yourself/m);
  assert.match((await people("block ben")).out, /^ben is blocked$/m);
  const blocked = (await people("blocked --json")).out
    .split("\n")
    .filter((line) => line.includes('"blocked"'));
  assert.deepEqual(
    blocked.map((line) => (JSON.parse(line) as JsonEvent).userId),
    ["ben"],
  );
  assert.match((await people("unblock ben")).out, /^ben is blocked no more$/m);
  const past = await scene.start("history --profile anna").ended;
  assert.match(past.out, /^[\d-]{10} [\d:]{5} {2}to echo: talked for \d+ seconds?, verified$/m);
  assert.doesNotMatch(past.out, /^warning/m);
});
