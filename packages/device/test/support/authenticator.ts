/** A WebAuthn authenticator and browser in WebCrypto: it makes real assertions, and any wrong one that a test asks for. */
import { concatBytes, encodeTranscript, toBase64Url, utf8 } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ProofIn, Transcript } from "@signet/protocol";
import { deviceIdOf, sha256 } from "@signet/device";
import type { SignatureDevice } from "@signet/device";

export const userPresent = 0x01;
export const userVerified = 0x04;

/** What the assertion says instead of the truth. */
export interface Distortion {
  readonly rpId?: string;
  readonly flags?: number;
  readonly signCount?: number;
  readonly afterAuthenticatorData?: Bytes;
  readonly clientData?: Readonly<Record<string, unknown>>;
  readonly clientDataJson?: Bytes;
  readonly challenge?: Bytes;
  /** Changes the finished signature. */
  readonly signature?: (signature: Bytes) => Bytes;
}

const generate = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
  RS256: {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
  },
  PS256: {
    name: "RSA-PSS",
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
  },
} as const;

const signParameters = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
  RS256: { name: "RSASSA-PKCS1-v1_5" },
  PS256: { name: "RSA-PSS", saltLength: 32 },
} as const;

export interface TestAuthenticator extends SignatureDevice {
  readonly jwk: JsonWebKey;
  distorted(distortion: Distortion): SignatureDevice;
}

export async function createAuthenticator(
  algorithm: DeviceAlgorithm,
  origin: string,
  flags = userPresent | userVerified,
): Promise<TestAuthenticator> {
  const pair = (await crypto.subtle.generateKey(generate[algorithm], true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const facts = { kind: "webauthn", deviceId: await deviceIdOf(publicKey), algorithm, publicKey } as const;

  async function sign(transcript: Transcript, distortion: Distortion): Promise<ProofIn> {
    const encoded = encodeTranscript(transcript);
    const challenge = toBase64Url(distortion.challenge ?? (await sha256(encoded)));
    const clientData = {
      type: "webauthn.get",
      challenge,
      origin,
      crossOrigin: false,
      ...distortion.clientData,
    };
    const clientDataJson = distortion.clientDataJson ?? utf8(JSON.stringify(clientData));
    const count = new Uint8Array(4);
    new DataView(count.buffer).setUint32(0, distortion.signCount ?? 0);
    const authenticatorData = concatBytes(
      await sha256(utf8(distortion.rpId ?? new URL(origin).hostname)),
      Uint8Array.of(distortion.flags ?? flags),
      count,
      distortion.afterAuthenticatorData ?? new Uint8Array(),
    );
    const signed = concatBytes(authenticatorData, await sha256(clientDataJson));
    const raw = new Uint8Array(await crypto.subtle.sign(signParameters[algorithm], pair.privateKey, signed));
    const signature = algorithm === "ES256" ? rawToDer(raw) : raw;
    return {
      transcript: encoded,
      signature: {
        kind: "webauthn",
        authenticatorData,
        clientDataJson,
        signature: distortion.signature?.(signature) ?? signature,
      },
    };
  }

  return {
    ...facts,
    jwk: await crypto.subtle.exportKey("jwk", pair.publicKey),
    sign: async (transcript) => sign(transcript, {}),
    distorted: (distortion) => ({ ...facts, sign: async (transcript) => sign(transcript, distortion) }),
  };
}

/** DER of r||s. @param encodeInteger replaces the minimal form of each */
export function rawToDer(raw: Bytes, encodeInteger: (value: Bytes) => Bytes = derInteger): Bytes {
  const body = concatBytes(encodeInteger(raw.slice(0, 32)), encodeInteger(raw.slice(32)));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

/** Minimal INTEGER of an unsigned big-endian value. */
export function derInteger(value: Bytes): Bytes {
  const first = value.findIndex((byte) => byte !== 0);
  const significant = first < 0 ? new Uint8Array(1) : value.slice(first);
  const sign = (significant[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return concatBytes(Uint8Array.of(0x02, sign.length + significant.length), sign, significant);
}
