import { sha256 as portableSha256 } from "@noble/hashes/sha2.js";
import { encodeTranscript } from "@signet/protocol";
import type { Bytes, Transcript } from "@signet/protocol";

import { nodeCrypto } from "./node-crypto.ts";

/** In JavaScript, or by Node itself: for so few bytes WebCrypto spends several times as long on handing them to another thread. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(nodeCrypto?.hash("sha256", bytes, "buffer") ?? portableSha256(bytes));
}

/** What a device signs: SHA-256 of the encoded transcript, 32 bytes. */
export async function transcriptDigest(transcript: Transcript): Promise<Bytes> {
  return sha256(encodeTranscript(transcript));
}
