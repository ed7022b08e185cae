/** WebAuthn level 3, section 6.1: authenticator data of an assertion. */
import type { Bytes } from "@signet/protocol";

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
  const end = has(flag.extensionData) ? skipCborMap(bytes, fixedLength) : fixedLength;
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

/** CTAP 2.1 section 8 allows four levels of nesting. */
const deepest = 4;

/** @returns the offset after the CBOR map at `at` (RFC 8949), or undefined */
function skipCborMap(bytes: Bytes, at: number): number | undefined {
  return (bytes[at] ?? 0) >> 5 === 5 ? skipCbor(bytes, at, deepest) : undefined;
}

function skipCbor(bytes: Bytes, at: number, levels: number): number | undefined {
  const initial = bytes[at];
  if (initial === undefined || levels === 0) return undefined;
  const major = initial >> 5;
  const head = readCborArgument(bytes, at + 1, initial & 31);
  if (head === undefined) return undefined;
  if (major < 2 || major === 7) return head.end;
  if (major === 6) return undefined;
  if (major < 4) return head.end + head.value <= bytes.length ? head.end + head.value : undefined;
  let end: number | undefined = head.end;
  const items = major === 5 ? head.value * 2 : head.value;
  // Each item takes a byte at least: a larger count cannot be honest and must not keep us busy.
  if (items > bytes.length - end) return undefined;
  for (let i = 0; i < items && end !== undefined; i++) end = skipCbor(bytes, end, levels - 1);
  return end;
}

/** Definite lengths only (CTAP 2.1 section 8), at most 32 bits. */
function readCborArgument(
  bytes: Bytes,
  at: number,
  short: number,
): { readonly value: number; readonly end: number } | undefined {
  if (short < 24) return { value: short, end: at };
  const size = [1, 2, 4, 8][short - 24];
  if (size === undefined || at + size > bytes.length) return undefined;
  const value = bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
  return { value, end: at + size };
}
