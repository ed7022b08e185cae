/**
 * Key histories: the one place where a chain of statements becomes a person with their devices. Pure: no clock, so that a history that
 * held once holds for ever.
 */
import {
  decodeTranscript,
  encodeStatement,
  equalBytes,
  mostStatements,
  reservedStatements,
} from "@signet/protocol";
import type { Bytes, HistoryIn, StatementIn, Transcript } from "@signet/protocol";

import { sha256 } from "../digest.ts";
import { refuse } from "../verified.ts";
import type { Person, PersonDevice, Refusal, VerifiedProof } from "../verified.ts";
import { checkDeviceProof } from "../verify-device-proof.ts";
import { verifyDirectoryEntry } from "../verify-directory-entry.ts";
import { effects } from "./effects.ts";
import type { HistoryPurpose } from "./effects.ts";
import { countsNow } from "./person.ts";

export interface FoldOptions {
  /** As the server names itself. */
  readonly serverOrigin: string;
  /**
   * The devices that counted for an administrator when their own history ended with the statement of this digest; undefined for who is
   * no administrator, and for a history that never ended so.
   */
  readonly administratorDevices: (
    userId: string,
    head: Bytes,
  ) => Promise<readonly PersonDevice[] | undefined>;
}

/** `sequence`: of the statement that does not hold. */
export type FoldRefusal = Refusal & { readonly sequence: number };

export type FoldResult = { readonly ok: true; readonly person: Person } | FoldRefusal;

/**
 * Folds a history, as it came from outside, into the person. Every statement is by a device that counts at its place: the person's
 * own, or an administrator's where it recovers the person or revokes a device. The time that a statement says decides nothing: whoever
 * has a device of the person's could otherwise make one from the future, which nothing may follow any more.
 * @returns for the first statement what verifyDirectoryEntry refuses; for each that follows, in this order: `proof.malformed`,
 *   `proof.purpose`, `history.full`, `history.proofs`, `history.administrator`, `history.deviceUnknown`, `history.deviceRevoked`, what
 *   verifyDeviceProof refuses, with `history.sequence` and `history.previous` among its fields, and what the
 *   statement's own effect refuses
 */
export async function foldHistory(history: HistoryIn, options: FoldOptions): Promise<FoldResult> {
  const { certificates: _notValidated, ...entry } = history.entry;
  const verified = await verifyDirectoryEntry(entry, options.serverOrigin);
  if (!verified.ok) return { ...verified, sequence: 0 };
  let person = await personOf(history.entry);
  for (const statement of history.statements) {
    const sequence = person.digests.length;
    const applied = await applyStatement(person, statement, options);
    if (!applied.ok) return { ...applied, sequence };
    ({ person } = applied);
  }
  return { ok: true, person };
}

async function personOf(entry: HistoryIn["entry"]): Promise<Person> {
  const { userId, displayName, proof, deviceId, kind, algorithm, publicKey, userVerification } = entry;
  const { attestation, certificates, credentialId } = entry;
  const first: PersonDevice = {
    deviceId,
    kind,
    algorithm,
    publicKey,
    userVerification,
    name: "",
    addedAtMs: issuedAtMs(proof.transcript),
    addedBySequence: 0,
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(attestation === undefined ? {} : { attestation }),
    ...(certificates === undefined ? {} : { certificates }),
  };
  const digests = [await sha256(encodeStatement([proof]))];
  return { userId, displayName, devices: [first], digests, recoveries: [] } as unknown as Person;
}

async function applyStatement(
  person: Person,
  statement: StatementIn,
  options: FoldOptions,
): Promise<{ readonly ok: true; readonly person: Person } | Refusal> {
  const [proof, second, ...more] = statement.proofs;
  if (proof === undefined || more.length > 0) return refuse("history.proofs");
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return refuse("proof.malformed");
  if (!isOfHistory(transcript)) return refuse("proof.purpose");
  if (person.digests.length >= roomFor(transcript.purpose)) return refuse("history.full");
  if (second !== undefined && !equalBytes(second.transcript, proof.transcript))
    return refuse("history.proofs");

  const signer = await signerOf(person, transcript, options);
  if (!signer.ok) return signer;
  const { digests, userId } = person;
  const expected = {
    purpose: transcript.purpose,
    serverOrigin: options.serverOrigin,
    entry: { ...signer.device, userId },
    time: "any",
    fields: { sequence: digests.length, previous: digests.at(-1) ?? new Uint8Array() },
  } as const;
  const checked = await checkDeviceProof<HistoryPurpose>(proof, expected);
  if (!checked.ok) return checked;

  const { serverOrigin } = options;
  const changed = await effects[transcript.purpose]({
    person,
    proof: checked.proof as VerifiedProof<never>,
    by: signer.by,
    statement,
    serverOrigin,
  });
  if (!changed.ok) return changed;
  const digest = await sha256(encodeStatement(statement.proofs));
  return { ok: true, person: { ...changed.person, digests: [...digests, digest] } };
}

/** Who has to have signed: a device that counts at this place. */
async function signerOf(person: Person, transcript: Transcript<HistoryPurpose>, options: FoldOptions) {
  const named = "administrator" in transcript ? transcript : undefined;
  const isByAdministrator = named !== undefined && named.administrator !== "";
  if (named !== undefined && !isByAdministrator) {
    if (named.purpose === "recover" || named.administratorHead.length > 0)
      return refuse("history.administrator");
  }
  // Nobody goes round the rules of their own history by a second hat.
  if (isByAdministrator && named.administrator === person.userId) return refuse("history.administrator");
  const devices = isByAdministrator
    ? await options.administratorDevices(named.administrator, named.administratorHead)
    : person.devices;
  if (devices === undefined) return refuse("history.administrator");
  const device = devices.find(({ deviceId }) => deviceId === transcript.deviceId);
  if (device === undefined) return refuse("history.deviceUnknown");
  // Of an administrator's those that counted are given.
  if (!isByAdministrator && !countsNow(device)) return refuse("history.deviceRevoked");
  const userId = (isByAdministrator ? named.administrator : person.userId) as Person["userId"];
  return { ok: true, device, by: { userId, deviceId: device.deviceId } } as const;
}

/** What takes away, or brings a person back, has room that nobody can fill with names and devices. */
const roomFor = (purpose: HistoryPurpose): number =>
  purpose === "revoke-device" || purpose === "recover" ? mostStatements : mostStatements - reservedStatements;

const isOfHistory = (transcript: Transcript): transcript is Transcript<HistoryPurpose> =>
  Object.hasOwn(effects, transcript.purpose);

function issuedAtMs(transcript: Bytes): number {
  return decodeTranscript(transcript)?.issuedAtMs ?? 0;
}
