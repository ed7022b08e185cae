import { createCipheriv, generateKeyPairSync, randomBytes, scryptSync } from "node:crypto";

/** As version 0.1 made key files, which are still read: opening one takes a quarter of the work of those that are made now. */
const scryptCost = { n: 2 ** 15, r: 8, p: 1 };

/** A new P-256 key in a file of version 0.1. Each command of a script opens one, and only few of them are about that. */
export function formerKeyFile(passphrase: string): string {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = pair.publicKey.export({ type: "spki", format: "der" });
  const privateKey = pair.privateKey.export({ type: "pkcs8", format: "der" });
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const { n, r, p } = scryptCost;
  const fileKey = scryptSync(passphrase, salt, 32, { N: n, r, p, maxmem: 64 * 1024 * 1024 });
  const words = ["signet-key/v1", "ES256", "scrypt", n, r, p, "AES-256-GCM", salt.toString("base64url")];
  const cipher = createCipheriv("aes-256-gcm", fileKey, nonce);
  cipher.setAAD(Buffer.concat([Buffer.from(`${words.join("\n")}\n`), publicKey]));
  const ciphertext = Buffer.concat([cipher.update(privateKey), cipher.final(), cipher.getAuthTag()]);
  return JSON.stringify({
    format: "signet-key/v1",
    algorithm: "ES256",
    publicKey: publicKey.toString("base64url"),
    kdf: { name: "scrypt", ...scryptCost, salt: salt.toString("base64url") },
    cipher: {
      name: "AES-256-GCM",
      nonce: nonce.toString("base64url"),
      ciphertext: ciphertext.toString("base64url"),
    },
  });
}
