/** Alice with a registered device, a signed-in terminal, and one good transcript for each purpose. */
import assert from "node:assert/strict";

import { DeviceId, UserId, guestIdOf, toBase64Url } from "@signet/protocol";
import type { DirectoryEntryIn, ErrorCode, Purpose, Transcript } from "@signet/protocol";
import { createTerminalKey, foldHistory, headOf, verifyBinding } from "@signet/device";
import type { Binding, Person, Refusal, SignatureDevice, TerminalKey } from "@signet/device";

export const serverOrigin = "http://localhost:8080";
export const nowMs = 1_790_000_000_000;
export const hourMs = 3_600_000;

const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);

export interface TestPerson {
  readonly device: SignatureDevice;
  readonly terminal: TerminalKey;
  readonly entryIn: DirectoryEntryIn;
  readonly person: Person;
  readonly binding: Binding;
}

export type Transcripts = { readonly [P in Purpose]: Transcript<P> };

/** @param person whose history the proofs name; without them some head */
export function transcriptsOf(device: SignatureDevice, terminal: TerminalKey, person?: Person): Transcripts {
  const head = person === undefined ? bytes(32, 12) : headOf(person);
  const common = { serverOrigin, userId: "alice", deviceId: device.deviceId, issuedAtMs: nowMs };
  const challenge = { serverChallenge: bytes(32, 1) };
  const terminalId = toBase64Url(bytes(16, 2));
  const signIn = { terminalId, terminalKey: terminal.publicKey, expiresAtMs: nowMs + 12 * hourMs };
  const callId = toBase64Url(bytes(16, 3));
  const leafKey = bytes(32, 4);
  const chained = { ...common, ...challenge, sequence: 1, previous: bytes(32, 7) };
  const newDevice = {
    newDeviceId: toBase64Url(bytes(16, 9)),
    newDevicePublicKey: bytes(44, 9),
    newDeviceAlgorithm: "EdDSA",
    newDeviceKind: "software",
    newDeviceName: "Desk",
  };
  const ofCall = { ...common, callId, callProofDigest: bytes(32, 5) };
  const administrator = { administrator: "admin", administratorHead: bytes(32, 10) };
  return {
    register: {
      purpose: "register",
      ...common,
      ...challenge,
      ...signIn,
      displayName: "Alice",
      devicePublicKey: device.publicKey,
    },
    "sign-in": { purpose: "sign-in", ...common, ...challenge, ...signIn, head },
    terminal: {
      purpose: "terminal",
      serverOrigin,
      issuedAtMs: nowMs,
      ...challenge,
      terminalId: terminal.terminalId,
      terminalKey: terminal.publicKey,
    },
    resume: { purpose: "resume", ...common, ...challenge, terminalId },
    release: { purpose: "release", ...common, ...challenge, terminalId },
    call: {
      purpose: "call",
      ...common,
      callId,
      memberUserIds: ["bob", "carol"],
      leafKey,
      head,
      checkpoint: new Uint8Array(),
    },
    join: {
      purpose: "join",
      ...common,
      callId,
      callProofDigest: bytes(32, 5),
      leafKey,
      head,
      checkpoint: new Uint8Array(),
      invitation: bytes(32, 5),
    },
    decline: { purpose: "decline", ...common, callId, reason: "declined" },
    leave: { purpose: "leave", ...common, callId, reason: "left" },
    end: { purpose: "end", ...common, callId, reason: "ended" },
    microphone: { purpose: "microphone", ...common, callId, state: "muted" },
    present: { purpose: "present", ...common, callId, nonce: bytes(32, 6) },
    "document-key": {
      purpose: "document-key",
      ...common,
      use: "profile",
      key: bytes(16, 12),
      sequence: 0,
    },
    "add-device": { purpose: "add-device", ...chained, ...newDevice },
    "revoke-device": {
      purpose: "revoke-device",
      ...chained,
      revokedDeviceId: device.deviceId,
      why: "lost",
      administrator: "",
      administratorHead: new Uint8Array(),
    },
    rename: { purpose: "rename", ...chained, renamedDeviceId: "", name: "Alice" },
    certify: { purpose: "certify", ...chained, certificatesDigest: bytes(32, 8) },
    recover: { purpose: "recover", ...chained, ...newDevice, ...administrator },
    appoint: { purpose: "appoint", ...chained, ...administrator },
    dismiss: { purpose: "dismiss", ...chained, ...administrator },
    admit: { purpose: "admit", ...common, ...challenge, codeHash: bytes(32, 11), head },
    picture: { purpose: "picture", ...common, ...challenge, pictureDigest: bytes(32, 12), head },
    invite: { purpose: "invite", ...ofCall, head, userIds: ["dan"] },
    remove: { purpose: "remove", ...ofCall, userIds: ["bob"], voided: [bytes(32, 5)] },
    message: {
      purpose: "message",
      ...ofCall,
      toUserId: "bob",
      sealedDigest: bytes(32, 13),
      keysDigest: bytes(32, 14),
    },
    host: { purpose: "host", ...ofCall, previousHost: bytes(32, 5), nextHost: "bob" },
    vouch: {
      purpose: "vouch",
      ...ofCall,
      head,
      guestId: guestIdOf(DeviceId.parse(toBase64Url(bytes(16, 13)))),
      guestKey: bytes(44, 13),
      guestName: "Gus",
    },
    propose: { purpose: "propose", ...ofCall, number: 1, resolutionDigest: bytes(32, 15) },
    withdraw: { purpose: "withdraw", ...ofCall, number: 1, resolutionDigest: bytes(32, 15) },
    approve: {
      purpose: "approve",
      ...ofCall,
      head,
      number: 1,
      resolutionDigest: bytes(32, 15),
      decision: "approve",
    },
    "let-in": { purpose: "let-in", ...ofCall, vouch: bytes(32, 14) },
    epoch: { purpose: "epoch", ...ofCall, epoch: 3, epochDigest: bytes(32, 16) },
    keep: { purpose: "keep", ...ofCall, recordDigest: bytes(32, 17) },
  };
}

export async function makeEntry(
  device: SignatureDevice,
  terminal: TerminalKey,
  userVerification: boolean,
): Promise<DirectoryEntryIn> {
  const { kind, deviceId, algorithm, publicKey } = device;
  return {
    userId: UserId.parse("alice"),
    displayName: "Alice",
    deviceId,
    kind,
    algorithm,
    publicKey,
    userVerification,
    registeredAtMs: nowMs,
    proof: await device.sign(transcriptsOf(device, terminal).register),
    statements: [],
  };
}

/** @param userVerification what the device shows when it registers */
export async function makePerson(device: SignatureDevice, userVerification: boolean): Promise<TestPerson> {
  const terminal = await createTerminalKey();
  const entryIn = await makeEntry(device, terminal, userVerification);
  const folded = await foldHistory(entryIn, { serverOrigin, administratorDevices: async () => undefined });
  assert.ok(folded.ok, "the directory entry verifies");
  const { person } = folded;
  const proof = await device.sign(transcriptsOf(device, terminal, person)["sign-in"]);
  const bound = await verifyBinding(proof, { serverOrigin, person, nowMs });
  assert.ok(bound.ok, "the binding verifies");
  return { device, terminal, entryIn, person, binding: bound.binding };
}

export function assertRefused(result: { readonly ok: true } | Refusal, code: ErrorCode): void {
  assert.deepEqual(result.ok ? { ok: true } : result, { ok: false, code });
}
