/** Shapes that several messages share. */
import { z } from "zod";

import { mostCallStatements } from "../call-list/bounds.ts";
import { StatedEntry } from "../entry.ts";
import { ProofIn, wireBytes } from "../proof.ts";
import { CallId, LeafIndex, TerminalId, UserId } from "../ids.ts";

/**
 * The server's words are read tolerantly: a newer one may say more, so fields that this version does not know are dropped (`z.object`).
 * What terminals say, and everything that is signed, is read strictly (`z.strictObject`): nothing in it may go unnoticed.
 */

/** People in a call, or asked for at once. What a server lists beyond that no terminal reads. */
export const mostPeople = 256;

/** Milliseconds since 1970, UTC. */
export const TimeMs = z.number().int().nonnegative();

/** MLS epoch (RFC 9420 section 8); starts at 0 with the initiator alone. */
export const Epoch = z.number().int().min(0).max(0xffff_ffff);

/** Which of all Commits of a call, from 1; those that were voided count. 0 before the first one. */
export const CommitNumber = z.number().int().min(0).max(0xffff_ffff);

/** Number of a `call.commitNeeded` within its call. */
export const Task = z.number().int().min(0).max(0xffff_ffff);

/** Raw Ed25519 public key. */
export const TerminalKey = wireBytes(32, 32);

/** Room for a Welcome or GroupInfo of 256 members with credentials of 1 kB, and for either in one message with a Commit. */
export const mostMlsBytes = 360_000;

/** An MLSMessage (RFC 9420 section 6). */
export const MlsBytes = wireBytes(mostMlsBytes, 1);

/** SHA-256 of what all members of an epoch know alike of it: a GroupInfo's GroupContext, external key and confirmation tag. */
export const GroupDigest = wireBytes(32, 32);

/**
 * State of one invited person in a call.
 *
 * `ringing` the terminal was told; `joining` answered, not in the group yet; `joined` in the group; `declined`, `noAnswer`
 * (45 s), `offline` (no binding), `unknown` (no such user ID), `busy` (in another call), `failed` (the terminal could not
 * verify the call), `left` (was in the call), `refused` (the group did not accept the joiner), `removed` (the host put
 * them out, and nobody has invited them since).
 */
export const MemberState = z.enum([
  "ringing",
  "joining",
  "joined",
  "declined",
  "noAnswer",
  "offline",
  "unknown",
  "busy",
  "failed",
  "left",
  "refused",
  "removed",
]);
export type MemberState = z.infer<typeof MemberState>;

/** One person in a call as the server reports it. `entry` where the user ID exists. */
export const MemberIn = z.object({
  userId: UserId,
  state: MemberState,
  terminalId: TerminalId.optional(),
  entry: StatedEntry.optional(),
  /** For `failed`: the code with which their terminal refused to ring. */
  refusal: z.string().max(64).optional(),
  /** For `ringing`: in another call. It waits there, and rings when that one is over. */
  waiting: z.boolean().optional(),
});
export type MemberIn = z.infer<typeof MemberIn>;

/** A statement of a call list. `binding`: what vouches for the terminal key that signed a `remove` or `host`. */
export const CallStatementIn = z.object({ proof: ProofIn, binding: ProofIn.optional() });
export type CallStatementIn = z.infer<typeof CallStatementIn>;
/** Left out where there are none. */
export const CallStatements = z.array(CallStatementIn).max(mostCallStatements).optional();

/** SHA-256 of a statement's transcript. */
export const StatementDigest = wireBytes(32, 32);

/** What a terminal needs to verify a call that rings or goes on: who calls, by which proof, from which terminal. */
export const CallInviteIn = z.object({
  callId: CallId,
  initiator: StatedEntry,
  /** The `call` proof. */
  proof: ProofIn,
  /** The initiator's `sign-in` or `register` proof: endorses the terminal key that may end the call. */
  binding: ProofIn,
  members: z.array(MemberIn).max(mostPeople),
  /** All that was said since of who may be in it, also what the group does not hold yet. */
  statements: CallStatements,
});
export type CallInviteIn = z.infer<typeof CallInviteIn>;

/** A call that the person is in at another terminal of theirs. */
export const ElsewhereIn = z.object({
  call: CallInviteIn,
  /**
   * The proof by which one of the person's devices is bound to that terminal. Absent where the binding is over, since that device is signed in here
   * now.
   */
  binding: ProofIn.optional(),
});
export type ElsewhereIn = z.infer<typeof ElsewhereIn>;

/** Somebody who waits for admission, with what the committer has to check. */
export const JoinerIn = z.object({
  userId: UserId,
  terminalId: TerminalId,
  entry: StatedEntry,
  /** The `join` proof. */
  proof: ProofIn,
  keyPackage: wireBytes(16_384, 1),
});
export type JoinerIn = z.infer<typeof JoinerIn>;

/** A Commit that the server accepted, with what it was asked to do: whoever processes it holds it against that. */
export const CommittedIn = z.object({
  /** The epoch that it was made in; it began `epoch + 1`. */
  epoch: Epoch,
  number: CommitNumber,
  by: UserId,
  commit: MlsBytes,
  /** Who was to come into the group by it, and who to leave. Nobody by an external Commit. */
  admitted: z.array(UserId).max(mostPeople),
  removed: z.array(UserId).max(mostPeople),
  /** What the group's call list has with it and had not before. */
  statements: CallStatements,
});
export type CommittedIn = z.infer<typeof CommittedIn>;

/** Made by a terminal for one question: a word that names it was said since. */
export const PresentNonce = wireBytes(32, 32);

/** How many of those in a call are asked at once whether they are: one who answers is enough. */
export const mostAskedPresent = 3;

/**
 * Questions and answers of one connection. A sign-in can name 64 calls, each of which is asked about at once and then every half minute; in
 * a call of many all who are outside may come back at once, after a restart. What is more waits until it is asked again.
 */
export const presentBurst = 64;
export const presentPerSecond = 8;

export const LeafOf = z.strictObject({ userId: UserId, leaf: LeafIndex });

/** What becomes of what somebody in a call says: it is sent, not sent by their wish, or there is no microphone. */
export const MicrophoneWord = z.enum(["on", "muted", "none"]);
export type MicrophoneWord = z.infer<typeof MicrophoneWord>;

/** A person's latest `microphone` proof in this call, and what vouches for its key. */
export const SaidMicrophone = z.object({ userId: UserId, proof: ProofIn, binding: ProofIn });
export type SaidMicrophone = z.infer<typeof SaidMicrophone>;

/** An SFrame without content: a header of at most 17 bytes (RFC 9605 section 4.3) and the tag. */
export const LastFrame = wireBytes(33, 17);

/** Up to 128 frames in eight bytes each, what they are, and the signature: `e2ee` makes and reads it. */
export const SpokenWordBytes = wireBytes(1_116, 92);

/** Of the words about microphones that a terminal gets at once; the latest first. */
export const mostMicrophoneBytes = 128 * 1024;

/** Why somebody declined. */
export const DeclineReason = z.enum(["declined", "busy"]);
export type DeclineReason = z.infer<typeof DeclineReason>;

/**
 * Why somebody is not in the call any more. `lost`: no connection for a minute; `deviceRemoved`: the signature device was pulled;
 * `pageGone`: a page that keeps its sign-in was closed or is loaded anew, so that the person may be back in a moment;
 * `badCommit`: put out, since the others could not accept how this person changed the group, or what they told of it to somebody who
 * came back.
 */
export const LeaveReason = z.enum([
  "left",
  "lost",
  "takenOver",
  "released",
  "expired",
  "revoked",
  "unsafe",
  "deviceRemoved",
  "pageGone",
  "badCommit",
]);
export type LeaveReason = z.infer<typeof LeaveReason>;

/** What a terminal says and signs of itself; the others are the server's to find. */
export const OwnLeaveReason = LeaveReason.extract(["left", "unsafe", "deviceRemoved", "pageGone"]);
export type OwnLeaveReason = z.infer<typeof OwnLeaveReason>;

/** A person's latest `leave` proof in this call, and what vouches for its key. */
export const SignedLeave = z.object({
  userId: UserId,
  reason: LeaveReason,
  proof: ProofIn,
  binding: ProofIn,
});
export type SignedLeave = z.infer<typeof SignedLeave>;

/** Why a call is over. `lastLeft`: nobody is in it any more. */
export const EndReason = z.enum(["ended", "noAnswer", "lastLeft", "cancelled"]);
export type EndReason = z.infer<typeof EndReason>;

/** Why a terminal stops ringing. */
export const RingEndReason = z.enum([
  "answeredElsewhere",
  "declinedElsewhere",
  "cancelled",
  "noAnswer",
  "movedElsewhere",
  "ended",
]);
export type RingEndReason = z.infer<typeof RingEndReason>;

/** Why a binding is over on this terminal. */
export const BindingEndReason = z.enum(["takenOver", "released", "expired", "revoked"]);
export type BindingEndReason = z.infer<typeof BindingEndReason>;

/** What `navigator.credentials.create` returned; only for WebAuthn devices. */
export const WebAuthnCreationIn = z.strictObject({
  credentialId: wireBytes(1023, 1),
  attestationObject: wireBytes(32_768, 1),
  clientDataJson: wireBytes(2048, 1),
});

/** Between two terminals, for their eyes: nonce, ciphertext and tag. Holds a WebAuthn attestation twice encoded. */
export const SealedWord = wireBytes(65_536, 29);
