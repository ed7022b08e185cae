/** Generated bodies of every message, within the limits of their schemas. */
import fc from "fast-check";
import { CallId, DeviceId, LeafIndex, PairingId, TerminalId, UserId, toBase64Url } from "@signet/protocol";
import type {
  Bytes,
  CallInviteIn,
  DirectoryEntryIn,
  EventBody,
  EventType,
  MemberIn,
  ProofIn,
  ReplyBody,
  RequestBody,
  RequestType,
  SignedIn,
  StatementIn,
} from "@signet/protocol";

const anyBytes = (least: number, most: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((array) => Uint8Array.from(array));
const id16 = anyBytes(16, 16).map(toBase64Url);
const userId = fc.stringMatching(/^[a-z0-9._-]{2,32}$/).map((text) => UserId.parse(text));
const callId = id16.map((text) => CallId.parse(text));
const terminalId = id16.map((text) => TerminalId.parse(text));
const deviceId = id16.map((text) => DeviceId.parse(text));
const pairingId = id16.map((text) => PairingId.parse(text));
const pairing = fc.record({ pairingId });
const sealed = fc.record({ pairingId, sealed: anyBytes(29, 80) });
const leaf = fc.nat(65_535).map((index) => LeafIndex.parse(index));
const displayName = fc.stringMatching(/^[\p{L}\p{N}]( ?[\p{L}\p{N}]){0,20}$/u);
const timeMs = fc.maxSafeNat();
const epoch = fc.nat(0xffff_ffff);
const mls = anyBytes(1, 64);
const digest = anyBytes(32, 32);
const code = fc.stringMatching(/^[a-zA-Z.]{0,64}$/);
const userIds = fc.array(userId, { maxLength: 5 });
const nothing = fc.constant({});

const proof: fc.Arbitrary<ProofIn> = fc.record({
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

const attestation = fc.record({ format: fc.constantFrom("none", "packed"), aaguid: fc.uuid() });
const chained: fc.Arbitrary<StatementIn> = fc.record(
  {
    proofs: fc.array(proof, { minLength: 1, maxLength: 2 }),
    credentialId: anyBytes(0, 64),
    attestation,
    certificates: fc.array(anyBytes(1, 64), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ["proofs"] },
);

const entry: fc.Arbitrary<DirectoryEntryIn> = fc.record(
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

const memberStates = [
  "ringing",
  "joining",
  "joined",
  "declined",
  "noAnswer",
  "offline",
  "unknown",
  "busy",
  "failed",
  "left",
  "refused",
] as const;
const member: fc.Arbitrary<MemberIn> = fc.record(
  { userId, state: fc.constantFrom(...memberStates), terminalId, entry },
  { requiredKeys: ["userId", "state"] },
);
const members = fc.array(member, { maxLength: 3 });
const inviteFields = { callId, initiator: entry, proof, binding: proof, members };
const invite: fc.Arbitrary<CallInviteIn> = fc.record(inviteFields);
const signedIn: fc.Arbitrary<SignedIn> = fc.record({
  entry,
  expiresAtMs: timeMs,
  calls: fc.array(invite, { maxLength: 2 }),
});
const challenge = fc.record({ challenge: anyBytes(32, 32), expiresAtMs: timeMs });
const leafOf = fc.record({ userId, leaf });
const committed = { epoch, number: epoch, by: userId, commit: mls, admitted: userIds, removed: userIds };
const statement = fc.record({ proof });
const sdp = fc.record({ sdp: fc.string({ minLength: 1, maxLength: 200 }) });
const nonce = anyBytes(32, 32);
const features = fc.array(fc.string({ maxLength: 64 }), { maxLength: 5 });
const limits = fc.record({
  callMembers: fc.nat(),
  messageBytes: fc.nat(),
  slots: fc.nat(),
  ringMs: fc.nat(),
  bindingMs: fc.nat(),
});

const signedLeave = fc.record({
  userId,
  reason: fc.constantFrom("left", "unsafe" as const),
  proof,
  binding: proof,
});

export const requestBodies: { readonly [T in RequestType]: fc.Arbitrary<RequestBody<T>> } = {
  "session.hello": fc.record(
    { version: fc.constant(1 as const), terminalId, terminalKey: anyBytes(32, 32), features },
    { requiredKeys: ["version", "terminalId", "terminalKey"] },
  ),
  "session.challenge": nothing,
  "session.prove": statement,
  "session.resume": statement,
  "session.ping": nothing,
  "register.begin": fc.record(
    { userId, displayName, inviteCode: fc.string({ maxLength: 64 }) },
    { requiredKeys: ["userId", "displayName"] },
  ),
  "register.finish": fc.record(
    {
      inviteCode: fc.string({ maxLength: 64 }),
      proof,
      device: fc.record({
        kind: fc.constantFrom("webauthn", "software"),
        algorithm: fc.constantFrom("ES256", "EdDSA", "RS256"),
        publicKey: anyBytes(32, 91),
      }),
      webauthn: fc.record({
        credentialId: anyBytes(1, 64),
        attestationObject: anyBytes(1, 200),
        clientDataJson: anyBytes(1, 100),
      }),
    },
    { requiredKeys: ["proof", "device"] },
  ),
  "sign-in.begin": fc.record({ userId }),
  "sign-in.finish": fc.record(
    { proof, certificates: fc.array(anyBytes(1, 100), { minLength: 1, maxLength: 4 }) },
    { requiredKeys: ["proof"] },
  ),
  "binding.release": statement,
  "history.begin": nothing,
  "history.append": fc.record(
    {
      statement: chained,
      webauthn: fc.record({
        credentialId: anyBytes(1, 64),
        attestationObject: anyBytes(1, 64),
        clientDataJson: anyBytes(1, 64),
      }),
    },
    { requiredKeys: ["statement"] },
  ),
  "directory.lookup": fc.record({ userIds }),
  "presence.watch": fc.record({ userIds }),
  "call.request": statement,
  "call.ringRefused": fc.record({ callId, code }),
  "call.join": fc.record({ proof, keyPackage: anyBytes(1, 100) }),
  "call.decline": statement,
  "call.leave": statement,
  "call.end": statement,
  "call.askPresent": fc.record({ callId, nonce }),
  "call.present": fc.record({ terminalId, proof }),
  "call.microphone": fc.record({ proof }),
  "call.microphones": fc.record({ callId }),
  "call.commit": fc.record(
    {
      callId,
      task: epoch,
      epoch,
      commit: mls,
      welcome: mls,
      admitted: fc.array(leafOf, { maxLength: 3 }),
      removed: userIds,
    },
    { requiredKeys: ["callId", "task", "epoch", "commit", "admitted", "removed"] },
  ),
  "call.refuse": fc.record({
    callId,
    joiners: fc.array(fc.record({ userId, terminalId, code }), { minLength: 1, maxLength: 3 }),
  }),
  "call.sync": fc.record({ callId, epoch, number: epoch }),
  "call.judgeCommit": fc.record(
    { callId, number: epoch, code, digest },
    { requiredKeys: ["callId", "number"] },
  ),
  "call.groupInfo": fc.record({ callId }),
  "call.refuseGiver": fc.record({ callId, giver: userId, code }),
  "call.offerGroupInfo": fc.record({ callId, epoch, groupInfo: mls, digest }),
  "call.rejoin": fc.record(
    { callId, epoch, proof, commit: mls, leaf: leafOf, giver: userId },
    { requiredKeys: ["callId", "epoch", "proof", "commit", "leaf"] },
  ),
  "media.offer": fc.record({ callId, sdp: fc.string({ minLength: 1, maxLength: 200 }) }),
  "media.probe": sdp,
  "pairing.open": pairing,
  "pairing.enter": pairing,
  "pairing.send": sealed,
  "pairing.close": pairing,
  "media.probeEnd": nothing,
};

export const replyBodies: { readonly [T in RequestType]: fc.Arbitrary<ReplyBody<T>> } = {
  "session.hello": fc.record(
    {
      serverOrigin: fc.webUrl(),
      serverTimeMs: timeMs,
      registration: fc.constantFrom("open", "invite", "closed"),
      limits,
      features,
    },
    { requiredKeys: ["serverOrigin", "serverTimeMs", "registration", "limits"] },
  ),
  "session.challenge": challenge,
  "session.prove": nothing,
  "session.resume": signedIn,
  "session.ping": fc.record({ serverTimeMs: timeMs }),
  "register.begin": challenge,
  "register.finish": signedIn,
  "sign-in.begin": fc.record({
    challenge: anyBytes(32, 32),
    expiresAtMs: timeMs,
    entries: fc.array(entry, { maxLength: 2 }),
  }),
  "sign-in.finish": signedIn,
  "binding.release": nothing,
  "history.begin": fc.record({ challenge: digest, expiresAtMs: timeMs }),
  "history.append": fc.record({ entry }),
  "directory.lookup": fc.record({
    people: fc.array(
      fc.record({ userId, reachable: fc.boolean(), entry }, { requiredKeys: ["userId", "reachable"] }),
      { maxLength: 3 },
    ),
  }),
  "presence.watch": fc.record({
    people: fc.array(fc.record({ userId, reachable: fc.boolean() }), { maxLength: 3 }),
  }),
  "call.request": fc.record({ callId, members }),
  "call.ringRefused": nothing,
  "call.join": fc.record(
    { callId, members, leaves: fc.array(signedLeave, { maxLength: 3 }) },
    { requiredKeys: ["callId", "members"] },
  ),
  "call.decline": nothing,
  "call.leave": nothing,
  "call.end": nothing,
  "call.askPresent": fc.record({ asked: fc.nat() }),
  "call.present": nothing,
  "call.microphone": nothing,
  "call.microphones": fc.record({
    said: fc.array(fc.record({ userId, proof, binding: proof }), { maxLength: 3 }),
  }),
  "call.commit": fc.record({ epoch, number: epoch }),
  "call.refuse": nothing,
  "call.sync": fc.record({
    epoch,
    commits: fc.array(fc.record(committed), { maxLength: 3 }),
    members,
    strayed: fc.boolean(),
  }),
  "call.groupInfo": fc.oneof(
    fc.record({ type: fc.constant("given" as const), epoch, groupInfo: mls, by: userId, digest }),
    fc.record(
      { type: fc.constant("awaited" as const), epoch, giver: userId },
      { requiredKeys: ["type", "epoch"] },
    ),
  ),
  "call.refuseGiver": nothing,
  "call.offerGroupInfo": nothing,
  "call.judgeCommit": fc.record({ holds: fc.boolean() }, { requiredKeys: [] }),
  "call.rejoin": fc.record({ epoch, number: epoch }),
  "media.offer": sdp,
  "media.probe": sdp,
  "pairing.open": fc.record({ expiresAtMs: timeMs }),
  "pairing.enter": fc.record({ expiresAtMs: timeMs }),
  "pairing.send": nothing,
  "pairing.close": nothing,
  "media.probeEnd": nothing,
};

export const eventBodies: { readonly [T in EventType]: fc.Arbitrary<EventBody<T>> } = {
  "binding.ended": fc.record({ reason: fc.constantFrom("takenOver", "released", "expired", "revoked") }),
  "directory.changed": fc.record({ entry }),
  "device.counterBack": fc.record({ deviceId }),
  "presence.changed": fc.record({ userId, reachable: fc.boolean() }),
  "pairing.entered": pairing,
  "pairing.message": sealed,
  "pairing.closed": pairing,
  "call.ring": fc.record({ ...inviteFields, expiresAtMs: timeMs }),
  "call.ringEnded": fc.record(
    {
      callId,
      reason: fc.constantFrom(
        "answeredElsewhere",
        "declinedElsewhere",
        "cancelled",
        "noAnswer",
        "movedElsewhere",
        "ended",
      ),
      proof,
    },
    { requiredKeys: ["callId", "reason"] },
  ),
  "call.member": fc.record(
    {
      callId,
      member,
      reason: fc.constantFrom(
        "declined",
        "busy",
        "left",
        "lost",
        "takenOver",
        "released",
        "expired",
        "unsafe",
        "deviceRemoved",
        "pageGone",
        "badCommit",
      ),
      proof,
      binding: proof,
    },
    { requiredKeys: ["callId", "member"] },
  ),
  "call.members": fc.record({ callId, members }),
  "call.commitNeeded": fc.record({
    callId,
    task: epoch,
    epoch,
    admit: fc.array(fc.record({ userId, terminalId, entry, proof, keyPackage: anyBytes(1, 100) }), {
      maxLength: 2,
    }),
    remove: fc.array(fc.record({ userId, terminalId, leaf }), { maxLength: 2 }),
  }),
  "call.groupInfoNeeded": fc.record({ callId, epoch }),
  "call.committed": fc.record({ callId, ...committed }),
  "call.commitDisputed": fc.record({ callId, epoch, number: epoch }),
  "call.commitJudged": fc.record({
    callId,
    epoch,
    number: epoch,
    through: epoch,
    by: userId,
    holds: fc.boolean(),
  }),
  "call.welcome": fc.record({ callId, epoch, number: epoch, by: userId, welcome: mls }),
  "call.ended": fc.record(
    { callId, reason: fc.constantFrom("ended", "noAnswer", "lastLeft", "cancelled"), proof },
    { requiredKeys: ["callId", "reason"] },
  ),
  "call.presentNeeded": fc.record({ callId, nonce, terminalId }),
  "call.memberPresent": fc.record({ callId, entry, proof, binding: proof }),
  "call.memberMicrophone": fc.record({ callId, userId, proof, binding: proof }),
  "media.restarted": fc.record({ callId }),
};
