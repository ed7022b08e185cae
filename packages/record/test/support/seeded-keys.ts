/** Keys that really sign, and are the same each time: of devices, terminals and a log. Ed25519 signs the same alike. */
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { deviceIdOf } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { verifierKey } from "@signet/directory";
import type { NoteSigner } from "@signet/directory";
import { encodeTranscript, toBase64Url } from "@signet/protocol";
import type { Bytes, ProofIn, Transcript } from "@signet/protocol";

export const sha256 = (bytes: Uint8Array | string): Bytes =>
  Uint8Array.from(createHash("sha256").update(bytes).digest());

/** Bytes that a name stands for, and nothing else has. */
export const named = (name: string, length = 32): Bytes =>
  sha256(`signet record test ${name}`).slice(0, length);

/** PKCS #8 up to the seed of an Ed25519 key (RFC 8410 section 7). */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");

function pairOf(name: string): { readonly privateKey: KeyObject; readonly spki: Bytes; readonly raw: Bytes } {
  const der = Buffer.concat([privatePrefix, named(`key ${name}`)]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = Uint8Array.from(createPublicKey(privateKey).export({ format: "der", type: "spki" }));
  return { privateKey, spki, raw: spki.slice(-32) };
}

const signed = (message: Uint8Array, key: KeyObject): Bytes => Uint8Array.from(sign(null, message, key));

const proofBy = (kind: "software" | "terminal", key: KeyObject, transcript: Transcript): ProofIn => {
  const encoded = encodeTranscript(transcript);
  return { transcript: encoded, signature: { kind, signature: signed(sha256(encoded), key) } };
};

export async function seededDevice(name: string): Promise<SignatureDevice> {
  const { privateKey, spki } = pairOf(`device ${name}`);
  return {
    kind: "software",
    algorithm: "EdDSA",
    publicKey: spki,
    deviceId: await deviceIdOf(spki),
    sign: async (transcript) => proofBy("software", privateKey, transcript),
  };
}

export interface SeededTerminal {
  readonly publicKey: Bytes;
  readonly terminalId: string;
  readonly sign: (transcript: Transcript) => ProofIn;
}

export function seededTerminal(name: string): SeededTerminal {
  const { privateKey, raw } = pairOf(`terminal ${name}`);
  return {
    publicKey: raw,
    terminalId: toBase64Url(sha256(raw).slice(0, 16)),
    sign: (transcript) => proofBy("terminal", privateKey, transcript),
  };
}

export function seededLog(name: string): NoteSigner {
  const { privateKey, raw } = pairOf(`log ${name}`);
  return { key: verifierKey(name, "log", raw), sign: async (message) => signed(message, privateKey) };
}
