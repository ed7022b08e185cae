import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { TerminalState } from "@signet/terminal";

import { openHeadless, registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
const opened: Headless[] = [];

before(async () => {
  server = await startTestServer();
});
after(async () => {
  for (const { terminal } of opened) terminal.close();
  await server.close();
});

async function registered(userId: string): Promise<Headless> {
  const headless = await registerHeadless(server.origin, userId);
  opened.push(headless);
  return headless;
}

const stateOf = (state: TerminalState, userId: string) =>
  state.call?.participants.find((person) => person.userId === userId)?.state;
const rings = (state: TerminalState) => state.ringing.length > 0;

async function answer(headless: Headless): Promise<void> {
  const state = await headless.until(rings, "ringing");
  await headless.terminal.answer(state.ringing[0]!.callId);
}

const together = (count: number) => (state: TerminalState) =>
  state.call?.phase === "active" &&
  state.call.participants.filter((person) => person.state === "joined").length === count &&
  state.call.safetyCode !== undefined;

test("three people talk under one safety code; each sees what became of the others", async () => {
  const ann = await registered("ann");
  const ben = await registered("ben");
  const cleo = await registered("cleo");
  const dan = await registered("dan");
  const eve = await openHeadless(server.origin, "eve");
  opened.push(eve);
  await eve.terminal.register({ userId: eve.userId, displayName: "Eve" });
  await eve.terminal.release();

  await ann.terminal.call([ben.userId, cleo.userId, dan.userId, eve.userId, "nobody" as never]);
  await Promise.all([
    answer(ben),
    answer(cleo),
    dan.until(rings, "ringing").then((state) => dan.terminal.decline(state.ringing[0]!.callId)),
  ]);
  const [a, b, c] = await Promise.all(
    [ann, ben, cleo].map((headless) => headless.until(together(3), "three together")),
  );
  await Promise.all(
    [ann, ben, cleo].map((headless) =>
      headless.until((state) => state.call?.epoch === ann.terminal.state.call?.epoch, "same epoch"),
    ),
  );
  assert.equal(ann.terminal.state.call?.safetyCode, ben.terminal.state.call?.safetyCode);
  assert.equal(ann.terminal.state.call?.safetyCode, cleo.terminal.state.call?.safetyCode);
  for (const state of [a!, b!, c!]) {
    for (const person of state.call!.participants.filter((one) => one.state === "joined"))
      assert.equal(person.verification?.kind, "software");
  }
  await ann.until((state) => stateOf(state, "dan") === "declined", "dan declined");
  await ann.until(
    (state) => state.call!.participants.find((one) => one.userId === "dan")!.stateSigned,
    "dan signed it",
  );
  assert.equal(stateOf(ann.terminal.state, "eve"), "offline");
  assert.equal(stateOf(ann.terminal.state, "nobody"), "unknown");

  const before = ann.terminal.state.call!.epoch!;
  const code = ann.terminal.state.call!.safetyCode;
  await cleo.terminal.leave();
  await Promise.all(
    [ann, ben].map((headless) =>
      headless.until(
        (state) => state.call!.epoch! > before && stateOf(state, "cleo") === "left",
        "the epoch after cleo",
      ),
    ),
  );
  assert.notEqual(ann.terminal.state.call?.safetyCode, code);
  assert.equal(ann.terminal.state.call?.safetyCode, ben.terminal.state.call?.safetyCode);

  // Who left can come back while the call goes on, and is not offered it any longer when it is over.
  const offered = await cleo.until((state) => state.joinable.length === 1, "the call to come back to");
  await cleo.terminal.answer(offered.joinable[0]!.callId);
  await Promise.all([ann, ben, cleo].map((headless) => headless.until(together(3), "three together again")));
  await cleo.terminal.leave();
  await cleo.until((state) => state.joinable.length === 1, "the call to come back to, again");
  await ann.until((state) => stateOf(state, "cleo") === "left", "cleo left");
  await ann.terminal.endForAll();
  await cleo.until((state) => state.joinable.length === 0, "nothing to come back to");
  const ended = await ben.until(
    (state) => state.call?.phase === "ended" && state.call.end?.type === "ended" && state.call.end.signed,
    "ended, signed",
  );
  assert.equal(ended.call?.end?.type, "ended");
});
