import { createSoftwareKey, foldHistory, statedHead, nobodyAdministers } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { toBase64Url } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, UserId } from "@signet/protocol";

import type { KnownPerson } from "../../src/people/directory.ts";

export const serverOrigin = "https://signet.example";

export const randomBytes = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
export const randomId = (): string => toBase64Url(randomBytes(16));

export interface TestPerson {
  readonly userId: UserId;
  readonly device: SignatureDevice;
  readonly entry: DirectoryEntryIn;
  /** Of the history that the entry is. */
  readonly head: Bytes;
}

/** Somebody with a software device, registered in nobody's directory: the entry is what a server would state. */
export async function person(
  name: string,
  device?: SignatureDevice,
  displayName = name.toUpperCase(),
): Promise<TestPerson> {
  const userId = name as UserId;
  const own = device ?? (await createSoftwareKey({ algorithm: "EdDSA" }));
  const { kind, deviceId, algorithm, publicKey } = own;
  const issuedAtMs = Date.now();
  const proof = await own.sign({
    purpose: "register",
    serverOrigin,
    userId,
    deviceId,
    issuedAtMs,
    serverChallenge: randomBytes(32),
    displayName,
    devicePublicKey: publicKey,
    terminalId: randomId(),
    terminalKey: randomBytes(32),
    expiresAtMs: issuedAtMs + 60_000,
  });
  const entry = {
    userId,
    displayName,
    deviceId,
    kind,
    algorithm,
    publicKey,
    userVerification: false,
    registeredAtMs: issuedAtMs,
    proof,
    statements: [],
  };
  return { userId, device: own, entry, head: await statedHead(entry) };
}

/** As a directory that nobody gave certificates would know them. */
export async function known(entry: DirectoryEntryIn, firstSeen = false): Promise<KnownPerson> {
  const result = await foldHistory(entry, { serverOrigin, administratorDevices: nobodyAdministers });
  if (!result.ok) throw new Error(result.code);
  return { person: result.person, certificates: new Map(), onlyCertified: false, firstSeen };
}
