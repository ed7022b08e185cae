import { BoundedMap, equalBytes, toBase64Url } from "@signet/protocol";

/** Beyond these the oldest are forgotten, and checked again should they come up. */
const mostChecked = 512;
/** Longer messages are not remembered: a leaf or KeyPackage is within this, and a Commit or GroupInfo comes once. Bytes. */
const longestChecked = 16_384;

interface Checked {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
}

/**
 * Verifies Ed25519 signatures (RFC 8032) for one membership. What was just found to be valid is not computed again: the library
 * verifies each added KeyPackage and leaf a second time after ours.
 */
export class SignatureChecks {
  /** By signature: what it was found to be valid for, to the last byte. */
  readonly #valid = new BoundedMap<string, Checked>(mostChecked);

  async verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const name = toBase64Url(signature);
    const known = this.#valid.get(name);
    if (known !== undefined && equalBytes(known.publicKey, publicKey) && equalBytes(known.message, message))
      return true;
    const key = await crypto.subtle.importKey("raw", new Uint8Array(publicKey), "Ed25519", false, ["verify"]);
    const isValid = await crypto.subtle.verify(
      "Ed25519",
      key,
      new Uint8Array(signature),
      new Uint8Array(message),
    );
    if (isValid && message.length <= longestChecked)
      this.#valid.set(name, { publicKey: publicKey.slice(), message: message.slice() });
    return isValid;
  }
}
