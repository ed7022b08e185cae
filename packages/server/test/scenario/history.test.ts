/** People continue their key histories: what is taken counts at once and everywhere, and what does not hold changes nothing. */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import type { SignatureDevice } from "@signet/device";
import { decodeTranscript } from "@signet/protocol";
import type { ErrorCode, ReplyBody, RequestBody } from "@signet/protocol";

import { createAuthenticator } from "../support/authenticator.ts";
import { callOfTwo, commitFor, people } from "../support/group.ts";
import { addition, addSoftwareKey, historyStatement, revocation, revoke } from "../support/own-history.ts";
import type { Made } from "../support/own-history.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import { TestTerminal } from "../support/test-terminal.ts";

const server = await startTestServer({ after });
const minuteMs = 60_000;

async function signedIn(userId: string, device: SignatureDevice, to = server): Promise<TestTerminal> {
  const terminal = await TestTerminal.connect(to);
  await terminal.signIn(userId, device);
  return terminal;
}

test("a second device is added, rings beside the first one, and when it is revoked it is out at once: of its sign-in, of the call, for good", async () => {
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await cleo.request("presence.watch", { userIds: ["ann" as never] });
  const second = await addSoftwareKey(ann);
  const added = await cleo.event("directory.changed");
  assert.deepEqual([added.entry.userId, added.entry.statements.length], ["ann", 1]);
  const phone = await signedIn("ann", second);
  assert.equal(ann.countOf("binding.ended"), 0);

  const { callId } = await ben.call(["ann"]);
  await ann.event("call.ring");
  const ring = await phone.event("call.ring");
  await phone.join(ring);
  const { proof, ...ended } = await ann.event("call.ringEnded");
  assert.deepEqual(ended, { callId, reason: "answeredElsewhere" });
  const answer = decodeTranscript(proof?.transcript ?? new Uint8Array());
  assert.equal(answer?.purpose === "join" && answer.deviceId, second.deviceId);
  await ben.request("call.commit", commitFor(await ben.event("call.commitNeeded"), 1));
  await phone.event("call.welcome");

  await revoke(ann, second);
  assert.deepEqual(await phone.event("binding.ended"), { reason: "revoked" });
  const left = await ben.event("call.member", ({ member }) => member.state === "left");
  assert.deepEqual([left.member.userId, left.reason], ["ann", "revoked"]);
  const needed = await ben.event("call.commitNeeded", ({ remove }) => remove.length > 0);
  assert.deepEqual(
    needed.remove.map(({ terminalId }) => terminalId),
    [phone.terminalId],
  );
  await ben.request("call.commit", commitFor(needed, 2));
  // Who is in a call with the person is told, too.
  const revoked = await ben.event("directory.changed", ({ entry }) => entry.statements.length === 2);
  assert.equal(revoked.entry.userId, "ann");
  assert.equal(phone.countOf("directory.changed"), 0);
  const rejected = await phone.resumeProof();
  assert.equal(await phone.refusal("session.resume", { proof: rejected }), "history.deviceRevoked");
  await changesNothing(server, async () => {
    assert.equal(
      await (await TestTerminal.connect(server)).signInRefusal("ann", second),
      "history.deviceRevoked",
    );
  });
  // The first one stays where it is.
  await ann.request("directory.lookup", { userIds: [] });
  const dan = await TestTerminal.connect(server);
  const challenge = await dan.begin("dan", second, "dan");
  assert.equal(
    await dan.refusal("register.finish", await dan.finishBody(challenge)),
    "registration.deviceTaken",
  );
});

test("a WebAuthn device is added with what its authenticator says of itself, and a name is changed", async () => {
  const [eve] = await people(server, "eve");
  const passkey = await createAuthenticator(eve.origin);
  const body = await historyStatement(eve, "add-device", { own: addition(passkey), second: passkey });
  const { entry } = await eve.request("history.append", body);
  assert.deepEqual(entry.statements[0]?.credentialId, body.webauthn?.credentialId);
  assert.equal(entry.statements[0]?.attestation?.format, "none");
  const phone = await signedIn("eve", passkey);
  // Both are told of each other's changes, but for who asked.
  const renamed = await historyStatement(phone, "rename", {
    own: { renamedDeviceId: "", name: "Eve Adams" },
  });
  await phone.request("history.append", renamed);
  assert.equal((await eve.event("directory.changed")).entry.statements.length, 2);
  assert.equal(phone.countOf("directory.changed"), 0);
});

test("who revokes the device that they signed in with hears of it, and is out", async () => {
  const [fay] = await people(server, "fay");
  const second = await addSoftwareKey(fay);
  await revoke(fay, fay.device ?? assert.fail());
  assert.deepEqual(await fay.event("binding.ended"), { reason: "revoked" });
  assert.equal(await fay.refusal("history.begin", {}), "auth.signInRequired");
  const phone = await signedIn("fay", second);
  const last = await historyStatement(phone, "revoke-device", { own: revocation(second) });
  assert.equal(await phone.refusal("history.append", last), "history.lastDevice");
});

test("what does not hold is refused, each by its code, and changes nothing", async () => {
  const [gil, hal] = await people(server, "gil", "hal");
  const first = gil.device ?? assert.fail();
  const second = await addSoftwareKey(gil);
  const fresh = await softwareDevice();
  const passkey = await createAuthenticator(gil.origin);
  const stranger = await softwareDevice();
  const name = { own: { renamedDeviceId: "", name: "Gil" } };
  const twist = (own: Record<string, unknown>): Made => ({ own: { ...name.own, ...own } });
  const adding = (more: Partial<Made>): Made => ({ own: addition(fresh), second: fresh, ...more });
  const { challenge: ofHal } = await hal.request("history.begin", {});
  const { challenge: ofSession } = await gil.request("session.challenge", {});
  const attestation = {
    format: "packed",
    aaguid: "00000000-0000-0000-0000-000000000000",
    verified: true as const,
  };
  const cases: readonly (readonly [ErrorCode, Parameters<typeof historyStatement>[1], Made])[] = [
    ["proof.challenge", "rename", { ...name, challenge: ofHal }],
    ["proof.challenge", "rename", { ...name, challenge: ofSession }],
    ["proof.time", "rename", twist({ issuedAtMs: Date.now() - 3 * minuteMs })],
    ["proof.time", "rename", twist({ issuedAtMs: Date.now() + 3 * minuteMs })],
    ["history.sequence", "rename", twist({ sequence: 1 })],
    ["history.sequence", "rename", twist({ sequence: 3 })],
    ["history.previous", "rename", twist({ previous: new Uint8Array(32) })],
    ["proof.user", "rename", twist({ userId: "hal" })],
    ["proof.origin", "rename", twist({ serverOrigin: "https://elsewhere.example" })],
    ["history.deviceUnknown", "rename", { ...name, by: stranger }],
    ["proof.signature", "rename", { own: { ...name.own, deviceId: first.deviceId }, by: stranger }],
    ["history.name", "rename", twist({ name: "" })],
    ["history.name", "rename", twist({ name: "\u3164" })],
    ["history.name", "add-device", adding({ own: addition(fresh, "a\u200db") })],
    ["history.proofs", "add-device", { own: addition(fresh) }],
    [
      "proof.signature",
      "add-device",
      { own: addition(fresh), second: { ...stranger, deviceId: fresh.deviceId } },
    ],
    ["history.deviceTaken", "add-device", { own: addition(second), second }],
    [
      "registration.deviceTaken",
      "add-device",
      { own: addition(hal.device ?? assert.fail()), second: hal.device ?? assert.fail() },
    ],
    ["registration.attestation", "add-device", adding({ beside: { attestation } })],
    ["registration.attestation", "add-device", adding({ beside: { credentialId: new Uint8Array(16) } })],
    ["history.administrator", "revoke-device", { own: { ...revocation(second), administrator: "hal" } }],
    [
      "history.administrator",
      "recover",
      adding({ own: { ...addition(fresh), administrator: "", administratorHead: new Uint8Array() } }),
    ],
    ["history.revokedDevice", "revoke-device", { own: revocation(stranger) }],
    [
      "history.certificates",
      "certify",
      { own: { certificatesDigest: new Uint8Array(32) }, beside: { certificates: [new Uint8Array(300)] } },
    ],
  ];
  const refused = async (code: ErrorCode, body: RequestBody<"history.append">): Promise<void> =>
    changesNothing(server, async () => {
      assert.equal(await gil.refusal("history.append", body), code);
    });
  for (const [code, purpose, made] of cases) {
    await refused(code, await historyStatement(gil, purpose, made));
  }
  // The creation of a WebAuthn device: none, of another challenge, and one for a device that is none.
  const whole = await historyStatement(gil, "add-device", { own: addition(passkey), second: passkey });
  const { webauthn: _none, ...without } = whole;
  await refused("registration.attestation", without);
  const again = await historyStatement(gil, "add-device", { own: addition(passkey), second: passkey });
  await refused("registration.attestation", { ...again, webauthn: await passkey.create(new Uint8Array(32)) });
  const plain = await historyStatement(gil, "add-device", adding({}));
  await refused("registration.attestation", { ...plain, webauthn: await passkey.create(new Uint8Array(32)) });
  // Used once, also in vain.
  await refused("proof.challenge", again);
  // And nothing that is no statement.
  const { challenge } = await gil.request("session.challenge", {});
  const release = await gil.key.sign({
    purpose: "release",
    ...gil.common(),
    serverChallenge: challenge,
    terminalId: gil.terminalId,
  });
  await refused("proof.purpose", { statement: { proofs: [release] } });
  await refused("proof.malformed", { statement: { proofs: [{ ...release, transcript: Uint8Array.of(1) }] } });
});

test("of two statements for one place one is taken; the other is not lost for it, and follows anew", async () => {
  const [ida] = await people(server, "ida");
  const phone = await signedIn("ida", await addSoftwareKey(ida));
  const renaming = (terminal: TestTerminal, name: string) =>
    historyStatement(terminal, "rename", { own: { renamedDeviceId: "", name } });
  const ready = await Promise.all(
    [ida, phone].map(async (terminal, i) => ({ terminal, body: await renaming(terminal, `Name ${i}`) })),
  );
  const answers = await Promise.all(ready.map(({ terminal, body }) => terminal.ask("history.append", body)));
  assert.deepEqual(answers.map((answer) => (answer.kind === "error" ? answer.code : "appended")).toSorted(), [
    "appended",
    "history.sequence",
  ]);
  const loser = answers[0]?.kind === "error" ? ida : phone;
  const again = await loser.request("history.append", await renaming(loser, "Another name"));
  assert.equal(again.entry.statements.length, 3);
});

test("who comes to a call, or back to it, is shown histories as they are by then, also after a restart", async (t) => {
  const dataDir = tempDir(t);
  const one = await startTestServer(t, { dataDir });
  const [lea, max, noa] = await people(one, "lea", "max", "noa");
  const callId = await callOfTwo(lea, max, ["noa"]);
  await noa.event("call.ring");
  for (const [i, terminal] of [lea, max].entries()) {
    const own = { renamedDeviceId: "", name: `Name ${i}` };
    await terminal.request("history.append", await historyStatement(terminal, "rename", { own }));
  }
  const lengths = (members: ReplyBody<"call.sync">["members"]) =>
    members.map(({ entry }) => entry?.statements.length);
  const { members } = await max.request("call.sync", { callId, epoch: 1, number: 1 });
  assert.deepEqual(lengths(members), [1, 1, 0]);
  const isAsItIs = async (): Promise<void> => {
    await noa.close();
    await noa.connectAgain();
    await noa.resume();
    const ring = await noa.event("call.ring", ({ initiator }) => initiator.statements.length === 1);
    assert.deepEqual(lengths(ring.members), [1, 1, 0]);
  };
  await isAsItIs();
  await one.close();
  await startTestServer(t, { dataDir, port: one.port });
  await isAsItIs();
});

test("so many statements at once, and no more until there is a share again; a revocation waits for nothing", async (t) => {
  const strict = await startTestServer(t, { limits: { statementBurst: 3, statementsPerMinute: 1 } });
  const [oda, pia] = await people(strict, "oda", "pia");
  const second = await addSoftwareKey(oda);
  const renaming = (terminal: TestTerminal, name: string) =>
    historyStatement(terminal, "rename", { own: { renamedDeviceId: "", name } });
  for (const name of ["One", "Two"]) await oda.request("history.append", await renaming(oda, name));
  const third = await renaming(oda, "Three");
  await changesNothing(strict, async () => {
    assert.equal(await oda.refusal("history.append", third), "protocol.askedTooMuch");
  });
  await revoke(oda, second);
  await pia.request("history.append", await renaming(pia, "Pia"));
  strict.setClock(minuteMs);
  oda.clock = () => Date.now() + minuteMs;
  await oda.request("history.append", await renaming(oda, "Three"));
  assert.equal(await oda.refusal("history.append", await renaming(oda, "Four")), "protocol.askedTooMuch");
});

test("a history and its devices outlive a restart", async (t) => {
  const dataDir = tempDir(t);
  const one = await startTestServer(t, { dataDir });
  const [joe, kim] = await people(one, "joe", "kim");
  const kept = await addSoftwareKey(joe);
  const lost = await addSoftwareKey(joe);
  const phone = await signedIn("joe", kept, one);
  await revoke(joe, lost);
  await callOfTwo(kim, phone);
  await one.close();
  const other = await startTestServer(t, { dataDir, port: one.port });
  await phone.close();
  await phone.connectAgain();
  assert.equal((await phone.resume()).entry.statements.length, 3);
  assert.equal(await (await TestTerminal.connect(other)).signInRefusal("joe", lost), "history.deviceRevoked");
  await signedIn("joe", joe.device ?? assert.fail(), other);
});
