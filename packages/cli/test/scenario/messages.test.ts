/** Voice messages on the command line: left when nobody answers, listed, written to a file that anything plays, and deleted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { Ear } from "@signet/e2e/support/ear.ts";
import { writeVoice } from "@signet/e2e/support/voice.ts";
import { messageMs } from "@signet/terminal";
import { openAudioFile } from "@signet/terminal/node";

import { Scene, passphrase } from "../support/script.ts";

const scene = await Scene.open();
await scene.register("anna", "ben");
writeVoice(join(scene.folder, "sorry.wav"), 400, 3);
writeVoice(join(scene.folder, "long.wav"), 400, 121);

test("a message is left when nobody answers, and the person lists, saves and deletes it", async () => {
  const run = (line: string) => scene.start(line).ended;
  const toLong = await run("call ben --profile anna --in none --out none --message long.wav");
  assert.match(toLong.err, /a voice message is two minutes at most/);
  assert.doesNotMatch(toLong.out, /calling ben/, "nobody was rung for it");
  // Who never signed in has no place where it could be heard.
  const early = await run("call ben --profile anna --in none --out none --message sorry.wav");
  assert.match(early.out + early.err, /has no terminal that voice messages can be sealed to/);
  const none = await run("messages --profile ben");
  assert.deepEqual([none.code, /voice message/.test(none.out)], [0, false]);
  const left = await run("call ben --profile anna --in none --out none --message sorry.wav");
  assert.match(
    left.out,
    /^the server took the voice message for ben: it can be heard for 7 days, at terminals where they have signed in before with any of these: the device that they registered with/m,
  );
  assert.equal(left.code, early.code, "nobody answered all the same");
  const listed = await run("messages --profile ben --json");
  const events = listed.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const [message] = events.filter(({ event }) => event === "message");
  assert.deepEqual([message?.["seconds"], message?.["heard"]], [3, false]);
  const id = String(message?.["id"]).slice(0, 8);
  const saved = await run(`messages ${id} --save heard.opus --profile ben`);
  assert.match(saved.out, new RegExp(`^wrote voice message ${id} to heard.opus$`, "m"));
  const file = join(scene.folder, "heard.opus");
  assert.ok(messageMs(new Uint8Array(readFileSync(file))) > 2_900);
  const ear = new Ear();
  const audio = await openAudioFile(file);
  for (let frame = audio.read(); frame !== undefined; frame = audio.read()) ear.write(frame);
  audio.close();
  assert.ok(ear.loudness(400) > 1_000, `${ear.loudness(400)}`);
  const again = await run(`messages ${id} --save heard.opus --profile ben`);
  assert.notEqual(again.code, 0, "what is there is not written over");
  // By the environment nothing is deleted: it would be at every run.
  const env = { SIGNET_PASSPHRASE: passphrase, SIGNET_DELETE: "yes" };
  const bare = await scene.start(`messages ${id} --profile ben`, { env }).ended;
  assert.match(bare.err, /is to be saved or deleted is not said/);
  const kept = await scene.start("messages --profile ben", { env }).ended;
  assert.match(kept.out, new RegExp(`^${id} `, "m"));
  const deleted = await run(`messages ${id} --delete --profile ben`);
  assert.match(deleted.out, new RegExp(`^deleted voice message ${id}$`, "m"));
  const gone = await run(`messages ${id} --delete --profile ben`);
  assert.match(gone.err, /is kept here no longer/);
});
