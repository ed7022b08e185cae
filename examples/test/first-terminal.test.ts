/** The ten lines of docs/library.md, run as they stand there but for the server's address and the file's name. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { UserId } from "@signet/terminal";
import type { Participant } from "@signet/terminal";

import { eventually, until } from "../demo/patience.ts";
import { examples, folderFor, registered, startNode, startServerFor, writeTone } from "./support.ts";

const infoline = UserId.parse("infoline");
test("the first terminal registers, answers, plays its file, and leaves", async (t) => {
  const { origin } = await startServerFor(t);
  const file = join(folderFor(t), "announcement.wav");
  await writeTone(file, 554);
  const text = readFileSync(join(examples, "first-terminal.ts"), "utf8");
  const program = text.replace("http://localhost:8080", origin).replace("announcement.wav", file);
  assert.ok(program.includes(origin) && program.includes(file));
  const first = startNode(t, ["--input-type=module-typescript", "--eval", program]);

  const anna = await registered(t, origin, "anna", 440);
  const isReady = async (): Promise<boolean> =>
    (await anna.terminal.lookup([infoline]))[0]?.reachable === true;
  assert.ok(await eventually(isReady), `the terminal is reachable: ${first.output.err}`);
  await anna.terminal.call([infoline]);
  assert.ok(await eventually(() => anna.ear.hears(554)), "anna hears the file");
  const hasLeft = ({ userId, state }: Participant): boolean => userId === infoline && state === "left";
  await until(anna.terminal, ({ call }) => call?.participants.some(hasLeft) === true, "it to leave");
  assert.equal(await first.ended, 0, first.output.err);
});
