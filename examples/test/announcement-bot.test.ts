import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { UserId } from "@signet/terminal";

import { eventually, until } from "../demo/patience.ts";
import { melodyNotes } from "../melody.ts";
import { folderFor, registered, startBot, startServerFor, writeTone } from "./support.ts";

const bot = UserId.parse("bot");

test("whoever calls hears the whole announcement, and then the bot leaves", async (t) => {
  const { origin } = await startServerFor(t);
  const program = await startBot(t, "announcement-bot.ts", origin);
  const anna = await registered(t, origin, "anna", 440);
  await anna.terminal.call([bot]);
  for (const hertz of melodyNotes)
    assert.ok(await eventually(() => anna.ear.hears(hertz)), `anna hears ${hertz} Hz`);
  const { call } = await until(
    anna.terminal,
    (state) => state.call?.participants.some((one) => one.userId === bot && one.state === "left") === true,
    "the bot to leave",
  );
  const left = call?.participants.find(({ userId }) => userId === bot);
  assert.equal(left?.stateSigned, true, "with its own signature");
  assert.match(program.output.out, /^anna calls: answered$/m);

  // It is registered now: the same key signs in the next time.
  program.child.kill("SIGTERM");
  assert.equal(await program.ended, 0);
  const [released] = await anna.terminal.lookup([bot]);
  assert.equal(released?.reachable, false);
  await program.startAgain().said("bot is ready");
});

test("who is not welcome is declined and hears nothing; who is hears the file that was given", async (t) => {
  const { origin } = await startServerFor(t);
  const file = join(folderFor(t), "announcement.opus");
  await writeTone(file, 831);
  await startBot(t, "announcement-bot.ts", origin, "--from", "ben", "--in", file);
  const anna = await registered(t, origin, "anna", 440);
  await anna.terminal.call([bot]);
  const { call } = await until(anna.terminal, (state) => state.call?.phase === "ended", "the call to end");
  assert.equal(call?.participants.find(({ userId }) => userId === bot)?.state, "declined");
  assert.equal(anna.ear.heard, 0);

  const ben = await registered(t, origin, "ben", 554);
  await ben.terminal.call([bot]);
  assert.ok(await eventually(() => ben.ear.hears(831)), "ben hears the file");
});
