/** scrypt (RFC 7914). */
import { scryptAsync } from "@noble/hashes/scrypt.js";
import type { Bytes } from "@signet/protocol";

import { nodeCrypto } from "./node-crypto.ts";

export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

type Derive = (password: Bytes, salt: Bytes, cost: ScryptCost, length: number) => Promise<Bytes>;

/** What browsers take: in JavaScript, twice as slow. It gives way to the page every 10 ms. */
export const portableScrypt: Derive = async (password, salt, { n, r, p }, length) =>
  new Uint8Array(await scryptAsync(password, salt, { N: n, r, p, dkLen: length }));

/** Node's own, in a thread: it takes no turn of the event loop. undefined elsewhere. */
export const nativeScrypt: Derive | undefined = ofNode();

function ofNode(): Derive | undefined {
  const crypto = nodeCrypto;
  if (crypto === undefined) return undefined;
  return (password, salt, { n, r, p }, length) =>
    new Promise((resolve, reject) => {
      // It wants some more than the 128 bytes times n and r of the algorithm itself.
      const maxmem = 2 * 128 * n * r * p;
      crypto.scrypt(password, salt, length, { N: n, r, p, maxmem }, (error, derived) => {
        if (error === null) resolve(new Uint8Array(derived));
        else reject(error);
      });
    });
}

export const scrypt: Derive = nativeScrypt ?? portableScrypt;
