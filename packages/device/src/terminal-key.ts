import { encodeTranscript } from "@signet/protocol";
import type { Bytes, ProofIn, Transcript } from "@signet/protocol";

import { sha256 } from "./digest.ts";

/** Ed25519, not extractable, in memory only: it lives as long as the terminal runs. */
export interface TerminalKey {
  /** Raw public key, 32 bytes. */
  readonly publicKey: Bytes;
  sign(transcript: Transcript): Promise<ProofIn>;
}

/** @throws SignetError never; a browser without Ed25519 in WebCrypto rejects with its own NotSupportedError */
export async function createTerminalKey(): Promise<TerminalKey> {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    publicKey,
    sign: async (transcript) => {
      const encoded = encodeTranscript(transcript);
      const signature = await crypto.subtle.sign("Ed25519", pair.privateKey, await sha256(encoded));
      return { transcript: encoded, signature: { kind: "terminal", signature: new Uint8Array(signature) } };
    },
  };
}
