import { createPublicKey, generateKeyPairSync } from "node:crypto";

import type { Bytes } from "@signet/protocol";

/** SubjectPublicKeyInfo of an RSA key of 2,048 bits. @param exponent hexadecimal */
export function rsaKeyWithExponent(exponent: string): Bytes {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n } = publicKey.export({ format: "jwk" });
  const e = Buffer.from(exponent, "hex").toString("base64url");
  const key = createPublicKey({ key: { kty: "RSA", ...(n !== undefined && { n }), e }, format: "jwk" });
  return new Uint8Array(key.export({ type: "spki", format: "der" }));
}
