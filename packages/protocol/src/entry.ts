/** What a server states of a person: how they registered, and all that followed. */
import { z } from "zod";

import { StatedStatement, StatementIn, mostStatements } from "./history.ts";
import { DeviceId, DisplayName, UserId } from "./ids.ts";
import {
  CertificateChain,
  DeviceAlgorithm,
  DeviceKind,
  ProofIn,
  attestationFields,
  wireBytes,
} from "./proof.ts";

/** The first statement of a key history, with what belongs to it; checked by `verifyDirectoryEntry`. */
export const RegistrationIn = z.strictObject({
  userId: UserId,
  displayName: DisplayName,
  deviceId: DeviceId,
  kind: DeviceKind,
  algorithm: DeviceAlgorithm,
  /** SubjectPublicKeyInfo (RFC 5280 section 4.1), DER. */
  publicKey: wireBytes(1024, 32),
  /** Whether the device checked PIN or fingerprint when it was registered, and so must do it each time. */
  userVerification: z.boolean(),
  registeredAtMs: z.number().int().nonnegative(),
  /** Key handle for WebAuthn's `allowCredentials`. */
  credentialId: wireBytes(1023).optional(),
  /**
   * Recorded, not required: attestation format and, where the authenticator gave one, its model (AAGUID). `verified` where the server
   * found that the statement holds; without it both are only what the terminal said.
   */
  attestation: z.strictObject(attestationFields).optional(),
  /** Certifies `publicKey`; the device is recognised only while it is valid. A `certify` puts a newer one in its place. */
  certificates: CertificateChain.optional(),
  /** The `register` proof: the device itself says whose it is. */
  proof: ProofIn,
});
export type RegistrationIn = z.infer<typeof RegistrationIn>;

/** A person's whole key history, as a server states it: the registration, and what followed; checked by `foldHistory`. */
export const DirectoryEntryIn = RegistrationIn.extend({
  /** Oldest first. */
  statements: z
    .array(StatementIn)
    .max(mostStatements - 1)
    .default([]),
});
export type DirectoryEntryIn = z.infer<typeof DirectoryEntryIn>;

/** The same among a server's words: what a newer one adds is dropped. */
export const StatedEntry = z.object({
  ...DirectoryEntryIn.shape,
  attestation: z.object(attestationFields).optional(),
  statements: z
    .array(StatedStatement)
    .max(mostStatements - 1)
    .default([]),
});
