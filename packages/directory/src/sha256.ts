import { sha256 as portableSha256 } from "@noble/hashes/sha2.js";
import type { Bytes } from "@signet/protocol";

/** What is used of `node:crypto`, which is not part of the platform that this package is written for. */
interface NodeCrypto {
  hash(algorithm: "sha256", data: Uint8Array, encoding: "buffer"): Uint8Array;
}

const platform = globalThis as {
  readonly process?: { getBuiltinModule?(id: "node:crypto"): NodeCrypto | undefined };
};

/** undefined in a browser. */
const nodeCrypto = platform.process?.getBuiltinModule?.("node:crypto");

/** At once, not as a promise: a proof is dozens of them, and each would be handed to another thread by WebCrypto. 32 bytes. */
export const sha256 = (bytes: Uint8Array): Bytes =>
  new Uint8Array(nodeCrypto?.hash("sha256", bytes, "buffer") ?? portableSha256(bytes));
