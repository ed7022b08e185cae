/** Administrators sign for others: named by the operator, appointed by statement, and for as long as they administer. */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { UserId, decodeTranscript } from "@signet/protocol";
import type { ErrorCode, ProofIn, RequestBody, Transcript } from "@signet/protocol";

import { createInvites, openSqliteStore, databasePath } from "../../src/index.ts";
import { inviteHash } from "../../src/registry/invites.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import type { TestAuthenticator } from "../support/authenticator.ts";
import { people } from "../support/group.ts";
import {
  addSoftwareKey,
  addition,
  authorityOf,
  historyStatement,
  revocation,
  revoke,
} from "../support/own-history.ts";
import type { Made } from "../support/own-history.ts";
import { helloOf } from "../support/hello.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

const dataDir = tempDir({ after });
/** Registered before the operator names them. */
const first = await startTestServer({ after }, { dataDir });
const [ada, ben] = await people(first, "ada", "ben");
await Promise.all([ada.close(), ben.close()]);
await first.close();
const administrators = [UserId.parse("ada"), UserId.parse("zed")];
const server = await startTestServer({ after }, { dataDir, port: first.port, administrators });
for (const terminal of [ada, ben]) {
  await terminal.connectAgain();
  await terminal.resume();
}

const asAdministrator = async (
  by: TestTerminal,
  of: string,
  purpose: Parameters<typeof historyStatement>[1],
  made: Made,
) => historyStatement(by, purpose, { of, ...made, own: { ...made.own, ...(await authorityOf(by)) } });

async function revokedBy(by: TestTerminal, of: string, device: Pick<SignatureDevice, "deviceId">) {
  return asAdministrator(by, of, "revoke-device", { own: revocation(device) });
}

const appointed = (by: TestTerminal, of: string, purpose: "appoint" | "dismiss") =>
  asAdministrator(by, of, purpose, { own: {} });

test("who administers is shown before a sign-in, with the history of those alone; who is named and not registered is nobody", async () => {
  const stranger = await TestTerminal.connect(server);
  const { entry, named } = await stranger.request("directory.administrators", { userId: user("ada") });
  assert.deepEqual([named, entry?.userId], [["ada"], "ada"]);
  for (const userId of ["ben", "nobody"])
    assert.equal(
      (await stranger.request("directory.administrators", { userId: user(userId) })).entry,
      undefined,
    );
});

test("the user ID of an administrator takes an invite, also where others register as they like", async () => {
  const stranger = await TestTerminal.connect(server);
  const body = { userId: user("zed"), displayName: "Zed" };
  assert.equal(await stranger.refusal("register.begin", body), "registration.administratorInvite");
  const store = openSqliteStore(databasePath(dataDir));
  const [inviteCode] = await createInvites(store, 1, Date.now());
  await store.close();
  await stranger.register("zed", await softwareDevice(), inviteCode);
  assert.deepEqual((await ada.request("directory.administrators", {})).named, ["ada", "zed"]);
});

test("an administrator revokes the last device of somebody, who is out at once; nobody else does", async () => {
  const [cleo] = await people(server, "cleo");
  const device = cleo.device ?? assert.fail();
  await changesNothing(server, async () => {
    const body = await revokedBy(ben, "cleo", device);
    assert.equal(await ben.refusal("history.append", body), "admin.notAdministrator");
    // In the name of one who does.
    const own = { ...revocation(device), ...(await authorityOf(ada)) };
    const inAdasName = await historyStatement(ben, "revoke-device", { of: "cleo", own });
    assert.equal(await ben.refusal("history.append", inAdasName), "history.administrator");
    // Not as an administrator, either.
    const plain = await historyStatement(ada, "revoke-device", { of: "cleo", own: revocation(device) });
    assert.equal(await ada.refusal("history.append", plain), "proof.user");
  });
  const { entry } = await ada.request("history.append", await revokedBy(ada, "cleo", device));
  assert.equal(entry.statements.length, 1);
  assert.deepEqual(await cleo.event("binding.ended"), { reason: "revoked" });
});

test("an administrator signs with the latest of their own history, and with a device that counts", async () => {
  const [dan] = await people(server, "dan");
  const device = dan.device ?? assert.fail();
  const spare = await addSoftwareKey(ada);
  const elsewhere = await TestTerminal.connect(server);
  await elsewhere.signIn("ada", spare);
  const early = await revokedBy(ada, "dan", device);
  const bySpare = await historyStatement(ada, "revoke-device", {
    of: "dan",
    own: { ...revocation(device), ...(await authorityOf(ada)), deviceId: spare.deviceId },
    by: spare,
  });
  await revoke(ada, spare);
  await changesNothing(server, async () => {
    assert.equal(await ada.refusal("history.append", early), "admin.head");
    assert.equal(await ada.refusal("history.append", bySpare), "admin.head");
    const again = await historyStatement(ada, "revoke-device", {
      of: "dan",
      own: { ...revocation(device), ...(await authorityOf(ada)), deviceId: spare.deviceId },
      by: spare,
    });
    assert.equal(await ada.refusal("history.append", again), "history.deviceUnknown");
  });
});

test("whoever is appointed administers until dismissed, or stepping down; what they signed stays", async () => {
  const [eve, fay, gus] = await people(server, "eve", "fay", "gus");
  const spare = await addSoftwareKey(gus);
  await ada.request("history.append", await appointed(ada, "eve", "appoint"));
  assert.equal((await eve.event("directory.changed")).entry.statements.length, 1);
  const { entry } = await gus.request("directory.administrators", { userId: user("eve") });
  assert.equal(entry?.userId, "eve");
  await eve.request("history.append", await revokedBy(eve, "gus", spare));
  await eve.request("history.append", await appointed(eve, "fay", "appoint"));
  assert.equal(
    await ada.refusal("history.append", await appointed(ada, "fay", "appoint")),
    "history.appointed",
  );
  await ada.request("history.append", await appointed(ada, "eve", "dismiss"));
  const late = await appointed(eve, "gus", "appoint");
  assert.equal(await eve.refusal("history.append", late), "admin.notAdministrator");
  const steppingDown = await historyStatement(fay, "dismiss", {
    own: { administrator: "", administratorHead: new Uint8Array() },
  });
  await fay.request("history.append", steppingDown);
  assert.equal(await fay.refusal("admin.people", {}), "admin.notAdministrator");
  const seen = await gus.request("directory.lookup", { userIds: [user("gus")] });
  assert.equal(seen.people[0]?.entry?.statements.length, 2);
});

test("everybody, a page at a time, for administrators alone", async () => {
  assert.equal(await ben.refusal("admin.people", {}), "admin.notAdministrator");
  assert.equal(await ben.refusal("admin.recoveries", {}), "admin.notAdministrator");
  const all = await ada.request("admin.people", {});
  const ids = all.people.map(({ userId }) => userId);
  assert.deepEqual(ids, ids.toSorted());
  assert.ok(all.isLast && ids.includes(user("ben")) && all.people.every(({ entry }) => entry !== undefined));
  const rest = await ada.request("admin.people", { after: user("ben") });
  assert.deepEqual(
    rest.people.map(({ userId }) => userId),
    ids.slice(ids.indexOf(user("ben")) + 1),
  );
});

test("a code that an administrator signs registers one person, and the server never had it", async () => {
  const codeHash = new Uint8Array(inviteHash("abcde-fghjk-mnpqr-stvwx"));
  const admit = async (by: TestTerminal, twist: Partial<Transcript<"admit">> = {}): Promise<ProofIn> => {
    const { challenge } = await by.request("history.begin", {});
    const head = (await authorityOf(by)).administratorHead;
    const fields = { ...by.common(), serverChallenge: challenge, codeHash, head };
    return (by.device ?? assert.fail()).sign({ purpose: "admit", ...fields, ...twist });
  };
  await changesNothing(server, async () => {
    for (const [code, by, twist] of [
      ["admin.notAdministrator", ben, {}],
      ["proof.challenge", ada, { serverChallenge: new Uint8Array(32) }],
      ["proof.time", ada, { issuedAtMs: Date.now() - 180_000 }],
      ["history.head", ada, { head: new Uint8Array(32) }],
      ["registration.inviteInvalid", ada, { codeHash: new Uint8Array(31) }],
    ] as const satisfies readonly (readonly [ErrorCode, TestTerminal, Partial<Transcript<"admit">>])[])
      assert.equal(await by.refusal("admin.invite", { proof: await admit(by, twist) }), code);
  });
  await ada.request("admin.invite", { proof: await admit(ada) });
  const store = openSqliteStore(databasePath(dataDir));
  assert.ok(await store.inviteOpen(codeHash));
  await store.close();
});

/** Somebody with a new device, at a terminal where nobody is signed in. */
async function asking(
  userId: string,
  device: SignatureDevice | TestAuthenticator,
  more: Partial<RequestBody<"recovery.ask">> = {},
) {
  const terminal = await TestTerminal.connect(server);
  const { challenge } = await terminal.request("recovery.begin", { userId: user(userId) });
  const { algorithm, kind, publicKey } = device;
  const webauthn = "create" in device ? { webauthn: await device.create(challenge) } : {};
  const body = {
    userId: user(userId),
    challenge,
    device: { kind, algorithm, publicKey, name: "New key" },
    ...webauthn,
    ...more,
  };
  return { terminal, body };
}

async function recoverBy(
  by: TestTerminal,
  of: string,
  device: SignatureDevice | TestAuthenticator,
  own = {},
) {
  const named = { ...addition(device, "New key"), ...own };
  const { statement } = await asAdministrator(by, of, "recover", { own: named });
  return statement.proofs[0]!;
}

/** What the new device signs beside the administrator. */
const signedToo = async (proof: ProofIn, device: SignatureDevice | TestAuthenticator) => ({
  statement: { proofs: [proof, await device.sign(decodeTranscript(proof.transcript) ?? assert.fail())] },
});

test("who lost all devices is recovered from two machines, by two signatures, and is who they were", async () => {
  const [hal] = await people(server, "hal");
  const passkey = await createAuthenticator(hal.origin);
  const { terminal, body } = await asking("hal", passkey);
  const { expiresAtMs } = await terminal.request("recovery.ask", body);
  assert.ok(expiresAtMs > Date.now());
  const { recoveries } = await ada.request("admin.recoveries", {});
  const asked = recoveries.find(({ userId }) => userId === "hal") ?? assert.fail();
  assert.deepEqual([asked.publicKey, asked.name], [passkey.publicKey, "New key"]);
  await ada.request("admin.recover", { proof: await recoverBy(ada, "hal", passkey) });
  const { entry, proof } = await terminal.event("recovery.approved");
  assert.equal(entry.userId, "hal");
  const done = await terminal.request("recovery.finish", await signedToo(proof, passkey));
  assert.deepEqual(done.entry.statements[0]?.credentialId, body.webauthn?.credentialId);
  assert.deepEqual(await hal.event("binding.ended"), { reason: "revoked" });
  await terminal.signIn("hal", passkey);
  assert.equal(
    await (await TestTerminal.connect(server)).signInRefusal("hal", hal.device!),
    "history.deviceRevoked",
  );
  assert.deepEqual((await ada.request("admin.recoveries", {})).recoveries, []);
});

test("a terminal that lost its connection meanwhile asks again, and hears what was signed; another one does not", async () => {
  await people(server, "ida");
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const { terminal, body } = await asking("ida", device);
  await terminal.request("recovery.ask", body);
  const other = await asking("ida", device);
  assert.equal(await other.terminal.refusal("recovery.ask", other.body), "registration.deviceTaken");
  await terminal.close();
  await ada.request("admin.recover", { proof: await recoverBy(ada, "ida", device) });
  await terminal.connectAgain();
  await terminal.request("recovery.ask", body);
  const { proof } = await terminal.event("recovery.approved");
  const finish = await signedToo(proof, device);
  assert.equal(await other.terminal.refusal("recovery.finish", finish), "recovery.gone");
  // Nor one that only says that it is the same.
  const { key, terminalId } = terminal;
  const pretender = await TestTerminal.open(server);
  await pretender.request("session.hello", helloOf({ terminalId, terminalKey: key.publicKey }));
  assert.equal(await pretender.refusal("recovery.finish", finish), "auth.terminalUnproven");
  await terminal.request("recovery.finish", finish);
});

test("a recovery that is given up is gone for administrators at once, by the terminal that asked and no other", async () => {
  await people(server, "lou");
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const { terminal, body } = await asking("lou", device);
  await terminal.request("recovery.ask", body);
  const isShown = async (): Promise<boolean> =>
    (await ada.request("admin.recoveries", {})).recoveries.some(({ userId }) => userId === "lou");
  assert.ok(await isShown());
  const { key, terminalId } = terminal;
  const pretender = await TestTerminal.open(server);
  await pretender.request("session.hello", helloOf({ terminalId, terminalKey: key.publicKey }));
  assert.equal(await pretender.refusal("recovery.close", {}), "auth.terminalUnproven");
  await (await TestTerminal.connect(server)).request("recovery.close", {});
  assert.ok(await isShown());
  await terminal.request("recovery.close", {});
  assert.ok(!(await isShown()));
  assert.equal(
    await ada.refusal("admin.recover", { proof: await recoverBy(ada, "lou", device) }),
    "recovery.gone",
  );
  await terminal.request("recovery.close", {});
});

test("a recovery that is not as it was asked for, and signed, is refused and changes nothing", async () => {
  const [joe] = await people(server, "joe", "kim");
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const another = await createSoftwareKey({ algorithm: "EdDSA" });
  const { terminal, body } = await asking("joe", device);
  const passkey = await createAuthenticator(joe.origin);
  await changesNothing(server, async () => {
    assert.equal(await terminal.refusal("recovery.begin", { userId: user("nobody") }), "user.unknown");
    for (const [code, more] of [
      ["proof.challenge", { challenge: new Uint8Array(32) }],
      ["registration.attestation", { device: { ...body.device, kind: "webauthn" as const } }],
      ["proof.user", { userId: user("kim") }],
    ] as const satisfies readonly (readonly [ErrorCode, Partial<RequestBody<"recovery.ask">>])[]) {
      const wrong = await asking("joe", device, more);
      assert.equal(await wrong.terminal.refusal("recovery.ask", wrong.body), code);
    }
    const ofAnother = await asking("joe", passkey, { webauthn: await passkey.create(new Uint8Array(32)) });
    assert.equal(
      await ofAnother.terminal.refusal("recovery.ask", ofAnother.body),
      "registration.attestation",
    );
    await terminal.request("recovery.ask", body);

    const refused = async (code: ErrorCode, by: TestTerminal, proof: ProofIn): Promise<void> =>
      assert.equal(await by.refusal("admin.recover", { proof }), code);
    await refused("admin.notAdministrator", ben, await recoverBy(ben, "joe", device));
    await refused("recovery.gone", ada, await recoverBy(ada, "joe", another));
    await refused("recovery.gone", ada, await recoverBy(ada, "kim", device));
    await refused(
      "proof.challenge",
      ada,
      await recoverBy(ada, "joe", device, { serverChallenge: new Uint8Array(32) }),
    );
    await refused("history.sequence", ada, await recoverBy(ada, "joe", device, { sequence: 7 }));
    const early = { issuedAtMs: Date.now() - 180_000 };
    await refused("proof.time", ada, await recoverBy(ada, "joe", device, early));
    // Nobody signed yet.
    const alone = await recoverBy(ada, "joe", device);
    assert.equal(await terminal.refusal("recovery.finish", await signedToo(alone, device)), "recovery.gone");

    const proof = await recoverBy(ada, "joe", device);
    await ada.request("admin.recover", { proof });
    await terminal.event("recovery.approved");
    const { statement } = await signedToo(proof, device);
    const finish = async (code: ErrorCode, wrong: RequestBody<"recovery.finish">["statement"]) =>
      assert.equal(await terminal.refusal("recovery.finish", { statement: wrong }), code);
    await finish("history.proofs", { proofs: [proof] });
    await finish("proof.signature", (await signedToo(proof, another)).statement);
    await finish("registration.attestation", { ...statement, credentialId: new Uint8Array(16) });
    await finish("proof.challenge", (await signedToo(alone, device)).statement);
  });
  const proof = await recoverBy(ada, "joe", device);
  await ada.request("admin.recover", { proof });
  await addSoftwareKey(ada);
  const late = await signedToo(proof, device);
  assert.equal(await terminal.refusal("recovery.finish", late), "admin.head");
});

test("what an administrator approved who was dismissed meanwhile brings nobody back", async () => {
  const [mia, ned] = await people(server, "mia", "ned");
  await ada.request("history.append", await appointed(ada, "mia", "appoint"));
  await mia.event("directory.changed");
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const { terminal, body } = await asking("ned", device);
  await terminal.request("recovery.ask", body);
  const proof = await recoverBy(mia, "ned", device);
  await mia.request("admin.recover", { proof });
  await ada.request("history.append", await appointed(ada, "mia", "dismiss"));
  const late = await signedToo(proof, device);
  assert.equal(await terminal.refusal("recovery.finish", late), "admin.notAdministrator");
  await ned.resume();
});

test("what somebody signed as an administrator holds when the operator names others, also after a restart; they sign nothing more", async (t) => {
  const own = { dataDir: tempDir(t) };
  const one = await startTestServer(t, own);
  const [kay, lou] = await people(one, "kay", "lou");
  const spare = await addSoftwareKey(lou);
  await one.close();
  const two = await startTestServer(t, { ...own, port: one.port, administrators: [user("kay")] });
  await kay.close();
  await kay.connectAgain();
  await kay.resume();
  await kay.request("history.append", await revokedBy(kay, "lou", spare));
  await two.close();
  await startTestServer(t, { ...own, port: one.port });
  await Promise.all([kay.close(), lou.close()]);
  for (const terminal of [kay, lou]) await terminal.connectAgain();
  await kay.resume();
  assert.equal((await lou.resume()).entry.statements.length, 2);
  assert.deepEqual((await kay.request("directory.administrators", {})).named, []);
  const entry = (await lou.request("directory.administrators", { userId: user("kay") })).entry;
  assert.equal(entry?.userId, "kay");
  const late = await revokedBy(kay, "lou", lou.device ?? assert.fail());
  assert.equal(await kay.refusal("history.append", late), "admin.notAdministrator");
});
