/** Calls that a dishonest server says go on: offered is only one in which somebody says so just now. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallId, CallInviteIn, EventBody } from "@signet/protocol";

import { agree, answer, callAll, rings, sceneWithServer } from "./support/scene.ts";

const scene = sceneWithServer();

test("a call that is over is not offered, whatever was said while it went on; one that goes on is, and can be joined", async () => {
  const [oda, pia, quin] = await scene.people("oda", "pia", "quin");
  const words: EventBody<"call.memberPresent">[] = [];
  let over: CallInviteIn | undefined;
  pia.server.onEvent("call.memberPresent", (word) => {
    words.push(word);
    return [word];
  });
  pia.server.onReply("session.resume", (reply) => {
    [over] = reply.calls;
    return [reply];
  });
  await callAll(oda, pia, quin);
  await pia.terminal.leave();
  await agree(oda, quin);
  await pia.until(({ joinable }) => joinable.length === 1, "the call that was left");
  pia.server.cut();
  await pia.until(({ connection }) => connection.status === "offline", "offline");
  await pia.until(
    ({ connection, joinable }) => connection.status === "online" && joinable.length === 1,
    "the call, by a word of now",
  );
  await oda.terminal.endForAll();
  await pia.until(({ joinable }) => joinable.length === 0, "the end");
  assert.ok(over !== undefined && words.length >= 2);
  const { callId } = over;

  for (const one of [oda, quin]) {
    await one.until(({ call }) => call?.phase === "ended", "the end");
    one.terminal.dismissCall();
  }
  await quin.terminal.call([oda.userId, pia.userId]);
  const { ringing } = await pia.until(rings, "the next call");
  const goesOn = ringing[0]!.callId;
  await pia.terminal.decline(goesOn);
  await answer(oda);
  await agree(quin, oda);

  // A terminal that never heard that the first one is over.
  const later = await scene.visitor("pia", { device: pia.device });
  later.server.onReply("sign-in.finish", (reply) => [{ ...reply, calls: [over!, ...reply.calls] }]);
  let asked = 0;
  later.server.onRequest("call.askPresent", (body) => {
    if (body.callId !== callId) return [body];
    asked += 1;
    for (const word of words) later.server.inject({ type: "call.memberPresent", body: word });
    return [];
  });
  // An honest word, for another call.
  later.server.onEvent("call.memberPresent", (word) => [{ ...word, callId }, word]);
  await later.terminal.signIn({ userId: pia.userId });
  const state = await later.until(({ joinable }) => joinable.length > 0, "the call that goes on");
  const shown = ({ joinable }: typeof state): readonly CallId[] => joinable.map((call) => call.callId);
  assert.deepEqual(shown(state), [goesOn]);
  assert.ok(asked > 0);
  for (let round = 0; round < 3; round++) await later.terminal.lookup([oda.userId]);
  assert.deepEqual(shown(later.terminal.state), [goesOn]);
  await assert.rejects(later.terminal.answer(callId), { code: "call.notRinging" });
  await later.terminal.answer(goesOn);
  await agree(quin, oda, later);
});
