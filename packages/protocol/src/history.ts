/**
 * Key histories as they travel: the chain of statements of one user ID. The directory entry, with its `register` proof, is the first one;
 * each that follows names the digest of the one before (docs/protocol.md, "Key histories").
 */
import { z } from "zod";

import { equalBytes, utf8, fromUtf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { FieldReader, encodeFields } from "./fields.ts";
import {
  CertificateChain,
  ProofIn,
  attestationFields,
  decodeProof,
  encodeProof,
  wireBytes,
} from "./proof.ts";

/** The first one among them. Far more than a person makes, and what a terminal verifies within a second. */
export const mostStatements = 320;

/**
 * What a history may hold after its registration, as {@link statementBytes} counts. Everybody in a call is given the histories of all: this is
 * a whole common room, the longest revocation of each device that can count, a room after a recovery, and what is the administrators'.
 */
export const mostHistoryBytes = 262_144;

/** Names, devices, certificates and appointments go no further, counted with all that stands before them. */
export const commonStatements = 224;

/** As {@link commonStatements}: room for thirty devices and their revocations, or as many certificates as a card gets in its life. */
export const commonHistoryBytes = 98_304;

/** After a recovery they go on for so many more at least, since whoever had the devices before may have filled the room. */
export const statementsAnew = 32;

/** As {@link statementsAnew}: a few devices, and their certificates for some years. */
export const historyBytesAnew = 32_768;

/** Of {@link mostStatements}, for recoveries, revocations and dismissals by administrators alone. */
export const administratorsStatements = 32;

/** As {@link administratorsStatements}: a recovery takes about 2 kB, and 11 kB at the most. */
export const administratorsHistoryBytes = 32_768;

/** What each device that counts keeps free for its own revocation: the longest that {@link ProofIn} lets an authenticator make. */
export const revocationBytes = 5_120;

/** Why a device counts no more. */
export const RevocationReason = z.enum(["lost", "replaced", "stolen", "ended"]);
export type RevocationReason = z.infer<typeof RevocationReason>;

/** A statement after the first: nothing in it is checked yet (see `foldHistory` in the device package). */
export const StatementIn = z.strictObject({
  /** Over one transcript: by the signer that it names and, where it brings in a device, by that device. */
  proofs: z.array(ProofIn).min(1).max(2),
  /** Of the device that it brings in, not signed: key handle for WebAuthn's `allowCredentials`. */
  credentialId: wireBytes(1023).optional(),
  /** Of the device that it brings in, not signed: as in a directory entry. */
  attestation: z.strictObject(attestationFields).optional(),
  /** What a `certify` names. */
  certificates: CertificateChain.optional(),
});
export type StatementIn = z.infer<typeof StatementIn>;

/** The same among a server's words: what a newer one adds beside the proofs is dropped. */
export const StatedStatement = z.object({
  ...StatementIn.shape,
  attestation: z.object(attestationFields).optional(),
});

const statementLabel = "signet/statement/v1";
const labelField = utf8(statementLabel);

/** Label and proofs as length-prefixed fields. What a statement carries unsigned is left out. @param proofs one or two, over one transcript */
export function encodeStatement(proofs: readonly ProofIn[]): Bytes {
  return encodeFields([labelField, ...proofs.map(encodeProof)]);
}

/** What a statement takes of {@link mostHistoryBytes}: all that travels with it, in bytes. */
export function statementBytes({
  proofs,
  certificates = [],
  credentialId,
  attestation,
}: StatementIn): number {
  const beside = [...certificates, ...(credentialId === undefined ? [] : [credentialId])];
  const said = attestation === undefined ? 0 : attestation.format.length + attestation.aaguid.length;
  return beside.reduce((sum, { length }) => sum + length, encodeStatement(proofs).length + said);
}

/** @returns undefined unless `bytes` is exactly what {@link encodeStatement} writes */
export function decodeStatement(bytes: Bytes): readonly ProofIn[] | undefined {
  const reader = new FieldReader(bytes, 0);
  const label = reader.field();
  if (label === undefined || fromUtf8(label) !== statementLabel) return undefined;
  const proofs: ProofIn[] = [];
  while (!reader.atEnd) {
    const field = reader.field();
    const proof = field === undefined ? undefined : decodeProof(field);
    if (proof === undefined || proofs.length === 2) return undefined;
    proofs.push(proof);
  }
  const [first] = proofs;
  if (first === undefined) return undefined;
  return proofs.every(({ transcript }) => equalBytes(transcript, first.transcript)) ? proofs : undefined;
}
