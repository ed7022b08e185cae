/**
 * What `navigator.credentials` gives back, read as what it is: the result of foreign code. A browser's own answers are as the standard
 * says; a password manager that stands before it gives plain objects, of which the getters may be missing, throw, or give anything.
 * So nothing is believed but the bytes that the device made (WebAuthn level 3, sections 5.2.1 and 5.2.2).
 */
import { SignetError } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { parseAttestedCredential } from "./authenticator-data.ts";
import { readCborMap } from "./cbor.ts";
import { readCoseKey } from "./cose-key.ts";

/** A new credential, as the device itself describes it. */
export interface WebAuthnCreation {
  readonly algorithm: DeviceAlgorithm;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Bytes;
  readonly credentialId: Bytes;
  /** Whether the device checked PIN or fingerprint. */
  readonly userVerified: boolean;
  readonly attestationObject: Bytes;
  readonly clientDataJson: Bytes;
  /** Hints where the authenticator is found; empty where nobody says. */
  readonly transports: readonly string[];
}

export interface WebAuthnAssertion {
  readonly authenticatorData: Bytes;
  readonly clientDataJson: Bytes;
  readonly signature: Bytes;
}

/** Of bytes, at most: what a server takes. */
const longest = {
  attestationObject: 32_768,
  clientDataJSON: 2048,
  authenticatorData: 1024,
  signature: 1024,
} as const;

/** An attestation object, its statement, and lists of certificates in it; a compound one (section 8.9) holds others. */
const deepestAttestation = 8;
const mostTransports = 16;

/**
 * @param result of `create`
 * @throws SignetError `device.badAnswer`; `proof.algorithm` when it is a credential, with a key that is not one of `algorithms`
 */
export async function readCreation(
  result: unknown,
  algorithms: readonly DeviceAlgorithm[],
): Promise<WebAuthnCreation> {
  const response = member(result, "response");
  const attestationObject = bytesIn(response, "attestationObject");
  const clientDataJson = bytesIn(response, "clientDataJSON");
  const attestation = readCborMap(attestationObject, 0, deepestAttestation);
  const authData = attestation?.value.get("authData");
  const credential = authData instanceof Uint8Array ? parseAttestedCredential(authData) : undefined;
  if (credential === undefined || attestation?.end !== attestationObject.length) throw badAnswer();
  const { credentialId, coseKey, userVerified } = credential;
  const key = await readCoseKey(coseKey, algorithms);
  if (key === undefined) throw new SignetError("proof.algorithm");
  const transports = transportsOf(response);
  return { ...key, credentialId, userVerified, attestationObject, clientDataJson, transports };
}

/** @param result of `get` @throws SignetError `device.badAnswer` */
export function readAssertion(result: unknown): WebAuthnAssertion {
  const response = member(result, "response");
  return {
    authenticatorData: bytesIn(response, "authenticatorData"),
    clientDataJson: bytesIn(response, "clientDataJSON"),
    signature: bytesIn(response, "signature"),
  };
}

const prfOutputBytes = 32;

/** @param result of `get` @returns undefined where there is none: whoever cannot give one says nothing */
export function readPrfOutput(result: unknown): Bytes | undefined {
  try {
    const { getClientExtensionResults } = result as { readonly getClientExtensionResults?: () => unknown };
    const { prf } = Object(getClientExtensionResults?.call(result)) as { readonly prf?: unknown };
    const { results } = Object(prf) as { readonly results?: unknown };
    const output = toBytes((Object(results) as { readonly first?: unknown }).first);
    return output?.length === prfOutputBytes ? output : undefined;
  } catch {
    return undefined;
  }
}

export const badAnswer = (cause?: unknown): SignetError => new SignetError("device.badAnswer", cause);

/** @throws SignetError `device.badAnswer` when there is nothing to ask, or the getter throws */
function member(from: unknown, name: string): unknown {
  if (typeof from !== "object" || from === null) throw badAnswer();
  try {
    return (from as Readonly<Record<string, unknown>>)[name];
  } catch (cause) {
    throw badAnswer(cause);
  }
}

function bytesIn(response: unknown, name: keyof typeof longest): Bytes {
  const bytes = toBytes(member(response, name));
  if (bytes === undefined || bytes.length === 0 || bytes.length > longest[name]) throw badAnswer();
  return bytes;
}

/** A copy of a buffer or of a view of one, also of another realm, such as an extension's. */
function toBytes(value: unknown): Bytes | undefined {
  try {
    if (ArrayBuffer.isView(value))
      return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    // Looks at what it is, not at what it calls itself.
    return new Uint8Array(ArrayBuffer.prototype.slice.call(value as ArrayBuffer, 0));
  } catch {
    return undefined;
  }
}

/** Only a hint: whatever is wrong with it, there is none. */
function transportsOf(response: unknown): readonly string[] {
  try {
    const { getTransports } = response as { readonly getTransports?: () => unknown };
    const transports = getTransports?.call(response);
    if (!Array.isArray(transports)) return [];
    return transports.filter((one) => typeof one === "string").slice(0, mostTransports);
  } catch {
    return [];
  }
}
