/** What a terminal knows of its call, and what goes into and comes out of its machine (call-member.ts). */
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import type { CallId, TerminalId, UserId } from "../ids.ts";
import type { EventBody } from "../messages/events.ts";
import type { CallStatementIn, CommittedIn, EndReason, MemberIn, OwnLeaveReason } from "../messages/parts.ts";
import type { ReplyBody, RequestBody } from "../messages/requests.ts";
import type { Step } from "./step.ts";

/** Attempts to come into the group anew, until another Commit was processed. */
export const rejoinsMost = 3;

/** What a Commit that was made holds; the shell keeps the new group state under it until `adopt` or `drop`. */
export type MadeCommit = Omit<RequestBody<"call.commit">, "callId" | "task">;

/** The body of `call.commit`, but for the call ID. */
export type SentCommit = Omit<RequestBody<"call.commit">, "callId">;

export interface CallMemberState {
  readonly callId: CallId;
  readonly self: { readonly userId: UserId; readonly terminalId: TerminalId };
  readonly phase: "requesting" | "joining" | "active" | "ending" | "ended";
  readonly connected: boolean;
  /** The epoch of the own group state; undefined before the Welcome. */
  readonly epoch: number | undefined;
  /** Of the Commit that began the own epoch, among all of the call; 0 before the first one. */
  readonly number: number;
  readonly members: ReadonlyMap<UserId, MemberIn>;
  /** The MLS operation that the shell is doing. */
  readonly working: "making" | "adopting" | "processing" | "joining" | "rejoining" | undefined;
  /** Of the Commit by which the operation leads into the next epoch. */
  readonly workingOn?: { readonly number: number; readonly by: UserId };
  /** A Commit of another member that was refused here: it is waited for what the others say of it. */
  readonly dispute?: { readonly number: number; readonly by: UserId; readonly code: ErrorCode };
  /** The latest Commit that the server wants to hear of. */
  readonly verdictWanted?: number;
  /** Commits that were voided lately. */
  readonly voided?: { readonly from: number; readonly through: number };
  /** An own Commit that the server has to judge. `onWay`: asked on this connection, the answer is to come. */
  readonly sent?: { readonly made: SentCommit; readonly onWay: boolean };
  /** Number of the task that is being made. */
  readonly making?: number;
  /** The latest task that was not begun. */
  readonly task?: EventBody<"call.commitNeeded">;
  readonly welcome?: Omit<EventBody<"call.welcome">, "callId">;
  /** Commits by the epoch in which they were made. */
  readonly inbox: ReadonlyMap<number, CommittedIn>;
  readonly syncing: boolean;
  /** Something may have been missed: sync when it is possible. */
  readonly behind: boolean;
  /** The own group state is broken: rejoin, now or as soon as there is a connection again. */
  readonly rejoin?: "now" | "whenConnected";
  /** The own epoch was begun by a Commit that was voided: no Commit will ever end it. */
  readonly strayed?: true;
  /** Rejoins tried since the last Commit that was processed. */
  readonly rejoins: number;
  /**
   * The person is in the call at another terminal, in whose place this one comes by an external Commit: not before it has media, so that nobody
   * hears a gap. Until that Commit nothing changes there, whatever becomes of this.
   */
  readonly moving?: "connecting" | "entering";
  /** The Welcome that did not hold, and led to this epoch: an external Commit leads into the group instead. */
  readonly unwelcome?: {
    readonly number: number;
    readonly epoch: number;
    readonly by: UserId;
    readonly code: ErrorCode;
  };
  /** Members whose Welcomes or GroupInfos did not hold here, or did not come, and why: the server asks others in their place. */
  readonly refusedGivers?: ReadonlyMap<UserId, ErrorCode>;
  /** Why the latest GroupInfo was refused. */
  readonly refusal?: ErrorCode;
  readonly end?: CallMemberEnd;
  /** While ending: as the server said. */
  readonly ending?: {
    readonly reason: EndReason | "removed";
    readonly before: "requesting" | "joining" | "active";
  };
}

/** How the call ended for this terminal: the server's or the initiator's word, the person's own, or a failed check. */
export type CallMemberEnd =
  /** `signed`: the initiator's own signature came with it, and holds. */
  | { readonly type: "ended"; readonly reason: EndReason; readonly signed: boolean }
  | { readonly type: "left"; readonly reason?: "deviceRemoved" }
  /** `by`: who put this person out, and signed that; without it only the server says so. */
  | { readonly type: "removed"; readonly by?: UserId }
  /** The person goes on at another terminal, whose leaf has taken the place of this one's. */
  | { readonly type: "moved" }
  /** `by`: whose change of the group was refused here; or who did not accept this terminal, and `alsoBy` the second who did not. */
  | { readonly type: "failed"; readonly code: ErrorCode; readonly by?: UserId; readonly alsoBy?: UserId };

export type CallMemberInput =
  | { readonly type: "requested"; readonly members: readonly MemberIn[] }
  | { readonly type: "joinAccepted"; readonly members: readonly MemberIn[] }
  /** The server refused the request or the join; after `connection.*` it is sent again. */
  | { readonly type: "startFailed"; readonly code: ErrorCode }
  | { readonly type: "event"; readonly event: CallEvent }
  | { readonly type: "connected" }
  | { readonly type: "disconnected" }
  | { readonly type: "commitMade"; readonly made: MadeCommit }
  /** Nothing was left to commit (for example, all joiners were refused). */
  | { readonly type: "commitSkipped" }
  /** What the server said of this Commit, which may not be the latest that was sent. */
  | { readonly type: "commitAccepted"; readonly commit: Bytes; readonly number: number }
  | { readonly type: "commitRefused"; readonly commit: Bytes; readonly code: ErrorCode }
  /** The group state moved on (adopted, processed, joined or rejoined) and is now in this epoch; `number`: of an own external Commit. */
  | { readonly type: "advanced"; readonly epoch: number; readonly number?: number }
  /** Nobody has given a GroupInfo that a rejoin can use, in this time since the rejoin began; `giver`: who was asked for it. */
  | { readonly type: "groupInfoAwaited"; readonly forMs: number; readonly giver?: UserId }
  /** The GroupInfo of this member does not hold. */
  | { readonly type: "giverRefused"; readonly giver: UserId; readonly code: ErrorCode }
  | { readonly type: "operationFailed"; readonly code: ErrorCode }
  /** By a Commit. `by`: who signed that this person is to be out. */
  | { readonly type: "removedSelf"; readonly by?: UserId }
  /** Who signed that this person is put out, which was looked at meanwhile; nobody where nothing holds. */
  | { readonly type: "removalChecked"; readonly by: UserId | undefined }
  /** The own leaf was replaced by another one of the same person. */
  | { readonly type: "movedSelf" }
  /** A move may go on: this terminal sends and receives. */
  | { readonly type: "mediaReady" }
  | { readonly type: "synced"; readonly reply: ReplyBody<"call.sync"> }
  | { readonly type: "syncFailed"; readonly code: ErrorCode }
  /** The server took the own word on a Commit; `holds`: what was decided, if it was. */
  | { readonly type: "verdictTaken"; readonly number: number; readonly holds: boolean | undefined }
  | { readonly type: "verdictFailed"; readonly number: number; readonly code: ErrorCode }
  /** Nobody decided in time. */
  | { readonly type: "verdictOverdue"; readonly number: number }
  /** Whether the initiator signed the end, which was looked at meanwhile. */
  | { readonly type: "endChecked"; readonly signed: boolean }
  /** By the person's wish, unless the device that vouches for them is gone. */
  | { readonly type: "leave"; readonly reason?: "deviceRemoved" }
  /** A check of the shell failed (a member whose key changed, plaintext on the wire): leave rather than go on. */
  | { readonly type: "fail"; readonly code: ErrorCode };

type CallEventType =
  | "call.member"
  | "call.members"
  | "call.commitNeeded"
  | "call.committed"
  | "call.commitDisputed"
  | "call.commitJudged"
  | "call.welcome"
  | "call.removed"
  | "call.ended";
export type CallEvent = {
  [T in CallEventType]: { readonly type: T; readonly body: EventBody<T> };
}[CallEventType];

export type CallMemberEffect =
  | { readonly type: "sendRequest" }
  | { readonly type: "sendJoin" }
  /** Ask to go on with the call here; once that is taken, the shell connects media and says `mediaReady`. */
  | { readonly type: "sendMove" }
  /** The move does not come to be. */
  | { readonly type: "sendMoveEnd" }
  | { readonly type: "sendSync"; readonly epoch: number; readonly number: number }
  /** What became of another's Commit here; with `code`, that it is refused, and then {@link verdictMs} for the others to say. */
  | { readonly type: "sendVerdict"; readonly number: number; readonly code?: ErrorCode }
  | { readonly type: "sendCommit"; readonly made: SentCommit }
  | { readonly type: "makeCommit"; readonly task: EventBody<"call.commitNeeded"> }
  | { readonly type: "adopt" }
  | { readonly type: "drop" }
  | { readonly type: "process"; readonly committed: CommittedIn }
  | {
      readonly type: "joinGroup";
      readonly welcome: Bytes;
      readonly by: UserId;
      readonly statements?: readonly CallStatementIn[];
    }
  /**
   * Ask for a GroupInfo, and come in by it. `leastEpoch`: only by one of this epoch or a later one; `isAwaited`: the group may have to come
   * to it yet. `isFirst`: in place of a Welcome, and only into a group that holds the own leaf. `isMove`: only in place of another leaf of the
   * same person. `afterMs`: the same rejoin goes on, after
   * so long.
   */
  | {
      readonly type: "rejoin";
      readonly leastEpoch: number;
      readonly isAwaited: boolean;
      readonly isFirst?: true;
      readonly isMove?: true;
      readonly afterMs?: number;
    }
  /** What this member gave does not hold, or did not come: another one is to be asked. */
  | { readonly type: "sendGiverRefusal"; readonly giver: UserId; readonly code: ErrorCode }
  /** Tell the server that this terminal leaves, and why; when the connection is lost before it confirms, tell it again. */
  | { readonly type: "sendLeave"; readonly reason: OwnLeaveReason }
  /** The call is over, says the server: nothing is said or heard from now on. Look who signed for it. */
  | { readonly type: "checkEnd"; readonly body: EventBody<"call.ended"> }
  /** This person was put out, says the server: as for `checkEnd`. */
  | { readonly type: "checkRemoval"; readonly statement: CallStatementIn }
  | { readonly type: "ended"; readonly end: CallMemberEnd };

export type CallMemberStep = Step<CallMemberState, CallMemberEffect>;

type Optional = {
  [K in keyof CallMemberState]-?: undefined extends CallMemberState[K] ? K : never;
}[keyof CallMemberState];

/** The state without these. */
export function without(
  state: CallMemberState,
  ...keys: readonly Exclude<Optional, "epoch" | "working">[]
): CallMemberState {
  const rest = { ...state };
  for (const key of keys) delete rest[key];
  return rest;
}

export function only(state: CallMemberState): CallMemberStep {
  return { state, effects: [] };
}

/** The operation that was under way is over. */
export function idle(state: CallMemberState): CallMemberState {
  return { ...without(state, "making", "workingOn"), working: undefined };
}

/** Asked by somebody who was in the group: the server gave them up meanwhile, and nothing failed a check. */
export const codeOfAbsence = (code: ErrorCode): ErrorCode => (code === "call.notMember" ? "call.away" : code);

/** Whether the server knows that this terminal is not in the call. */
export const isOutside = (code: ErrorCode): boolean =>
  code === "call.notMember" ||
  code === "call.away" ||
  code === "call.notFound" ||
  code === "callList.removed";

/** Whether this terminal did all that it was told and misses nothing: what it is told next came to pass after that. */
export function isUpToDate(state: CallMemberState): boolean {
  const { behind, connected, dispute, epoch, inbox, rejoin, syncing, working } = state;
  const isBusy = working !== undefined || syncing || dispute !== undefined || rejoin !== undefined;
  return connected && epoch !== undefined && !isBusy && !behind && inbox.size === 0;
}
