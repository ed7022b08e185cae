/**
 * Entries of the log: statements of key histories, with what a registration has beside its proof, so that whoever reads the log can verify all of
 * every history. Not more: of certificates there is a digest, of handles of devices and their attestations nothing (docs/directory.md).
 */
import {
  decodeStatement,
  decodeTranscript,
  DeviceAlgorithm,
  DeviceKind,
  encodeFields,
  encodeStatement,
  equalBytes,
  FieldReader,
  fromU64,
  fromUtf8,
  PersonId,
  u64,
  utf8,
} from "@signet/protocol";
import type { Bytes, DeviceId, DirectoryEntryIn, ProofIn, UserId } from "@signet/protocol";

import { sha256 } from "./sha256.ts";
import { hashBytes } from "./tree/hashes.ts";

/** By which a statement is named, and so the head of a history: SHA-256 of what `encodeStatement` writes. 32 bytes. */
export const statementDigestOf = (proofs: readonly ProofIn[]): Bytes => sha256(encodeStatement(proofs));

/** What a registration has beside its proof. */
export interface RegistrationFacts {
  readonly algorithm: DeviceAlgorithm;
  readonly kind: DeviceKind;
  readonly registeredAtMs: number;
  readonly userVerification: boolean;
  /** SHA-256 of the certificates as length-prefixed fields, as a `certify` names them. 32 bytes. */
  readonly certificatesDigest?: Bytes;
}

/** A statement in the log. Its proofs are not checked: the fold of the whole history does that. */
export interface LogEntry {
  readonly userId: UserId;
  /** Its place in the history: 0 is the registration. */
  readonly sequence: number;
  readonly proofs: readonly ProofIn[];
  /** At sequence 0, and only there. */
  readonly registration?: RegistrationFacts;
}

const label = "signet/log-entry/v1";

/** The statement at this place of a history as it travels. @throws RangeError where the history does not reach so far */
export function logEntryOf(history: DirectoryEntryIn, sequence: number): LogEntry {
  const { userId } = history;
  if (sequence === 0) {
    const { algorithm, certificates, kind, proof, registeredAtMs, userVerification } = history;
    const certificatesDigest = certificates && sha256(encodeFields(certificates));
    const facts = { algorithm, kind, registeredAtMs, userVerification };
    const registration = { ...facts, ...(certificatesDigest && { certificatesDigest }) };
    return { userId, sequence, proofs: [proof], registration };
  }
  const statement = history.statements[sequence - 1];
  if (statement === undefined) throw new RangeError("the history has no such statement");
  return { userId, sequence, proofs: statement.proofs };
}

/**
 * Label, user ID, sequence and statement as length-prefixed fields, then a name and a value for whatever stands beside it, in the order of
 * the names. At most 45 kB, as `StatementIn` bounds its parts.
 */
export function encodeLogEntry(entry: LogEntry): Bytes {
  const { proofs, registration, sequence, userId } = entry;
  const beside: Readonly<Record<string, Uint8Array | undefined>> = {
    algorithm: registration && utf8(registration.algorithm),
    certificates: registration?.certificatesDigest,
    kind: registration && utf8(registration.kind),
    registeredAtMs: registration && u64(registration.registeredAtMs),
    userVerification: registration && Uint8Array.of(Number(registration.userVerification)),
  };
  const named = Object.entries(beside).flatMap(([name, value]) =>
    value === undefined ? [] : [utf8(name), value],
  );
  return encodeFields([utf8(label), utf8(userId), u64(sequence), encodeStatement(proofs), ...named]);
}

/**
 * @returns undefined unless `bytes` is exactly what {@link encodeLogEntry} writes of some statement, and the statement itself names this user ID and,
 *   after the registration, this place
 */
export function decodeLogEntry(bytes: Bytes): LogEntry | undefined {
  const reader = new FieldReader(bytes, 0);
  const [name, user, place, statement] = [reader.field(), reader.field(), reader.field(), reader.field()];
  if (name === undefined || user === undefined) return undefined;
  const userId = PersonId.safeParse(fromUtf8(user)).data;
  const sequence = place && fromU64(place);
  const proofs = statement && decodeStatement(statement);
  const beside = readBeside(reader);
  if (userId === undefined || sequence === undefined || proofs === undefined || beside === undefined)
    return undefined;
  const entry = { userId, sequence, proofs, ...beside };
  // Whatever was read leniently above is not what would have been written.
  return isOfItsPlace(entry) && equalBytes(encodeLogEntry(entry), bytes) ? entry : undefined;
}

function readBeside(reader: FieldReader): Pick<LogEntry, "registration"> | undefined {
  const values = new Map<string, Bytes>();
  while (!reader.atEnd) {
    const [name, value] = [reader.field(), reader.field()];
    if (name === undefined || value === undefined) return undefined;
    values.set(fromUtf8(name) ?? "", value);
  }
  const text = (name: string) => fromUtf8(values.get(name) ?? new Uint8Array());
  if (values.size === 0) return {};
  const [algorithm, kind] = [
    DeviceAlgorithm.safeParse(text("algorithm")).data,
    DeviceKind.safeParse(text("kind")).data,
  ];
  const registeredAtMs = fromU64(values.get("registeredAtMs") ?? new Uint8Array());
  const userVerification = values.get("userVerification")?.[0] === 1;
  const certificatesDigest = values.get("certificates");
  if (certificatesDigest !== undefined && certificatesDigest.length !== hashBytes) return undefined;
  if (algorithm === undefined || kind === undefined || registeredAtMs === undefined) return undefined;
  const registration = { algorithm, kind, registeredAtMs, userVerification };
  return { registration: { ...registration, ...(certificatesDigest && { certificatesDigest }) } };
}

/** One place has one statement: what the entry says of it is what was signed. */
function isOfItsPlace({ proofs, registration, sequence, userId }: LogEntry): boolean {
  const [proof] = proofs;
  const transcript = proof && decodeTranscript(proof.transcript);
  if (transcript === undefined || !("userId" in transcript) || transcript.userId !== userId) return false;
  if (transcript.purpose === "register")
    return sequence === 0 && proofs.length === 1 && registration !== undefined;
  return "previous" in transcript && transcript.sequence === sequence && registration === undefined;
}

/**
 * A person's history as the log has it, for the fold: without certificates, which it does not validate.
 * @param entries all of one person, in their order
 * @returns undefined unless they are: each in its place, and the first one a registration
 */
export function historyOf(entries: readonly LogEntry[]): DirectoryEntryIn | undefined {
  const [first, ...later] = entries;
  const [proof] = first?.proofs ?? [];
  const transcript = proof && decodeTranscript(proof.transcript);
  if (first?.registration === undefined || proof === undefined || transcript?.purpose !== "register")
    return undefined;
  if (entries.some(({ sequence, userId }, place) => sequence !== place || userId !== first.userId))
    return undefined;
  const { certificatesDigest: _withheld, ...facts } = first.registration;
  const { deviceId, devicePublicKey: publicKey, displayName } = transcript;
  return {
    userId: first.userId,
    displayName,
    deviceId: deviceId as DeviceId,
    publicKey,
    ...facts,
    proof,
    statements: later.map(({ proofs }) => ({ proofs: [...proofs] })),
  };
}

/** On whose history it rests that this statement holds, where somebody else signed it as an administrator. Nothing is verified. */
export function administratorIn({ proofs: [proof] }: LogEntry): string | undefined {
  const transcript = proof && decodeTranscript(proof.transcript);
  return transcript !== undefined && "administrator" in transcript && transcript.administrator !== ""
    ? transcript.administrator
    : undefined;
}
