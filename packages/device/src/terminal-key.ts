import { encodeTranscript, toBase64Url } from "@signet/protocol";
import type { Bytes, ProofIn, TerminalId, Transcript } from "@signet/protocol";

import { sha256 } from "./digest.ts";

/** Ed25519, not extractable, in memory only: it lives as long as the terminal runs. */
export interface TerminalKey {
  /** Raw public key, 32 bytes. */
  readonly publicKey: Bytes;
  readonly terminalId: TerminalId;
  sign(transcript: Transcript): Promise<ProofIn>;
}

/** First 16 bytes of the SHA-256 of its key: who does not hold the key has no use for the ID, and cannot take it up. */
export async function terminalIdOf(terminalKey: Bytes): Promise<TerminalId> {
  return toBase64Url((await sha256(terminalKey)).subarray(0, 16)) as TerminalId;
}

/** @throws SignetError never; a browser without Ed25519 in WebCrypto rejects with its own NotSupportedError */
export async function createTerminalKey(): Promise<TerminalKey> {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    publicKey,
    terminalId: await terminalIdOf(publicKey),
    sign: async (transcript) => {
      const encoded = encodeTranscript(transcript);
      const signature = await crypto.subtle.sign("Ed25519", pair.privateKey, await sha256(encoded));
      return { transcript: encoded, signature: { kind: "terminal", signature: new Uint8Array(signature) } };
    },
  };
}
