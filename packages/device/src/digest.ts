import { encodeTranscript } from "@signet/protocol";
import type { Bytes, Transcript } from "@signet/protocol";

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** What a device signs: SHA-256 of the encoded transcript, 32 bytes. */
export async function transcriptDigest(transcript: Transcript): Promise<Bytes> {
  return sha256(encodeTranscript(transcript));
}
