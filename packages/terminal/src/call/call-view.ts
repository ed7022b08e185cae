/** From what the call machine and the checks know to what is shown. Pure. */
import type { Person } from "@signet/device";
import { guestsOf, isErrorCode, isGuestId, namedIn, shownName } from "@signet/protocol";
import type {
  CallMemberState,
  FoldedCallList,
  ErrorCode,
  LeaveReason,
  MemberIn,
  MemberState,
  UserId,
} from "@signet/protocol";

import type {
  CallEnd,
  CallView,
  GroupRefusal,
  GuestMark,
  MediaState,
  MicrophoneState,
  CalledGuest,
  CalledPerson,
  Participant,
  Verification,
  WaitingGuest,
} from "../state.ts";
import type { LoudspeakerTrouble } from "../sound-choices.ts";
import { removerOf } from "./group-list.ts";
import type { RosterChange } from "./call-memory.ts";
import type { HeardMicrophone } from "./microphone-words.ts";
import type { CallRecordState } from "./record/record-api.ts";
import type { CallResolutions } from "./resolutions/resolutions-api.ts";
import type { VerifiedCall } from "./verify-call.ts";

/** What the shell of the call found out, beside the state of its machine. */
export interface CallFacts {
  readonly startedAtMs: number;
  readonly initiator: Pick<Person, "userId" | "displayName">;
  /** As the group holds it. */
  readonly list: FoldedCallList;
  /** Who may put people out now; undefined before one is in the group. */
  readonly hostId?: string | undefined;
  /** Display names that their people's devices signed. */
  readonly names: ReadonlyMap<UserId, string>;
  /** Whose name looks like whose. */
  readonly lookAlikes: ReadonlyMap<UserId, UserId>;
  readonly verifications: ReadonlyMap<UserId, Verification>;
  /** Who is in the group by a device that was revoked since. */
  readonly revoked?: ReadonlySet<UserId>;
  /** States that their person signed. */
  readonly signedStates: ReadonlyMap<UserId, MemberState>;
  /** When people signed that they leave, by their own clock; undefined when nobody did. */
  readonly leavesAtMs?: ReadonlyMap<UserId, number>;
  /** Of those who left; as signed as their state. */
  readonly leaveReasons: ReadonlyMap<UserId, LeaveReason>;
  /** Whose page went so lately that they may be back. */
  readonly reconnecting?: ReadonlySet<UserId>;
  /** Who went on at another terminal: the latest time. */
  readonly moves?: ReadonlyMap<UserId, NonNullable<Participant["moved"]>>;
  /** The binding is over, and the call goes on here until then. */
  readonly heldUntilMs?: number;
  readonly speaking: ReadonlySet<string>;
  /** User IDs of the own group's members; undefined before the Welcome and after the end. */
  readonly inGroup?: ReadonlySet<string>;
  /** Receiving slots: with more others in the group than those, who does not speak is not forwarded. */
  readonly slots?: number;
  /** Of whom nothing comes any more, while the own way works. */
  readonly lost?: ReadonlySet<string>;
  readonly media: MediaState;
  readonly microphone: MicrophoneState;
  readonly loudspeaker?: LoudspeakerTrouble | undefined;
  /** What the others signed of theirs. */
  readonly microphones: ReadonlyMap<UserId, HeardMicrophone>;
  /** Undefined until something was said. */
  readonly resolutions?: CallResolutions;
  /** Undefined until somebody keeps one. */
  readonly record?: CallRecordState;
  /** As the server says. */
  readonly poorNetworks?: ReadonlySet<UserId>;
  /** Of whom nothing proves what is heard, or something contradicts it. */
  readonly voices?: ReadonlyMap<string, NonNullable<Participant["voice"]>>;
  /** Whose terminals sign nothing of what they say, as their leaves say. */
  readonly unprovable?: ReadonlySet<string>;
  readonly activeSinceMs?: number;
  readonly togetherMs: number;
  readonly togetherSinceMs?: number;
  readonly safetyCode?: string;
  /** The server keeps a log: nobody's leaf is verified before what they saw of it fits. */
  readonly isLogged?: boolean;
  /** Who was in the group and who was not any more when this terminal came back into it. */
  readonly rejoined?: RosterChange;
  /** What members gave that did not hold. */
  readonly refusals?: readonly GroupRefusal[];
  /** Whose proof failed last, and how. */
  readonly suspect?: { readonly userId: UserId; readonly code: ErrorCode };
  readonly endedAtMs?: number;
  readonly end?: CallEnd;
}

/** What is known at the beginning: who calls, and who is invited. */
export function firstFacts(
  { initiator, list }: VerifiedCall,
  self: Pick<Person, "userId" | "displayName">,
  startedAtMs: number,
): CallFacts {
  return {
    startedAtMs,
    initiator: initiator.person,
    list,
    names: new Map([
      [initiator.person.userId, shownName(initiator.person)],
      [self.userId, shownName(self)],
    ]),
    lookAlikes: new Map(),
    verifications: new Map(),
    signedStates: new Map(),
    leaveReasons: new Map(),
    togetherMs: 0,
    speaking: new Set(),
    media: { status: "connecting" },
    microphone: { status: "starting" },
    microphones: new Map(),
  };
}

/** The view of a call, made anew when its machine or the facts are others. */
export function callViewer(): typeof viewCall {
  let shown: { readonly of: Parameters<typeof viewCall>; readonly view: CallView } | undefined;
  return (machine, facts) => {
    if (shown?.of[0] !== machine || shown.of[1] !== facts)
      shown = { of: [machine, facts], view: viewCall(machine, facts) };
    return shown.view;
  };
}

export function viewCall(machine: CallMemberState, facts: CallFacts): CallView {
  const { callId, self, epoch } = machine;
  const initiatorId = facts.initiator.userId;
  const { activeSinceMs, endedAtMs, safetyCode, end, rejoined, refusals } = facts;
  const { togetherMs, togetherSinceMs } = facts;
  return {
    callId,
    phase: phaseOf(machine, facts),
    ...(shownPhase(machine) === "requesting" ? { requesting: true } : {}),
    ...(machine.moving === undefined ? {} : { moving: true }),
    ...(facts.heldUntilMs === undefined ? {} : { heldUntilMs: facts.heldUntilMs }),
    isInitiator: self.userId === initiatorId,
    ...(machine.phase === "active" && facts.hostId === self.userId ? { mayRemove: true } : {}),
    participants: Array.from(placesIn(facts), ([userId, place]) =>
      participant({ userId, place }, machine, facts),
    ),
    ...(machine.phase === "ended" || guestsAtTheDoor(facts).length === 0
      ? {}
      : { guestsWaiting: guestsAtTheDoor(facts) }),
    startedAtMs: facts.startedAtMs,
    media: facts.media,
    microphone: facts.microphone,
    ...(facts.loudspeaker === undefined ? {} : { loudspeaker: facts.loudspeaker }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(activeSinceMs === undefined ? {} : { activeSinceMs }),
    togetherMs,
    ...(togetherSinceMs === undefined ? {} : { togetherSinceMs }),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    ...(safetyCode === undefined ? {} : { safetyCode }),
    ...(facts.isLogged === true ? { sameDirectory: verifiedOthers(facts, self.userId) } : {}),
    ...(rejoined === undefined ? {} : { rejoined }),
    ...(refusals === undefined ? {} : { refusals }),
    ...(facts.resolutions === undefined ? {} : { resolutions: facts.resolutions }),
    ...(facts.record === undefined ? {} : { record: facts.record }),
    ...(end === undefined ? {} : { end }),
  };
}

const verifiedOthers = ({ inGroup, verifications }: CallFacts, selfId: UserId): number =>
  [...(inGroup ?? [])].filter((userId) => userId !== selfId && verifications.has(userId as UserId)).length;

/** Whether somebody else is there who sends sound; who is muted sends silence. */
export const expectsSound = ({ participants }: Pick<CallView, "participants">): boolean =>
  participants.some(
    ({ isSelf, state, unheard }) => !isSelf && state === "joined" && unheard !== "noMicrophone",
  );

/** Everybody whom an invitation names, the initiator first, and in the order in which they were named; of guests those who were let in. */
export const peopleIn = (list: FoldedCallList): readonly UserId[] => namedIn(list);

/** Whom the host has to let in, or not. */
const guestsAtTheDoor = ({ list }: Pick<CallFacts, "list">): readonly WaitingGuest[] =>
  guestsOf(list)
    .filter(({ isLetIn, isRemoved }) => !isLetIn && !isRemoved)
    .map(({ guestId, invitedBy, name }) => ({ userId: guestId, guest: { name, invitedBy } }));

/** That it is over is shown together with who signed for it. */
const shownPhase = ({ phase, ending }: CallMemberState): CallMemberState["phase"] => ending?.before ?? phase;

function phaseOf(machine: CallMemberState, facts: CallFacts): CallView["phase"] {
  const phase = shownPhase(machine);
  if (phase === "ended") return "ended";
  if (phase === "joining") return "joining";
  // Whoever did not start it is alone in it when the others have gone, as after a move.
  const isCalling = facts.activeSinceMs === undefined && machine.self.userId === facts.initiator.userId;
  return isCalling ? "calling" : "active";
}

function participant(
  { userId, place }: { readonly userId: UserId; readonly place: Place },
  machine: CallMemberState,
  facts: CallFacts,
): Participant {
  const isSelf = userId === machine.self.userId;
  const isInitiator = userId === facts.initiator.userId;
  const member: MemberIn | undefined = machine.members.get(userId);
  const state = isSelf
    ? ownState(machine)
    : place.isRemoved
      ? "removed"
      : stateOf(userId, member?.state ?? (isInitiator ? "joined" : "ringing"), facts);
  const checked = facts.verifications.get(userId);
  // Whose proof is older than their word that they leave waits for removal, or was brought back: not as themselves.
  const isLeaving =
    state === "joined" && (checked?.signedAtMs ?? Infinity) <= (facts.leavesAtMs?.get(userId) ?? -1);
  const isRevoked = state === "joined" && facts.revoked?.has(userId) === true;
  const proven = isLeaving || isRevoked ? undefined : checked;
  const who = whoIs(userId, proven, facts);
  const looksLike = facts.lookAlikes.get(userId);
  const leaveReason = state === "left" && !isSelf ? facts.leaveReasons.get(userId) : undefined;
  const moved = facts.moves?.get(userId);
  const speaking = facts.speaking.has(userId);
  const voice = isSelf || state !== "joined" ? undefined : voiceOf(userId, facts);
  const unheard = isSelf ? ownUnheard(facts.microphone) : unheardOf(facts.microphones.get(userId), proven);
  return {
    userId,
    ...who,
    ...(who.guest === undefined || proven === undefined || state !== "joined"
      ? {}
      : { joinedAtMs: proven.signedAtMs }),
    state,
    isSelf,
    isInitiator,
    ...(facts.hostId === userId && machine.phase !== "ended" ? { isHost: true } : {}),
    ...place.said,
    stateSigned: state === "removed" ? place.isRemoved : facts.signedStates.get(userId) === state,
    speaking,
    // Who is heard is not muted, whatever they said before: their latest word may be on its way, or kept back.
    ...(unheard === undefined || speaking || state !== "joined" ? {} : { unheard }),
    ...(facts.poorNetworks?.has(userId) === true && state === "joined" ? { poorNetwork: true } : {}),
    ...(voice === undefined ? {} : { voice }),
    ...(isLeaving ? { leaving: true } : {}),
    ...(isRevoked ? { revoked: true } : {}),
    ...(moved === undefined || state !== "joined" ? {} : { moved }),
    ...(leaveReason === undefined ? {} : { leaveReason }),
    ...((leaveReason === "pageGone" && facts.reconnecting?.has(userId) === true) ||
    (state === "joined" && unheard !== "noMicrophone" && isLost(userId, facts))
      ? { reconnecting: true }
      : {}),
    ...refusalOf(state, member),
    ...(state === "ringing" && member?.waiting === true ? { waiting: true } : {}),
    ...(looksLike === undefined ? {} : { looksLike }),
  };
}

/**
 * The one place that says how somebody is shown. Of a guest nothing is verified, whatever they signed, since nobody knows who has their key: they have a
 * mark, and no name of their own that could be shown without it.
 */
function whoIs(
  userId: UserId,
  verification: Verification | undefined,
  { list, names }: Pick<CallFacts, "list" | "names">,
): CalledPerson | CalledGuest {
  const guest = guestMarkOf(list, userId);
  if (guest !== undefined) return { guest };
  // The server's own word for a name is not shown: only what the person's device signed.
  const displayName = names.get(userId) ?? userId;
  return verification === undefined ? { displayName } : { displayName, verification };
}

/** @returns undefined for who is no guest. By whoever vouched for them, and what that device signed as their name. */
export function guestMarkOf(
  list: Pick<FoldedCallList, "invitations">,
  userId: UserId,
): GuestMark | undefined {
  if (!isGuestId(userId)) return undefined;
  const listed = guestsOf(list).find(({ guestId }) => guestId === userId);
  return listed === undefined ? { name: "" } : { name: listed.name, invitedBy: listed.invitedBy };
}

const voiceOf = (userId: UserId, { unprovable, voices }: CallFacts): Participant["voice"] =>
  voices?.get(userId) ?? (unprovable?.has(userId) === true ? "unprovable" : undefined);

const isLost = (userId: UserId, { inGroup, lost, slots }: CallFacts): boolean =>
  lost?.has(userId) === true && (inGroup?.size ?? 0) <= (slots ?? 0) + 1;

/** What the call list says of somebody. */
interface Place {
  readonly isRemoved: boolean;
  readonly said: Pick<Participant, "invitedBy" | "removedBy">;
}

/** By list, which is another one with each change. */
const places = new WeakMap<FoldedCallList, ReadonlyMap<UserId, Place>>();

function placesIn(facts: CallFacts): ReadonlyMap<UserId, Place> {
  const { list } = facts;
  const known = places.get(list);
  if (known !== undefined) return known;
  const found = new Map(peopleIn(list).map((userId) => [userId, placeOf(facts, userId)]));
  places.set(list, found);
  return found;
}

function placeOf({ list, initiator }: CallFacts, userId: UserId): Place {
  const theirs = list.invitations.filter(({ userIds }) => userIds.includes(userId));
  const holding = theirs.find(({ holdsFor }) => holdsFor.includes(userId));
  if (holding === undefined) {
    const removedBy = removerOf(list, userId) as UserId | undefined;
    return { isRemoved: true, said: removedBy === undefined ? {} : { removedBy } };
  }
  const isOfCall = holding === list.invitations[0] || userId === initiator.userId;
  return { isRemoved: false, said: isOfCall ? {} : { invitedBy: holding.by as UserId } };
}

type Unheard = NonNullable<Participant["unheard"]>;

function ownUnheard(microphone: MicrophoneState): Unheard | undefined {
  if (microphone.status === "unavailable") return "noMicrophone";
  return microphone.status === "muted" || (microphone.status === "on" && microphone.silent === true)
    ? "muted"
    : undefined;
}

/** A word of an earlier stay in the call says nothing of this one. */
function unheardOf(
  heard: HeardMicrophone | undefined,
  verification: Verification | undefined,
): Unheard | undefined {
  if (heard === undefined || verification === undefined) return undefined;
  if (heard.state === "on" || heard.saidAtMs < verification.signedAtMs) return undefined;
  return heard.state === "muted" ? "muted" : "noMicrophone";
}

function refusalOf(state: MemberState, member: MemberIn | undefined): Pick<Participant, "refusal"> {
  const refusal = state === "failed" ? member?.refusal : undefined;
  return refusal !== undefined && isErrorCode(refusal) ? { refusal } : {};
}

/** Who holds the key is in the call, whatever the server says: it can neither hide a listener nor make one up. */
function stateOf(userId: UserId, claimed: MemberState, { inGroup }: CallFacts): MemberState {
  if (inGroup === undefined) return claimed;
  if (inGroup.has(userId)) return "joined";
  return claimed === "joined" ? "joining" : claimed;
}

function ownState(machine: CallMemberState): MemberState {
  if (machine.phase === "ended") return "left";
  return machine.epoch === undefined ? "joining" : "joined";
}
