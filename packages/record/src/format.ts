/** The one text that a record is written as: what is signed of it is the digest of this. */
import { toBase64Url } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ProofIn } from "@signet/protocol";

import { recordFormat, recordVersion } from "./call-record.ts";
import type {
  CallRecord,
  RecordedEpoch,
  RecordedLog,
  RecordedPerson,
  RecordedResolution,
  SaidInRecord,
  ServerWord,
  SignedWord,
} from "./call-record.ts";

/** Without a line break. */
export function formatRecord(record: CallRecord): string {
  const { callId, epochs, kept, log, people, resolutions, server, serverOrigin, statements } = record;
  // What is undefined is left out by `JSON.stringify`.
  return JSON.stringify({
    format: recordFormat,
    version: recordVersion,
    serverOrigin,
    callId,
    log: log && writtenLog(log),
    people: people.map(writtenPerson),
    statements: statements.map(writtenWord),
    epochs: epochs.map(writtenEpoch),
    resolutions: resolutions.map(writtenResolution),
    server: server.map(writtenServerWord),
    kept: kept && writtenWord(kept),
  });
}

const text = (bytes: Bytes): string => toBase64Url(bytes);
const texts = (all: readonly Bytes[]): readonly string[] => all.map(text);
const maybe = (bytes: Bytes | undefined): string | undefined => bytes && text(bytes);

function writtenProof({ signature, transcript }: ProofIn) {
  const { kind } = signature;
  const said =
    kind === "webauthn"
      ? {
          authenticatorData: text(signature.authenticatorData),
          clientDataJson: text(signature.clientDataJson),
        }
      : {};
  return { transcript: text(transcript), signature: { kind, ...said, signature: text(signature.signature) } };
}

const writtenWord = ({ binding, proof }: SignedWord) => ({
  proof: writtenProof(proof),
  binding: binding && writtenProof(binding),
});

const writtenLog = ({ checkpoint, mapRootProof, verifierKey, views }: RecordedLog) => ({
  verifierKey,
  checkpoint,
  mapRootProof: texts(mapRootProof),
  views: views.map(({ proof, size }) => ({ size, proof: texts(proof) })),
});

const writtenPerson = ({ entry, mapProof }: RecordedPerson) => ({
  entry: writtenEntry(entry),
  mapProof: mapProof && {
    siblings: texts(mapProof.siblings),
    leaf: mapProof.leaf && { key: text(mapProof.leaf.key), value: text(mapProof.leaf.value) },
  },
});

const writtenEntry = (entry: DirectoryEntryIn) => ({
  userId: entry.userId,
  displayName: entry.displayName,
  deviceId: entry.deviceId,
  kind: entry.kind,
  algorithm: entry.algorithm,
  publicKey: text(entry.publicKey),
  userVerification: entry.userVerification,
  registeredAtMs: entry.registeredAtMs,
  ...writtenBeside(entry),
  proof: writtenProof(entry.proof),
  statements: entry.statements.map((statement) => ({
    proofs: statement.proofs.map(writtenProof),
    ...writtenBeside(statement),
  })),
});

/** What stands beside what is signed of a device. */
function writtenBeside({
  attestation,
  certificates,
  credentialId,
}: Pick<DirectoryEntryIn, "attestation" | "certificates" | "credentialId">) {
  return {
    credentialId: maybe(credentialId),
    attestation: attestation && {
      format: attestation.format,
      aaguid: attestation.aaguid,
      verified: attestation.verified,
    },
    certificates: certificates && texts(certificates),
  };
}

const writtenEpoch = ({ authenticatorHash, list, members, number, words }: RecordedEpoch) => ({
  number,
  list,
  members: members.map(({ answer, leaf }) => ({ leaf, answer })),
  authenticatorHash: text(authenticatorHash),
  words: words.map(writtenWord),
});

const writtenSaid = (said: SaidInRecord) => ({ ...writtenWord(said), cms: maybe(said.cms) });

const writtenResolution = ({ proposal, resolution, said }: RecordedResolution) => ({
  resolution: text(resolution),
  proposal: writtenWord(proposal),
  said: said.map(writtenSaid),
});

const writtenServerWord = ({ atMs, reason, state, userId }: ServerWord) => ({ atMs, userId, state, reason });
