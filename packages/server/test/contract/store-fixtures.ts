/** What stores are tried with. */
import { randomBytes } from "node:crypto";

import { encodeTranscript, TerminalId, toBase64Url, UserId } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, RegistrationIn, StatementIn } from "@signet/protocol";

import type { Registration, Store, StoredBinding } from "../../src/index.ts";

export interface StoreUnderTest {
  /** Opens the same data again, also while another instance has it open. */
  open(): Promise<Store>;
}

export const bytes = (length: number): Bytes => new Uint8Array(randomBytes(length));
export const id = (): string => toBase64Url(bytes(16));
export const proof = () => ({
  transcript: bytes(200),
  signature: { kind: "software", signature: bytes(64) } as const,
});

export function bindingOf(userId: string, deviceId = id()): StoredBinding {
  const terminal = { terminalId: TerminalId.parse(id()), terminalKey: bytes(32) };
  return {
    userId: UserId.parse(userId),
    deviceId,
    ...terminal,
    expiresAtMs: 1_790_000_000_000,
    proof: proof(),
  };
}

/** What is read from a log names whose it is. */
const registerTranscript = (userId: string): Bytes =>
  encodeTranscript({
    purpose: "register",
    serverOrigin: "https://signet.test",
    userId,
    deviceId: "device",
    issuedAtMs: 1_780_000_000_000,
    serverChallenge: bytes(32),
    displayName: userId,
    devicePublicKey: bytes(91),
    terminalId: "terminal",
    terminalKey: bytes(32),
    expiresAtMs: 1_790_000_000_000,
  });

export function registration(
  userId: string,
  more: { deviceId?: string; inviteHash?: Bytes } = {},
): Registration {
  const entry = {
    userId: UserId.parse(userId),
    displayName: userId.toUpperCase(),
    deviceId: more.deviceId ?? id(),
    kind: "software",
    algorithm: "ES256",
    publicKey: bytes(91),
    userVerification: false,
    registeredAtMs: 1_780_000_000_000,
    proof: { ...proof(), transcript: registerTranscript(userId) },
  } as unknown as RegistrationIn;
  const invite = more.inviteHash === undefined ? {} : { inviteHash: more.inviteHash };
  return { entry, binding: bindingOf(userId), ...invite };
}

/** As it is stated after a registration. */
export const stated = (entry: RegistrationIn, ...statements: StatementIn[]): DirectoryEntryIn => ({
  ...entry,
  statements,
});

/** What the store does not look into. */
export const statement = (): StatementIn => ({ proofs: [proof(), proof()], credentialId: bytes(20) });

/** One test of a store that was just made. */
export type Contract = (title: string, run: (store: Store, under: StoreUnderTest) => Promise<void>) => void;
