/** The signature itself, for each kind of signer. Order: everything with a code of its own before the cryptography. */
import { concatBytes, equalBytes, toBase64Url, utf8 } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ProofSignature } from "@signet/protocol";

import { parseAuthenticatorData } from "./authenticator-data.ts";
import { parseClientData } from "./client-data.ts";
import { derToRaw, hasValidScalars } from "./der.ts";
import { sha256 } from "./digest.ts";
import { refuse } from "./verified.ts";
import type { AuthenticatorReport, Refusal } from "./verified.ts";

type Checked = { readonly ok: true; readonly authenticator?: AuthenticatorReport } | Refusal;

type Assertion = Extract<ProofSignature, { kind: "webauthn" }>;

const valid: Checked = { ok: true };

interface AssertionExpectation {
  readonly digest: Bytes;
  readonly serverOrigin: string;
  readonly algorithm: DeviceAlgorithm;
  readonly deviceKey: CryptoKey;
  readonly userVerification: boolean;
}

/** WebAuthn level 3, section 7.2, steps 10 to 22, with the transcript's digest as the challenge. */
export async function checkAssertion(assertion: Assertion, expected: AssertionExpectation): Promise<Checked> {
  const clientData = parseClientData(assertion.clientDataJson);
  if (clientData === undefined || clientData.type !== "webauthn.get") return refuse("proof.clientData");
  if (clientData.crossOrigin) return refuse("proof.clientData");
  if (clientData.origin !== expected.serverOrigin) return refuse("proof.origin");
  // The device signed something else than this transcript.
  if (clientData.challenge !== toBase64Url(expected.digest)) return refuse("proof.signature");

  const data = parseAuthenticatorData(assertion.authenticatorData);
  if (data === undefined) return refuse("proof.encoding");
  const rpIdHash = await sha256(utf8(rpIdOf(expected.serverOrigin)));
  if (!equalBytes(data.rpIdHash, rpIdHash)) return refuse("proof.rpId");
  if (!data.userPresent) return refuse("proof.userPresence");
  if (expected.userVerification && !data.userVerified) return refuse("proof.userVerification");

  const signed = concatBytes(assertion.authenticatorData, await sha256(assertion.clientDataJson));
  const { algorithm, deviceKey } = expected;
  // ES256 is DER in an assertion, the others are as they are (section 6.5.5).
  const signature = algorithm === "ES256" ? derToRaw(assertion.signature) : assertion.signature;
  if (signature === undefined) return refuse("proof.encoding");
  const checked = await checkRaw(algorithm, deviceKey, signature, signed);
  const { userVerified, signCount } = data;
  return checked.ok ? { ok: true, authenticator: { userVerified, signCount } } : checked;
}

/** RFC 8032 for `EdDSA`, r||s for `ES256` (FIPS 186-5), RFC 8017 for `RS256` (section 8.2) and `PS256` (section 8.1). */
export async function checkRaw(
  algorithm: DeviceAlgorithm,
  publicKey: CryptoKey,
  signature: Bytes,
  message: Bytes,
): Promise<Checked> {
  if (!isWellEncoded(algorithm, publicKey, signature)) return refuse("proof.encoding");
  const matches = await crypto.subtle.verify(parameters[algorithm], publicKey, signature, message);
  return matches ? valid : refuse("proof.signature");
}

const parameters = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
  RS256: { name: "RSASSA-PKCS1-v1_5" },
  // As long as the hash: what RFC 8230 section 2 fixes for this algorithm.
  PS256: { name: "RSA-PSS", saltLength: 32 },
} as const;

function isWellEncoded(algorithm: DeviceAlgorithm, publicKey: CryptoKey, signature: Bytes): boolean {
  if (algorithm === "ES256") return hasValidScalars(signature);
  if (algorithm === "EdDSA") return signature.length === 64;
  // RFC 8017 section 8.2.2 step 1.
  return signature.length === Math.ceil((publicKey.algorithm as RsaHashedKeyAlgorithm).modulusLength / 8);
}

/** The RP ID of a server: its host name, without the port. */
export function rpIdOf(serverOrigin: string): string {
  return new URL(serverOrigin).hostname;
}
