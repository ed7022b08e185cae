/** What somebody called whom the person has to decide about first stays where it is, until they did. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallInviteIn } from "@signet/protocol";

import { dayMs, missed, open } from "../support/missed.ts";
import { person } from "../support/people.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("of somebody who was compared in person nothing is taken while the person decides about the key, and about the comparison after it", async (t) => {
  const { bob, hand, server, shown, signIn, terminal } = await open(t);
  await signIn();
  const first = await missed(bob);
  await hand([first]);
  const { userId } = bob;
  /** The server still has it. @returns what the terminal said of it */
  const keeps = async (call: CallInviteIn): Promise<readonly unknown[]> => {
    const before = server.heard.length;
    await server.asked("missed.get");
    server.say({ "missed.get": { calls: [call], keptMs: 7 * dayMs } });
    for (let i = 0; i < 50; i++) await turn();
    return server.heard.slice(before).filter(({ type }) => type === "missed.taken");
  };
  await terminal.personal.comparedSame(await terminal.personal.compareWith(userId));
  const other = await person("bob");
  const call = await missed(other);
  assert.deepEqual(await keeps(call), []);
  while (terminal.state.warnings.length === 0) await turn();
  assert.deepEqual(
    terminal.state.warnings.map(({ code }) => code),
    ["directory.keyChanged"],
  );
  await terminal.trustChangedKey(userId, other.device.deviceId);
  assert.deepEqual(await keeps(call), []);
  while (terminal.state.warnings.length === 0) await turn();
  assert.deepEqual(
    terminal.state.warnings.map(({ code }) => code),
    ["directory.otherThanCompared"],
  );
  await terminal.personal.forgetComparison(userId);
  assert.deepEqual(await hand([call]), { callIds: [call.callId], refused: [] });
  assert.deepEqual(shown(), [
    [first.callId, userId],
    [call.callId, userId],
  ]);
  assert.deepEqual(terminal.state.warnings, []);
});
