/** What several messages are generated of. */
import fc from "fast-check";
import {
  CallId,
  DeviceId,
  LeafIndex,
  MemberState,
  PairingId,
  TerminalId,
  UserId,
  toBase64Url,
} from "@signet/protocol";
import type {
  Bytes,
  CallInviteIn,
  DirectoryEntryIn,
  MemberIn,
  ProofIn,
  SignedIn,
  StatementIn,
} from "@signet/protocol";

export const anyBytes = (least: number, most: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((array) => Uint8Array.from(array));
export const id16 = anyBytes(16, 16).map(toBase64Url);
export const userId = fc
  .stringMatching(/^(?:[a-z0-9._-]{2,32}|~[a-z2-7]{26})$/)
  .map((text) => UserId.parse(text));
export const callId = id16.map((text) => CallId.parse(text));
export const terminalId = id16.map((text) => TerminalId.parse(text));
export const deviceId = id16.map((text) => DeviceId.parse(text));
const pairingId = id16.map((text) => PairingId.parse(text));
export const pairing = fc.record({ pairingId });
export const sealed = fc.record({ pairingId, sealed: anyBytes(29, 80) });
export const leaf = fc.nat(65_535).map((index) => LeafIndex.parse(index));
export const displayName = fc.stringMatching(/^[\p{L}\p{N}]( ?[\p{L}\p{N}]){0,20}$/u);
export const timeMs = fc.maxSafeNat();
export const epoch = fc.nat(0xffff_ffff);
export const mls = anyBytes(1, 64);
export const digest = anyBytes(32, 32);
export const code = fc.stringMatching(/^[a-zA-Z.]{0,64}$/);
export const userIds = fc.array(userId, { maxLength: 5 });
export const nothing = fc.constant({});

export const proof: fc.Arbitrary<ProofIn> = fc.record({
  transcript: anyBytes(1, 80),
  signature: fc.oneof(
    fc.record({
      kind: fc.constant("webauthn" as const),
      authenticatorData: anyBytes(37, 50),
      clientDataJson: anyBytes(1, 50),
      signature: anyBytes(1, 72),
    }),
    fc.record({ kind: fc.constantFrom("software", "terminal"), signature: anyBytes(64, 64) }),
  ),
});

export const attestation = fc.record({ format: fc.constantFrom("none", "packed"), aaguid: fc.uuid() });
export const chained: fc.Arbitrary<StatementIn> = fc.record(
  {
    proofs: fc.array(proof, { minLength: 1, maxLength: 2 }),
    credentialId: anyBytes(0, 64),
    attestation,
    certificates: fc.array(anyBytes(1, 64), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ["proofs"] },
);

export const entry: fc.Arbitrary<DirectoryEntryIn> = fc.record(
  {
    userId,
    displayName,
    deviceId,
    kind: fc.constantFrom("webauthn", "software"),
    algorithm: fc.constantFrom("ES256", "EdDSA", "RS256"),
    publicKey: anyBytes(32, 91),
    userVerification: fc.boolean(),
    registeredAtMs: timeMs,
    credentialId: anyBytes(0, 64),
    attestation,
    proof,
    statements: fc.array(chained, { maxLength: 2 }),
  },
  {
    requiredKeys: [
      "userId",
      "displayName",
      "deviceId",
      "kind",
      "algorithm",
      "publicKey",
      "userVerification",
      "registeredAtMs",
      "proof",
      "statements",
    ],
  },
);

export const member: fc.Arbitrary<MemberIn> = fc.record(
  { userId, state: fc.constantFrom(...MemberState.options), terminalId, entry },
  { requiredKeys: ["userId", "state"] },
);
export const members = fc.array(member, { maxLength: 3 });
export const said = fc.record({ proof, binding: proof }, { requiredKeys: ["proof"] });
export const statements = fc.array(said, { minLength: 1, maxLength: 3 });
export const inviteFields = { callId, initiator: entry, proof, binding: proof, members, statements };
export const inviteKeys = ["callId", "initiator", "proof", "binding", "members"] as const;
export const invite: fc.Arbitrary<CallInviteIn> = fc.record(inviteFields, { requiredKeys: [...inviteKeys] });
export const elsewhere = fc.record({ call: invite, binding: proof }, { requiredKeys: ["call"] });
export const signedIn: fc.Arbitrary<SignedIn> = fc.record(
  { entry, expiresAtMs: timeMs, calls: fc.array(invite, { maxLength: 2 }), elsewhere },
  { requiredKeys: ["entry", "expiresAtMs", "calls"] },
);
export const challenge = fc.record({ challenge: anyBytes(32, 32), expiresAtMs: timeMs });
export const leafOf = fc.record({ userId, leaf });
const committed = { epoch, number: epoch, by: userId, commit: mls, admitted: userIds, removed: userIds };
export const committedFields = { ...committed, statements };
export const committedKeys = ["epoch", "number", "by", "commit", "admitted", "removed"] as const;
export const statement = fc.record({ proof });
export const sdp = fc.record({ sdp: fc.string({ minLength: 1, maxLength: 200 }) });
export const nonce = anyBytes(32, 32);
export const features = fc.array(fc.string({ maxLength: 64 }), { maxLength: 5 });
export const limits = fc.record({
  callMembers: fc.nat(),
  messageBytes: fc.nat(),
  slots: fc.nat(),
  ringMs: fc.nat(),
  bindingMs: fc.nat(),
});

export const signedLeave = fc.record({
  userId,
  reason: fc.constantFrom("left", "unsafe" as const),
  proof,
  binding: proof,
});

export const guestMessages = {
  bodies: {
    "guest.open": fc.record({ callId, pairingId }),
    "call.vouch": statement,
    "call.letIn": statement,
  },
  replies: {
    "guest.open": fc.record({ expiresAtMs: timeMs }),
    "call.vouch": nothing,
    "call.letIn": nothing,
  },
};
