/** Histories that fit the schemas, as an entry of the log needs them: nothing here is really signed. */
import { DeviceId, encodeTranscript, UserId } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ProofIn, StatementIn, Transcript } from "@signet/protocol";

const filled = (length: number, byte: number): Bytes => new Uint8Array(length).fill(byte);

export const alice = UserId.parse("alice");
const common = {
  serverOrigin: "https://signet.example",
  userId: alice as string,
  deviceId: "AAECAwQFBgcICQoLDA0ODw",
  issuedAtMs: 1_750_000_000_000,
};

const registered: Transcript<"register"> = {
  purpose: "register",
  ...common,
  serverChallenge: filled(32, 6),
  displayName: "Alice",
  devicePublicKey: filled(44, 1),
  terminalId: "EBESExQVFhcYGRobHB0eHw",
  terminalKey: filled(32, 2),
  expiresAtMs: 1_750_000_600_000,
};

export const software = (transcript: Transcript): ProofIn => ({
  transcript: encodeTranscript(transcript),
  signature: { kind: "software", signature: filled(64, 7) },
});

export const webauthn = (transcript: Transcript): ProofIn => ({
  transcript: encodeTranscript(transcript),
  signature: {
    kind: "webauthn",
    authenticatorData: filled(37, 3),
    clientDataJson: new TextEncoder().encode("{}"),
    signature: filled(70, 7),
  },
});

const chained = (sequence: number) => ({
  ...common,
  sequence,
  previous: filled(32, 5),
  serverChallenge: filled(32, 6),
});

export const renamed = (sequence: number, name = "Alice B"): Transcript<"rename"> => ({
  purpose: "rename",
  ...chained(sequence),
  renamedDeviceId: "",
  name,
});

export const added = (sequence: number): Transcript<"add-device"> => ({
  purpose: "add-device",
  ...chained(sequence),
  newDeviceId: "ICEiIyQlJicoKSorLC0uLw",
  newDevicePublicKey: filled(44, 8),
  newDeviceAlgorithm: "EdDSA",
  newDeviceKind: "webauthn",
  newDeviceName: "Telephone",
});

export const statement = (transcript: Transcript): StatementIn => ({ proofs: [software(transcript)] });

/** Registration, name, and a device with all that can stand beside it. */
export const history: DirectoryEntryIn = {
  userId: alice,
  displayName: "Alice",
  deviceId: DeviceId.parse(common.deviceId),
  kind: "webauthn",
  algorithm: "ES256",
  publicKey: filled(44, 1),
  userVerification: true,
  registeredAtMs: 1_750_000_000_500,
  credentialId: filled(16, 9),
  attestation: { format: "packed", aaguid: "00000000-0000-0000-0000-000000000000", verified: true },
  certificates: [Uint8Array.of(0x30, 1), Uint8Array.of(0x30, 2)],
  proof: webauthn(registered),
  statements: [
    statement(renamed(1)),
    {
      proofs: [software(added(2)), webauthn(added(2))],
      credentialId: filled(20, 4),
      attestation: { format: "none", aaguid: "" },
    },
  ],
};

/** The same transcript by somebody else. */
export const ofBob = software({ ...renamed(1), userId: "bob" });
export const ofAnotherPurpose = software({
  purpose: "document-key",
  ...common,
  use: "wrap",
  key: filled(32, 1),
  sequence: 1,
});
