import { concatBytes, equalBytes, type Bytes } from "@signet/protocol";
import type { Aead, AeadUse } from "./aead.ts";

/**
 * The synthetic AEAD of RFC 9605 section 4.5.1: AES-CTR, then HMAC over lengths, nonce, AAD and ciphertext, truncated.
 * @param rawKey encryption key followed by the MAC key, which is as long as the hash
 * @param tagBytes length of the truncated tag
 */
export async function ctrHmacAead(
  rawKey: Bytes,
  hash: "SHA-256" | "SHA-512",
  tagBytes: number,
  use: AeadUse,
): Promise<Aead> {
  const encryptionKeyBytes = rawKey.length - (hash === "SHA-256" ? 32 : 64);
  const encryptionKey = await crypto.subtle.importKey(
    "raw",
    rawKey.slice(0, encryptionKeyBytes),
    "AES-CTR",
    false,
    [use === "seal" ? "encrypt" : "decrypt"],
  );
  const macKey = await crypto.subtle.importKey(
    "raw",
    rawKey.slice(encryptionKeyBytes),
    { name: "HMAC", hash },
    false,
    ["sign"],
  );

  async function tag(nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes> {
    const lengths = new Uint8Array(24);
    const view = new DataView(lengths.buffer);
    view.setBigUint64(0, BigInt(aad.length));
    view.setBigUint64(8, BigInt(ciphertext.length));
    view.setBigUint64(16, BigInt(tagBytes));
    const mac = await crypto.subtle.sign("HMAC", macKey, concatBytes(lengths, nonce, aad, ciphertext));
    return new Uint8Array(mac).slice(0, tagBytes);
  }

  // The block counter is the last four bytes, which start at zero.
  const ctr = (nonce: Bytes) => ({
    name: "AES-CTR",
    counter: concatBytes(nonce, new Uint8Array(4)),
    length: 32,
  });

  return {
    async seal(nonce, aad, plaintext) {
      const ciphertext = new Uint8Array(await crypto.subtle.encrypt(ctr(nonce), encryptionKey, plaintext));
      return concatBytes(ciphertext, await tag(nonce, aad, ciphertext));
    },
    async open(nonce, aad, sealed) {
      if (sealed.length < tagBytes) return undefined;
      const ciphertext = sealed.slice(0, -tagBytes);
      if (!equalBytes(await tag(nonce, aad, ciphertext), sealed.subarray(-tagBytes))) return undefined;
      return new Uint8Array(await crypto.subtle.decrypt(ctr(nonce), encryptionKey, ciphertext));
    },
  };
}
