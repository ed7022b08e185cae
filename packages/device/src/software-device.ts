import { SignetError, encodeTranscript } from "@signet/protocol";
import type { Bytes, ProofIn, Transcript } from "@signet/protocol";

import { attributeSignerOf, cmsSigner, signsAttributes } from "./cms/sign-cms.ts";
import { deviceIdOf } from "./device.ts";
import type { SignatureDevice } from "./device.ts";
import { sha256 } from "./digest.ts";
import { decryptKeyFile, encryptKeyFile, readKeyFileHeader } from "./key-file.ts";
import type { PrivateKeyFile } from "./key-file.ts";
import { importPublicKey } from "./public-key.ts";
import { certificateChainFor } from "./x509/certificate-chain.ts";

/** A private key in an encrypted file, for development, bots and tests; always shown as "software key". */
export interface SoftwareDevice extends SignatureDevice {
  readonly kind: "software";
  readonly algorithm: "ES256" | "EdDSA";
}

export interface SoftwareKeyOptions {
  readonly algorithm: "ES256" | "EdDSA";
  /** Under which {@link exportKeyFile} has the key. Without one it cannot be kept, and is gone with the program. */
  readonly passphrase?: string;
}

const keyParameters = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
} as const;

const signParameters = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
} as const;

/** The encrypted file that each device was made with or opened from. */
const keyFiles = new WeakMap<SoftwareDevice, string>();

/** Makes a new key. Keep it with {@link exportKeyFile}: the private key itself cannot be taken out of the device. */
export async function createSoftwareKey(options: SoftwareKeyOptions): Promise<SoftwareDevice> {
  const { algorithm, passphrase } = options;
  const pair = (await crypto.subtle.generateKey(keyParameters[algorithm], true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const privateKey = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const content: PrivateKeyFile = { algorithm, publicKey, privateKey };
  const fileText = passphrase === undefined ? undefined : await encryptKeyFile(content, passphrase);
  return openContent(content, fileText);
}

/**
 * @throws SignetError `device.badKeyFile` when the text is no key file or its two keys do not belong together,
 *   `device.badPassphrase`
 */
export async function openSoftwareKey(fileText: string, passphrase: string): Promise<SoftwareDevice> {
  return openContent(await decryptKeyFile(fileText, passphrase), fileText);
}

/**
 * Which device a key file says that it holds; opening it tells whether that is so.
 * @throws SignetError `device.badKeyFile`
 */
export async function describeKeyFile(
  fileText: string,
): Promise<Pick<SoftwareDevice, "algorithm" | "deviceId">> {
  const { algorithm, publicKey } = readKeyFileHeader(fileText);
  return { algorithm, deviceId: await deviceIdOf(publicKey) };
}

/**
 * @returns the encrypted file, under the passphrase with which the device was made or opened
 * @throws TypeError when it was made without one
 */
export function exportKeyFile(device: SoftwareDevice): string {
  const fileText = keyFiles.get(device);
  if (fileText === undefined) throw new TypeError("the key was made without a passphrase, so it has no file");
  return fileText;
}

/**
 * The same software key or token, with certificates to register with.
 * @param certificates DER, in any order, see certificateChainFor
 * @throws SignetError `certificate.notAccepted` for a WebAuthn device, `certificate.otherKey` when none is for this device,
 *   `certificate.malformed`
 */
export function withCertificates<D extends SignatureDevice>(device: D, certificates: readonly Bytes[]): D {
  if (device.kind === "webauthn") throw new SignetError("certificate.notAccepted");
  const { algorithm, publicKey } = device;
  const chain = certificateChainFor(publicKey, certificates);
  const sign = attributeSignerOf(device);
  // With its accessors: what a token says of itself is asked anew each time. What it signed as before would name the certificates of before.
  const { signCms: _, ...kept } = Object.getOwnPropertyDescriptors(device);
  const certified = Object.defineProperties(
    {},
    {
      ...kept,
      certificates: shown(chain),
      ...(sign !== undefined && {
        signCms: shown(cmsSigner({ algorithm, publicKey, certificates: chain, sign })),
      }),
    },
  ) as D;
  if (sign !== undefined) signsAttributes(certified, sign);
  const fileText = isSoftware(device) ? keyFiles.get(device) : undefined;
  if (fileText !== undefined && isSoftware(certified)) keyFiles.set(certified, fileText);
  return certified;
}

const shown = (value: unknown): PropertyDescriptor => ({ value, enumerable: true });

const isSoftware = (device: SignatureDevice): device is SoftwareDevice => device.kind === "software";

async function openContent(content: PrivateKeyFile, fileText?: string): Promise<SoftwareDevice> {
  const { algorithm, publicKey, privateKey } = content;
  const privateCryptoKey = await importPrivateKey(content);
  privateKey.fill(0);
  const signBytes = async (bytes: Bytes): Promise<Bytes> =>
    new Uint8Array(await crypto.subtle.sign(signParameters[algorithm], privateCryptoKey, bytes));
  await requirePair(content, signBytes);
  const device: SoftwareDevice = {
    kind: "software",
    deviceId: await deviceIdOf(publicKey),
    algorithm,
    publicKey,
    sign: async (transcript: Transcript): Promise<ProofIn> => {
      const encoded = encodeTranscript(transcript);
      const signature = await signBytes(await sha256(encoded));
      return { transcript: encoded, signature: { kind: "software", signature } };
    },
  };
  if (fileText !== undefined) keyFiles.set(device, fileText);
  return signsAttributes(device, signBytes);
}

async function importPrivateKey({ algorithm, privateKey }: PrivateKeyFile): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("pkcs8", privateKey, keyParameters[algorithm], false, ["sign"]);
  } catch (cause) {
    throw new SignetError("device.badKeyFile", cause);
  }
}

/** The device ID comes from the public key: a file whose keys differ would sign under a name that is not its own. */
async function requirePair(
  { algorithm, publicKey }: PrivateKeyFile,
  signDigest: (digest: Bytes) => Promise<Bytes>,
): Promise<void> {
  const verifier = await importPublicKey(algorithm, publicKey);
  if (verifier === undefined) throw new SignetError("device.badKeyFile");
  const digest = crypto.getRandomValues(new Uint8Array(32));
  const signature = await signDigest(digest);
  const belongs = await crypto.subtle.verify(signParameters[algorithm], verifier, signature, digest);
  if (!belongs) throw new SignetError("device.badKeyFile");
}
