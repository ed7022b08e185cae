/** Voice messages at a real server, and from one that lies: only what the caller sealed for this person, after this call, is heard, and only by devices that count. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import { createDocumentKeyPair } from "@signet/e2ee";
import { concatBytes, toBase64Url } from "@signet/protocol";
import type { MailboxIn, MessageIn, ReplyBody } from "@signet/protocol";
import { deviceAtHand, MemoryMessagePlace } from "@signet/terminal";

import { altered } from "./support/forgery.ts";
import { sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";
import { callInVain, peopleWithPlaces, voiceOf } from "./support/voice-message.ts";

const scene = sceneWithServer();

type Got = ReplyBody<"message.get">;
const shown = ({ terminal }: Deceived) => terminal.state.messages?.map(({ call }) => call.from.userId) ?? [];
const place = () => ({ messagePlace: new MemoryMessagePlace() });
/** Which ones the server has, and what the terminal said of those that it does not keep. */
async function settled(person: Deceived): Promise<readonly string[]> {
  await person.terminal.askMissed();
  return person.server.requests.flatMap(({ type, body }) =>
    type === "message.delete" ? body.refused.map(({ code }) => code) : [],
  );
}
async function back(person: Deceived): Promise<readonly string[]> {
  person.server.requests.length = 0;
  await person.terminal.signIn({ userId: person.userId });
  return settled(person);
}
/** What the server has of a person's first message, and nothing of it comes to their terminal. */
async function heldBack(person: Deceived): Promise<MessageIn> {
  let held: Got | undefined;
  person.server.onReply("message.get", (got) => {
    held ??= got;
    return [{}];
  });
  await back(person);
  person.server.repent();
  return held?.message ?? assert.fail("there is none");
}

test("what a caller left is heard by whom it was left for, as it was said, and is gone when they delete it", async () => {
  const [ann, ben] = await peopleWithPlaces(scene, "ann", "ben");
  const callId = await callInVain(ann, ben);
  const { devices, keptMs } = await ann.terminal.messages.earsOf(ben.userId);
  assert.deepEqual(
    [devices.map(({ deviceId }) => deviceId), keptMs],
    [[ben.device.deviceId], 7 * 86_400_000],
  );
  const said = voiceOf(100);
  await ann.terminal.messages.leave(callId, [ben.userId], said);
  assert.deepEqual(await back(ben), []);
  const [message] = ben.terminal.state.messages ?? [];
  assert.ok(message !== undefined);
  assert.deepEqual(
    [message.call.callId, message.call.from.displayName, message.isHeard, message.lengthMs],
    [callId, "ANN", false, 2_000 - 312 / 48],
  );
  assert.deepEqual(await ben.terminal.messages.sound(message.id), said);
  await ben.terminal.messages.heard(message.id);
  assert.equal(ben.terminal.state.messages?.[0]?.isHeard, true);
  // At this place it stays, whatever becomes of the server's; and is asked for once.
  await ben.terminal.release();
  await back(ben);
  assert.deepEqual(
    [shown(ben), ben.server.requests.some(({ type }) => type === "message.get")],
    [["ann"], false],
  );
  // A server that does not delete it is told again.
  ben.server.answer("message.delete", () => ({}));
  await ben.terminal.messages.delete(message.id);
  ben.server.repent();
  await ben.terminal.askMissed();
  await assert.rejects(ben.terminal.messages.sound(message.id), { code: "message.gone" });
  let listed: ReplyBody<"message.list"> | undefined;
  ben.server.onReply("message.list", (list) => [(listed = list)]);
  await ben.terminal.askMissed();
  assert.deepEqual([shown(ben), listed?.messages], [[], []]);
});

test("another caller's sound, keys or words, another person's and altered ones are refused; what is genuine is heard once", async () => {
  const [cat, eve, dan, fay] = await peopleWithPlaces(scene, "cat", "eve", "dan", "fay");
  for (const [caller, called] of [
    [cat, dan],
    [eve, dan],
    [cat, fay],
  ] as const) {
    const callId = await callInVain(caller, called);
    await caller.terminal.messages.leave(callId, [called.userId], voiceOf(800, caller === cat ? 3 : 5));
  }
  const ofFay = await heldBack(fay);
  const all = new Map<string, MessageIn>();
  dan.server.onReply("message.get", ({ message }) => {
    if (message !== undefined) all.set(message.call.initiator.userId, message);
    return [{}];
  });
  await back(dan);
  dan.server.repent();
  const [ofCat, ofEve] = [all.get("cat"), all.get("eve")];
  assert.ok(ofCat !== undefined && ofEve !== undefined);
  const { proof, sealed } = ofCat;
  const lies: readonly (readonly [string, MessageIn])[] = [
    ["proof.user", { ...ofCat, call: ofEve.call }],
    ["proof.user", { ...ofEve, call: ofCat.call }],
    ["proof.call", { ...ofCat, keys: ofEve.keys }],
    ["proof.call", { ...ofCat, sealed: ofEve.sealed }],
    ["proof.call", { ...ofCat, sealed: sealed.slice(0, -1) }],
    ["proof.call", { ...ofCat, sealed: concatBytes(sealed, new Uint8Array(33_000)) }],
    ["proof.call", { ...ofFay, call: ofCat.call }],
    ["proof.user", { ...ofCat, proof: ofEve.proof }],
    ["proof.user", { ...ofCat, binding: ofEve.binding }],
    ["proof.purpose", { ...ofCat, proof: ofCat.binding }],
    ["call.notInvited", ofFay],
    ["proof.purpose", { ...ofCat, binding: proof }],
    [
      "proof.call",
      { ...ofCat, proof: { ...proof, transcript: altered(proof.transcript, proof.transcript.length - 1) } },
    ],
  ];
  for (const [index, [code, lie]] of lies.entries()) {
    dan.server.requests.length = 0;
    const { callId } = lie.call;
    dan.server.onReply("message.list", (list) => [
      { ...list, messages: [{ position: 9_000 + index, callId }] },
    ]);
    dan.server.onReply("message.get", () => [{ message: lie }]);
    assert.deepEqual([await settled(dan), shown(dan)], [[code], []], `lie ${index}`);
  }
  dan.server.requests.length = 0;
  // Under two positions, and again after it was deleted.
  dan.server.onReply("message.list", (list) => [
    { ...list, messages: [9_101, 9_102].map((position) => ({ position, callId: ofCat.call.callId })) },
  ]);
  dan.server.onReply("message.get", () => [{ message: ofCat }]);
  assert.deepEqual([await settled(dan), shown(dan)], [[], ["cat"]]);
  await dan.terminal.messages.delete(dan.terminal.state.messages![0]!.id);
  dan.server.onReply("message.list", (list) => [
    { ...list, messages: [{ position: 9_103, callId: ofCat.call.callId }] },
  ]);
  await dan.terminal.askMissed();
  assert.deepEqual(shown(dan), []);
  // And the server hears that it is kept, or was deleted, each time.
  const told = dan.server.requests.flatMap(({ type, body }) =>
    type === "message.delete" ? body.positions : [],
  );
  assert.deepEqual(told, [9_102, 9_101, 9_103]);
});

test("what the caller sealed and this place cannot open is refused, and the person is told; what was sealed elsewhere is shown as that", async () => {
  const [gil] = await peopleWithPlaces(scene, "gil");
  const broken = new MemoryMessagePlace();
  const { publicKey } = await broken.keyPair();
  const { pair } = await createDocumentKeyPair();
  const hal = await scene.deceived("hal", {
    environment: { messagePlace: Object.assign(broken, { keyPair: async () => ({ publicKey, pair }) }) },
  });
  const callId = await callInVain(gil, hal);
  await gil.terminal.messages.leave(callId, [hal.userId], voiceOf(50));
  assert.deepEqual([await back(hal), shown(hal)], [["message.badSound"], []]);
  assert.deepEqual(
    hal.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`),
    ["gil message.badSound"],
  );
  // At another place of theirs, which said nothing of itself before.
  const again = await callInVain(gil, hal);
  await gil.terminal.messages.leave(again, [hal.userId], voiceOf(50));
  const there = await scene.visitor("hal", { device: hal.device, environment: place() });
  assert.deepEqual(await back(there), []);
  const [message] = there.terminal.state.messages ?? [];
  assert.deepEqual([message?.call.from.userId, message?.lengthMs], ["gil", undefined]);
  await assert.rejects(there.terminal.messages.sound(message!.id), { code: "message.notHere" });
});

test("nothing is sealed to a key that no device of the person's vouches for, which counts now; and nothing where there is none", async () => {
  const [lost, kept] = await Promise.all([
    createSoftwareKey({ algorithm: "EdDSA" }),
    createSoftwareKey({ algorithm: "EdDSA" }),
  ]);
  const devices = {
    ...deviceAtHand(kept),
    create: ({ beside }: { readonly beside?: unknown }) =>
      Promise.resolve({ device: beside === undefined ? kept : lost }),
  };
  const [ida, mal] = await peopleWithPlaces(scene, "ida", "mal");
  const jon = await scene.deceived("jon", { environment: { devices, ...place() } });
  await jon.terminal.addDevice({ name: "Phone" });
  const phone = await scene.visitor("jon", { device: lost, environment: place() });
  await phone.terminal.signIn({ userId: phone.userId });
  await settled(phone);
  const ears = async () =>
    (await ida.terminal.messages.earsOf(jon.userId)).devices.map(({ deviceId }) => deviceId);
  assert.deepEqual((await ears()).toSorted(), [lost.deviceId, kept.deviceId].toSorted());
  let genuine: readonly MailboxIn[] = [];
  ida.server.onReply("mailbox.of", (reply) => {
    genuine = reply.mailboxes;
    return [reply];
  });
  await ears();
  await phone.terminal.release();
  await jon.terminal.revokeDevice(lost.deviceId, "stolen");
  // Also where the server gives the former one, and the terminal knows nothing of the revocation so far.
  ida.server.onReply("mailbox.of", (reply) => [{ ...reply, mailboxes: [...genuine] }]);
  assert.deepEqual(await ears(), [kept.deviceId]);
  ida.server.repent();
  assert.deepEqual(await ears(), [kept.deviceId]);
  let given = 0;
  ida.server.onReply("mailbox.of", (reply) => {
    given = reply.mailboxes.length;
    return [reply];
  });
  await ears();
  assert.deepEqual([genuine.length, given], [2, 1], "nor does an honest server give it");
  let ofMal: readonly MailboxIn[] = [];
  ida.server.onReply("mailbox.of", (reply) => {
    ofMal = reply.mailboxes;
    return [reply];
  });
  await ida.terminal.messages.earsOf(mal.userId);
  const mine = genuine[0] ?? assert.fail();
  const lies: readonly (readonly MailboxIn[])[] = [
    [],
    ofMal,
    [{ ...mine, binding: ofMal[0]!.binding }],
    [{ ...ofMal[0]!, binding: mine.binding }],
    [
      {
        ...mine,
        proof: {
          ...mine.proof,
          transcript: altered(mine.proof.transcript, mine.proof.transcript.length - 20),
        },
      },
    ],
    [{ ...mine, proof: mine.binding }],
  ];
  const callId = await callInVain(ida, jon);
  for (const mailboxes of lies) {
    ida.server.onReply("mailbox.of", (reply) => [{ ...reply, mailboxes: [...mailboxes] }]);
    await assert.rejects(ears(), { code: "message.noMailbox" });
    await assert.rejects(ida.terminal.messages.leave(callId, [jon.userId], voiceOf(9)), {
      code: "message.noMailbox",
    });
  }
  // The former one of a revoked device among them.
  ida.server.onReply("mailbox.of", (reply) => [{ ...reply, mailboxes: [...genuine, ...ofMal] }]);
  assert.deepEqual(await ears(), [kept.deviceId]);
  ida.server.onReply("mailbox.of", (reply) => [{ ...reply, keptMs: 0 }]);
  await assert.rejects(ears(), { code: "message.off" });
  // A terminal that keeps nothing says no place.
  const [bea] = await scene.people("bea");
  ida.server.repent();
  await assert.rejects(ida.terminal.messages.earsOf(bea.userId), { code: "message.noMailbox" });
});

test("a message by a device that its person revoked since is not theirs, and whoever gets it is told", async () => {
  const [lost, kept] = await Promise.all([
    createSoftwareKey({ algorithm: "EdDSA" }),
    createSoftwareKey({ algorithm: "EdDSA" }),
  ]);
  const devices = {
    ...deviceAtHand(kept),
    create: ({ beside }: { readonly beside?: unknown }) =>
      Promise.resolve({ device: beside === undefined ? kept : lost }),
  };
  const kim = await scene.deceived("kim", { environment: { devices } });
  await kim.terminal.addDevice({ name: "Phone" });
  const phone = await scene.visitor("kim", { device: lost });
  await phone.terminal.signIn({ userId: phone.userId });
  const [leo] = await peopleWithPlaces(scene, "leo");
  const callId = await callInVain(phone, leo);
  await phone.terminal.messages.leave(callId, [leo.userId], voiceOf(50));
  await kim.terminal.revokeDevice(lost.deviceId, "stolen");
  assert.deepEqual([await back(leo), shown(leo)], [["history.deviceRevoked"], []]);
  assert.deepEqual(
    leo.terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`),
    ["kim missed.revokedDevice"],
  );
});

test("only after a call of one's own that the person did not answer, and only sound that can be played, is a message left", async () => {
  const [ned, ora, pat] = await peopleWithPlaces(scene, "ned", "ora", "pat");
  const callId = await callInVain(ned, ora);
  const { leave } = ned.terminal.messages;
  await assert.rejects(leave(callId, [pat.userId], voiceOf(9)), { code: "message.notUnanswered" });
  await assert.rejects(leave(toBase64Url(new Uint8Array(16)) as typeof callId, [ora.userId], voiceOf(9)), {
    code: "message.notUnanswered",
  });
  await assert.rejects(leave(callId, [ora.userId], new Uint8Array(100)), { code: "message.badSound" });
  await leave(callId, [ora.userId], voiceOf(9));
  // To several: for whom it could not be left is said, and the next time it goes to them alone.
  if (pat.terminal.state.session.status === "signedIn") await pat.terminal.release();
  await ned.terminal.call([ora.userId, pat.userId]);
  const { call } = await ned.until((state) => state.call?.phase === "ended", "that nobody came");
  ned.terminal.dismissCall();
  const both = [ora.userId, pat.userId];
  const refusedOf = async (refused: string) => {
    ned.server.requests.length = 0;
    ned.server.onReply("mailbox.of", (reply) => {
      const of = ned.server.requests.findLast(({ type }) => type === "mailbox.of")?.body as {
        userId: string;
      };
      return [of.userId === refused ? { ...reply, mailboxes: [] } : reply];
    });
    const notLeft = await leave(call!.callId, both, voiceOf(9));
    const told = ned.server.requests.flatMap(({ type, body }) =>
      type === "message.leave" ? [body.userId] : [],
    );
    return [notLeft, told];
  };
  const code = "message.noMailbox";
  assert.deepEqual(await refusedOf(ora.userId), [[{ userId: ora.userId, code }], [pat.userId]]);
  assert.deepEqual(await refusedOf(pat.userId), [[], [ora.userId]]);
});
