/** What the server knows of one call, and what goes into and comes out of its machine (call-server.ts). */
import type { Bytes } from "../bytes.ts";
import type { FoldedCallList, SaidOf } from "../call-list/said.ts";
import type { ErrorCode } from "../errors.ts";
import type { CallId, DeviceId, LeafIndex, TerminalId, UserId } from "../ids.ts";
import type { ServerEvent } from "../messages/events.ts";
import type {
  BindingEndReason,
  CallInviteIn,
  DeclineReason,
  EndReason,
  OwnLeaveReason,
  MemberState,
  SignedLeave,
} from "../messages/parts.ts";
import type { ReplyBody, RequestBody } from "../messages/requests.ts";
import type { DirectoryEntryIn } from "../entry.ts";
import type { ProofIn } from "../proof.ts";
import type { Answers } from "./call-answers.ts";
import type { DeliveryState, ServerStatement } from "./delivery.ts";
import type { RingState } from "./ring.ts";
import type { Step } from "./step.ts";

/** Durations in milliseconds. */
export interface CallTimes {
  readonly ringMs: number;
  /** A member without connection for this long has left. */
  readonly lostMs: number;
  /** How long a connected committer has before the next one is asked; and a little more for each of many in the task. */
  readonly commitMs: number;
}

/**
 * From here on nobody comes into the call any more; who leaves can still be removed. A Commit has to admit or remove
 * somebody, so what comes on top is bounded by the people in the call.
 */
export const mostStoredBytes = 64 * 1024 * 1024;
/** Of one person in one call, that the others did not share. Whoever refuses more Commits than this mends itself, or leaves. */
export const mostDisputes = 3;
/**
 * Of one person in one call. Each join has to be checked by the committer, and passed on to it with all that was sent: nobody needs more
 * than a few, and who wants to do harm gets no further than this.
 */
export const mostJoinsPerMinute = 6;
/** KeyPackages and proofs of all joins of one person in one call. */
export const mostJoinBytes = 256 * 1024;
/**
 * Of the Welcomes that let one person into a call, their part: a Welcome holds the tree of the whole group, so that who leaves and joins again
 * all the time would have more stored than all others, and the call would have no room for anybody. 14 joins alone among 200 people, 28
 * among a hundred, thousands among a few.
 */
export const mostWelcomeBytes = 4 * 1024 * 1024;
/** A joiner is turned away by so many members, one after the other; by one where nobody else is in the group. */
export const refusersNeeded = 2;
/** Joins of one person that were refused by so many members, or while the group has nobody else, within {@link refusalsCountMs}. */
export const mostRefusals = 3;
export const refusalsCountMs = 10 * 60_000;
/** How long a Commit can be disputed. Whoever was away for longer has left by then. */
export const disputableMs = 60_000;
/** How many Commits can be disputed at most; each holds who was in the group before it. */
export const mostDisputable = 64;
/**
 * Of one person in one call: five a second. Whoever comes and goes alone takes one each; of 200 who join one after the other, the next member
 * admits those who are left.
 */
export const mostCommitsPerMinute = 300;
/** Of Commits and Welcomes of one person in one call: 24 of the largest, or 500 that admit one person to 49 others. */
export const mostCommitBytesPerMinute = 24 * 1024 * 1024;
/** A terminal gives up after three attempts; more come from one that wants to do harm. */
export const mostRejoinsPerMinute = 3;
/**
 * What one person's rejoins may take of a call: external Commits, their proofs, and the GroupInfos that they are made of. 11 rejoins among
 * 200 people, hundreds among a few.
 */
export const mostRejoinBytes = 4 * 1024 * 1024;
/** GroupInfos that one person gives in a call; once they are spent another member is asked. */
export const mostGivenBytes = 8 * 1024 * 1024;
/** Members whose Welcomes and GroupInfos one person refuses in a call: each time one more GroupInfo is asked for, and stored. */
export const mostRefusedGivers = 16;
/**
 * Commits in one reply to a sync, the earliest first, and one at least: what comes after them is asked for when they are processed. A terminal
 * that was away for a minute misses far less.
 */
export const mostSyncBytes = 1024 * 1024;
/** Of the leaves that a newcomer is told, the latest first: they go with everybody in the call into one message. */
export const mostLeaveBytes = 128 * 1024;

export const defaultCallTimes: CallTimes = { ringMs: 45_000, lostMs: 60_000, commitMs: 3_000 };

export interface ServerMember {
  readonly userId: UserId;
  state: MemberState;
  entry?: DirectoryEntryIn;
  ring?: RingState;
  /** As {@link InvitedPerson.hidden}. */
  hidden?: true;
  /** The code with which their terminal refused to ring. */
  refusal?: string;
  /** The terminal with which the person joins or is in the call. */
  terminalId?: TerminalId;
  connected: boolean;
  lostAtMs?: number;
  /** Another terminal of the person is about to go on in their place (call-move.ts). */
  move?: { readonly terminalId: TerminalId; readonly proof: ProofIn; readonly deadlineMs: number };
  /** From where the person moved last: what became of it can be asked there. */
  movedFrom?: TerminalId;
  /** The binding of the terminal was taken over; the call goes on there while this device is bound elsewhere, until it is moved, or until then. */
  held?: { readonly deviceId: DeviceId; readonly untilMs: number };
  /** While joining: what the committer needs. `refusedBy`: who was asked and did not accept them. */
  joiner?: {
    readonly refusedBy?: readonly UserId[];
    /** The first task (`call.commitNeeded`) that can name this KeyPackage: an earlier one means another. */
    readonly task: number;
    readonly proof: ProofIn;
    readonly keyPackage: Bytes;
  };
  /** By which the person came into the group: when it was signed, the invitation that it answers, and the device that signed. */
  answered?: { readonly issuedAtMs: number; readonly invitation: Bytes; readonly deviceId?: string };
  /** While in the group. */
  leaf?: LeafIndex;
  /** The Commit since which that is said of the leaf; 0 for who started the call. */
  leafSince?: number;
  /** Which stay of the person in the call this is; the initiator's first one is 0. */
  stay: number;
  /** When this person joined within the last minute. */
  joinedAtMs?: readonly number[];
  /** When this person was turned away lately, and by whom. */
  refusals?: readonly { readonly atMs: number; readonly by: readonly UserId[] }[];
  /** Of all joins of this person. */
  joinBytes?: number;
  /** Of all Welcomes that let this person in, their part. */
  welcomeBytes?: number;
  /** Leaf keys with which this person joined, base64url: each is used once in a call, and so is the proof that names it. */
  leafKeys?: readonly string[];
  /** Came into the group by a Commit that was voided: an external Commit leads back. */
  strayed?: true;
  /** Was put out for a Commit that the others refused. */
  barred?: true;
  /** Commits that this person refused and the others did not. */
  disputes?: number;
  /** What their leaf adds to Commit and Welcome, more or less: of the KeyPackage with which the person joined, or by the proof in the leaf. */
  leafBytes?: number;
  /** Kept until the member leaves: a Welcome that was lost on the way is sent again. */
  welcome?: {
    readonly epoch: number;
    readonly number: number;
    readonly by: UserId;
    readonly welcome: Bytes;
    /** All that the group's call list holds in that epoch. */
    readonly statements: readonly ServerStatement[];
  };
  /** Of all stays in the call. */
  answers?: Answers;
  /** Commits of this person within the last minute, with their Welcomes; also of an earlier stay in the call. */
  committed?: readonly { readonly atMs: number; readonly bytes: number }[];
  /** When this person rejoined within the last minute; also of an earlier stay in the call. */
  rejoinedAtMs?: readonly number[];
  /** Of all rejoins of this person, and of the GroupInfos that they were made of. */
  rejoinBytes?: number;
  /** Of all GroupInfos that this person gave. */
  givenBytes?: number;
  /** Whose Welcomes and GroupInfos do not hold with this person, or did not come: they are not asked on this one's behalf. */
  refusedGivers?: readonly UserId[];
  /** The latest. */
  leave?: Omit<SignedLeave, "userId">;
}

/** A leaf of the group, as far as the server knows. */
export interface HeldLeaf {
  readonly userId: UserId;
  readonly terminalId: TerminalId;
  readonly leaf: LeafIndex;
  readonly leafSince: number;
  readonly stay: number;
}

/** A leaf that has to leave the group. */
export interface Removal extends HeldLeaf {
  /** The first task (`call.commitNeeded`) that can name it. */
  readonly task: number;
}

/** A Commit of the last minute, which can be disputed (call-disputes.ts). */
export interface RecentCommit {
  readonly number: number;
  readonly epoch: number;
  readonly by: UserId;
  readonly atMs: number;
  /** The group before it: who has to process it, and to what it leads back. */
  readonly group: readonly HeldLeaf[];
  /** What members said of it: whether it holds. */
  readonly verdicts: ReadonlyMap<UserId, boolean>;
  /** Of an external Commit: whose GroupInfo it was made of, and what they said that it is of. */
  readonly giver?: { readonly userId: UserId; readonly digest: string };
  /** Of the epoch before it, as those know it who refuse it; base64url. */
  readonly digests?: ReadonlyMap<UserId, string>;
  /** Of those who refuse it: who knows somebody in it by another key, and has not decided who they are. */
  readonly undecided?: ReadonlySet<UserId>;
  /** While it is disputed: when it is decided at the latest. */
  readonly deadlineMs?: number;
  readonly upheld?: true;
}

/** That the group's call list does not hold yet. */
export interface PendingStatement {
  readonly statement: ServerStatement;
  /** The first task (`call.commitNeeded`) that can name it. */
  readonly task: number;
  /** Who was to commit it, and does not take it. */
  readonly refusedBy: readonly UserId[];
}

/** Whose state changed, to be told in one message, at that time at the latest (call-news.ts). */
export interface News {
  readonly userIds: readonly UserId[];
  readonly atMs: number;
}

export interface CallServerState {
  readonly callId: CallId;
  readonly times: CallTimes;
  readonly initiatorId: UserId;
  /** What every terminal gets to verify the call; the members' states in it are filled in when it is sent. */
  readonly invite: Omit<CallInviteIn, "members" | "statements">;
  /** As the group holds it. */
  readonly list: FoldedCallList<ServerStatement>;
  /** With what the group does not hold yet: who may join, and who not any more. */
  readonly said: FoldedCallList<ServerStatement>;
  readonly pending: readonly PendingStatement[];
  /** The initiator and everybody invited, in the order of the proof, then of what invited them. */
  readonly members: ReadonlyMap<UserId, Readonly<ServerMember>>;
  readonly removals: readonly Removal[];
  readonly delivery: DeliveryState;
  /** Oldest first. */
  readonly recent: readonly RecentCommit[];
  /** Tasks given to committers so far; the latest has this number. */
  readonly tasks: number;
  /** Who is to commit now, and until when. */
  readonly committing?: { readonly userId: UserId; readonly deadlineMs: number };
  /** Committers that were asked in this epoch and did not do it. */
  readonly passedOver: readonly UserId[];
  readonly everJoined: boolean;
  /** In a call of many: whose state changed and who has to be told, in one message, at the latest at that time. */
  readonly news?: News;
  /** Devices of members that were revoked since the call began: what they signed for it is taken no more. */
  readonly revokedDevices?: readonly DeviceId[];
  /** What the members made the server store so far. */
  readonly storedBytes: number;
  readonly ended?: EndReason;
}

/** Somebody as the server finds them when the call starts. */
export interface InvitedPerson {
  readonly userId: UserId;
  readonly outcome: "reachable" | "offline" | "unknown" | "busy";
  /** Where it rings: each that is there. Where the outcome is another one, none. */
  readonly terminalIds?: readonly TerminalId[];
  readonly entry?: DirectoryEntryIn;
  /** In another call: it waits there until that one is over. */
  readonly waits?: boolean;
  /** Terminals that are not there can be asked to come. */
  readonly wakes?: boolean;
  /** They blocked whoever calls them: they are told nothing, and it looks as if none of their terminals were there. */
  readonly hidden?: boolean;
}

/** Who sent an input, as the shell established it. */
export interface From {
  readonly userId: UserId;
  readonly terminalId: TerminalId;
}

export type CallServerInput =
  | (From & {
      readonly type: "join";
      readonly entry: DirectoryEntryIn;
      readonly proof: ProofIn;
      readonly binding: ProofIn;
      readonly keyPackage: Bytes;
      /** The one that the proof names. */
      readonly leafKey: Bytes;
    })
  /** Another terminal of somebody who is in the call wants to go on in its place. */
  | (From & {
      readonly type: "move";
      readonly entry: DirectoryEntryIn;
      readonly proof: ProofIn;
      /** The one that the proof names. */
      readonly leafKey: Bytes;
    })
  | (From & { readonly type: "moveEnd" })
  | (From & {
      readonly type: "decline";
      readonly reason: DeclineReason;
      readonly proof: ProofIn;
      readonly binding: ProofIn;
    })
  | (From & {
      readonly type: "leave";
      readonly reason: OwnLeaveReason;
      readonly proof: ProofIn;
      readonly binding: ProofIn;
    })
  /** `binding`: absent in logs of before. */
  | (From & { readonly type: "end"; readonly proof: ProofIn; readonly binding?: ProofIn })
  /** `people`: those whom it names. */
  | (From & {
      readonly type: "invite";
      readonly statement: SaidOf<"invite">;
      readonly people: readonly InvitedPerson[];
    })
  | (From & { readonly type: "vouch"; readonly statement: SaidOf<"vouch"> })
  /** `guest`: whom the vouch is for that it names, where they are there still. */
  | (From & {
      readonly type: "letIn";
      readonly statement: SaidOf<"let-in"> & { readonly binding: ProofIn };
      readonly guest: InvitedPerson | undefined;
    })
  | (From & {
      readonly type: "remove" | "host";
      readonly statement: (SaidOf<"remove"> | SaidOf<"host">) & { readonly binding: ProofIn };
    })
  /** `code`: why, as the terminal says. Absent in logs of before. */
  | (From & { readonly type: "ringRefused"; readonly code?: string })
  | (From & { readonly type: "commit"; readonly body: RequestBody<"call.commit"> })
  | (From & { readonly type: "refuse"; readonly body: RequestBody<"call.refuse"> })
  | (From & { readonly type: "rejoin"; readonly body: RequestBody<"call.rejoin"> })
  | (From & { readonly type: "judge"; readonly body: RequestBody<"call.judgeCommit"> })
  | (From & { readonly type: "offerGroupInfo"; readonly body: RequestBody<"call.offerGroupInfo"> })
  | (From & { readonly type: "refuseGiver"; readonly body: RequestBody<"call.refuseGiver"> })
  /** A bound terminal has a connection (again). */
  | (From & { readonly type: "connected" })
  | (From & { readonly type: "disconnected" })
  /** `goesOn`: this device is bound elsewhere, and the terminal is there and goes on with its call. */
  | (From & { readonly type: "unbound"; readonly reason: BindingEndReason; readonly goesOn?: DeviceId })
  /** A device of this person is bound nowhere any more. */
  | {
      readonly type: "deviceEnded";
      readonly userId: UserId;
      readonly deviceId: DeviceId;
      readonly reason: BindingEndReason;
    }
  /** Whoever is called is in another call, or no longer. */
  | { readonly type: "engaged"; readonly userId: UserId; readonly isEngaged: boolean }
  | { readonly type: "tick" };

/** What a terminal only asks: nothing changes by it (call-questions.ts). */
export type CallQuestion =
  | (From & { readonly type: "sync"; readonly epoch: number; readonly number: number })
  | (From & { readonly type: "groupInfo" })
  /** What the group's call list holds in this epoch. */
  | (From & { readonly type: "list"; readonly epoch: number });

/** What comes of an input and of a question. */
export type CallAnswer =
  /** One event, which says the same to all of them. */
  | { readonly type: "send"; readonly to: readonly TerminalId[]; readonly event: ServerEvent }
  /** Answer to the request that this was. Exactly one for each question and each of join to refuseGiver. */
  | { readonly type: "reply"; readonly body: CallReply }
  | { readonly type: "refuse"; readonly code: ErrorCode };

export type CallServerEffect =
  | CallAnswer
  /** Step with `tick` at this time; replaces the one before. */
  | { readonly type: "wakeAt"; readonly atMs: number }
  /** The terminal's media connection is to be closed. `successor`: from where its person goes on, and is heard in its place. */
  | { readonly type: "mediaLeave"; readonly terminalId: TerminalId; readonly successor?: TerminalId }
  /** The person is in the call at another terminal than before, or at none: their others are told. */
  | { readonly type: "whereabouts"; readonly userId: UserId }
  /** It rings for the person until then, also without a terminal: those that are not there are asked to come. */
  | { readonly type: "wake"; readonly userId: UserId; readonly callerId: UserId; readonly untilMs: number }
  /** The call is over and can be forgotten. */
  | { readonly type: "ended"; readonly reason: EndReason };

export type CallReply =
  | ReplyBody<"call.request">
  | ReplyBody<"call.join">
  | ReplyBody<"call.invite">
  | ReplyBody<"call.list">
  | ReplyBody<"call.commit">
  | ReplyBody<"call.judgeCommit">
  | ReplyBody<"call.sync">
  | ReplyBody<"call.groupInfo">
  | Record<string, never>;

export type CallServerStep = Step<CallServerState, CallServerEffect>;

/** The input of one type. */
export type CallServerInputOf<T extends CallServerInput["type"]> = Extract<CallServerInput, { type: T }>;
