/** Asleep for longer than a call waits: that is no failure of a check, and the way back is at hand. Network and clock are the test's. */
// First: it counts what the others do.
import { settled } from "./support/settled.ts";

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import { startMedia } from "@signet/media";
import type { UserId } from "@signet/protocol";

import { VirtualServer } from "./support/virtual-server.ts";
import { VirtualTerminal } from "./support/virtual-terminal.ts";
import { VirtualWorld } from "./support/virtual-world.ts";

test("who comes back after a minute is told so, the time of the call is theirs, and they join it again", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signet-absence-"));
  const media = await startMedia({ runtimeDir: folder });
  t.after(async () => {
    await media.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const world = new VirtualWorld(1, settled);
  const server = await VirtualServer.open(world, media);
  const open = async (user: string): Promise<VirtualTerminal> =>
    VirtualTerminal.open(world, server, {
      user,
      name: user,
      device: await createSoftwareKey({ algorithm: "ES256" }),
    });
  const [ada, bob, cyd] = [await open("ada"), await open("bob"), await open("cyd")];
  const people = [ada, bob, cyd];
  t.after(() => {
    for (const { terminal } of people) terminal.close();
  });
  await world.runFor(2_000);
  const done = people.map(({ terminal, userId }) => terminal.register({ userId, displayName: userId }));
  await world.runFor(2_000);
  await Promise.all(done);

  const called = ada.terminal.call(["bob", "cyd"] as UserId[]);
  await world.runFor(2_000);
  await called;
  for (const { terminal } of [bob, cyd]) {
    const { callId } = terminal.state.ringing[0]!;
    const answered = terminal.answer(callId);
    await world.runFor(3_000);
    await answered;
  }
  const joined = (): number => ada.call?.participants.filter(({ state }) => state === "joined").length ?? 0;
  assert.equal(joined(), 3);
  const { callId } = ada.call!;

  const lostAtMs = world.nowMs;
  bob.way.cutOff(90_000);
  await world.runFor(80_000);
  assert.equal(joined(), 2, "the others go on without bob");
  await world.runFor(40_000);
  const { call, joinable } = bob.terminal.state;
  assert.equal(call?.callId, callId);
  assert.deepEqual(call.end, { type: "failed", code: "call.away" });
  // By the last answer of the server, which is asked every 15 s: when the connection went, and not when that was learned.
  assert.ok(
    call.endedAtMs! <= lostAtMs && call.endedAtMs! > lostAtMs - 16_000,
    `over at ${call.endedAtMs}, lost at ${lostAtMs}`,
  );
  assert.deepEqual(
    joinable.map((one) => one.callId),
    [callId],
    "the call can be joined from where it ended",
  );
  const back = bob.terminal.answer(callId);
  await world.runFor(5_000);
  await back;
  assert.equal(joined(), 3);

  // Alone for a while at the end: that is not counted as talk.
  for (const { terminal } of [bob, cyd]) {
    const left = terminal.leave();
    await world.runFor(2_000);
    await left;
  }
  const before = ada.call!;
  assert.equal(before.togetherSinceMs, undefined);
  await world.runFor(120_000);
  const left = ada.terminal.leave();
  await world.runFor(2_000);
  await left;
  assert.equal(ada.terminal.state.call?.togetherMs, before.togetherMs);
  assert.ok(before.togetherMs > 90_000);
});
