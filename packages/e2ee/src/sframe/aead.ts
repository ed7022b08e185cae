import type { Bytes } from "@signet/protocol";

/** One AEAD key, usable in one direction ("usable for encryption or decryption, never both", RFC 9605 section 4.4.1). */
export interface Aead {
  /** @returns ciphertext followed by the tag */
  seal(nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes>;
  /** @returns undefined when the tag does not match or the ciphertext is shorter than a tag */
  open(nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes | undefined>;
}

export type AeadUse = "seal" | "open";

/** AES-GCM with a 128-bit tag over a key that WebCrypto keeps. */
export function gcmAead(key: CryptoKey): Aead {
  return {
    async seal(nonce, aad, plaintext) {
      return new Uint8Array(
        await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, key, plaintext),
      );
    },
    async open(nonce, aad, ciphertext) {
      try {
        return new Uint8Array(
          await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, key, ciphertext),
        );
      } catch (cause) {
        // WebCrypto reports a tag that does not match, and data shorter than a tag, as OperationError.
        if (cause instanceof DOMException && cause.name === "OperationError") return undefined;
        throw cause;
      }
    },
  };
}
