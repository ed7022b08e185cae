/** The types of what was checked. Nothing outside the `verify*` functions of this package makes one. */
import type {
  Bytes,
  DeviceAlgorithm,
  DeviceId,
  DeviceKind,
  DirectoryEntryIn,
  ErrorCode,
  FoldedCallList,
  ListPurpose,
  ProofIn,
  Purpose,
  RegistrationIn,
  RevocationReason,
  TerminalId,
  Transcript,
  UserId,
} from "@signet/protocol";

declare const verified: unique symbol;

/**
 * A registration whose `register` proof was made by the very key that it names. One with certificates was made from them too, at
 * the time of the check. Whose key it is now, only their whole history says.
 */
export type DirectoryEntry = Readonly<RegistrationIn> & { readonly [verified]: "DirectoryEntry" };

export interface VerifiedProof<P extends Purpose = Purpose> {
  readonly [verified]: "VerifiedProof";
  readonly transcript: Transcript<P>;
  /** SHA-256 of the transcript, 32 bytes; for `call` this is what a `join` names as `callProofDigest`. */
  readonly digest: Bytes;
  readonly raw: ProofIn;
  /** What a WebAuthn authenticator says about itself; absent for other kinds. */
  readonly authenticator?: AuthenticatorReport;
}

/** By one of a person's devices, which counted when it was verified. */
export interface DeviceProof<P extends Purpose = Purpose> extends VerifiedProof<P> {
  readonly device: PersonDevice;
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
  readonly device: PersonDevice;
  readonly terminalId: TerminalId;
  /** Raw Ed25519 public key, 32 bytes. */
  readonly terminalKey: Bytes;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly proof: DeviceProof<"sign-in"> | DeviceProof<"register">;
}

/** Whose device signed. */
export interface SignedBy {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** One device of a person, as their key history has it. Times in milliseconds since 1970, as the signer said them. */
export interface PersonDevice {
  readonly deviceId: DeviceId;
  readonly kind: DeviceKind;
  readonly algorithm: DeviceAlgorithm;
  /** SubjectPublicKeyInfo (RFC 5280 section 4.1), DER. */
  readonly publicKey: Bytes;
  /** Whether the device checked PIN or fingerprint when it came, and so must do it each time. */
  readonly userVerification: boolean;
  /** Empty until it was named. */
  readonly name: string;
  readonly addedAtMs: number;
  /** Of the statement that brought it. */
  readonly addedBySequence: number;
  /** Absent for the first one. */
  readonly addedBy?: SignedBy;
  readonly credentialId?: Bytes;
  readonly attestation?: NonNullable<DirectoryEntryIn["attestation"]>;
  /** Not validated: certificates run out while the history stays. */
  readonly certificates?: readonly Bytes[];
  readonly revoked?: {
    readonly bySequence: number;
    readonly atMs: number;
    readonly by: SignedBy;
    readonly why: RevocationReason;
  };
}

/** That somebody is to administer from here on, or not any more. Times in milliseconds since 1970, as the signer said them. */
export interface Appointment {
  readonly bySequence: number;
  readonly atMs: number;
  readonly by: SignedBy;
  /** False where it is a dismissal. */
  readonly administers: boolean;
}

/** A person as their key history makes them. */
export interface Person {
  readonly [verified]: "Person";
  readonly userId: UserId;
  readonly displayName: string;
  /** All that ever were theirs, in the order in which they came. */
  readonly devices: readonly PersonDevice[];
  /** SHA-256 of each statement, by its sequence; the last one is the head of the history. */
  readonly digests: readonly Bytes[];
  /** What was folded, as it was stated: for whoever has to verify it, too. */
  readonly history: DirectoryEntryIn;
  /** Sequences of the statements by which an administrator brought in a device. */
  readonly recoveries: readonly number[];
  /** Appointments as an administrator, and dismissals, oldest first: the last one counts. */
  readonly appointments: readonly Appointment[];
}

/** What a call list holds beside its `call` proof. */
export type CallStatement = { [P in ListPurpose]: VerifiedProof<P> }[ListPurpose];

/** Who may be in a call, as the statements about it say. */
export interface CallList extends FoldedCallList<CallStatement> {
  readonly [verified]: "CallList";
  readonly call: VerifiedProof<"call">;
  /** Of the whole list, 32 bytes: what stands in the group. */
  readonly digest: Bytes;
}

export interface Refusal {
  readonly ok: false;
  readonly code: ErrorCode;
}

export type ProofResult<P extends Purpose> =
  | { readonly ok: true; readonly proof: VerifiedProof<P> }
  | Refusal;

export const refuse = (code: ErrorCode): Refusal => ({ ok: false, code });
