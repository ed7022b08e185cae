/**
 * The words of two terminals in turn, sealed: each is bound to all that were said before, by either side. So one that is changed, left out,
 * said again, or from another conversation does not open.
 */
import { sha256 } from "@signet/device";
import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { fieldsOf } from "./pairing-keys.ts";
import type { PairingKeys } from "./pairing-keys.ts";

/** `old`: the terminal that is signed in, and says the first word; `new`: the one at the other machine. */
export type Side = "old" | "new";

const nonceBytes = 12;

export class SealedWords {
  readonly #key: CryptoKey;
  readonly #randomBytes: (lengthBytes: number) => Bytes;
  #chain: Bytes;
  #turn: Side = "old";

  constructor(
    { key, start }: Pick<PairingKeys, "key" | "start">,
    randomBytes: (lengthBytes: number) => Bytes,
  ) {
    this.#key = key;
    this.#chain = start;
    this.#randomBytes = randomBytes;
  }

  /** Whose word is next. */
  get turn(): Side {
    return this.#turn;
  }

  /** @returns nonce, ciphertext and tag */
  async seal(from: Side, word: Bytes): Promise<Bytes> {
    if (this.#turn !== from) throw new Error("out of turn");
    // Both sides use one key, and a person may have typed the code at two machines: nothing but chance keeps nonces apart.
    const iv = this.#randomBytes(nonceBytes);
    const additionalData = fieldsOf(this.#chain, from);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, this.#key, word);
    const said = concatBytes(iv, new Uint8Array(sealed));
    await this.#said(from, said);
    return said;
  }

  /** @returns undefined for what the other side did not say at this place */
  async open(from: Side, said: Bytes): Promise<Bytes | undefined> {
    if (this.#turn !== from) return undefined;
    const [iv, sealed] = [said.slice(0, nonceBytes), said.slice(nonceBytes)];
    const additionalData = fieldsOf(this.#chain, from);
    try {
      const word = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, this.#key, sealed);
      await this.#said(from, said);
      return new Uint8Array(word);
    } catch {
      return undefined;
    }
  }

  async #said(from: Side, said: Bytes): Promise<void> {
    this.#turn = from === "old" ? "new" : "old";
    this.#chain = await sha256(fieldsOf(this.#chain, from, said));
  }
}
