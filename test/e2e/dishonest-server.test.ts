/**
 * What a dishonest server says about itself, about sign-in and about the people in a call. Rings: dishonest-ring; who gets
 * in: dishonest-admission; group messages: dishonest-commit. docs/security-tests.md says which test stands for which check.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createTerminalKey, statedHead } from "@signet/device";
import type { Bytes, EventBody, Transcript, UserId } from "@signet/protocol";
import { MemoryPinStore, SignetTerminal, deviceAtHand, silentMedia } from "@signet/terminal";

import { entryFor, newDevice, randomId } from "./support/forgery.ts";
import { agree, answer, callAll, participant, rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();

const online = ({ terminal }: Deceived) => terminal.state.connection.status === "online";

test("a registration answered with another entry does not sign in", async () => {
  const eve = await scene.visitor("eve");
  const mallory = await entryFor(await newDevice(), "mallory" as UserId, scene.origin);
  eve.server.onReply("register.finish", (reply) => [{ ...reply, entry: mallory }]);
  await assert.rejects(eve.terminal.register({ userId: eve.userId, displayName: "Eve" }), {
    code: "directory.badEntry",
  });
  assert.equal(eve.terminal.state.session.status, "signedOut");
  eve.server.onReply("sign-in.finish", (reply) => [
    { ...reply, entry: { ...reply.entry, displayName: "Somebody else" } },
  ]);
  await assert.rejects(eve.terminal.signIn({ userId: eve.userId }), { code: "directory.badEntry" });
  const renamed = await entryFor(eve.device, "mallory" as UserId, scene.origin);
  eve.server.onReply("sign-in.finish", (reply) => [{ ...reply, entry: renamed }]);
  await assert.rejects(
    eve.terminal.signIn({ userId: eve.userId }),
    { code: "directory.badEntry" },
    "the own device under another name",
  );
  eve.server.repent();
  await eve.terminal.signIn({ userId: eve.userId });
  assert.equal(eve.terminal.state.session.status, "signedIn");
});

test("a server that calls itself otherwise than before, or than the person opened it, is not talked to", async () => {
  const fay = await scene.deceived("fay");
  fay.server.onReply("session.hello", (reply) => [{ ...reply, serverOrigin: "https://elsewhere.example" }]);
  fay.server.cut();
  const isRefused = (state: (typeof fay)["terminal"]["state"]) =>
    state.connection.status === "offline" && state.connection.code === "server.otherOrigin";
  await fay.until(isRefused, "the refusal");
  fay.server.repent();
  fay.terminal.retryNow();
  await fay.until(
    ({ connection, session }) => connection.status === "online" && session.status === "signedIn",
    "the honest server",
  );

  const gus = await SignetTerminal.create({
    url: `${scene.origin.replace("http", "ws")}/ws`,
    serverOrigin: "https://signet.example",
    pins: new MemoryPinStore(),
    devices: deviceAtHand(fay.device),
    media: silentMedia,
  });
  const refused = new Promise<string>((resolve) => {
    gus.subscribe(({ connection }) => connection.status === "offline" && resolve(connection.code));
  });
  gus.start();
  assert.equal(await refused, "server.otherOrigin");
  gus.close();
});

test("garbage, unknown events and replies that nobody waits for pass by; a text without end ends the connection", async () => {
  const hal = await scene.deceived("hal");
  for (const text of [
    "",
    "null",
    "[]",
    "{",
    '{"type":"call.unheard","body":{}}',
    '{"id":99999,"body":{}}',
    '{"id":0,"error":{"code":"nope","message":""}}',
  ])
    hal.server.injectText(text);
  hal.server.injectText(`{"type":"call.ended","body":{"callId":"${randomId()}","reason":"ended","more":1}}`);
  hal.server.inject({
    type: "call.ended",
    body: { callId: randomId() as EventBody<"call.ended">["callId"], reason: "ended" },
  });
  assert.equal((await hal.terminal.lookup([hal.userId]))[0]?.userId, "hal");
  assert.ok(online(hal));
  hal.server.injectText(`{"type":"${"x".repeat(9 * 1024 * 1024)}"}`);
  await hal.until(
    ({ connection }) => connection.status === "offline" && connection.code === "protocol.tooLarge",
    "the end of the connection",
  );
  await hal.until(
    ({ connection, session }) => connection.status === "online" && session.status === "signedIn",
    "the session again",
  );
  hal.server.onReply("directory.lookup", () => [{ people: "nobody" } as never]);
  await assert.rejects(hal.terminal.lookup([hal.userId]), { code: "protocol.badMessage" });
});

/** What the server says of somebody, to one terminal only. */
function claim(
  to: Deceived,
  about: Deceived,
  state: EventBody<"call.member">["member"]["state"],
  more: Partial<EventBody<"call.member">> = {},
): void {
  const { callId } = to.terminal.state.call!;
  to.server.inject({
    type: "call.member",
    body: { callId, member: { userId: about.userId, state }, ...more },
  });
}

test("the server cannot hide who holds the key, nor make up somebody who does not", async () => {
  const [ida, jon, kim] = await scene.people("ida", "jon", "kim");
  await ida.terminal.call([jon.userId, kim.userId]);
  await answer(jon);
  await agree(ida, jon);
  claim(ida, jon, "left", { reason: "left" });
  claim(ida, kim, "joined");
  await ida.until(
    (state) =>
      state.call!.participants.some(({ userId, state: shown }) => userId === "kim" && shown === "joining"),
    "the claim",
  );
  assert.equal(participant(ida.terminal.state, jon.userId).state, "joined");
  assert.equal(participant(ida.terminal.state, kim.userId).verification, undefined);
  claim(ida, jon, "declined", { reason: "declined" });
  claim(ida, kim, "declined", { reason: "declined" });
  await ida.until((state) => participant(state, kim.userId).state === "declined", "the next claim");
  assert.equal(participant(ida.terminal.state, jon.userId).state, "joined");
  assert.equal(participant(ida.terminal.state, kim.userId).stateSigned, false, "nobody signed it");
  // Somebody who was never invited is not shown at all.
  ida.server.inject({
    type: "call.member",
    body: {
      callId: ida.terminal.state.call!.callId,
      member: { userId: "mallory" as UserId, state: "joined" },
    },
  });
  await ida.terminal.lookup([jon.userId]);
  assert.deepEqual(
    ida.terminal.state.call?.participants.map(({ userId }) => userId),
    ["ida", "jon", "kim"],
  );
});

/** Of the person's key history, which is their registration. */
function headOf({ server: { requests } }: Deceived): Promise<Bytes> {
  const registration = requests.find(({ type }) => type === "register.finish");
  assert.ok(registration?.type === "register.finish");
  return statedHead({ proof: registration.body.proof, statements: [] });
}

/** The person's own binding and a statement by its terminal key, or by another one. */
async function statement(
  person: Deceived,
  callId: string,
  purpose: "decline" | "leave" | "end",
  options: { readonly foreign?: boolean; readonly over?: boolean } = {},
) {
  const key = await createTerminalKey();
  const { userId, device } = person;
  const { deviceId } = device;
  const issuedAtMs = Date.now() - (options.over === true ? 13 * 3_600_000 : 1_000);
  const common = { serverOrigin: scene.origin, userId, deviceId };
  const binding = await device.sign({
    purpose: "sign-in",
    ...common,
    issuedAtMs,
    serverChallenge: new Uint8Array(32),
    terminalId: randomId(),
    terminalKey: key.publicKey,
    expiresAtMs: issuedAtMs + 3_600_000,
    head: await headOf(person),
  });
  const signer = options.foreign === true ? await createTerminalKey() : key;
  const reason = purpose === "decline" ? "declined" : purpose === "leave" ? "left" : "ended";
  const transcript: Transcript = { purpose, ...common, issuedAtMs: Date.now(), callId, reason };
  return { binding, proof: await signer.sign(transcript) };
}

test("a decline counts as signed only with a statement of the person's terminal, under a binding of the person's device", async () => {
  const [liz, max, ned] = await scene.people("liz", "max", "ned");
  await liz.terminal.call([max.userId, ned.userId]);
  const { callId } = liz.terminal.state.call!;
  await max.until(rings, "ringing");
  const isSigned = async (said: Partial<EventBody<"call.member">>): Promise<boolean> => {
    claim(liz, max, "ringing");
    claim(liz, max, "declined", { reason: "declined", ...said });
    // The lookup's answer comes behind the events, and a check of the signature begins before it.
    for (let round = 0; round < 3; round++) await liz.terminal.lookup([ned.userId]);
    const shown = participant(liz.terminal.state, max.userId);
    assert.equal(shown.state, "declined");
    return shown.stateSigned;
  };
  assert.equal(await isSigned({}), false);
  assert.equal(
    await isSigned(await statement(max, callId, "decline", { foreign: true })),
    false,
    "by another terminal key",
  );
  assert.equal(
    await isSigned(await statement(max, callId, "decline", { over: true })),
    false,
    "a binding that is over",
  );
  assert.equal(await isSigned(await statement(max, randomId(), "decline")), false, "for another call");
  assert.equal(await isSigned(await statement(max, callId, "leave")), false, "for another purpose");
  assert.equal(await isSigned(await statement(ned, callId, "decline")), false, "by another person");
  claim(liz, max, "declined", { reason: "declined", ...(await statement(max, callId, "decline")) });
  await liz.until((state) => participant(state, max.userId).stateSigned, "the honest statement");
});

test("the signature under an earlier leave says nothing about a later one", async () => {
  const [oda, pia, quin] = await scene.people("oda", "pia", "quin");
  let left: EventBody<"call.member"> | undefined;
  oda.server.onEvent("call.member", (said) => {
    if (said.member.userId !== "pia" || said.member.state !== "left") return [said];
    left ??= said;
    return [{ ...said, proof: left.proof, binding: left.binding }];
  });
  await callAll(oda, pia, quin);
  await pia.terminal.leave();
  await oda.until((state) => participant(state, pia.userId).stateSigned, "the first leave, signed");
  await agree(oda, quin);
  // A terminal hears of a call that goes on when it signs in, or resumes.
  pia.server.cut();
  await pia.until(({ connection }) => connection.status === "offline", "offline");
  const { joinable } = await pia.until(
    (state) => state.connection.status === "online" && state.joinable.length > 0,
    "the call to join again",
  );
  await pia.terminal.answer(joinable[0]!.callId);
  await agree(oda, pia, quin);
  assert.equal(participant(oda.terminal.state, pia.userId).stateSigned, false);
  await pia.terminal.leave();
  await agree(oda, quin);
  for (let round = 0; round < 3; round++) await oda.terminal.lookup([quin.userId]);
  assert.equal(participant(oda.terminal.state, pia.userId).state, "left");
  assert.equal(participant(oda.terminal.state, pia.userId).stateSigned, false);
});

test("an end of the call that the initiator did not sign is shown as the server's word", async () => {
  const [rob, sue, tom, una, vic, wes] = await scene.people("rob", "sue", "tom", "una", "vic", "wes");
  await callAll(rob, sue, tom, una, vic, wes);
  const { callId } = rob.terminal.state.call!;
  const endOf = async (person: Deceived, more: Partial<EventBody<"call.ended">>) => {
    person.server.inject({ type: "call.ended", body: { callId, reason: "ended", ...more } });
    await person.until(({ call }) => call?.phase === "ended", "the end");
    for (let round = 0; round < 3; round++) await person.terminal.lookup([rob.userId]);
    return person.terminal.state.call?.end;
  };
  const unsigned = { type: "ended", reason: "ended", signed: false };
  assert.deepEqual(await endOf(sue, {}), unsigned);
  const { proof } = await statement(rob, callId, "end");
  assert.deepEqual(
    await endOf(tom, { proof }),
    unsigned,
    "by a terminal key that the call's binding does not name",
  );
  assert.deepEqual(await endOf(vic, await statement(sue, callId, "end")), unsigned, "by another member");
  const over = await statement(rob, callId, "end", { over: true });
  assert.deepEqual(await endOf(wes, over), unsigned, "under a binding that is over");
  await rob.terminal.endForAll();
  // At once: nobody reads first that it was not signed.
  const { call } = await una.until((state) => state.call?.phase === "ended", "the honest end");
  assert.deepEqual(call?.end, { ...unsigned, signed: true });
});
