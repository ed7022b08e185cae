/** Rings and directory entries from a dishonest server: nothing rings but what the caller's own device signed, for this. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { statedHead } from "@signet/device";

import type { EventBody, MemberIn, UserId } from "@signet/protocol";
import type { RunningServer } from "@signet/server";

import {
  altered,
  entryFor,
  newDevice,
  randomId,
  readCall,
  resign,
  tenMinutesAgo,
} from "./support/forgery.ts";
import { Scene, answer, rings } from "./support/scene.ts";
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

/** Lets the call ring, keeps the ring from the terminal and returns it. The real server does not hear of refusals. */
async function intercept(caller: Deceived, called: Deceived, invited: readonly UserId[]): Promise<Ring> {
  const ring = await new Promise<Ring>((resolve) => {
    called.server.onEvent("call.ring", (body) => {
      resolve(body);
      return [];
    });
    void caller.terminal.call(invited);
  });
  called.server.repent();
  called.server.answer("call.ringRefused", () => ({}));
  return ring;
}

/** @returns the code with which the terminal refused it */
async function refusalOf(called: Deceived, ring: Ring): Promise<string> {
  const refused = called.server.next("call.ringRefused");
  called.server.inject({ type: "call.ring", body: ring });
  const { code, callId } = await refused;
  assert.equal(callId, ring.callId);
  assert.deepEqual(called.terminal.state.ringing, [], "nothing rings");
  return code;
}

test("a ring is refused unless the caller's device signed it, for this call, this server, these people, now", async () => {
  const [ann, ben, cleo] = await scene.people("ann", "ben", "cleo");
  const ring = await intercept(ann, ben, [ben.userId, cleo.userId]);
  const { proof } = ring;
  const forger = await newDevice();
  const forged = (change: Parameters<typeof resign>[2], device = ann.device) => resign(device, proof, change);
  const refused = async (change: Partial<Ring>) => refusalOf(ben, { ...ring, ...change });
  const signature = { ...proof.signature, signature: altered(proof.signature.signature, 40) };

  assert.equal(await refused({ proof: { ...proof, signature } }), "proof.signature");
  // The head comes before what was seen of the log, and the leaf key before it.
  const { transcript: signed } = proof;
  const headEnd = signed.length - 4 - readCall(proof).checkpoint.length;
  const alteredAt = (at: number) => refused({ proof: { ...proof, transcript: altered(signed, at) } });
  assert.equal(await alteredAt(headEnd - 1), "proof.signature", "nobody signed with another history");
  assert.equal(await alteredAt(headEnd - 40), "proof.signature");
  assert.equal(
    await refused({ proof: await forged({}, forger) }),
    "proof.signature",
    "signed by another device",
  );
  assert.equal(await refused({ proof: await forged({ callId: randomId() }) }), "proof.call");
  assert.equal(
    await refused({ proof: await forged({ serverOrigin: "https://elsewhere.example" }) }),
    "proof.origin",
  );
  const boundAt = (issuedAtMs: number) =>
    ann.device.sign({
      purpose: "sign-in",
      serverOrigin: server.origin,
      userId: "ann",
      deviceId: ann.device.deviceId,
      issuedAtMs,
      serverChallenge: readCall(proof).leafKey,
      terminalId: randomId(),
      terminalKey: readCall(proof).leafKey,
      expiresAtMs: issuedAtMs + 12 * 3_600_000,
      head: readCall(proof).head,
    });
  const early = { binding: await boundAt(Date.now() - 3_600_000) };
  assert.equal(
    await refused({ ...early, proof: await forged({ issuedAtMs: tenMinutesAgo() }) }),
    "proof.time",
  );
  assert.equal(
    await refused({ proof: await forged({ issuedAtMs: Date.now() + 10 * 60_000 }) }),
    "proof.time",
  );
  const { callId } = ring;
  const callProofDigest = readCall(proof).leafKey;
  const join = await ann.device.sign({
    ...readCall(proof),
    purpose: "join",
    callId,
    callProofDigest,
    invitation: callProofDigest,
  });
  assert.equal(await refused({ proof: join }), "proof.purpose");

  const people = new Map(ring.members.map((member) => [member.userId, member]));
  const list = (...userIds: readonly string[]): MemberIn[] =>
    userIds.map((userId) => people.get(userId as UserId) ?? { userId: userId as UserId, state: "ringing" });
  assert.equal(
    await refused({ proof: await forged({ memberUserIds: [cleo.userId] }), members: list("ann", "cleo") }),
    "call.notInvited",
  );
  assert.equal(await refused({ members: list("ann", "ben") }), "proof.call", "somebody is hidden");
  assert.equal(
    await refused({ members: list("ann", "ben", "cleo", "eve") }),
    "proof.call",
    "somebody is made up",
  );
  assert.equal(
    await refused({ members: list("ann", "ben", "ben") }),
    "proof.call",
    "somebody is hidden behind another",
  );
  const doubled = {
    proof: await forged({ memberUserIds: ["ben", "ben"] }),
    members: list("ann", "ben", "ben"),
  };
  assert.equal(await refused(doubled), "proof.call");

  assert.equal(await refused({ binding: (await intercept(cleo, ben, [ben.userId])).binding }), "proof.user");
  const { transcript } = ring.binding;
  assert.equal(
    await refused({ binding: { ...ring.binding, transcript: altered(transcript, transcript.length - 60) } }),
    "proof.signature",
    "another terminal key",
  );
  const old = await boundAt(Date.now() - 13 * 3_600_000);
  assert.equal(await refused({ binding: old }), "proof.expired", "a binding that is over");

  const warned = ben.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`);
  assert.deepEqual(warned, [], "nothing that the caller signed speaks against the server");
  ben.server.inject({ type: "call.ring", body: ring });
  const state = await ben.until(rings, "the honest ring");
  assert.equal(state.ringing[0]?.from.userId, "ann");
  assert.equal(state.ringing[0]?.from.displayName, "ANN");
});

test("a caller whose device key changed does not ring until the person decides to trust it", async () => {
  const [fay, gus, hal] = await scene.people("fay", "gus", "hal");
  await gus.terminal.lookup([fay.userId]);
  const ring = await intercept(fay, gus, [gus.userId, hal.userId]);
  const device = await newDevice();
  const initiator = await entryFor(device, fay.userId, server.origin);
  const { deviceId } = device;
  const head = await statedHead(initiator);
  const proof = await resign(device, ring.proof, { deviceId, head });
  const issuedAtMs = Date.now() - 1_000;
  const binding = await device.sign({
    purpose: "sign-in",
    serverOrigin: server.origin,
    userId: "fay",
    deviceId,
    issuedAtMs,
    expiresAtMs: issuedAtMs + 60_000,
    serverChallenge: readCall(proof).leafKey,
    terminalId: randomId(),
    terminalKey: readCall(proof).leafKey,
    head,
  });
  const impostor: Ring = { ...ring, initiator, proof, binding };

  assert.equal(
    await refusalOf(gus, { ...ring, initiator: { ...ring.initiator, displayName: "Somebody else" } }),
    "directory.badEntry",
  );
  assert.equal(await refusalOf(gus, impostor), "directory.keyChanged");
  const warnings = gus.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`);
  assert.deepEqual(warnings, ["fay directory.badEntry", "fay directory.keyChanged"]);
  assert.equal(await refusalOf(gus, impostor), "directory.keyChanged", "still, however often it is said");
  assert.equal(gus.terminal.state.warnings.length, 2);

  // Another key shown meanwhile is not the one that the person decides about.
  const second = await newDevice();
  assert.equal(
    await refusalOf(gus, { ...impostor, initiator: await entryFor(second, fay.userId, server.origin) }),
    "directory.keyChanged",
  );
  assert.deepEqual(
    gus.terminal.state.changedKeys?.map((changed) => [changed.userId, changed.deviceId]),
    [[fay.userId, deviceId]],
  );
  await assert.rejects(gus.terminal.trustChangedKey(fay.userId, second.deviceId), {
    code: "directory.otherKey",
  });
  await gus.terminal.trustChangedKey(fay.userId, deviceId);
  assert.deepEqual(
    gus.terminal.state.warnings.map(({ code }) => code),
    ["directory.badEntry"],
  );
  gus.server.inject({ type: "call.ring", body: impostor });
  const state = await gus.until(rings, "the ring with the key that is trusted now");
  assert.equal(state.ringing[0]?.from.verification.deviceId, deviceId);
  gus.server.inject({ type: "call.ringEnded", body: { callId: ring.callId, reason: "cancelled" } });
  assert.equal(await refusalOf(gus, ring), "directory.keyChanged", "the former key is the changed one now");
});

test("where the server keeps a log, another key than it proves cannot be decided about: it does not ring, and is not given out", async () => {
  const [xena, yves] = await logged.people("xena", "yves");
  await yves.terminal.lookup([xena.userId]);
  const ring = await intercept(xena, yves, [yves.userId]);
  const device = await newDevice();
  const initiator = await entryFor(device, xena.userId, server.origin);
  const head = await statedHead(initiator);
  const proof = await resign(device, ring.proof, { deviceId: device.deviceId, head });
  assert.equal(await refusalOf(yves, { ...ring, initiator, proof }), "directory.unproven");
  yves.server.onReply("directory.lookup", ({ people }) => [
    { people: people.map((one) => ({ ...one, entry: initiator })) },
  ]);
  const [shown] = await yves.terminal.lookup([xena.userId]);
  assert.deepEqual([shown?.entry, shown?.refused], [undefined, "directory.unproven"]);
  // Nor is somebody hidden who is there.
  yves.server.onReply("directory.lookup", () => [{ people: [{ userId: xena.userId, reachable: false }] }]);
  assert.equal((await yves.terminal.lookup([xena.userId]))[0]?.refused, "directory.unproven");
  await assert.rejects(yves.terminal.call([xena.userId]), { code: "directory.unproven" });
  assert.deepEqual(
    yves.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`),
    ["xena directory.unproven"],
  );
  assert.equal(yves.terminal.state.changedKeys, undefined);
});

test("a lookup does not give out a changed or altered entry, and says so", async () => {
  const [ida, jon, kim] = await scene.people("ida", "jon", "kim");
  const honest = await ida.terminal.lookup([jon.userId, kim.userId]);
  assert.deepEqual(
    honest.map(({ userId, entry }) => [userId, entry?.userId]),
    [
      ["jon", "jon"],
      ["kim", "kim"],
    ],
  );

  const entry = await entryFor(await newDevice(), jon.userId, server.origin);
  ida.server.onReply("directory.lookup", ({ people }) => {
    // In another order, one with another key, the other with the entry of the first.
    const [, jonState, kimState] = [undefined, ...people];
    return [
      {
        people: [
          { ...kimState!, entry: jonState!.entry! },
          { ...jonState!, entry },
        ],
      },
    ];
  });
  const lied = await ida.terminal.lookup([jon.userId, kim.userId]);
  assert.deepEqual(
    lied.map(({ userId, entry: shown }) => [userId, shown]),
    [
      ["jon", undefined],
      ["kim", undefined],
    ],
  );
  const warned = await ida.until(({ warnings }) => warnings.length > 0, "a warning");
  assert.deepEqual(
    warned.warnings.map(({ code, userId }) => `${userId} ${code}`),
    ["jon directory.keyChanged"],
  );
});

test("names of others who are invited are shown as their devices signed them, or not at all", async () => {
  const [liz, max, ned] = await scene.people("liz", "max", "ned");
  const ring = await intercept(liz, max, [max.userId, ned.userId]);
  const mallory = await entryFor(await newDevice(), "mallory" as UserId, server.origin);
  const members = ring.members.map((member) =>
    member.userId === "ned" ? { ...member, entry: mallory } : member,
  );
  max.server.inject({ type: "call.ring", body: { ...ring, members } });
  const state = await max.until(rings, "ringing");
  assert.deepEqual(
    state.ringing[0]?.others.map((one) => [one.userId, one.guest ?? one.displayName]),
    [["ned", "ned"]],
  );
});

test("a thousand rings do not become a thousand calls to choose from, and the terminal goes on", async () => {
  const [oda, pia] = await scene.people("oda", "pia");
  const ring = await intercept(oda, pia, [pia.userId]);
  for (let count = 0; count < 1_000; count++) {
    const callId = randomId() as Ring["callId"];
    pia.server.inject({
      type: "call.ring",
      body: { ...ring, callId, proof: await resign(oda.device, ring.proof, { callId }) },
    });
  }
  const [found] = await pia.terminal.lookup([oda.userId]);
  assert.equal(found?.entry?.userId, "oda");
  assert.ok(pia.terminal.state.ringing.length > 0);
  assert.ok(pia.terminal.state.ringing.length <= 16, `${pia.terminal.state.ringing.length} calls ring`);
});

test("a ring that ended while the terminal was away does not go on", async () => {
  const [quin, rob] = await scene.people("quin", "rob");
  await quin.terminal.call([rob.userId]);
  await rob.until(rings, "ringing");
  rob.server.isDown = true;
  rob.server.cut();
  await rob.until(({ connection }) => connection.status === "offline", "offline");
  await quin.terminal.leave();
  rob.server.isDown = false;
  rob.terminal.retryNow();
  const state = await rob.until(
    ({ connection, ringing }) => connection.status === "online" && ringing.length === 0,
    "silence",
  );
  assert.equal(state.session.status, "signedIn");
});

test("what rings for a person rings on the terminal where they sign in", async () => {
  const [sue, tom] = await scene.people("sue", "tom");
  await sue.terminal.call([tom.userId]);
  await tom.until(rings, "ringing at the first terminal");
  const elsewhere = await scene.visitor("tom", { device: tom.device });
  await elsewhere.terminal.signIn({ userId: tom.userId });
  await elsewhere.until(rings, "ringing at the second terminal");
  await tom.until(
    ({ session, ringing }) => session.status === "signedOut" && ringing.length === 0,
    "silence at the first",
  );
  await answer(elsewhere);
  await sue.until(({ call }) => call?.phase === "active", "the call");
});

test("nobody is called while the key of somebody invited is another than before", async () => {
  const [uma, vic, wes] = await scene.people("uma", "vic", "wes");
  await uma.terminal.lookup([vic.userId, wes.userId]);
  const entry = await entryFor(await newDevice(), wes.userId, server.origin);
  uma.server.onReply("directory.lookup", ({ people }) => [
    { people: people.map((one) => (one.userId === "wes" ? { ...one, entry } : one)) },
  ]);
  const before = uma.server.requests.length;
  await assert.rejects(uma.terminal.call([vic.userId, wes.userId]), { code: "directory.keyChanged" });
  assert.deepEqual(
    uma.server.requests.slice(before).map(({ type }) => type),
    ["directory.lookup"],
  );
  assert.deepEqual(
    uma.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`),
    ["wes directory.keyChanged"],
  );
  assert.equal(uma.terminal.state.call, undefined);
  // A directory that says nothing keeps nobody from calling.
  uma.server.onReply("directory.lookup", () => [{ people: [] }]);
  await uma.terminal.call([vic.userId]);
  await vic.until(rings, "ringing");
});
