/**
 * Encrypted key file of a software device: JSON text.
 *
 *   { format: "signet-key/v1", algorithm, publicKey, kdf: { name: "scrypt", n, r, p, salt },
 *     cipher: { name: "AES-256-GCM", nonce, ciphertext } }
 *
 * The plaintext is the private key as PKCS#8 (RFC 5958). The additional data is everything else in the file, so that
 * nothing in it can be exchanged without the passphrase. Binary members are base64url.
 */
import { DeviceAlgorithm, SignetError, concatBytes, toBase64Url, utf8, wireBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import { z } from "zod";

import { scrypt } from "./scrypt.ts";

/**
 * 128 MiB and some 400 ms for each guess (RFC 7914 section 2), a second in a browser: what OWASP's Password Storage Cheat
 * Sheet advises. Files say their own cost, so this one may be turned up; {@link scryptBounds} first.
 */
const scryptCost = { n: 2 ** 17, r: 8, p: 1 } as const;

/**
 * A file from elsewhere must not make us use more than 128 MiB, nor be weaker than the weakest that was ever made here:
 * until version 0.1 key files were made with 2^15.
 */
const scryptBounds = { leastN: 2 ** 15, mostN: scryptCost.n, r: 8, p: 1 } as const;

/** A PKCS#8 key of P-256 takes 138 bytes, and one of Ed25519 48. */
const mostFileCharacters = 4096;

const tagLength = 16;

const KeyFile = z.strictObject({
  format: z.literal("signet-key/v1"),
  algorithm: DeviceAlgorithm.exclude(["RS256", "PS256"]),
  publicKey: wireBytes(91, 44),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    n: z
      .number()
      .int()
      .min(scryptBounds.leastN)
      .max(scryptBounds.mostN)
      .refine((n) => Number.isInteger(Math.log2(n)), "a power of two"),
    r: z.literal(scryptBounds.r),
    p: z.literal(scryptBounds.p),
    salt: wireBytes(32, 16),
  }),
  cipher: z.strictObject({
    name: z.literal("AES-256-GCM"),
    nonce: wireBytes(12, 12),
    ciphertext: wireBytes(512, tagLength + 1),
  }),
});
type KeyFile = z.infer<typeof KeyFile>;

export interface PrivateKeyFile {
  readonly algorithm: KeyFile["algorithm"];
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Bytes;
  /** PKCS#8, DER. Overwrite it after use. */
  readonly privateKey: Bytes;
}

/** @returns the text of the file */
export async function encryptKeyFile(content: PrivateKeyFile, passphrase: string): Promise<string> {
  const { algorithm, publicKey, privateKey } = content;
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const header: Header = { algorithm, publicKey, kdf: { name: "scrypt", ...scryptCost, salt } };
  const fileKey = await deriveFileKey(passphrase, header.kdf, "encrypt");
  const additionalData = encodeHeader(header);
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData },
    fileKey,
    privateKey,
  );
  const file = {
    format: "signet-key/v1",
    algorithm,
    publicKey: toBase64Url(publicKey),
    kdf: { ...header.kdf, salt: toBase64Url(salt) },
    cipher: {
      name: "AES-256-GCM",
      nonce: toBase64Url(nonce),
      ciphertext: toBase64Url(new Uint8Array(ciphertext)),
    },
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** @throws SignetError `device.badKeyFile`, or `device.badPassphrase` when the contents do not open */
export async function decryptKeyFile(fileText: string, passphrase: string): Promise<PrivateKeyFile> {
  const { algorithm, publicKey, kdf, cipher } = parseKeyFile(fileText);
  const fileKey = await deriveFileKey(passphrase, kdf, "decrypt");
  const additionalData = encodeHeader({ algorithm, publicKey, kdf });
  try {
    const privateKey = new Uint8Array(
      await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: cipher.nonce, additionalData },
        fileKey,
        cipher.ciphertext,
      ),
    );
    return { algorithm, publicKey, privateKey };
  } catch (cause) {
    throw new SignetError("device.badPassphrase", cause);
  }
}

/** What the file says without its passphrase, and what only the passphrase proves. @throws SignetError `device.badKeyFile` */
export function readKeyFileHeader(fileText: string): Pick<PrivateKeyFile, "algorithm" | "publicKey"> {
  const { algorithm, publicKey } = parseKeyFile(fileText);
  return { algorithm, publicKey };
}

/** Whether a later version made the file, of which this one cannot say more. */
export function isNewerKeyFile(fileText: string): boolean {
  const version = /"format"\s*:\s*"signet-key\/v([1-9]\d{0,8})"/.exec(
    fileText.slice(0, mostFileCharacters),
  )?.[1];
  return Number(version ?? 1) > 1;
}

type Header = Pick<KeyFile, "algorithm" | "publicKey" | "kdf">;

function parseKeyFile(fileText: string): KeyFile {
  if (fileText.length > mostFileCharacters) throw new SignetError("device.badKeyFile");
  let value: unknown;
  try {
    value = JSON.parse(fileText);
  } catch (cause) {
    throw new SignetError("device.badKeyFile", cause);
  }
  const file = KeyFile.safeParse(value);
  if (!file.success) throw new SignetError("device.badKeyFile", file.error);
  return file.data;
}

function encodeHeader({ algorithm, publicKey, kdf }: Header): Bytes {
  const words = ["signet-key/v1", algorithm, kdf.name, kdf.n, kdf.r, kdf.p, "AES-256-GCM", ""];
  return concatBytes(utf8(words.join("\n")), utf8(`${toBase64Url(kdf.salt)}\n`), publicKey);
}

async function deriveFileKey(
  passphrase: string,
  kdf: KeyFile["kdf"],
  use: "encrypt" | "decrypt",
): Promise<CryptoKey> {
  // The same passphrase typed on another system may come in another Unicode form.
  const password = utf8(passphrase.normalize("NFKC"));
  const secret = await scrypt(password, kdf.salt, kdf, 32);
  const fileKey = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, [use]);
  secret.fill(0);
  return fileKey;
}
