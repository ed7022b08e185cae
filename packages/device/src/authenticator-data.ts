/** WebAuthn level 3, section 6.1: authenticator data, of an assertion and of a creation. */
import type { Bytes } from "@signet/protocol";

import { readCborMap } from "./cbor.ts";
import type { Cbor } from "./cbor.ts";

export interface AuthenticatorData {
  /** SHA-256 of the RP ID, 32 bytes. */
  readonly rpIdHash: Bytes;
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly signCount: number;
}

const fixedLength = 37;
/** CTAP 2.1 section 8 allows four levels of nesting. */
const deepest = 4;
const flag = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attestedCredentialData: 0x40,
  extensionData: 0x80,
} as const;

/**
 * @returns undefined when the bytes are not exactly the fixed part and, where announced, one CBOR map of extensions;
 *   when they hold attested credential data, which an assertion must not (section 6.3.3 step 10); or when they
 *   claim a backup of what cannot be backed up (section 6.1.3)
 */
export function parseAuthenticatorData(bytes: Bytes): AuthenticatorData | undefined {
  const flags = bytes[32];
  if (bytes.length < fixedLength || flags === undefined) return undefined;
  const has = (bit: number): boolean => (flags & bit) !== 0;
  if (has(flag.attestedCredentialData)) return undefined;
  if (has(flag.backedUp) && !has(flag.backupEligible)) return undefined;
  const end = has(flag.extensionData) ? readCborMap(bytes, fixedLength, deepest)?.end : fixedLength;
  if (end !== bytes.length) return undefined;
  return {
    rpIdHash: bytes.slice(0, 32),
    userPresent: has(flag.userPresent),
    userVerified: has(flag.userVerified),
    backupEligible: has(flag.backupEligible),
    backedUp: has(flag.backedUp),
    signCount: new DataView(bytes.buffer, bytes.byteOffset + 33).getUint32(0),
  };
}

/** What a device says of the credential that it made (section 6.5.2). */
export interface AttestedCredential {
  readonly credentialId: Bytes;
  /** The public key, CBOR (RFC 9053). */
  readonly coseKey: ReadonlyMap<Cbor, Cbor>;
  readonly userVerified: boolean;
}

/** AAGUID, and the length of the credential ID. */
const attestedHeadLength = 16 + 2;
/** Section 5.8.3: a credential ID has 1023 bytes at most. */
const longestCredentialId = 1023;

/**
 * Authenticator data of a creation.
 * @returns undefined unless it is exactly the fixed part, one credential and, where announced, one CBOR map of extensions
 */
export function parseAttestedCredential(bytes: Bytes): AttestedCredential | undefined {
  const flags = bytes[32];
  const idAt = fixedLength + attestedHeadLength;
  if (flags === undefined || (flags & flag.attestedCredentialData) === 0 || bytes.length < idAt)
    return undefined;
  const idLength = new DataView(bytes.buffer, bytes.byteOffset + idAt - 2).getUint16(0);
  const keyAt = idAt + idLength;
  if (idLength === 0 || idLength > longestCredentialId || keyAt > bytes.length) return undefined;
  const key = readCborMap(bytes, keyAt, deepest);
  if (key === undefined) return undefined;
  const end = (flags & flag.extensionData) === 0 ? key.end : readCborMap(bytes, key.end, deepest)?.end;
  if (end !== bytes.length) return undefined;
  return {
    credentialId: bytes.slice(idAt, keyAt),
    coseKey: key.value,
    userVerified: (flags & flag.userVerified) !== 0,
  };
}
