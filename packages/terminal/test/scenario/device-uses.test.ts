/** When and where the own devices were used: a server that lies can keep something back, and make nothing up. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { decodeTranscript, toBase64Url } from "@signet/protocol";
import type { Bytes, ProofIn, ReplyBody, RequestBody, Transcript } from "@signet/protocol";

import { deviceAtHand } from "../../src/index.ts";
import { usesOf } from "../../src/session/device-uses.ts";
import { known, randomBytes, serverOrigin } from "../support/people.ts";
import { signedInTerminal } from "../support/scripted-server.ts";

type Listed = ReplyBody<"binding.list">["bindings"];

const hourMs = 3_600_000;

let first: SignatureDevice;
let second: SignatureDevice;

before(async () => {
  const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "EdDSA" });
  [first, second] = await Promise.all([software(), software()]);
});

/** Somebody with two devices, signed in with the first one. */
async function opened() {
  const devices = { create: () => Promise.resolve({ device: second }), open: deviceAtHand(first).open };
  const { ada, server, terminal } = await signedInTerminal([], { device: first, devices });
  let entry = ada.entry;
  server.script["history.begin"] = () => ({ challenge: randomBytes(32), expiresAtMs: Date.now() + 60_000 });
  server.script["history.append"] = ({ statement }) => {
    entry = { ...entry, statements: [...entry.statements, statement] };
    return { entry };
  };
  await terminal.addDevice({ name: "Spare" });
  const { body } =
    server.heard.find(({ type }) => type === "sign-in.finish") ?? assert.fail("nobody signed in");
  const { proof: here } = body as RequestBody<"sign-in.finish">;
  const shown = decodeTranscript(here.transcript) as Transcript<"sign-in">;
  // As it is with the second one, which signed nothing before.
  const head = await statedHead(entry);
  /** As at another terminal. */
  const elsewhere = async (
    device: SignatureDevice,
    change: Partial<Transcript<"sign-in">> = {},
  ): Promise<ProofIn> => {
    const key = await crypto.subtle.generateKey("Ed25519", true, ["sign"]);
    const terminalKey: Bytes = new Uint8Array(await crypto.subtle.exportKey("raw", key.publicKey));
    const terminalId = toBase64Url(randomBytes(16));
    const { deviceId } = device;
    return device.sign({ ...shown, deviceId, terminalId, terminalKey, head, ...change });
  };
  const uses = (bindings: Listed) => {
    server.script["binding.list"] = () => ({ bindings });
    return terminal.deviceUses();
  };
  const session = terminal.state.session.status === "signedIn" ? terminal.state.session : assert.fail();
  return { elsewhere, entry, head, here, session, shown, terminal, uses };
}

test("each device is shown with what it signed last, and where it is signed in, here or elsewhere", async () => {
  const { elsewhere, here, shown, uses } = await opened();
  const now = Date.now();
  const away = await elsewhere(second, { issuedAtMs: now + 1_000, expiresAtMs: now + hourMs });
  const [own, spare, ...more] = await uses([
    { proof: here, state: "connected" },
    { proof: away, state: "away" },
  ]);
  assert.deepEqual(more, []);
  assert.deepEqual(own?.signedIn, {
    sinceMs: shown.issuedAtMs,
    untilMs: shown.expiresAtMs,
    isHere: true,
    isConnected: true,
  });
  // It vouched for the other one since it signed in.
  assert.ok(own.lastUsedAtMs >= shown.issuedAtMs);
  assert.deepEqual(spare, {
    deviceId: second.deviceId,
    lastUsedAtMs: now + 1_000,
    signedIn: { sinceMs: now + 1_000, untilMs: now + hourMs, isHere: false, isConnected: false },
  });
});

test("what ended or ran out is a use, and no sign-in that stands", async () => {
  const { elsewhere, uses } = await opened();
  const now = Date.now();
  const late = { issuedAtMs: now + 1_000, expiresAtMs: now + hourMs };
  const proof = await elsewhere(second, late);
  assert.deepEqual((await uses([{ proof, state: "ended" }]))[1], {
    deviceId: second.deviceId,
    lastUsedAtMs: now + 1_000,
  });
  const former = { issuedAtMs: now - 2 * hourMs, expiresAtMs: now - hourMs };
  const [own] = await uses([{ proof: await elsewhere(first, former), state: "connected" }]);
  assert.equal(own?.signedIn, undefined);
  // A statement of later counts for more.
  assert.ok((own?.lastUsedAtMs ?? 0) > now - hourMs);
});

test("nothing is made up: what another key signed, for another person or of the time to come, counts for nothing", async () => {
  const { elsewhere, session, uses } = await opened();
  const now = Date.now();
  const stranger = await createSoftwareKey({ algorithm: "EdDSA" });
  const late = { issuedAtMs: now + 1_000, expiresAtMs: now + hourMs };
  const good = await elsewhere(second, late);
  const other = await elsewhere(second, { ...late, issuedAtMs: now + 2_000 });
  const forged: Readonly<Record<string, ProofIn>> = {
    "another key": await elsewhere(stranger, late),
    "another key, in the name of this one": await elsewhere(stranger, { ...late, deviceId: second.deviceId }),
    "another time than was signed": { ...good, transcript: other.transcript },
    "another server": await elsewhere(second, { ...late, serverOrigin: "https://other.example" }),
    "another person": await elsewhere(second, { ...late, userId: "ben" }),
    "another history": await elsewhere(second, { ...late, head: randomBytes(32) }),
    "the time to come": await elsewhere(second, { issuedAtMs: now + hourMs, expiresAtMs: now + 2 * hourMs }),
    "no transcript": { ...good, transcript: randomBytes(40) },
  };
  const addedAtMs = session.devices[1]?.addedAtMs;
  for (const [how, proof] of Object.entries(forged)) {
    const [, spare] = await uses([{ proof, state: "connected" }]);
    assert.deepEqual(spare, { deviceId: second.deviceId, lastUsedAtMs: addedAtMs }, how);
  }
  // An older one beside it does not take its place.
  const older = await elsewhere(second, { issuedAtMs: now - 1_000, expiresAtMs: now + hourMs });
  for (const order of [
    [good, older],
    [older, good],
  ]) {
    const [, spare] = await uses(order.map((proof) => ({ proof, state: "connected" })));
    assert.equal(spare?.signedIn?.sinceMs, now + 1_000);
  }
});

test("a sign-in that ran out was a use, and so was a statement", async () => {
  const { elsewhere, entry, head, here } = await opened();
  const now = Date.now();
  const proof = await elsewhere(second, { issuedAtMs: now + hourMs, expiresAtMs: now + 2 * hourMs });
  const renaming = await first.sign({
    purpose: "rename",
    serverOrigin,
    userId: entry.userId,
    deviceId: first.deviceId,
    issuedAtMs: now + 3 * hourMs,
    sequence: 2,
    previous: head,
    serverChallenge: randomBytes(32),
    renamedDeviceId: "",
    name: "Ada Arm",
  });
  const own = await known({ ...entry, statements: [...entry.statements, { proofs: [renaming] }] });
  const listed = [{ proof, state: "connected" }] as const;
  const at = { serverOrigin, nowMs: now + 4 * hourMs };
  assert.deepEqual(await usesOf({ binding: here, known: own }, [...listed], at), [
    { deviceId: first.deviceId, lastUsedAtMs: now + 3 * hourMs },
    { deviceId: second.deviceId, lastUsedAtMs: now + hourMs },
  ]);
});

test("of a revoked device nothing is said", async () => {
  const { elsewhere, terminal, uses } = await opened();
  const proof = await elsewhere(second);
  await terminal.revokeDevice(second.deviceId, "lost");
  assert.deepEqual(
    (await uses([{ proof, state: "connected" }])).map(({ deviceId }) => deviceId),
    [first.deviceId],
  );
});
