/** How often anybody asks, is asked and answers, by a clock that the test holds. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes, CallServerState, TerminalId, UserId } from "@signet/protocol";

import { PresentWords, presentBurst, presentPerSecond } from "../../src/call/present-words.ts";
import type { Endpoint } from "../../src/registry/endpoint.ts";
import type { Session } from "../../src/registry/sessions.ts";

const nonce: Bytes = new Uint8Array(32);

function endpoint(heard: string[], name: string): Endpoint {
  return {
    isOpen: true,
    hasFeature: () => true,
    send: ({ type }) => void heard.push(`${name} ${type}`),
    sendText: () => assert.fail(),
    close: () => assert.fail(),
  };
}

/** A call of these, of which every one is in the group. */
function open(names: readonly string[]) {
  const heard: string[] = [];
  const clock = { nowMs: 1_000 };
  const sessions = new Map(names.map((name) => [name, { endpoint: endpoint(heard, name) } as Session]));
  const words = new PresentWords({ atTerminal: (id) => sessions.get(id) }, () => clock.nowMs);
  const members = names.map((name) => [
    name as UserId,
    { userId: name, terminalId: name, state: "joined", connected: true, leaf: 0, stay: 0 },
  ]);
  const state = { callId: "call", members: new Map(members as never) } as unknown as CallServerState;
  const ask = (): number =>
    words.ask(state, { userId: "eve" as UserId, terminalId: "eve" as TerminalId }, nonce);
  return { clock, heard, words, ask };
}

for (const may of ["mayAsk", "mayAnswer"] as const)
  test(`${may}: so many at once, then so many a second, each connection by itself`, () => {
    const { clock, words } = open([]);
    const [one, other] = [endpoint([], "one"), endpoint([], "other")];
    for (let i = 0; i < presentBurst; i++) assert.equal(words[may](one), true, `${i}`);
    assert.equal(words[may](one), false);
    assert.equal(words[may](other), true);
    clock.nowMs += 1_000 / presentPerSecond;
    assert.equal(words[may](one), true);
    assert.equal(words[may](one), false);
  });

test("nobody is asked more often than that, whoever asks: the others are", () => {
  const { clock, heard, ask } = open(["ann", "ben", "cyd", "dan"]);
  for (let i = 0; i < presentBurst; i++) assert.equal(ask(), 3);
  assert.equal(heard.filter((line) => line.startsWith("dan")).length, 0);
  assert.equal(ask(), 1, "only one is left who was not asked so far");
  assert.equal(heard.at(-1), "dan call.presentNeeded");
  for (let i = 1; i < presentBurst; i++) ask();
  assert.equal(ask(), 0);
  clock.nowMs += 1_000 / presentPerSecond;
  assert.equal(ask(), 3);
});
