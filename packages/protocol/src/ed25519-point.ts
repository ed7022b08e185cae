/**
 * The y coordinates of the points whose order divides 8, and their forms of p and p + 1. With such a key a signature made
 * without any private key verifies for many messages (RFC 8032 section 5.1.7 lets it), so it would speak for nobody.
 */
const smallOrderPoints: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

/** Whether a key speaks for nobody. @param publicKey of Ed25519, raw, 32 bytes */
export function isSmallOrder(publicKey: Uint8Array): boolean {
  // The highest bit is the sign of x.
  const y = Array.from(publicKey, (byte, place) => (place === 31 ? byte & 0x7f : byte));
  return smallOrderPoints.has(y.map((byte) => byte.toString(16).padStart(2, "0")).join(""));
}
