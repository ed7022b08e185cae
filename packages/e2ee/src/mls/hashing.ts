import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes } from "@signet/protocol";
import type { CiphersuiteImpl } from "ts-mls";

/**
 * SHA-256, HMAC (RFC 2104) and HKDF (RFC 5869) in JavaScript. One epoch takes a thousand of them over a few bytes each, and
 * WebCrypto spends several times as long on handing each over to another thread as on the hash itself. What they work on lies
 * in JavaScript's memory anyway, since the library holds its secrets as bytes. Private keys stay in WebCrypto.
 */
export const hashing: Pick<CiphersuiteImpl, "hash" | "kdf"> = {
  hash: {
    digest: async (data) => sha256(data),
    mac: async (key, data) => hmac(sha256, key, data),
    verifyMac: async (key, mac, data) => equalBytes(hmac(sha256, key, data), mac),
  },
  kdf: {
    extract: async (salt, ikm) => extract(sha256, ikm, salt),
    expand: async (prk, info, length) => expand(sha256, prk, info, length),
    size: 32,
  },
};
