import { encodeTranscript, toBase64Url } from "@signet/protocol";
import type { Bytes, ProofIn, TerminalId, Transcript } from "@signet/protocol";

import { sha256 } from "./digest.ts";
import { importTerminalKey } from "./public-key.ts";
import { checkRaw } from "./signature-check.ts";

/** Ed25519, not extractable: it lives as long as the terminal runs, or as long as a browser keeps it for the binding. */
export interface TerminalKey {
  /** Raw public key, 32 bytes. */
  readonly publicKey: Bytes;
  /** What signs, and cannot be read out: a browser stores it as it is. */
  readonly privateKey: CryptoKey;
  readonly terminalId: TerminalId;
  sign(transcript: Transcript): Promise<ProofIn>;
}

/** First 16 bytes of the SHA-256 of its key: who does not hold the key has no use for the ID, and cannot take it up. */
export async function terminalIdOf(terminalKey: Bytes): Promise<TerminalId> {
  return toBase64Url((await sha256(terminalKey)).subarray(0, 16)) as TerminalId;
}

/** @throws SignetError never; a browser without Ed25519 in WebCrypto rejects with its own NotSupportedError */
export async function createTerminalKey(): Promise<TerminalKey> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: "Ed25519" }, false, [
    "sign",
    "verify",
  ]);
  return terminalKey(privateKey, new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)));
}

/**
 * A terminal key that was stored: still one that cannot be read out, and the one that belongs to this public key.
 * @returns undefined for anything else
 */
export async function openTerminalKey(
  privateKey: unknown,
  publicKey: Bytes,
): Promise<TerminalKey | undefined> {
  if (!(privateKey instanceof CryptoKey) || privateKey.extractable) return undefined;
  const imported = await importTerminalKey(publicKey);
  if (imported === undefined) return undefined;
  try {
    const message = crypto.getRandomValues(new Uint8Array(32));
    const signature = await crypto.subtle.sign("Ed25519", privateKey, message);
    const { ok } = await checkRaw("EdDSA", imported, new Uint8Array(signature), message);
    return ok ? await terminalKey(privateKey, publicKey) : undefined;
  } catch {
    // A key for something else.
    return undefined;
  }
}

async function terminalKey(privateKey: CryptoKey, publicKey: Bytes): Promise<TerminalKey> {
  return {
    publicKey,
    privateKey,
    terminalId: await terminalIdOf(publicKey),
    sign: async (transcript) => {
      const encoded = encodeTranscript(transcript);
      const signature = await crypto.subtle.sign("Ed25519", privateKey, await sha256(encoded));
      return { transcript: encoded, signature: { kind: "terminal", signature: new Uint8Array(signature) } };
    },
  };
}
