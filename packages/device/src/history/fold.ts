/**
 * Key histories: the one place where a chain of statements becomes a person with their devices. Pure: no clock, so that a history that
 * held once holds for ever.
 */
import { decodeTranscript, equalBytes } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, StatementIn, Transcript } from "@signet/protocol";

import { refuse } from "../verified.ts";
import type { Person, PersonDevice, Refusal, VerifiedProof } from "../verified.ts";
import { checkDeviceProof } from "../verify-device-proof.ts";
import { verifyDirectoryEntry } from "../verify-directory-entry.ts";
import { effects, isFitForKind } from "./effects.ts";
import type { HistoryPurpose } from "./effects.ts";
import { countsNow, statementDigest } from "./person.ts";
import { hasRoomFor, sizesOf } from "./room.ts";
import type { HistorySize } from "./room.ts";
import { goesOn } from "./same-entry.ts";

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
  /** Folded by the same options before: what continues it is folded from there. */
  readonly known?: Person | undefined;
  /** A `certify` may come without what it names, as it is shown to strangers; the device then has no certificates. */
  readonly certificatesWithheld?: boolean;
}

/** Nobody administers yet. */
export const nobodyAdministers = (): Promise<undefined> => Promise.resolve(undefined);

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
export async function foldHistory(history: DirectoryEntryIn, options: FoldOptions): Promise<FoldResult> {
  const begun = await begin(history, options);
  if (!begun.ok) return { ...begun, sequence: 0 };
  let { person } = begun;
  const sizes = sizesOf(history);
  for (const statement of history.statements.slice(person.digests.length - 1)) {
    const sequence = person.digests.length;
    const applied = await applyStatement(person, statement, sizes, options);
    if (!applied.ok) return { ...applied, sequence };
    ({ person } = applied);
  }
  return { ok: true, person: person.history === history ? person : { ...person, history } };
}

/** The person that was known before, where that is how the history begins; else who registered. */
async function begin(
  history: DirectoryEntryIn,
  { known, serverOrigin }: FoldOptions,
): Promise<{ readonly ok: true; readonly person: Person } | Refusal> {
  if (known !== undefined && goesOn(history, known.history)) return { ok: true, person: known };
  if (!isFitForKind(history.kind, history)) return refuse("directory.badEntry");
  const { certificates: _notValidated, ...registration } = history;
  const verified = await verifyDirectoryEntry(registration, serverOrigin);
  return verified.ok ? { ok: true, person: await personOf(history, verified.proof) } : verified;
}

async function personOf(
  history: DirectoryEntryIn,
  { transcript }: VerifiedProof<"register">,
): Promise<Person> {
  const { userId, displayName, proof, deviceId, kind, algorithm, publicKey, userVerification } = history;
  const { attestation, certificates, credentialId } = history;
  const first: PersonDevice = {
    deviceId,
    kind,
    algorithm,
    publicKey,
    userVerification,
    name: "",
    addedAtMs: transcript.issuedAtMs,
    addedBySequence: 0,
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(attestation === undefined ? {} : { attestation }),
    ...(certificates === undefined ? {} : { certificates }),
  };
  const digests = [await statementDigest([proof])];
  return {
    userId,
    displayName,
    devices: [first],
    digests,
    history,
    recoveries: [],
    appointments: [],
  } as unknown as Person;
}

async function applyStatement(
  person: Person,
  statement: StatementIn,
  sizes: readonly HistorySize[],
  options: FoldOptions,
): Promise<{ readonly ok: true; readonly person: Person } | Refusal> {
  const [proof, second, ...more] = statement.proofs;
  if (proof === undefined || more.length > 0) return refuse("history.proofs");
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return refuse("proof.malformed");
  if (!isOfHistory(transcript)) return refuse("proof.purpose");
  if (!hasRoomFor(transcript, person, sizes)) return refuse("history.full");
  if (second !== undefined && !equalBytes(second.transcript, proof.transcript))
    return refuse("history.proofs");

  const signer = await signerOf(person, transcript, options);
  if (!signer.ok) return signer;
  const { digests, userId } = person;
  const expected = {
    purpose: transcript.purpose,
    serverOrigin: options.serverOrigin,
    signer: { ...signer.device, userId },
    time: "any",
    fields: { sequence: digests.length, previous: digests.at(-1) ?? new Uint8Array() },
  } as const;
  const checked = await checkDeviceProof<HistoryPurpose>(proof, expected);
  if (!checked.ok) return checked;

  const { certificatesWithheld = false, serverOrigin } = options;
  const changed = await effects[transcript.purpose]({
    person,
    proof: checked.proof as VerifiedProof<never>,
    by: signer.by,
    statement,
    serverOrigin,
    certificatesWithheld,
  });
  if (!changed.ok) return changed;
  const digest = await statementDigest(statement.proofs);
  return { ok: true, person: { ...changed.person, digests: [...digests, digest] } };
}

const isByAdministratorsAlone: ReadonlySet<HistoryPurpose> = new Set(["recover", "appoint"]);

/** Who has to have signed: a device that counts at this place. */
async function signerOf(person: Person, transcript: Transcript<HistoryPurpose>, options: FoldOptions) {
  const named = "administrator" in transcript ? transcript : undefined;
  const isByAdministrator = named !== undefined && named.administrator !== "";
  if (named !== undefined && !isByAdministrator) {
    if (isByAdministratorsAlone.has(named.purpose) || named.administratorHead.length > 0)
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

const isOfHistory = (transcript: Transcript): transcript is Transcript<HistoryPurpose> =>
  Object.hasOwn(effects, transcript.purpose);
