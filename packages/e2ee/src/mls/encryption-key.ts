import { hexToBytes } from "@noble/hashes/utils.js";

/**
 * The u-coordinates of points whose order divides 8, and their forms of p and p + 1 (RFC 7748 section 6.1). Every agreement with
 * such a key gives zero, which WebCrypto refuses: with one in the tree nobody could be removed from the group any more, and
 * with one in a KeyPackage nobody else would be admitted with it.
 */
const smallOrderPoints = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(hexToBytes);

/** Whether something can be encrypted to this X25519 public key (RFC 9180 section 7.1.4). */
export function isEncryptionKey(key: Uint8Array): boolean {
  if (key.length !== 32) return false;
  return !smallOrderPoints.some((point) =>
    // The highest bit does not count.
    point.every((byte, i) => byte === (i === 31 ? (key[i] ?? 0) & 0x7f : key[i])),
  );
}
