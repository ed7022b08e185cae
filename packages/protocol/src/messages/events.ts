/** Events from the server to a terminal: `{ type, body }`, without id and without answer. */
import { z } from "zod";

import { CallId, DeviceId, LeafIndex, PairingId, TerminalId, UserId } from "../ids.ts";
import { StatedEntry } from "../entry.ts";
import { ProofIn } from "../proof.ts";
import { wordEvents } from "./call-words.ts";
import { DocumentVersion } from "./document.ts";
import { SeenPerson } from "./presence.ts";
import {
  BindingEndReason,
  CallInviteIn,
  CallStatementIn,
  CallStatements,
  CommitNumber,
  CommittedIn,
  DeclineReason,
  ElsewhereIn,
  EndReason,
  Epoch,
  JoinerIn,
  LastFrame,
  SpokenWordBytes,
  LeaveReason,
  MemberIn,
  MlsBytes,
  mostPeople,
  PresentNonce,
  RingEndReason,
  SaidMicrophone,
  SealedWord,
  Task,
  TimeMs,
} from "./parts.ts";

export const events = {
  "binding.ended": z.object({ reason: BindingEndReason }),
  /** The person's device signed, and its counter is not higher than before: there may be a copy of it. */
  "device.counterBack": z.object({ deviceId: DeviceId }),
  "presence.changed": SeenPerson,
  /** Somebody who is watched or in the same call, or the person here, continued their key history. */
  "directory.changed": z.object({ entry: StatedEntry }),

  /** Another terminal of the person put this version of their document. For terminals with the feature `documents`. */
  "document.changed": z.object({ version: DocumentVersion }),

  /** Somebody left a message for the person: `message.list` tells. For terminals with the feature `messages`. */
  "message.left": z.object({}),

  /** The code was entered at another terminal. */
  "pairing.entered": z.object({ pairingId: PairingId }),
  "pairing.message": z.object({ pairingId: PairingId, sealed: SealedWord }),
  /** The other terminal gave up or is gone, or the time is over. */
  "pairing.closed": z.object({ pairingId: PairingId }),
  /** To a terminal that asked for a recovery: an administrator signed this, and the new device is to sign it, too. `entry`: as `recovery.begin`. */
  "recovery.approved": z.object({ proof: ProofIn, entry: StatedEntry }),
  /** To a terminal that asked for a recovery: it had to make room for what others ask for, and is to be asked for again. */
  "recovery.ended": z.object({}),

  "call.ring": CallInviteIn.extend({ expiresAtMs: TimeMs }),
  /** `proof`: with `answeredElsewhere`, by which of the person's devices. */
  "call.ringEnded": z.object({ callId: CallId, reason: RingEndReason, proof: ProofIn.optional() }),
  /** A member's state changed. `proof` and `binding` where the member signed it (decline, leave) or proved it (join). */
  "call.member": z.object({
    callId: CallId,
    member: MemberIn,
    /** `moveOver`: to who was about to take over the person's place, which does not come to be. */
    reason: z.union([DeclineReason, LeaveReason, z.literal("moveOver")]).optional(),
    proof: ProofIn.optional(),
    binding: ProofIn.optional(),
    /** With `refused`: who did not accept the joiner. */
    by: z.array(UserId).max(mostPeople).optional(),
  }),
  /** To the other terminals of somebody who is in a call now; without `elsewhere` they are not in it any more. */
  "call.elsewhere": z.object({ callId: CallId, elsewhere: ElsewhereIn.optional() }),
  /** In a call of many: states that changed about the same time, without the entries, which everybody has. */
  "call.members": z.object({ callId: CallId, members: z.array(MemberIn).max(mostPeople) }),
  /** To the one member that is to commit now. What is listed stays to be done until a Commit does it. */
  "call.commitNeeded": z.object({
    callId: CallId,
    /** Counts up in each call; the Commit that does it names it. */
    task: Task,
    epoch: Epoch,
    admit: z.array(JoinerIn).max(mostPeople),
    /** The leaf tells two stays of one person apart. */
    remove: z.array(z.object({ userId: UserId, terminalId: TerminalId, leaf: LeafIndex })).max(mostPeople),
    /** What the group's call list is to take in. */
    statements: CallStatements,
  }),
  /** Somebody's state of the group is broken, and a rejoin needs the GroupInfo of this epoch: `call.offerGroupInfo`. */
  "call.groupInfoNeeded": z.object({ callId: CallId, epoch: Epoch }),
  "call.committed": CommittedIn.extend({ callId: CallId }),
  /** Somebody refuses this Commit: what became of it here? `call.judgeCommit` tells. */
  "call.commitDisputed": z.object({ callId: CallId, epoch: Epoch, number: CommitNumber }),
  /**
   * What came of the dispute. Where the Commit does not hold, it and all after it, up to number `through`, are void: the group is in
   * `epoch` again, and the sender is put out.
   */
  "call.commitJudged": z.object({
    callId: CallId,
    epoch: Epoch,
    number: CommitNumber,
    through: CommitNumber,
    by: UserId,
    holds: z.boolean(),
  }),
  /** `epoch`: the one the joiner enters, begun by the Commit with this number. */
  "call.welcome": z.object({
    callId: CallId,
    epoch: Epoch,
    number: CommitNumber,
    by: UserId,
    welcome: MlsBytes,
    /** All of the call list that the group holds in that epoch. */
    statements: CallStatements,
  }),
  /** The host put the person at this terminal out of the call, or of the ring. `statement`: by which they said so. */
  "call.removed": z.object({ callId: CallId, statement: CallStatementIn }),
  /** `binding`: what vouches for the terminal key that signed `proof`; absent from a server of before, as is then the one that the invitation named. */
  "call.ended": z.object({
    callId: CallId,
    reason: EndReason,
    proof: ProofIn.optional(),
    binding: ProofIn.optional(),
  }),
  /** Somebody outside of the call, at this terminal, asks whether anybody is in it: `call.present`. */
  "call.presentNeeded": z.object({ callId: CallId, nonce: PresentNonce, terminalId: TerminalId }),
  /** Somebody in the call answers `call.askPresent`, by a `present` proof. `binding`: the proof that endorses the terminal key. */
  "call.memberPresent": z.object({ callId: CallId, entry: StatedEntry, proof: ProofIn, binding: ProofIn }),
  /** Somebody in the group says whether they can be heard, by a `microphone` proof. */
  "call.memberMicrophone": SaidMicrophone.extend({ callId: CallId }),
  ...wordEvents,
  /** This person went on at another terminal, and this is how far the one before counted its frames: `call.lastFrame`. */
  "call.memberLastFrame": z.object({ callId: CallId, userId: UserId, frame: LastFrame }),
  /** What a terminal in the group signed of the frames that it sealed: `call.spoke`. */
  "call.memberSpoke": z.object({ callId: CallId, word: SpokenWordBytes }),
  /** Of the packets to or from these people too many get lost, as the media process counts them; `poor` is all of them, and empty where that is over. */
  "call.networks": z.object({ callId: CallId, poor: z.array(UserId).max(mostPeople) }),
  /** The media process was replaced: offer again. */
  "media.restarted": z.object({ callId: CallId }),
  /** No packet with sound has come from this terminal for 2 s, after some had. For terminals with the feature `mediaFlow`. */
  "media.quiet": z.object({ callId: CallId }),
} as const;

export type EventType = keyof typeof events;
export type EventBody<T extends EventType> = z.output<(typeof events)[T]>;
export type ServerEvent = { [T in EventType]: { readonly type: T; readonly body: EventBody<T> } }[EventType];
