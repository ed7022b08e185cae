import assert from "node:assert/strict";
import { test } from "node:test";

import { UserId } from "@signet/terminal";

import { eventually, until } from "../demo/patience.ts";
import { registered, startBot, startServerFor } from "./support.ts";

const bot = UserId.parse("bot");

test("each hears the echo of both, and when both are silent the echo ends", async (t) => {
  const { origin } = await startServerFor(t);
  await startBot(t, "echo-bot.ts", origin);
  const anna = await registered(t, origin, "anna", 440);
  const ben = await registered(t, origin, "ben", 554);
  await anna.terminal.call([bot, ben.userId]);
  const { ringing } = await until(
    ben.terminal,
    (state) => state.ringing.length > 0,
    "ben's terminal to ring",
  );
  await ben.terminal.answer(ringing[0]!.callId);
  // Nobody sends a person's own voice back to them but the bot.
  for (const person of [anna, ben])
    assert.ok(await eventually(() => person.ear.hears(person.hertz)), `${person.userId} hears the echo`);
  // Would the bot hear itself, it would never end.
  for (const person of [anna, ben]) person.terminal.setMuted(true);
  assert.ok(
    await eventually(() => [anna, ben].every(({ ear }) => [440, 554].every((hertz) => !ear.hears(hertz)))),
    "silence",
  );
});

test("when its caller leaves it leaves as well, and is there for the next one", async (t) => {
  const { origin } = await startServerFor(t);
  const program = await startBot(t, "echo-bot.ts", origin);
  const anna = await registered(t, origin, "anna", 440);
  const ben = await registered(t, origin, "ben", 554);
  for (const [times, person] of [anna, ben].entries()) {
    await person.terminal.call([bot]);
    assert.ok(await eventually(() => person.ear.hears(person.hertz)), `${person.userId} hears the echo`);
    await person.terminal.leave();
    const left = (): number => program.output.out.split("everybody else left").length - 1;
    assert.ok(await eventually(() => left() === times + 1), "the bot leaves");
  }
});
