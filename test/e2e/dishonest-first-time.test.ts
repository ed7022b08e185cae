/** "First time" is said where a person sees it, and once: a dishonest server cannot spend it where nobody looks. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { statedHead } from "@signet/device";

import type { SignatureDevice } from "@signet/device";
import type { EventBody, ProofIn, UserId } from "@signet/protocol";
import type { RunningServer } from "@signet/server";

import { altered, entryFor, newDevice, randomBytes, randomId, readCall, resign } from "./support/forgery.ts";
import { Scene, agree, answer, callAll, participant, rings } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

type Ring = EventBody<"call.ring">;

let server: RunningServer;
/** What is tried here has to be found without what a log proves. */
const scene = new Scene(() => server.origin, { keepsLog: false });
const logged = new Scene(() => server.origin);

before(async () => {
  server = await startTestServer({ limits: { messagesPerSecond: 10_000, messageBurst: 10_000 } });
});
after(async () => {
  await scene.close();
  await logged.close();
  await server.close();
});

/** Lets the call ring, keeps the ring from the terminal and returns it. */
async function intercept(caller: Deceived, called: Deceived): Promise<Ring> {
  const ring = new Promise<Ring>((resolve) => {
    called.server.onEvent("call.ring", (body) => {
      resolve(body);
      return [];
    });
  });
  await caller.terminal.call([called.userId]);
  const heard = await ring;
  called.server.repent();
  called.server.answer("call.ringRefused", () => ({}));
  return heard;
}

const bind = (device: SignatureDevice, userId: string, proof: ProofIn): Promise<ProofIn> => {
  const { head, issuedAtMs, serverOrigin } = readCall(proof);
  return device.sign({
    purpose: "sign-in",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    issuedAtMs: issuedAtMs - 1_000,
    serverChallenge: randomBytes(32),
    terminalId: randomId(),
    terminalKey: randomBytes(32),
    expiresAtMs: issuedAtMs + 60_000,
    head,
  });
};

/** The same ring by a device of the server's own, with all that belongs to it. */
async function impostorOf(
  ring: Ring,
  device: SignatureDevice,
  registered?: Ring["initiator"],
): Promise<Ring> {
  const { userId } = ring.initiator;
  const { deviceId } = device;
  const callId = randomId() as Ring["callId"];
  const initiator = registered ?? (await entryFor(device, userId, server.origin));
  const head = await statedHead(initiator);
  const proof = await resign(device, ring.proof, { deviceId, callId, head });
  return { ...ring, callId, initiator, proof, binding: await bind(device, userId, proof) };
}

async function refusalOf(called: Deceived, ring: Ring): Promise<string> {
  const refused = called.server.next("call.ringRefused");
  called.server.inject({ type: "call.ring", body: ring });
  return (await refused).code;
}

async function ringing(called: Deceived, ring: Ring) {
  called.server.inject({ type: "call.ring", body: ring });
  const isIt = ({ callId }: { readonly callId: string }): boolean => callId === ring.callId;
  const state = await called.until((now) => now.ringing.some(isIt), "ringing");
  return state.ringing.find(isIt)!.from.verification;
}

const stopRinging = async (called: Deceived, { callId }: Ring): Promise<void> => {
  called.server.inject({ type: "call.ringEnded", body: { callId, reason: "cancelled" } });
  await called.until((state) => !rings(state), "silence");
};

test("a ring that is refused spends nothing, whatever is wrong with it", async () => {
  const [ann, ben] = await scene.people("ann", "ben");
  const ring = await intercept(ann, ben);
  const device = await newDevice();
  const false_ = await impostorOf(ring, device);
  const { signature } = false_.proof;
  const bad: readonly (readonly [Partial<Ring>, string])[] = [
    [
      {
        proof: { ...false_.proof, signature: { ...signature, signature: altered(signature.signature, 40) } },
      },
      "proof.signature",
    ],
    [{ proof: ring.proof, callId: ring.callId }, "history.deviceUnknown"],
    [{ binding: ring.binding }, "history.deviceUnknown"],
    [{ members: ring.members.filter(({ userId }) => userId === "ann") }, "proof.call"],
    [{ proof: await resign(device, false_.proof, { memberUserIds: ["cleo"] }) }, "call.notInvited"],
    [{ proof: await resign(device, false_.proof, { issuedAtMs: 1_000 }) }, "proof.time"],
  ];
  for (const [change, code] of bad) assert.equal(await refusalOf(ben, { ...false_, ...change }), code);
  assert.equal(ben.pins.get(ann.userId), undefined);

  // Neither does the false key ring as a known one now, nor the true one as a changed one.
  assert.equal((await ringing(ben, ring)).firstSeen, true);
  await stopRinging(ben, ring);
  assert.equal(ben.pins.get(ann.userId), undefined, "nobody dealt with it");
  assert.deepEqual(ben.terminal.state.warnings, []);
});

test("where the server keeps a log, a key that was made up rings not even where nobody was met before", async () => {
  const [una, vito] = await logged.people("una", "vito");
  const ring = await intercept(una, vito);
  assert.equal(await refusalOf(vito, await impostorOf(ring, await newDevice())), "directory.unproven");
  const stranger = await newDevice();
  const initiator = await entryFor(stranger, "nobody" as UserId, server.origin);
  assert.equal(await refusalOf(vito, await impostorOf(ring, stranger, initiator)), "directory.unproven");
  const told = vito.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`);
  assert.deepEqual(told, ["una directory.unproven", "nobody directory.unproven"]);
  assert.equal((await ringing(vito, ring)).firstSeen, true);
});

test("a ring that nobody deals with spends nothing: not one that ended, not one under way when the terminal signs out", async () => {
  const [cleo, dan] = await scene.people("cleo", "dan");
  const ring = await intercept(cleo, dan);
  const device = await newDevice();
  const registered = await entryFor(device, cleo.userId, server.origin);
  for (let night = 0; night < 3; night++) {
    const false_ = await impostorOf(ring, device, registered);
    assert.equal((await ringing(dan, false_)).firstSeen, true, `night ${night}`);
    await stopRinging(dan, false_);
  }
  assert.equal(dan.pins.get(cleo.userId), undefined);
  assert.equal(await refusalOf(dan, ring), "directory.keyChanged", "two keys for one person in one run");
  const warnings = dan.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`);
  assert.deepEqual(warnings, ["cleo directory.keyChanged"]);

  const again = await scene.visitor("dan", { device: dan.device, environment: { pins: dan.pins } });
  await again.terminal.signIn({ userId: dan.userId });
  assert.equal((await ringing(again, ring)).firstSeen, true, "nothing of it outlived the terminal");
  await again.terminal.release();
  assert.equal(dan.pins.get(cleo.userId), undefined);
});

test("looking up, typing in, calling, being listed and watching are no meeting", async () => {
  const [eve, fay, gus] = await scene.people("eve", "fay", "gus");
  await eve.terminal.lookup([fay.userId, gus.userId]);
  eve.terminal.watchPresence([fay.userId], () => undefined)();
  await eve.terminal.call([fay.userId, gus.userId]);
  await fay.until(rings, "ringing");
  const pinned = (...people: readonly UserId[]) => people.map((userId) => eve.pins.get(userId));
  assert.deepEqual(pinned(fay.userId, gus.userId), [undefined, undefined]);
  // Names of the others invited came with the ring.
  assert.deepEqual([fay.pins.get(gus.userId), fay.pins.get(eve.userId)], [undefined, undefined]);
  await answer(gus);
  await agree(eve, gus);
  assert.deepEqual(pinned(fay.userId, gus.userId), [undefined, gus.device.deviceId], "who came in was met");
  assert.equal(fay.pins.get(gus.userId), undefined);

  // A call that goes on, as the sign-in lists it.
  const { deviceId } = gus.device;
  const later = await scene.visitor("fay", { device: fay.device });
  await later.terminal.signIn({ userId: fay.userId });
  const isListed = ({ joinable, ringing: now }: typeof later.terminal.state) =>
    joinable.length + now.length > 0;
  await later.until(isListed, "the call that goes on");
  assert.deepEqual([later.pins.get(eve.userId), later.pins.get(gus.userId)], [undefined, undefined]);
  assert.equal(later.pins.get(fay.userId), fay.device.deviceId, "one's own device was touched here");
  await answer(later);
  await agree(eve, gus, later);
  assert.deepEqual([later.pins.get(eve.userId), later.pins.get(gus.userId)], [eve.device.deviceId, deviceId]);
});

test("first time is said in the ring and through the call, and never again; so it is for the caller", async () => {
  const [hal, ida, jon] = await scene.people("hal", "ida", "jon");
  await hal.terminal.call([ida.userId, jon.userId]);
  const { ringing: first } = await ida.until(rings, "ringing");
  assert.equal(first[0]?.from.verification.firstSeen, true);
  await answer(ida);
  await agree(hal, ida);
  const isNew = (to: Deceived, about: Deceived) =>
    participant(to.terminal.state, about.userId).verification?.firstSeen;
  await answer(jon);
  await agree(hal, ida, jon);
  const seen = () => [isNew(ida, hal), isNew(hal, ida), isNew(ida, jon), isNew(jon, ida), isNew(hal, jon)];
  assert.deepEqual(seen(), [true, true, true, true, true], "also in the epochs that follow");
  await hal.terminal.endForAll();
  for (const one of [hal, ida, jon]) await one.until(({ call }) => call?.phase === "ended", "the end");

  for (let call = 2; call <= 4; call++) {
    await callAll(hal, ida, jon);
    assert.deepEqual(seen(), [false, false, false, false, false], `call ${call}`);
    await hal.terminal.endForAll();
    for (const one of [hal, ida, jon]) await one.until((state) => state.call?.phase === "ended", "the end");
  }
  await ida.terminal.call([hal.userId]);
  const { ringing: later } = await hal.until(rings, "the ring");
  assert.equal(later[0]?.from.verification.firstSeen, false);
});

test("who was declined was seen", async () => {
  const [kim, leo] = await scene.people("kim", "leo");
  const ring = await intercept(kim, leo);
  assert.equal((await ringing(leo, ring)).firstSeen, true);
  await leo.terminal.decline(ring.callId);
  assert.equal(leo.pins.get(kim.userId), kim.device.deviceId);
  await kim.until(({ call }) => call?.phase === "ended", "the end");
  await kim.terminal.call([leo.userId]);
  const state = await leo.until(rings, "the next ring");
  assert.equal(state.ringing[0]?.from.verification.firstSeen, false);
});

test("of two rings at once, by different keys of one unknown person, one rings and the other is told", async () => {
  const [max, ned] = await scene.people("max", "ned");
  const ring = await intercept(max, ned);
  const false_ = await impostorOf(ring, await newDevice());
  const refused = ned.server.next("call.ringRefused");
  ned.server.inject({ type: "call.ring", body: false_ });
  ned.server.inject({ type: "call.ring", body: ring });
  const { code, callId } = await refused;
  assert.equal(code, "directory.keyChanged");
  const state = await ned.until(
    (now) => rings(now) && now.warnings.length > 0,
    "one that rings, and the warning",
  );
  assert.deepEqual(
    state.ringing.map((one) => one.callId),
    [false_.callId, ring.callId].filter((one) => one !== callId),
  );
  assert.equal(ned.pins.get(max.userId), undefined);
});

test("who comes back to a call is as new to the others as before, and finds nobody new", async () => {
  const [oda, pia, quin] = await scene.people("oda", "pia", "quin");
  await callAll(oda, pia, quin);
  await pia.terminal.leave();
  await agree(oda, quin);
  const { joinable } = await pia.until((state) => state.joinable.length > 0, "the call that goes on");
  assert.equal(joinable[0]?.from.verification.firstSeen, false);
  await pia.terminal.answer(joinable[0].callId);
  await agree(oda, pia, quin);
  const isNew = (to: Deceived, about: Deceived) =>
    participant(to.terminal.state, about.userId).verification?.firstSeen;
  assert.deepEqual([isNew(oda, pia), isNew(quin, pia)], [true, true], "this is the call in which they met");
  assert.deepEqual([isNew(pia, oda), isNew(pia, quin)], [false, false]);
});
