/** The file of a call (docs/record.md): all that was signed in it, as this terminal verified it, with what it takes to verify it again elsewhere. */
import { decodeTranscript, isGuestId, toBase64Url } from "@signet/protocol";
import type { ProofIn, UserId } from "@signet/protocol";
import { formatRecord, recordDigest, recordFormat, recordVersion } from "@signet/record";
import type { CallRecord, RecordedEpoch, RecordedResolution, SignedWord } from "@signet/record";

import type { CallContext, Credentials } from "../call-entry.ts";
import type { CallNotes, NotedEpoch } from "./call-notes.ts";
import { historiesOf } from "./recorded-people.ts";
import { provenAtLog } from "./recorded-log.ts";

export interface RecordSource {
  readonly context: Pick<CallContext, "directory" | "session">;
  readonly credentials: Pick<Credentials, "call" | "list">;
  readonly notes: CallNotes;
  readonly resolutions: readonly RecordedResolution[];
  /** Resolutions alone, with what it takes of the rest. */
  readonly isOfResolutions: boolean;
}

/** @returns text of the file. @throws SignetError why somebody who signed cannot be named with their devices */
export async function writeRecord(source: RecordSource): Promise<string> {
  const { context, credentials, isOfResolutions, notes, resolutions } = source;
  await notes.settled();
  const { callProof, serverOrigin } = credentials.call;
  const { epochs, statements } = saidIn(source);
  const words = [
    ...statements,
    ...epochs.flatMap((epoch) => epoch.words),
    ...resolutions.flatMap(({ proposal, said }) => [proposal, ...said]),
  ];
  const histories = await historiesOf(signersOf(words), context.directory);
  const proven = await provenAtLog(
    histories,
    statements.map(({ proof }) => proof),
    context,
  );
  const record: CallRecord = {
    format: recordFormat,
    version: recordVersion,
    serverOrigin,
    callId: callProof.transcript.callId as CallRecord["callId"],
    ...(proven === undefined ? {} : { log: proven.log }),
    people: proven?.people ?? Array.from(histories.values(), (entry) => ({ entry })),
    statements: [...statements],
    epochs: [...epochs],
    resolutions: [...resolutions],
    server: isOfResolutions ? [] : [...notes.server],
  };
  const kept = await signedBy(record, source);
  return formatRecord(kept === undefined ? record : { ...record, kept });
}

/** What stands in the file of who may be, is and was in the call. */
function saidIn({ credentials, isOfResolutions, notes, resolutions }: RecordSource): {
  readonly statements: readonly SignedWord[];
  readonly epochs: readonly RecordedEpoch[];
} {
  const { list } = credentials;
  const places = new Map<string, number>();
  const statements: SignedWord[] = [];
  const add = (name: string, word: SignedWord): void => {
    if (places.has(name)) return;
    places.set(name, statements.length);
    statements.push(word);
  };
  const { call, statements: listed } = list.held;
  add(toBase64Url(call.digest), { proof: call.raw });
  for (const [place, stated] of list.stated.entries()) {
    const { digest } = listed[place] ?? {};
    if (digest !== undefined) add(toBase64Url(digest), stated);
  }
  const signers = signersOf(resolutions.flatMap(({ proposal, said }) => [proposal, ...said]));
  for (const { digest, invitation, proof, userId } of notes.answers) {
    // To an invitation of a Commit that was void.
    if (invitation !== undefined && !places.has(invitation)) continue;
    if (!isOfResolutions || signers.has(userId)) add(digest, { proof });
  }
  if (isOfResolutions) return { statements, epochs: [] };
  for (const word of notes.ends) add(toBase64Url(word.proof.transcript), word);
  const epochs = notes.epochs.flatMap((epoch) => recordedEpoch(epoch, places) ?? []);
  return { statements, epochs };
}

/** @returns undefined where something that it is made of is not in the file: it was void, or gave way to something later */
function recordedEpoch(
  { authenticatorHash, list, members, number, words }: NotedEpoch,
  places: ReadonlyMap<string, number>,
): RecordedEpoch | undefined {
  const listed = list.flatMap((digest) => places.get(digest) ?? []);
  const answered = members.flatMap(({ answer, leaf }) => {
    const place = places.get(answer);
    return place === undefined
      ? []
      : [{ leaf: leaf as RecordedEpoch["members"][number]["leaf"], answer: place }];
  });
  if (listed.length !== list.length || answered.length !== members.length) return undefined;
  return {
    number,
    list: listed.toSorted((one, other) => one - other),
    members: answered,
    authenticatorHash,
    words: Array.from(words)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, word]) => word),
  };
}

function signersOf(words: readonly { readonly proof: ProofIn }[]): ReadonlySet<UserId> {
  return new Set(
    words.flatMap(({ proof }): UserId[] => {
      const transcript = decodeTranscript(proof.transcript);
      return transcript === undefined || !("userId" in transcript) ? [] : [transcript.userId as UserId];
    }),
  );
}

/** By this terminal, for who is signed in here and answered; undefined where nobody can. */
async function signedBy(
  record: CallRecord,
  { context, credentials }: RecordSource,
): Promise<SignedWord | undefined> {
  const { session } = context;
  const { person } = session;
  if (person === undefined || isGuestId(person.userId)) return undefined;
  const hasAnswered = record.statements.some(({ proof }) => {
    const transcript = decodeTranscript(proof.transcript);
    const isAnswer = transcript?.purpose === "call" || transcript?.purpose === "join";
    return isAnswer && transcript.userId === person.userId;
  });
  if (!hasAnswered) return undefined;
  const { callProof } = credentials.call;
  const digest = await recordDigest(record);
  try {
    const proof = await session.signWithTerminalKey((fields) => ({
      purpose: "keep",
      ...fields,
      callId: callProof.transcript.callId,
      callProofDigest: callProof.digest,
      recordDigest: digest,
    }));
    return session.person?.binding === person.binding ? { proof, binding: person.binding } : undefined;
  } catch {
    // Signed out meanwhile.
    return undefined;
  }
}
