/** The types of what was checked. Nothing outside the `verify*` functions of this package makes one. */
import type {
  Bytes,
  DeviceId,
  DirectoryEntryIn,
  ErrorCode,
  ProofIn,
  Purpose,
  TerminalId,
  Transcript,
  UserId,
} from "@signet/protocol";

declare const verified: unique symbol;

/**
 * A directory entry whose `register` proof was made by the very key that it names. One with certificates was made from them too, at
 * the time of the check.
 */
export type DirectoryEntry = Readonly<DirectoryEntryIn> & { readonly [verified]: "DirectoryEntry" };

export interface VerifiedProof<P extends Purpose = Purpose> {
  readonly [verified]: "VerifiedProof";
  readonly transcript: Transcript<P>;
  /** SHA-256 of the transcript, 32 bytes; for `call` this is what a `join` names as `callProofDigest`. */
  readonly digest: Bytes;
  readonly raw: ProofIn;
  /** What a WebAuthn authenticator says about itself; absent for other kinds. */
  readonly authenticator?: AuthenticatorReport;
}

export interface AuthenticatorReport {
  readonly userVerified: boolean;
  /** Signature counter; 0 where the authenticator keeps none. Whether it must grow is for the server to decide. */
  readonly signCount: number;
}

/** User ID -> terminal, as the device itself signed it. Times in milliseconds since 1970. */
export interface Binding {
  readonly [verified]: "Binding";
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly terminalId: TerminalId;
  /** Raw Ed25519 public key, 32 bytes. */
  readonly terminalKey: Bytes;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly proof: VerifiedProof<"sign-in"> | VerifiedProof<"register">;
}

export interface Refusal {
  readonly ok: false;
  readonly code: ErrorCode;
}

export type ProofResult<P extends Purpose> =
  | { readonly ok: true; readonly proof: VerifiedProof<P> }
  | Refusal;

export const refuse = (code: ErrorCode): Refusal => ({ ok: false, code });
