import { sha256 as hash } from "@noble/hashes/sha2.js";
import { encodeTranscript } from "@signet/protocol";
import type { Bytes, Transcript } from "@signet/protocol";

/** In JavaScript: for so few bytes WebCrypto spends several times as long on handing them to another thread. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(hash(bytes));
}

/** What a device signs: SHA-256 of the encoded transcript, 32 bytes. */
export async function transcriptDigest(transcript: Transcript): Promise<Bytes> {
  return sha256(encodeTranscript(transcript));
}
