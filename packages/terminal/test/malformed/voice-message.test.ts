/** A voice message is the caller's by their own terminal's signature, for this call and person, and by a device that counts; and no older than a server keeps it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import {
  clockToleranceMs,
  createSoftwareKey,
  createTerminalKey,
  messageDigests,
  sha256,
  statedHead,
} from "@signet/device";
import { sealMessage } from "@signet/e2ee";
import type { SealedMessage } from "@signet/e2ee";
import { sealedSoundBytes } from "@signet/protocol";
import type { MessageIn, ProofIn, Transcript, UserId } from "@signet/protocol";

import { MemoryMessagePlace, writeMessageSound } from "../../src/index.ts";
import { mostKeptSounds } from "../../src/messages/kept-messages.ts";
import { messageMs } from "../../src/messages/sound/message-sound.ts";
import { verifyMessage } from "../../src/messages/verify-message.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { leftBy } from "../support/left-message.ts";
import { packet } from "../support/message-sound.ts";
import { known, person, randomBytes, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { ringBy } from "../support/rings.ts";
import { connectedTerminal, signedIn } from "../support/scripted-server.ts";

const ada = "ada" as UserId;
const hourMs = 3_600_000;
const callProofDigest = randomBytes(32);

/** @param change of what the caller's terminal signs */
async function left(
  caller: TestPerson,
  change: Partial<Transcript<"message">> = {},
  signer = caller.device,
  sound: SealedMessage = { keys: [randomBytes(300)], sealed: randomBytes(sealedSoundBytes(1)) },
) {
  const { userId, entry } = caller;
  const { callId, ...call } = await ringBy(caller, [ada]);
  const terminal = await createTerminalKey();
  const issuedAtMs = Date.now();
  const common = { serverOrigin, userId, deviceId: signer.deviceId, issuedAtMs };
  const binding: ProofIn = await signer.sign({
    purpose: "sign-in",
    ...common,
    serverChallenge: randomBytes(32),
    terminalId: terminal.terminalId,
    terminalKey: terminal.publicKey,
    expiresAtMs: issuedAtMs + hourMs,
    head: await statedHead(entry),
  });
  const proof = await terminal.sign({
    purpose: "message",
    ...common,
    callId,
    callProofDigest,
    toUserId: ada,
    ...(await messageDigests(sound)),
    ...change,
  });
  const message: MessageIn = {
    keys: [...sound.keys],
    sealed: sound.sealed,
    call: { callId, ...call },
    binding,
    proof,
  };
  return { message, callId, issuedAtMs };
}

type Left = Awaited<ReturnType<typeof left>>;

async function verdict(
  { message, callId, issuedAtMs }: Left,
  entry: TestPerson["entry"],
  nowMs = Date.now(),
  signedAtMs = issuedAtMs,
) {
  const from = { userId: entry.userId, displayName: "", verification: { signedAtMs } };
  const invitation = { callProofDigest, view: { callId, from } } as Parameters<typeof verifyMessage>[1];
  const result = await verifyMessage(message, invitation, {
    serverOrigin,
    directory: { person: () => known(entry) },
    ownUserId: ada,
    nowMs,
  });
  return "code" in result ? result.code : "theirs";
}

test("it is for this call and person, of no time ahead, and while the binding lasted", async () => {
  const bob = await person("bob");
  const good = await left(bob);
  assert.equal(await verdict(good, bob.entry), "theirs");
  assert.equal(await verdict(good, bob.entry, good.issuedAtMs - clockToleranceMs), "theirs");
  assert.equal(await verdict(good, bob.entry, good.issuedAtMs - clockToleranceMs - 1), "proof.time");
  // A terminal key of before says a time at which it held still.
  const callMs = good.issuedAtMs + clockToleranceMs;
  assert.equal(await verdict(good, bob.entry, callMs, callMs), "theirs");
  assert.equal(await verdict(good, bob.entry, callMs + 1, callMs + 1), "proof.time");
  const cases: readonly (readonly [string, Partial<Transcript<"message">>])[] = [
    ["proof.call", { toUserId: "eve" }],
    ["proof.call", { callProofDigest: randomBytes(32) }],
    ["proof.call", { keysDigest: randomBytes(32) }],
    ["proof.call", { sealedDigest: randomBytes(32) }],
    ["proof.origin", { serverOrigin: "https://other.example" }],
    ["proof.expired", { issuedAtMs: Date.now() + 2 * hourMs }],
  ];
  for (const [code, change] of cases)
    assert.equal(await verdict(await left(bob, change), bob.entry, Date.now() + 3 * hourMs), code);
  const eve = await person("eve");
  assert.equal(await verdict(good, eve.entry), "proof.user");
});

test("by a device that was revoked since it is not theirs; a binding of such a one beside another's words is no word of theirs at all", async () => {
  const bob = await person("bob");
  const phone = await createSoftwareKey({ algorithm: "EdDSA" });
  const two = await withDevice(bob.entry, bob.device, phone);
  const one = await withoutDevice(two, bob.device, phone);
  const byPhone = await left({ ...bob, entry: two }, {}, phone);
  assert.equal(await verdict(byPhone, two), "theirs");
  assert.equal(await verdict(byPhone, one), "history.deviceRevoked");
  const byOther = await left(bob);
  const mixed = { ...byOther, message: { ...byOther.message, binding: byPhone.message.binding } };
  assert.equal(await verdict(mixed, one), "proof.device");
});

/** Signs in where the server has this one message. @returns what the terminal refuses */
async function handedOver(t: TestContext, message: MessageIn, keptMs: number) {
  const opened = await connectedTerminal([], { messagePlace: new MemoryMessagePlace() });
  const { server, terminal } = opened;
  t.after(() => terminal.close());
  const { callId } = message.call;
  server.script["mailbox.put"] = () => ({});
  server.script["message.list"] = () => ({ messages: [{ position: 1, callId }], keptMs });
  server.script["message.get"] = () => ({ message });
  const done = terminal.signIn({ userId: ada });
  await server.asked("sign-in.finish");
  server.say({ "sign-in.finish": signedIn(opened.ada) });
  await done;
  const { refused } = await server.asked("message.delete");
  const warnings = terminal.state.warnings.map(({ code, userId }) => `${userId} ${code}`);
  return { codes: refused.map(({ code }) => code), warnings };
}

test("after a call that is older than the server keeps one it is refused", async (t) => {
  const bob = await person("bob");
  const keptMs = 7 * 24 * hourMs;
  const call = await ringBy(bob, [ada], { issuedAtMs: Date.now() - keptMs - clockToleranceMs - 1_000 });
  const { message } = await left(bob);
  const found = await handedOver(t, { ...message, call }, keptMs);
  assert.deepEqual(found, { codes: ["proof.time"], warnings: [] });
});

test("after a call by a device that counts, by one that was revoked since: refused, and the person is told", async (t) => {
  const bob = await person("bob");
  const phone = await createSoftwareKey({ algorithm: "EdDSA" });
  const two = await withDevice(bob.entry, bob.device, phone);
  const initiator = await withoutDevice(two, bob.device, phone);
  const call = { ...(await ringBy(bob, [ada])), initiator };
  const { callId, proof } = call;
  const change = { callId, callProofDigest: await sha256(proof.transcript) };
  const { message } = await left({ ...bob, entry: two }, change, phone);
  const found = await handedOver(t, { ...message, call }, 7 * 24 * hourMs);
  assert.deepEqual(found, { codes: ["history.deviceRevoked"], warnings: ["bob missed.revokedDevice"] });
});

test("what only made room here has no sound here any more, and stays at the server for the person's other terminals", async (t) => {
  const bob = await person("bob");
  const [place, owner] = [new MemoryMessagePlace(), { serverOrigin, userId: ada }];
  const call = await ringBy(bob, [ada]);
  const { callId } = call;
  const digest = await sha256(call.proof.transcript);
  const scope = { serverOrigin, callerId: bob.userId, toUserId: ada, callId, callProofDigest: digest };
  const voice = writeMessageSound({ packets: Array.from({ length: 50 }, (_, i) => packet(i)), preSkip: 312 });
  const { publicKey } = await place.keyPair();
  const sound = await sealMessage(scope, voice, messageMs(voice), [
    { deviceId: bob.device.deviceId, publicKey },
  ]);
  const { message } = await left(bob, { callId, callProofDigest: digest }, bob.device, sound);
  const later = Array.from({ length: mostKeptSounds }, (_, i) => leftBy(bob.userId, Date.now() + 60_000 + i));
  await place.change(owner, () => later);
  const written: string[] = [];
  const writeSound = place.writeSound.bind(place);
  place.writeSound = (whose, id, one) => {
    written.push(id);
    return writeSound(whose, id, one);
  };
  const opened = await connectedTerminal([], { messagePlace: place });
  const { server, terminal } = opened;
  t.after(() => terminal.close());
  const keptMs = 7 * 24 * hourMs;
  server.script["mailbox.put"] = () => ({});
  server.script["message.get"] = () => ({ message: { ...message, call } });
  server.script["message.delete"] = () => ({});
  server.script["message.list"] = () => ({ messages: [{ position: 1, callId }], keptMs });
  const done = terminal.signIn({ userId: ada });
  await server.asked("sign-in.finish");
  server.say({ "sign-in.finish": signedIn(opened.ada) });
  await done;
  await terminal.askMissed();
  // Also under another position, as after the server's data came back from a backup.
  server.script["message.list"] = () => ({ messages: [{ position: 2, callId }], keptMs });
  await terminal.askMissed();
  const [id] = written;
  assert.ok(id !== undefined);
  assert.equal(await place.readSound(owner, id), undefined);
  assert.deepEqual(
    terminal.state.messages?.map((one) => one.id),
    later.map((one) => one.id),
  );
  assert.ok(!server.heard.some(({ type }) => type === "message.delete"));
});
