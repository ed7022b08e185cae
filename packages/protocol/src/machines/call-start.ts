/** The start of a call: who may be invited, who of them is reachable, whose terminals ring. */
import type { Bytes } from "../bytes.ts";
import { foldStatements } from "../call-list/fold.ts";
import type { ErrorCode } from "../errors.ts";
import { isGuestId } from "../guests.ts";
import type { LeafIndex, TerminalId, UserId } from "../ids.ts";
import type { DirectoryEntryIn } from "../entry.ts";
import { decodeTranscript } from "../transcript.ts";
import { CallDraft } from "./call-draft.ts";
import { memberList } from "./call-roster.ts";
import type {
  CallServerState,
  CallServerStep,
  CallTimes,
  InvitedPerson,
  ServerMember,
} from "./call-server-state.ts";
import type { ServerStatement } from "./delivery.ts";
import { leafBytesBy } from "./commit-size.ts";
import { initialDelivery } from "./delivery.ts";
import { startRing } from "./ring.ts";

/**
 * Whether a call of these people may be started, as far as the list tells.
 * @param most people besides the initiator
 */
export function listRefusal(
  invited: readonly UserId[],
  initiatorId: UserId,
  most: number,
): ErrorCode | undefined {
  if (invited.length === 0) return "call.noMembers";
  if (invited.length > most) return "call.tooManyMembers";
  if (invited.includes(initiatorId)) return "call.self";
  // Nobody calls a guest: whoever invites them vouches for them.
  if (invited.some(isGuestId)) return "user.unknown";
  if (new Set(invited).size !== invited.length) return "call.duplicateMember";
  return undefined;
}

/**
 * What becomes of somebody who is called.
 * @param found `entry` where the user ID exists, `terminalIds` of terminals that are connected; `isBusy`: called enough, or in a call and not
 *   to be told of another one; `waits`: in a call, and told of this one there; `wakes`: terminals that are not there can be asked to come;
 *   `isBlocked`: whoever calls them, who must not be able to tell that from terminals that are away
 */
export function invitedPerson(
  userId: UserId,
  found: {
    readonly entry: DirectoryEntryIn | undefined;
    readonly terminalIds: readonly TerminalId[];
    readonly isBusy: boolean;
    readonly waits: boolean;
    readonly wakes: boolean;
    readonly isBlocked: boolean;
  },
): InvitedPerson {
  const { entry, isBlocked, terminalIds, isBusy, waits, wakes } = found;
  if (entry === undefined) return { userId, outcome: "unknown" };
  if (isBlocked)
    return wakes
      ? { userId, entry, outcome: "reachable", wakes, hidden: true }
      : { userId, entry, outcome: "offline", hidden: true };
  if (terminalIds.length === 0 && !wakes) return { userId, entry, outcome: "offline" };
  if (isBusy) return { userId, entry, outcome: "busy" };
  return {
    userId,
    entry,
    outcome: "reachable",
    terminalIds,
    ...(waits ? { waits } : {}),
    ...(wakes ? { wakes } : {}),
  };
}

/** Starts the call: rings whoever is reachable. The first effect is the reply to `call.request`. */
export function startCall(
  input: {
    readonly invite: CallServerState["invite"];
    /** Of the `call` proof's transcript. */
    readonly callDigest: Bytes;
    readonly terminalId: TerminalId;
    readonly people: readonly InvitedPerson[];
    readonly times: CallTimes;
  },
  nowMs: number,
): CallServerStep {
  const { callDigest, invite, times } = input;
  const { callId, initiator } = invite;
  const initiatorId = initiator.userId;
  const transcript = decodeTranscript(invite.proof.transcript);
  if (transcript?.purpose !== "call") throw new TypeError("a call starts with a call proof");
  const listed = foldStatements<ServerStatement>({ transcript, digest: callDigest, raw: invite.proof }, []);
  if (!listed.ok) throw new TypeError(listed.code);
  const { list } = listed;
  const members = new Map<UserId, ServerMember>();
  members.set(initiatorId, {
    userId: initiatorId,
    state: "joined",
    entry: initiator,
    terminalId: input.terminalId,
    connected: true,
    leaf: 0 as LeafIndex,
    leafSince: 0,
    answered: {
      issuedAtMs: transcript.issuedAtMs,
      invitation: callDigest,
      deviceId: transcript.deviceId,
    },
    leafBytes: leafBytesBy(invite.proof),
    stay: 0,
  });
  for (const person of input.people) members.set(person.userId, invitedMember(person, times.ringMs, nowMs));
  const rings = [...members.values()].flatMap(({ state, ring }) =>
    state === "ringing" && ring !== undefined ? [ring] : [],
  );
  const draft = new CallDraft(
    {
      callId,
      times,
      initiatorId,
      invite,
      list,
      said: list,
      pending: [],
      members,
      removals: [],
      recent: [],
      tasks: 0,
      delivery: initialDelivery,
      passedOver: [],
      everJoined: false,
      storedBytes: 0,
    },
    nowMs,
  );
  draft.reply({ callId, members: memberList(members) });
  // Where it waits it may ring for longer. One message for all who are told the same.
  for (const deadlineMs of new Set(rings.map((ring) => ring.deadlineMs))) {
    const same = rings.filter((ring) => ring.deadlineMs === deadlineMs);
    draft.sendRing(
      same.flatMap(({ terminalIds }) => terminalIds),
      deadlineMs,
    );
  }
  for (const { userId } of input.people) draft.wake(userId, initiatorId);
  draft.tellWhereabouts(initiatorId);
  return draft.finish();
}

/** Somebody who is called now, and rings where they are. */
export function invitedMember(person: InvitedPerson, ringMs: number, nowMs: number): ServerMember {
  const { userId, entry, outcome, terminalIds = [], waits = false, wakes = false, hidden = false } = person;
  const member: ServerMember = { userId, state: "ringing", connected: false, stay: 0 };
  if (entry !== undefined) member.entry = entry;
  if (hidden) member.hidden = true;
  if (outcome !== "reachable") return { ...member, state: outcome };
  const ring = startRing(terminalIds, ringMs, nowMs, { waits, wakes }).state;
  return { ...member, ring, state: ring.phase === "offline" ? "offline" : "ringing" };
}
