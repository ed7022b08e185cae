import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, toBase64Url } from "@signet/protocol";

/** Beyond these the oldest are forgotten, and checked again should they come up. */
const mostChecked = 4096;

/**
 * Verifies Ed25519 signatures (RFC 8032) for one membership. What was found to be valid is not computed again: the library
 * verifies each added KeyPackage and leaf a second time after ours.
 */
export class SignatureChecks {
  /** SHA-256 of key, signature and message. */
  readonly #valid = new Set<string>();

  async verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    // With these lengths nothing can run into its neighbour.
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const name = toBase64Url(sha256(concatBytes(publicKey, signature, message)));
    if (this.#valid.has(name)) return true;
    const key = await crypto.subtle.importKey("raw", new Uint8Array(publicKey), "Ed25519", false, ["verify"]);
    const isValid = await crypto.subtle.verify(
      "Ed25519",
      key,
      new Uint8Array(signature),
      new Uint8Array(message),
    );
    if (isValid) this.#keep(name);
    return isValid;
  }

  #keep(name: string): void {
    const [oldest] = this.#valid;
    if (this.#valid.size >= mostChecked && oldest !== undefined) this.#valid.delete(oldest);
    this.#valid.add(name);
  }
}
