/** Values that fit the schemas and stand for nothing real: no machine looks inside proofs and entries. */
import {
  CallId,
  DeviceId,
  LeafIndex,
  TerminalId,
  UserId,
  encodeTranscript,
  toBase64Url,
  utf8,
} from "@signet/protocol";
import type { Bytes, CallInviteIn, DirectoryEntryIn, InvitedPerson, ProofIn } from "@signet/protocol";

const id16 = (name: string): string => {
  const bytes = new Uint8Array(16);
  bytes.set(utf8(name).subarray(0, 16));
  return toBase64Url(bytes);
};

export const userId = (name: string): UserId => UserId.parse(name);
export const terminalId = (name: string): TerminalId => TerminalId.parse(id16(name));
export const callId = (name = "call"): CallId => CallId.parse(id16(name));
export const leaf = (index: number): LeafIndex => LeafIndex.parse(index);
export const bytes = (text: string): Bytes => utf8(text);

export const proof = (name: string): ProofIn => ({
  transcript: utf8(`transcript of ${name}`),
  signature: { kind: "software", signature: new Uint8Array(64).fill(name.length) },
});

export const entry = (name: string): DirectoryEntryIn => ({
  userId: userId(name),
  displayName: name.toUpperCase(),
  deviceId: DeviceId.parse(id16(`device ${name}`)),
  kind: "software",
  algorithm: "EdDSA",
  publicKey: new Uint8Array(44).fill(1),
  userVerification: false,
  registeredAtMs: 1_750_000_000_000,
  proof: proof(`register ${name}`),
  statements: [],
});

/** Of the `call` proof: which one it is of nobody looks at. */
export const callDigest: Bytes = new Uint8Array(32).fill(7);

const common = (name: string) => ({
  serverOrigin: "https://signet.example",
  userId: name,
  deviceId: id16(`device ${name}`),
  issuedAtMs: 1_750_000_000_000,
  callId: callId(),
});

export const invite = (
  initiator: string,
  memberUserIds: readonly string[] = ["bob", "cyd"],
): Omit<CallInviteIn, "members"> => ({
  callId: callId(),
  initiator: entry(initiator),
  proof: {
    ...proof("call"),
    transcript: encodeTranscript({
      purpose: "call",
      ...common(initiator),
      memberUserIds,
      leafKey: bytes("leaf key"),
      head: bytes("head"),
      checkpoint: new Uint8Array(),
    }),
  },
  binding: proof(`binding ${initiator}`),
});

export const reachable = (name: string, ...terminals: readonly string[]): InvitedPerson => ({
  userId: userId(name),
  outcome: "reachable",
  terminalIds: (terminals.length === 0 ? [`${name}-1`] : terminals).map(terminalId),
  entry: entry(name),
});

export const from = (name: string, terminal = `${name}-1`) => ({
  userId: userId(name),
  terminalId: terminalId(terminal),
});
