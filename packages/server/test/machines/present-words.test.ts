/** How often anybody asks, is asked and answers, by a clock that the test holds. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { presentBurst, presentPerSecond } from "@signet/protocol";
import type { Bytes, CallId, CallServerState, TerminalId, UserId } from "@signet/protocol";

import { PresentWords, asksOfOneBurst } from "../../src/call/present-words.ts";
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
  const ask = (): number => words.ask(state, { userId: eve, terminalId: "eve" as TerminalId }, nonce);
  return { clock, heard, words, ask };
}

const eve = "eve" as UserId;

for (const name of ["asks", "answers"] as const)
  test(`${name}: so many at once, then so many a second, each connection by itself`, () => {
    const { clock, words } = open([]);
    const [one, other] = [endpoint([], "one"), endpoint([], "other")];
    let calls = 0;
    const may = (of: Endpoint): boolean =>
      name === "answers" ? words.mayAnswer(of) : words.mayAsk(of, eve, `call-${calls++}` as CallId);
    for (let i = 0; i < presentBurst; i++) assert.equal(may(one), true, `${i}`);
    assert.equal(may(one), false);
    assert.equal(may(other), true);
    clock.nowMs += 1_000 / presentPerSecond;
    assert.equal(may(one), true);
    assert.equal(may(one), false);
  });

test("one person asks about one call a few times at once, then once a second, from whatever connection", () => {
  const { clock, words } = open([]);
  const call = "call" as CallId;
  for (let i = 0; i < asksOfOneBurst; i++)
    assert.equal(words.mayAsk(endpoint([], `${i}`), eve, call), true, `${i}`);
  assert.equal(words.mayAsk(endpoint([], "new"), eve, call), false);
  assert.equal(words.mayAsk(endpoint([], "new"), "mal" as UserId, call), true, "somebody else");
  assert.equal(words.mayAsk(endpoint([], "new"), eve, "other" as CallId), true, "another call");
  clock.nowMs += 999;
  assert.equal(words.mayAsk(endpoint([], "new"), eve, call), false);
  clock.nowMs += 1;
  assert.equal(words.mayAsk(endpoint([], "new"), eve, call), true);
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
