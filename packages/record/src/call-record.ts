/** The file of what was signed in a call (docs/record.md). Fields stand in the order in which they are written. Nothing in it is verified. */
import {
  CallId,
  Epoch,
  LeafIndex,
  LeaveReason,
  MemberState,
  ProofIn,
  TimeMs,
  UserId,
  DirectoryEntryIn,
  wireBytes,
} from "@signet/protocol";
import { z } from "zod";

export const recordFormat = "signet-record";
export const recordVersion = 1;

/** Longer than a resolution of a long text that asks many people. */
const mostResolutionBytes = 65_536;
/** A SignedData with its certificates. */
const mostCmsBytes = 65_536;
/** Far more than checkpoint and cosignatures take. Unicode characters, as of all that is counted here. */
const mostNoteCharacters = 65_536;
const mostOriginCharacters = 2_048;

const Digest = wireBytes(32, 32);
/** In `statements`. */
const StatementIndex = z.number().int().nonnegative();

/** `binding`: the `sign-in` or `register` proof that vouches for the terminal key, where one signed. */
export const SignedWord = z.strictObject({ proof: ProofIn, binding: ProofIn.optional() });
export type SignedWord = z.infer<typeof SignedWord>;

const MapProofIn = z.strictObject({
  siblings: z.array(Digest),
  leaf: z.strictObject({ key: Digest, value: Digest }).optional(),
});

const RecordedLog = z.strictObject({
  verifierKey: z.string().max(mostOriginCharacters),
  checkpoint: z.string().max(mostNoteCharacters),
  mapRootProof: z.array(Digest),
  views: z.array(z.strictObject({ size: z.number().int().nonnegative(), proof: z.array(Digest) })),
});
export type RecordedLog = z.infer<typeof RecordedLog>;

const RecordedPerson = z.strictObject({ entry: DirectoryEntryIn, mapProof: MapProofIn.optional() });
export type RecordedPerson = z.infer<typeof RecordedPerson>;

const RecordedEpoch = z.strictObject({
  number: Epoch,
  list: z.array(StatementIndex),
  members: z.array(z.strictObject({ leaf: LeafIndex, answer: StatementIndex })),
  authenticatorHash: Digest,
  words: z.array(SignedWord),
});
export type RecordedEpoch = z.infer<typeof RecordedEpoch>;

const SaidInRecord = z.strictObject({
  proof: ProofIn,
  binding: ProofIn.optional(),
  cms: wireBytes(mostCmsBytes, 1).optional(),
});
export type SaidInRecord = z.infer<typeof SaidInRecord>;

const RecordedResolution = z.strictObject({
  resolution: wireBytes(mostResolutionBytes, 1),
  proposal: SignedWord,
  said: z.array(SaidInRecord),
});
export type RecordedResolution = z.infer<typeof RecordedResolution>;

const ServerWord = z.strictObject({
  atMs: TimeMs,
  userId: UserId,
  state: MemberState,
  reason: LeaveReason.optional(),
});
export type ServerWord = z.infer<typeof ServerWord>;

export const CallRecord = z.strictObject({
  format: z.literal(recordFormat),
  version: z.literal(recordVersion),
  serverOrigin: z.string().min(1).max(mostOriginCharacters),
  callId: CallId,
  log: RecordedLog.optional(),
  people: z.array(RecordedPerson),
  statements: z.array(SignedWord),
  epochs: z.array(RecordedEpoch),
  resolutions: z.array(RecordedResolution),
  server: z.array(ServerWord),
  kept: SignedWord.optional(),
});
export type CallRecord = z.infer<typeof CallRecord>;
