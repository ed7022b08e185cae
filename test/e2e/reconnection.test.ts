/** Connections break, and servers are restarted, at the worst moment; the call converges. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { MemoryPinStore, deviceAtHand } from "@signet/terminal";

import { newDevice } from "./support/forgery.ts";
import { registerHeadless } from "./support/headless.ts";
import { agree, answer, callAll, participant, rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

const scene = sceneWithServer();

/** Cuts the connection instead of passing the first such message on. */
function cutOnce(person: Deceived): <Body>(body: Body) => readonly Body[] {
  let isCut = false;
  return (body) => {
    if (isCut) return [body];
    isCut = true;
    person.server.cut();
    return [];
  };
}

test("cut before the request arrives, and before its answer does", async () => {
  const [ann, ben, cleo, dan] = await scene.people("ann", "ben", "cleo", "dan");
  ann.server.onRequest("call.request", cutOnce(ann));
  await callAll(ann, ben);
  cleo.server.onReply("call.request", cutOnce(cleo));
  await callAll(cleo, dan);
});

test("cut while it rings, on both sides", async () => {
  const [eva, fred] = await scene.people("eva", "fred");
  await eva.terminal.call([fred.userId]);
  await fred.until(rings, "ringing");
  const [, back] = await Promise.all(
    [eva, fred].map(async (person) => {
      person.server.cut();
      await person.until(({ connection }) => connection.status === "offline", "offline");
      return person.until(
        ({ connection, session }) => connection.status === "online" && session.status === "signedIn",
        "online",
      );
    }),
  );
  assert.deepEqual(back?.ringing, [], "what rang before counts no more: it could have ended meanwhile");
  await answer(fred);
  await agree(eva, fred);
});

test("cut after the join, before the Welcome; before the join arrives; before its answer does", async () => {
  const [gina, hugo, ines, joe] = await scene.people("gina", "hugo", "ines", "joe");
  hugo.server.onEvent("call.welcome", cutOnce(hugo));
  ines.server.onRequest("call.join", cutOnce(ines));
  joe.server.onReply("call.join", cutOnce(joe));
  await callAll(gina, hugo, ines, joe);
});

test("cut with a Commit on its way, and with its answer on its way", async () => {
  const [kate, leo, mia] = await scene.people("kate", "leo", "mia");
  await kate.terminal.call([leo.userId, mia.userId]);
  kate.server.onRequest("call.commit", cutOnce(kate));
  await answer(leo);
  await agree(kate, leo);
  kate.server.onReply("call.commit", cutOnce(kate));
  await answer(mia);
  await agree(kate, leo, mia);
});

test("cut while leaving: the leave is told again with the next connection", async () => {
  const [nora, otto, pia] = await scene.people("nora", "otto", "pia");
  await callAll(nora, otto, pia);
  pia.server.onRequest("call.leave", cutOnce(pia));
  await pia.terminal.leave();
  await agree(nora, otto);
  await nora.until((state) => participant(state, pia.userId).stateSigned, "that it is pia's own word");
});

test("the server restarts in a call: sessions resume without a touch, the call goes on, a leave changes the key", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "signet-e2e-"));
  const first = await startTestServer({ dataDir });
  const { origin, port } = first;
  const people = await Promise.all(["quin", "rob", "sue"].map((userId) => registerHeadless(origin, userId)));
  const [quin, rob, sue] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
  await callAll(quin, rob, sue);
  const code = await agree(quin, rob, sue);
  let touches = 0;
  for (const { device } of people) {
    const sign = device.sign.bind(device);
    device.sign = (...input) => {
      touches++;
      return sign(...input);
    };
  }
  await first.close();
  const second = await startTestServer({ dataDir, port });
  try {
    await Promise.all(
      people.map((person) =>
        person.until(
          ({ connection, session }) => connection.status === "online" && session.status === "signedIn",
          "the session",
        ),
      ),
    );
    assert.equal(await agree(quin, rob, sue), code);
    await sue.terminal.leave();
    assert.notEqual(await agree(quin, rob), code);
    assert.equal(touches, 0);
  } finally {
    for (const { terminal } of people) terminal.close();
    await second.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test("a terminal that is offline is not released, and stays in its call", async () => {
  const [tess, udo] = await scene.people("tess", "udo");
  await callAll(tess, udo);
  udo.server.isDown = true;
  udo.server.cut();
  await udo.until(({ connection }) => connection.status === "offline", "offline");
  await assert.rejects(udo.terminal.release(), { code: "connection.lost" });
  assert.equal(udo.terminal.state.call?.phase, "active");
  udo.server.isDown = false;
  udo.terminal.retryNow();
  await udo.until(({ connection }) => connection.status === "online", "online");
  await agree(tess, udo);
  await udo.terminal.release();
  assert.equal(udo.terminal.state.session.status, "signedOut");
});

test("signed in elsewhere while the device is touched for a call: nobody is called from here", async () => {
  const device = await newDevice();
  const touches = new EventTarget();
  const asked = once(touches, "asked");
  const slow: typeof device = Object.assign(Object.create(device) as typeof device, {
    sign: async (...input: Parameters<typeof device.sign>) => {
      if (input[0].purpose === "call") {
        const given = once(touches, "given");
        touches.dispatchEvent(new Event("asked"));
        await given;
      }
      return device.sign(...input);
    },
  });
  const vera = await scene.deceived("vera", { device: slow, environment: { devices: deviceAtHand(slow) } });
  const walt = await scene.deceived("walt");
  const calling = assert.rejects(vera.terminal.call([walt.userId]), { code: "auth.signInRequired" });
  await asked;
  const elsewhere = await scene.visitor("vera", { device });
  await elsewhere.terminal.signIn({ userId: vera.userId });
  await vera.until(({ session }) => session.status === "signedOut", "signed out");
  touches.dispatchEvent(new Event("given"));
  await calling;
  assert.equal(vera.terminal.state.call, undefined);
  assert.ok(vera.server.requests.every(({ type }) => type !== "call.request"));
});

test("who shares a terminal with somebody whose key is another now is told, though the device was touched here", async () => {
  const device = await newDevice();
  const pins = new MemoryPinStore();
  const xena = await scene.visitor("xena", { device, environment: { pins } });
  pins.set(xena.userId, (await newDevice()).deviceId);
  await xena.terminal.register({ userId: xena.userId, displayName: "Xena" });
  assert.equal(pins.get(xena.userId), device.deviceId);
  const warnings = () => xena.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`);
  assert.deepEqual(warnings(), ["xena directory.keyChanged"]);
  xena.terminal.dismissWarning(xena.terminal.state.warnings[0]!.id);
  xena.server.cut();
  await xena.until(({ connection }) => connection.status === "offline", "offline");
  await xena.until(({ connection }) => connection.status === "online", "online");
  assert.deepEqual(warnings(), [], "resumed without a touch");
});

test("who started a call and left it comes back with a touch, for as long as others are in it", async () => {
  const [ann, ben, cleo] = await scene.people("ann9", "ben9", "cleo9");
  await callAll(ann, ben, cleo);
  const { callId } = ann.terminal.state.call!;
  await ann.terminal.leave();
  await agree(ben, cleo);
  const { joinable } = await ann.until(({ joinable }) => joinable.length === 1, "the own call goes on");
  assert.deepEqual([joinable[0]?.callId, joinable[0]?.from.userId], [callId, ann.userId]);
  await ann.terminal.answer(callId);
  await agree(ann, ben, cleo);
  assert.deepEqual(ann.terminal.state.joinable, []);
  await Promise.all([ben, cleo].map(({ terminal }) => terminal.leave()));
  await ann.terminal.leave();
  // Nobody is in it any more.
  await ann.until(({ call }) => call?.phase === "ended", "left");
  assert.deepEqual(ann.terminal.state.joinable, []);
});
