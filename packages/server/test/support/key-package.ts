import assert from "node:assert/strict";

import { decodeTranscript } from "@signet/protocol";
import type { Bytes, ProofIn } from "@signet/protocol";

/** Not one that MLS could read, which the server does not do either; it holds the leaf key that the `join` proof names. */
export function keyPackageFor({ transcript }: ProofIn): Bytes {
  const decoded = decodeTranscript(transcript);
  assert.ok(decoded?.purpose === "join" || decoded?.purpose === "call");
  return Uint8Array.of(1, 2, 3, ...decoded.leafKey);
}
