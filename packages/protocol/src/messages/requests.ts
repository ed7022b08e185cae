/**
 * Requests from a terminal to the server. Each has exactly one response or one error.
 *
 *   terminal -> server   { id, type, body }
 *   server -> terminal   { id, body } | { id, error: { code, message } }
 */
import { z } from "zod";

import { About } from "./about.ts";
import { mostCallStatements } from "../call-list/bounds.ts";
import { StatedEntry } from "../entry.ts";
import { StatementIn, mostStatements } from "../history.ts";
import { CallId, DeviceId, DisplayName, TerminalId, UserId } from "../ids.ts";
import {
  CertificateChain,
  CertificateUserIdDomain,
  CertificateUserIdPart,
  DeviceAlgorithm,
  DeviceKind,
  ProofIn,
  wireBytes,
} from "../proof.ts";
import { administrationRequests } from "./administration.ts";
import { besideRequests } from "./beside.ts";
import { documentRequests } from "./document.ts";
import { mediaRequests } from "./media.ts";
import { missedRequests } from "./missed.ts";
import { messageRequests } from "./voice-messages.ts";
import { presenceRequests, SeenPerson } from "./presence.ts";
import { pairingRequests } from "./pairing.ts";
import { Challenge, PersonState, done, nothing } from "./shared.ts";
import { Features } from "./features.ts";
import {
  CallInviteIn,
  CallStatements,
  CommitNumber,
  CommittedIn,
  ElsewhereIn,
  Epoch,
  GroupDigest,
  LastFrame,
  LeafOf,
  MemberIn,
  MlsBytes,
  PresentNonce,
  SaidMicrophone,
  SignedLeave,
  StatementDigest,
  Task,
  TerminalKey,
  TimeMs,
  WebAuthnCreationIn,
  mostPeople,
} from "./parts.ts";

/** Of one `directory.lookup`, and of one `presence.watch`. */
export const mostLookedUp = 256;
const userIds = z.array(UserId).max(mostLookedUp);

/** Calls that a sign-in names: a server leaves out those that began earlier. */
export const mostCalls = 64;
/** Directory entries of one person: far more than a server keeps. */
const mostEntries = 256;
/** Of a device: SHA-256 of its certificates, as a `certify` names them. */
const CertifiedDevice = z.object({ deviceId: DeviceId, certificatesDigest: wireBytes(32, 32) });

/** Commits between a terminal's epoch and the present one. Their size bounds them earlier. */
const mostCommits = 16_384;

const Limits = z.object({
  /** People in a call besides the initiator. */
  callMembers: z.number().int(),
  messageBytes: z.number().int(),
  slots: z.number().int(),
  ringMs: z.number().int(),
  bindingMs: z.number().int(),
});

/** Under which authorities a device may be registered with a certificate, and which part of it is the user ID. */
const AcceptedCertificates = z.object({
  /** Trust anchors, DER certificates. Each terminal validates chains itself; one that was given anchors of its own uses those. */
  anchors: z.array(wireBytes(4096, 1)).min(1).max(16),
  userIdFrom: CertificateUserIdPart,
  /** With `email` and `upn`: only addresses in this domain give a user ID. */
  userIdDomain: CertificateUserIdDomain.optional(),
});

/** Result of signing in, resuming or registering. `calls`: calls that go on without this terminal and may be joined. */
const SignedIn = z.object({
  entry: StatedEntry,
  expiresAtMs: TimeMs,
  calls: z.array(CallInviteIn).max(mostCalls),
  /** The call that the person is in at another terminal. */
  elsewhere: ElsewhereIn.optional(),
});

/** `connected`: the terminal is; `away`: it may come back; `ended`: nobody is signed in with the device. */
const BindingState = z.enum(["connected", "away", "ended"]);
/** More than a person ever has devices. */
const mostListedBindings = 256;

const Accepted = z.object({ epoch: Epoch, number: CommitNumber });

const RefusedJoiner = z.strictObject({ userId: UserId, terminalId: TerminalId, code: z.string().max(64) });

const RefusedStatement = z.strictObject({ digest: StatementDigest, code: z.string().max(64) });

export const requests = {
  "session.hello": {
    body: z.strictObject({
      version: z.literal(1),
      terminalId: TerminalId,
      terminalKey: TerminalKey,
      /** Terminals of version 0.1 do not name any. */
      features: Features.optional(),
    }),
    reply: z.object({
      serverOrigin: z.string().max(256),
      serverTimeMs: TimeMs,
      registration: z.enum(["open", "invite", "closed"]),
      limits: Limits,
      certificates: AcceptedCertificates.optional(),
      features: Features.optional(),
      /** Who answers every call and gives back what is said. What is no user ID is nobody. */
      echo: UserId.optional().catch(undefined),
      about: About.optional().catch(undefined),
      /** By which the log of the directory is signed (C2SP signed-note, "Verifier keys"). */
      logKey: z.string().max(512).optional().catch(undefined),
    }),
  },
  "session.challenge": {
    body: nothing,
    /** Single use, for `terminal`, `resume` and `release`. */
    reply: z.object({ challenge: Challenge, expiresAtMs: TimeMs }),
  },
  /** That the terminal holds the key of its hello: before it registers or signs in anybody. */
  "session.prove": { body: z.strictObject({ proof: ProofIn }), reply: done },
  "session.resume": { body: z.strictObject({ proof: ProofIn }), reply: SignedIn },
  "session.ping": { body: nothing, reply: z.object({ serverTimeMs: TimeMs }) },

  "register.begin": {
    body: z.strictObject({
      userId: UserId,
      displayName: DisplayName,
      inviteCode: z.string().max(64).optional(),
    }),
    reply: z.object({ challenge: Challenge, expiresAtMs: TimeMs }),
  },
  "register.finish": {
    body: z.strictObject({
      inviteCode: z.string().max(64).optional(),
      proof: ProofIn,
      device: z.strictObject({
        kind: DeviceKind,
        algorithm: DeviceAlgorithm,
        publicKey: wireBytes(1024, 32),
        /** Not for WebAuthn devices. */
        certificates: CertificateChain.optional(),
      }),
      webauthn: WebAuthnCreationIn.extend({
        /** The challenge that it was made with, where that is not the proof's: of an earlier `register.begin` for the user ID. */
        madeFor: Challenge.optional(),
      }).optional(),
    }),
    reply: SignedIn,
  },
  "sign-in.begin": {
    body: z.strictObject({ userId: UserId }),
    reply: z.object({
      challenge: Challenge,
      expiresAtMs: TimeMs,
      /** The directory entries of the person: which devices may sign. */
      entries: z.array(StatedEntry).max(mostEntries),
      /** Those of the devices that have certificates: whoever has others now renews them. */
      certified: z.array(CertifiedDevice).max(mostStatements),
    }),
  },
  "sign-in.finish": {
    body: z.strictObject({
      proof: ProofIn,
      /** A `certify` by the device that signs in, for the same challenge, where it has other certificates than its history names. */
      certify: StatementIn.optional(),
    }),
    reply: SignedIn,
  },
  "binding.release": { body: z.strictObject({ proof: ProofIn }), reply: done },
  /** The last sign-in with each of one's own devices, as the device signed it; `state`: what has become of the binding. */
  "binding.list": {
    body: nothing,
    reply: z.object({
      bindings: z.array(z.object({ proof: ProofIn, state: BindingState })).max(mostListedBindings),
    }),
  },

  /** For a statement that continues the own key history. */
  "history.begin": { body: nothing, reply: z.object({ challenge: Challenge, expiresAtMs: TimeMs }) },
  "history.append": {
    body: z.strictObject({
      /** Without key handle and attestation: those the server takes from `webauthn`. */
      statement: StatementIn,
      /** Of a WebAuthn device that the statement brings in, made with its challenge. */
      webauthn: WebAuthnCreationIn.optional(),
    }),
    /** The whole history, with it. */
    reply: z.object({ entry: StatedEntry }),
  },

  ...pairingRequests,
  ...administrationRequests,

  "directory.lookup": {
    body: z.strictObject({ userIds }),
    /** One for each user ID asked for, in that order; without `entry` where nobody has the ID. */
    reply: z.object({ people: z.array(PersonState).max(mostPeople) }),
  },
  /** Replaces the set of people whose reachability this terminal is told (`presence.changed`). */
  "presence.watch": {
    body: z.strictObject({ userIds }),
    reply: z.object({ people: z.array(SeenPerson).max(mostPeople) }),
  },

  /** Call ID and members stand in the proof. The reply says what became of each. */
  "call.request": {
    body: z.strictObject({ proof: ProofIn }),
    reply: z.object({ callId: CallId, members: z.array(MemberIn).max(mostPeople) }),
  },
  /** The terminal could not verify a ring and did not show it. */
  "call.ringRefused": { body: z.strictObject({ callId: CallId, code: z.string().max(64) }), reply: done },
  "call.join": {
    body: z.strictObject({ proof: ProofIn, keyPackage: wireBytes(16_384, 1) }),
    reply: z.object({
      callId: CallId,
      members: z.array(MemberIn).max(mostPeople),
      /** Of those who left before, the latest ones: whoever comes in with an older answer was brought back. */
      leaves: z.array(SignedLeave).max(mostPeople).optional(),
    }),
  },
  /**
   * The person is in this call at another terminal of theirs and goes on here, by a new `join` proof: first media, then a `call.rejoin` whose
   * Commit takes the place of the other terminal's leaf.
   */
  "call.move": {
    body: z.strictObject({ proof: ProofIn }),
    reply: z.object({
      callId: CallId,
      members: z.array(MemberIn).max(mostPeople),
      leaves: z.array(SignedLeave).max(mostPeople).optional(),
      /** The other terminal said last that it is muted. */
      muted: z.boolean().optional(),
    }),
  },
  /** The move does not come to be. Also of a terminal whose binding was taken over: it goes on with the call no longer. */
  "call.moveEnd": { body: z.strictObject({ callId: CallId }), reply: done },
  /**
   * Another terminal of the person has taken the place of this one in the group. `frame` says to the others, under this one's last frame key, how far it
   * counted.
   */
  "call.lastFrame": { body: z.strictObject({ callId: CallId, frame: LastFrame }), reply: done },
  "call.decline": { body: z.strictObject({ proof: ProofIn }), reply: done },
  "call.leave": { body: z.strictObject({ proof: ProofIn }), reply: done },
  "call.end": { body: z.strictObject({ proof: ProofIn }), reply: done },
  /** Rings further people, by an `invite` proof of a member's device. */
  "call.invite": {
    body: z.strictObject({ proof: ProofIn }),
    /** What became of each. */
    reply: z.object({ members: z.array(MemberIn).max(mostPeople) }),
  },
  /** Puts people out, by a `remove` proof of the host's terminal key. */
  "call.remove": { body: z.strictObject({ proof: ProofIn }), reply: done },
  /** Hands the host's role on, by a `host` proof of their terminal key. */
  "call.host": { body: z.strictObject({ proof: ProofIn }), reply: done },
  /** The call list as the group holds it before the Commit for `epoch`, or after it where there was one: for who lacks something of it. */
  "call.list": {
    body: z.strictObject({ callId: CallId, epoch: Epoch }),
    reply: z.object({ statements: CallStatements }),
  },
  /** Whether somebody is in this call, which goes on without this terminal: they answer with `call.memberPresent`, for this nonce. */
  "call.askPresent": {
    body: z.strictObject({ callId: CallId, nonce: PresentNonce }),
    /** How many terminals were asked. */
    reply: z.object({ asked: z.number().int().nonnegative() }),
  },
  /** Answers `call.presentNeeded`, for the terminal that asks. Call ID and nonce stand in the proof. */
  "call.present": { body: z.strictObject({ terminalId: TerminalId, proof: ProofIn }), reply: done },
  /** Whether this member can be heard: for the others in the group. Call ID and state stand in the proof. */
  "call.microphone": { body: z.strictObject({ proof: ProofIn }), reply: done },
  /** What the others in the group said of their microphones last. */
  "call.microphones": {
    body: z.strictObject({ callId: CallId }),
    reply: z.object({ said: z.array(SaidMicrophone).max(mostPeople) }),
  },
  /** Accepted for the current epoch only; sending the same Commit again gives the same reply. */
  "call.commit": {
    body: z.strictObject({
      callId: CallId,
      /** Of the `call.commitNeeded` that this does: whoever joined after it is not the one who is admitted. */
      task: Task,
      epoch: Epoch,
      commit: MlsBytes,
      welcome: MlsBytes.optional(),
      admitted: z.array(LeafOf),
      removed: userIds,
      /** Digests of the statements that the call list has with it and had not before. */
      statements: z.array(StatementDigest).max(mostCallStatements).optional(),
    }),
    /** `epoch`: the one that the Commit began; `number`: which Commit of the call it is. */
    reply: Accepted,
  },
  /** The committer found that these joiners must not enter: not invited, proof or leaf key wrong. All of a task in one message. */
  "call.refuse": {
    body: z.strictObject({
      callId: CallId,
      joiners: z.array(RefusedJoiner).max(256),
      /** Statements that the call list does not take here. */
      statements: z.array(RefusedStatement).max(mostCallStatements).optional(),
    }),
    reply: done,
  },
  /** Everything since `epoch`, which the Commit `number` began: for a terminal that was away. */
  "call.sync": {
    body: z.strictObject({ callId: CallId, epoch: Epoch, number: CommitNumber }),
    reply: z.object({
      epoch: Epoch,
      commits: z.array(CommittedIn).max(mostCommits),
      members: z.array(MemberIn).max(mostPeople),
      /** The Commit `number` was voided: nothing follows on that epoch, and only a rejoin leads back. */
      strayed: z.boolean(),
    }),
  },
  /** What became of a Commit of another member here: refused, with a code, or (when the server asks) processed. */
  "call.judgeCommit": {
    body: z.strictObject({
      callId: CallId,
      number: CommitNumber,
      code: z.string().max(64).optional(),
      /** Beside `code`: of the own epoch, which the Commit would have ended. An external Commit may fail for its GroupInfo. */
      digest: GroupDigest.optional(),
    }),
    /** Without `holds` it is not decided yet: `call.commitJudged` will tell. */
    reply: z.object({ holds: z.boolean().optional() }),
  },
  /** GroupInfo of the current epoch, for an external Commit. */
  "call.groupInfo": {
    body: z.strictObject({ callId: CallId }),
    reply: z.discriminatedUnion("type", [
      z.object({
        type: z.literal("given"),
        epoch: Epoch,
        groupInfo: MlsBytes,
        /** Who gave it, and what they say that it is of. */
        by: UserId,
        digest: GroupDigest,
        /** All of the call list that the group holds in that epoch. */
        statements: CallStatements,
      }),
      /** Ask again. `giver`: who was asked for it, where anybody can be asked now. */
      z.object({ type: z.literal("awaited"), epoch: Epoch, giver: UserId.optional() }),
    ]),
  },
  /** This member's Welcome or GroupInfo does not hold here, or does not come: from then on another one is asked. */
  "call.refuseGiver": {
    body: z.strictObject({ callId: CallId, giver: UserId, code: z.string().max(64) }),
    reply: done,
  },
  /** Answers `call.groupInfoNeeded`. Kept until the epoch ends; it grows with the group, so it travels only when needed. */
  "call.offerGroupInfo": {
    body: z.strictObject({
      callId: CallId,
      epoch: Epoch,
      groupInfo: MlsBytes,
      digest: GroupDigest,
    }),
    reply: done,
  },
  /** External Commit (RFC 9420 section 12.4.3.2) of a member whose own state of the group is broken, or who moves here. */
  "call.rejoin": {
    body: z.strictObject({
      callId: CallId,
      epoch: Epoch,
      proof: ProofIn,
      commit: MlsBytes,
      leaf: LeafOf,
      /** Whose GroupInfo it was made of. */
      giver: UserId.optional(),
    }),
    reply: Accepted,
  },
  ...documentRequests,
  ...mediaRequests,
  ...missedRequests,
  ...messageRequests,
  ...presenceRequests,
  ...besideRequests,
} as const;

export type RequestType = keyof typeof requests;
export type RequestBody<T extends RequestType> = z.output<(typeof requests)[T]["body"]>;
export type ReplyBody<T extends RequestType> = z.output<(typeof requests)[T]["reply"]>;
export type SignedIn = z.output<typeof SignedIn>;
export type ServerInfo = ReplyBody<"session.hello">;
