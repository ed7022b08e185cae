/** Who lost all their devices comes back by an administrator; everybody sees by whom, and a server alone brings nobody back. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createSoftwareKey, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { decodeTranscript, encodeTranscript } from "@signet/protocol";
import type { DirectoryEntryIn, ProofIn, Transcript, UserId } from "@signet/protocol";
import type { RunningServer } from "@signet/server";
import type { TerminalState } from "@signet/terminal";

import { DishonestServer } from "./support/dishonest.ts";
import { entryFor, newDevice, randomBytes } from "./support/forgery.ts";
import { openHeadless, registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { makeInvite, startTestServer } from "./support/server.ts";
import { VirtualTime } from "./support/virtual-time.ts";
import { eventually } from "./support/wait.ts";

const [ada, ben, cleo] = ["ada" as UserId, "ben" as UserId, "cleo" as UserId];
let dataDir: string;
let server: RunningServer;
let admin: Headless;
const opened: Headless[] = [];
const liars: DishonestServer[] = [];

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "signet-e2e-"));
  server = await startTestServer({ dataDir, administrators: [ada] });
  admin = await openHeadless(server.origin, ada);
  const inviteCode = await makeInvite(dataDir);
  await admin.terminal.register({ userId: ada, displayName: "ADA", inviteCode });
  opened.push(admin, await registerHeadless(server.origin, ben), await registerHeadless(server.origin, cleo));
});
after(async () => {
  for (const { terminal } of opened) terminal.close();
  for (const liar of liars) await liar.close();
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

const sessionOf = ({ session }: TerminalState) => (session.status === "signedIn" ? session : undefined);

/** At a terminal where nobody is signed in. @returns when the code is there */
async function asking(
  userId: UserId,
  {
    origin = server.origin,
    device,
    signal,
    time,
  }: { origin?: string; device?: SignatureDevice; signal?: AbortSignal; time?: VirtualTime } = {},
) {
  const terminal = await openHeadless(origin, userId, {
    ...(device === undefined ? {} : { device }),
    environment: { serverOrigin: server.origin, ...(time === undefined ? {} : { after: time.after }) },
  });
  opened.push(terminal);
  const touches: string[] = [];
  let done: Promise<void> = Promise.resolve();
  const code = await new Promise<string>((resolve, reject) => {
    done = terminal.terminal.administration.askRecovery({
      userId,
      name: "New key",
      ...(signal === undefined ? {} : { signal }),
      onCode: resolve,
      onTouch: (touch) => touches.push(touch),
    });
    done.catch(reject);
  });
  return { terminal, touches, code, done };
}

test("who lost everything reads a code to an administrator, who signs; the others are told by whom, and decide", async () => {
  const [, former, friend] = opened;
  assert.ok(former && friend);
  const isCarried = ({ personal }: TerminalState): boolean => personal?.carrying.status === "carried";
  await former.terminal.personal.putPerson(cleo, { note: "before" });
  await former.until(isCarried, "that it is carried");
  const [met] = await friend.terminal.lookup([ben]);
  assert.equal(met?.refused, undefined);
  const { administration } = admin.terminal;
  assert.equal(
    sessionOf(await admin.until((state) => sessionOf(state)?.administers === true, "an administrator"))
      ?.userId,
    ada,
  );

  const { code, done, terminal, touches } = await asking(ben);
  assert.match(code, /^\d{4}( \d{4}){4}$/);
  const [open] = await administration.recoveries();
  assert.deepEqual([open?.userId, open?.name, open?.code], [ben, "New key", code]);
  const other = code.replace(/^\d/, (digit) => String((Number(digit) + 1) % 10));
  await assert.rejects(administration.recover(ben, other), { code: "admin.code" });
  await assert.rejects(administration.recover(cleo, code), { code: "admin.code" });
  await administration.recover(ben, code.replaceAll(" ", "-"));
  await done;
  assert.deepEqual(touches, ["sign"]);
  await terminal.terminal.signIn({ userId: ben });
  const devices = sessionOf(
    await terminal.until((state) => sessionOf(state) !== undefined, "signed in"),
  )?.devices;
  // None of the keys to their people and history counts any more: the person begins anew, and nothing is put over what there is before they say so.
  const { personal } = await terminal.until(
    (state) => state.personal?.carrying.status === "keptHere",
    "that it has no key",
  );
  assert.deepEqual(personal?.carrying, { status: "keptHere", code: "document.otherKey" });
  await terminal.terminal.personal.putOver();
  await terminal.terminal.personal.putPerson(cleo, { note: "since" });
  const { personal: anew } = await terminal.until(isCarried, "that it is carried");
  assert.deepEqual(
    anew?.people.map(({ note }) => note),
    ["since"],
  );
  const shown = devices?.map(({ addedBy, isThisOne, name, revoked }) => [
    name,
    isThisOne,
    addedBy?.userId,
    revoked?.by.userId,
  ]);
  assert.deepEqual(shown, [
    ["", false, undefined, ada],
    ["New key", true, ada, undefined],
  ]);

  const [refused] = await friend.terminal.lookup([ben]);
  assert.equal(refused?.refused, "directory.keyChanged");
  const { changedKeys = [] } = await friend.until(
    (state) => state.changedKeys !== undefined,
    "a changed key",
  );
  const [changed] = changedKeys;
  assert.deepEqual(
    [changed?.how, changed?.happened.map(({ type, by }) => [type, by.userId])],
    ["recovered", [["recovered", ada]]],
  );
  await friend.terminal.trustChangedKey(ben, changed!.deviceId);
  assert.equal((await friend.terminal.lookup([ben]))[0]?.refused, undefined);
  // Who signed it is shown with each call of theirs, for good; to whom never met them, too.
  await terminal.terminal.rename("Ben again");
  const stranger = await registerHeadless(server.origin, "hal");
  opened.push(stranger);
  await terminal.terminal.call([cleo, stranger.userId]);
  for (const called of [friend, stranger]) {
    const { ringing } = await called.until((state) => state.ringing.length > 0, "a ring");
    assert.equal(ringing[0]?.from.verification.recovered?.by.userId, ada);
  }
  await terminal.terminal.leave();
});

test("who gives up, or cannot go on, is gone from what administrators are shown, while others wait on", async () => {
  const { administration } = admin.terminal;
  const shown = async (): Promise<readonly string[]> =>
    (await administration.recoveries()).map(({ code }) => code);
  const giving = new AbortController();
  const ivo = await registerHeadless(server.origin, "ivo");
  opened.push(ivo);
  const [waits, gives] = [await asking(ivo.userId), await asking(cleo, { signal: giving.signal })];
  assert.deepEqual(await shown(), [waits.code, gives.code]);
  giving.abort();
  await assert.rejects(gives.done, { code: "device.cancelled" });
  await eventually("given up", async () => !(await shown()).includes(gives.code));
  assert.deepEqual(await shown(), [waits.code]);
  // Not after it was brought to its end.
  await administration.recover(ivo.userId, waits.code);
  await waits.done;
  assert.deepEqual(await shown(), []);
});

test("whoever nobody signs for in a quarter of an hour is told so", async () => {
  const time = new VirtualTime();
  const { code, done } = await asking(cleo, { time });
  const isOver = done.then(
    () => true,
    () => true,
  );
  time.pass(14 * 60_000);
  const [open] = await admin.terminal.administration.recoveries();
  assert.equal(open?.code, code);
  assert.equal(await Promise.race([isOver, Promise.resolve(false)]), false);
  time.pass(60_000);
  await assert.rejects(done, { code: "recovery.expired" });
});

test("an administrator revokes the last device of somebody, appoints another who signs as well, and makes codes", async () => {
  const dan = await registerHeadless(server.origin, "dan");
  const eve = await registerHeadless(server.origin, "eve");
  opened.push(dan, eve);
  const { administration } = admin.terminal;
  await assert.rejects(eve.terminal.administration.people(), { code: "admin.notAdministrator" });
  await administration.act(eve.userId, { type: "appoint" });
  await eve.until((state) => sessionOf(state)?.administers === true, "appointed");
  const before = (await eve.terminal.administration.people()).find(({ userId }) => userId === dan.userId);
  assert.deepEqual([before?.refused, before?.devices.length], [undefined, 1]);
  const device = { type: "revokeDevice", deviceId: dan.device.deviceId as never, why: "stolen" } as const;
  await eve.terminal.administration.act(dan.userId, device);
  await dan.until(({ session }) => session.status === "signedOut" && session.reason === "revoked", "out");
  const people = await administration.people();
  assert.deepEqual(
    people
      .find(({ userId }) => userId === dan.userId)
      ?.devices.map(({ revoked }) => [revoked?.by.userId, revoked?.why]),
    [["eve", "stolen"]],
  );
  // And is brought back, with no device left.
  const { code, done } = await asking(dan.userId);
  await administration.recover(dan.userId, code);
  await done;
  const inviteCode = await eve.terminal.administration.inviteCode();
  assert.match(inviteCode, /^[0-9a-z]{5}(-[0-9a-z]{5}){3}$/);
  await eve.terminal.administration.act(eve.userId, { type: "dismiss" });
  await eve.until((state) => sessionOf(state)?.administers === undefined, "stepped down");
  await assert.rejects(eve.terminal.administration.inviteCode(), { code: "admin.notAdministrator" });
  await assert.rejects(administration.act(ada, { type: "appoint" }), { code: "history.administrator" });
});

test("a server that exchanges the new key on its way is found out by the code, and one that exchanges what was signed by the new terminal", async () => {
  const liar = await DishonestServer.before(server.origin);
  liars.push(liar);
  const own = await createSoftwareKey({ algorithm: "ES256" });
  liar.onRequest("recovery.ask", (body) => [
    { ...body, device: { ...body.device, publicKey: own.publicKey } },
  ]);
  const { code } = await asking(cleo, { origin: liar.origin });
  const [open] = await admin.terminal.administration.recoveries();
  assert.notEqual(open?.code, code);
  await assert.rejects(admin.terminal.administration.recover(cleo, code), { code: "admin.code" });

  liar.repent();
  const honest = await asking(cleo, { origin: liar.origin });
  liar.onEvent("recovery.approved", (body) => [
    { ...body, proof: changed(body.proof, { newDeviceName: "Other" }) },
  ]);
  await admin.terminal.administration.recover(cleo, honest.code);
  await assert.rejects(honest.done, { code: "history.newDevice" });
  assert.deepEqual(honest.touches, ["sign"]);
});

test("who asks and is pushed out at the server is told at once, and asks again", async () => {
  const liar = await DishonestServer.before(server.origin);
  liars.push(liar);
  const { done } = await asking(cleo, { origin: liar.origin });
  liar.inject({ type: "recovery.ended", body: {} });
  await assert.rejects(done, { code: "recovery.crowdedOut" });
  await asking(cleo, { origin: liar.origin });
});

/** What nobody signed. */
function changed(proof: ProofIn, change: Partial<Transcript<"recover">>): ProofIn {
  const transcript = decodeTranscript(proof.transcript);
  assert.ok(transcript?.purpose === "recover");
  return { ...proof, transcript: encodeTranscript({ ...transcript, ...change }) };
}

/** `entry` goes on by a recovery that this administrator's device signs, as a server with both keys could have it. */
async function recoveredBy(
  entry: DirectoryEntryIn,
  administrator: { readonly entry: DirectoryEntryIn; readonly device: SignatureDevice },
): Promise<DirectoryEntryIn> {
  const brought = await newDevice();
  const transcript: Transcript<"recover"> = {
    purpose: "recover",
    serverOrigin: server.origin,
    userId: entry.userId,
    deviceId: administrator.device.deviceId,
    issuedAtMs: Date.now(),
    sequence: entry.statements.length + 1,
    previous: await statedHead(entry),
    serverChallenge: randomBytes(32),
    newDeviceId: brought.deviceId,
    newDevicePublicKey: brought.publicKey,
    newDeviceAlgorithm: brought.algorithm,
    newDeviceKind: brought.kind,
    newDeviceName: "New",
    administrator: administrator.entry.userId,
    administratorHead: await statedHead(administrator.entry),
  };
  const proofs = [await administrator.device.sign(transcript), await brought.sign(transcript)];
  return { ...entry, statements: [...entry.statements, { proofs }] };
}

test("a server that invents an administrator is named, and nothing that one signs counts, until the person here decides", async () => {
  const liar = await DishonestServer.before(server.origin, { keepsLog: false });
  liars.push(liar);
  const fay = await registerHeadless(liar.origin, "fay", { environment: { serverOrigin: server.origin } });
  const gus = await registerHeadless(server.origin, "gus");
  opened.push(fay, gus);
  const named = (): readonly string[] | undefined => fay.pins.administrators?.()?.map(({ userId }) => userId);
  await fay.until(() => named() !== undefined, "who is named first");
  assert.deepEqual(named(), ["ada"]);

  const device = await newDevice();
  const invented = await entryFor(device, "mallory" as UserId, server.origin);
  // As ada, whom everybody knows by another key.
  const exchanged = await entryFor(device, ada, server.origin);
  liar.onReply("directory.administrators", (body) => [
    {
      named: [...body.named, "mallory" as UserId],
      ...(body.entry === undefined ? { entry: invented } : { entry: exchanged }),
    },
  ]);
  const entry = (await gus.terminal.lookup([gus.userId]))[0]?.entry;
  assert.ok(entry);
  for (const administrator of [invented, exchanged]) {
    const brought = await recoveredBy(entry, { entry: administrator, device });
    liar.onReply("directory.lookup", () => [
      { people: [{ userId: gus.userId, reachable: true, entry: brought }] },
    ]);
    const [found] = await fay.terminal.lookup([gus.userId]);
    assert.equal(found?.refused, "history.administrator");
  }
  await fay.until(
    ({ warnings }) => warnings.some(({ code, userId }) => code === "directory.keyChanged" && userId === ada),
    "ada's key",
  );
  // At the next sign-in whoever is named anew is told of.
  await fay.terminal.release();
  await fay.terminal.signIn({ userId: fay.userId });
  const { newAdministrators } = await fay.until(
    (state) => state.newAdministrators !== undefined,
    "somebody new",
  );
  const [asked] = newAdministrators ?? [];
  assert.equal(asked?.userId, "mallory");
  // Shown as the server's word, believed or not.
  assert.ok(fay.terminal.state.administrators?.includes(asked.userId));
  assert.deepEqual(
    asked.devices.map(({ deviceId }) => deviceId),
    [device.deviceId],
  );
  assert.ok(
    fay.terminal.state.warnings.some(({ code, userId }) => code === "admin.unknown" && userId === "mallory"),
  );
  const { administration } = fay.terminal;
  await assert.rejects(administration.trust("mallory" as UserId, new Uint8Array(32)), {
    code: "directory.otherKey",
  });
  await administration.trust("mallory" as UserId, asked.head);
  assert.ok(!fay.terminal.state.warnings.some(({ code }) => code === "admin.unknown"));
  const brought = await recoveredBy(entry, { entry: invented, device });
  liar.onReply("directory.lookup", () => [
    { people: [{ userId: gus.userId, reachable: true, entry: brought }] },
  ]);
  assert.equal((await fay.terminal.lookup([gus.userId]))[0]?.refused, undefined);
});

test("where the server keeps a log, an administrator whom it invents is told, and nobody is asked about them", async () => {
  const liar = await DishonestServer.before(server.origin);
  liars.push(liar);
  const kai = await registerHeadless(liar.origin, "kai", { environment: { serverOrigin: server.origin } });
  opened.push(kai);
  await kai.until(() => kai.pins.administrators?.() !== undefined, "who is named first");
  const device = await newDevice();
  const entry = await entryFor(device, "mallory" as UserId, server.origin);
  liar.onReply("directory.administrators", ({ named }) => [
    { named: [...named, "mallory" as UserId], entry },
  ]);
  await kai.terminal.release();
  await kai.terminal.signIn({ userId: kai.userId });
  await kai.until(
    ({ warnings }) =>
      warnings.some(({ code, userId }) => code === "directory.unproven" && userId === "mallory"),
    "that nothing proves them",
  );
  assert.equal(kai.terminal.state.newAdministrators, undefined);
});
