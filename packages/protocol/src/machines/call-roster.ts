/** The people of a call as the server knows them: who is in it, who is in its group, who is to commit. Pure. */
import { isGuestId } from "../guests.ts";
import type { LeafIndex, TerminalId, UserId } from "../ids.ts";
import type { MemberIn, SignedLeave } from "../messages/parts.ts";
import { encodeProof } from "../proof.ts";
import { mostLeaveBytes } from "./call-server-state.ts";
import type { From, HeldLeaf, ServerMember } from "./call-server-state.ts";

export type Roster = ReadonlyMap<UserId, Readonly<ServerMember>>;
/** A member in the group, with the terminal whose leaf it is. */
export type GroupMember = Readonly<ServerMember> & {
  readonly terminalId: TerminalId;
  readonly leaf: LeafIndex;
};
/** A member who waits for admission, with what the committer has to check. */
export type Joiner = Readonly<ServerMember> &
  Required<Pick<Readonly<ServerMember>, "terminalId" | "entry" | "joiner">>;

export function isIn({ state }: Pick<Readonly<ServerMember>, "state">): boolean {
  return state === "joined" || state === "joining";
}

/** Whether the call waits until this person's other one is over. */
export const waits = ({ ring, state }: Readonly<ServerMember>): boolean =>
  state === "ringing" && ring?.waits === true;

/** The member in the call, when `sender` is the terminal with which they are in it. */
export function memberAt<M extends Readonly<ServerMember>>(
  roster: ReadonlyMap<UserId, M>,
  sender: From,
): M | undefined {
  const member = roster.get(sender.userId);
  return member !== undefined && isIn(member) && member.terminalId === sender.terminalId ? member : undefined;
}

/** When something has to be done about this member's terminals. While a move is under way, the old one is waited for as long as the new one. */
export function moveDeadlineMs({ held, move }: Readonly<ServerMember>): number | undefined {
  return move?.deadlineMs ?? held?.untilMs;
}

export function groupOf(roster: Roster): GroupMember[] {
  return [...roster.values()].filter(
    (member): member is GroupMember => member.leaf !== undefined && member.terminalId !== undefined,
  );
}

export const heldLeaf = ({
  userId,
  terminalId,
  leaf,
  leafSince = 0,
  stay,
}: GroupMember | HeldLeaf): HeldLeaf => ({
  userId,
  terminalId,
  leaf,
  leafSince,
  stay,
});

/** In the order of the invitation. */
export function joinersOf(roster: Roster): Joiner[] {
  return [...roster.values()].filter(
    (member): member is Joiner =>
      member.state === "joining" &&
      member.joiner !== undefined &&
      member.terminalId !== undefined &&
      member.entry !== undefined,
  );
}

/** Terminals of everybody in the call, in the group or on the way into it. */
export function terminalsIn(roster: Roster): TerminalId[] {
  return [...roster.values()].flatMap((member) =>
    isIn(member) && member.terminalId !== undefined ? [member.terminalId] : [],
  );
}

/** Terminals of the group, but for this one. */
export function groupTerminals(roster: Roster, except: TerminalId): TerminalId[] {
  return groupOf(roster).flatMap(({ terminalId }) => (terminalId === except ? [] : [terminalId]));
}

/**
 * In the order in which they are asked to commit: by the leaf, those last who were asked in vain; once all were, the round begins again. Leaves
 * are what members say of themselves and of those whom they let in. So where it is said of two, whoever it was said of later comes
 * after all others: nobody gets another one's place by it.
 * @param leaving whose leaves are in the group still
 */
export function committersOf(
  roster: Roster,
  leaving: readonly HeldLeaf[],
  passedOver: readonly UserId[],
): readonly GroupMember[] {
  const group = groupOf(roster);
  const first = new Map<LeafIndex, number>();
  for (const { leaf, leafSince = 0 } of [...group, ...leaving])
    first.set(leaf, Math.min(leafSince, first.get(leaf) ?? leafSince));
  // Where anybody else is there, no guest changes the group.
  const rankOf = ({ userId, leaf, leafSince = 0 }: GroupMember): number =>
    (isGuestId(userId) ? 4 : 0) +
    (passedOver.includes(userId) ? 2 : 0) +
    (leafSince > (first.get(leaf) ?? 0) ? 1 : 0);
  return group
    .filter(({ connected }) => connected)
    .toSorted((one, other) => rankOf(one) - rankOf(other) || one.leaf - other.leaf);
}

export function lowestLeaf(members: readonly GroupMember[]): GroupMember | undefined {
  return members.reduce<GroupMember | undefined>(
    (lowest, member) => (lowest === undefined || member.leaf < lowest.leaf ? member : lowest),
    undefined,
  );
}

export function memberList(roster: Roster): MemberIn[] {
  return Array.from(roster.values(), toWire);
}

export function toWire(member: Readonly<ServerMember>): MemberIn {
  const { entry } = member;
  return entry === undefined ? withoutEntry(member) : { ...withoutEntry(member), entry };
}

/** For those who have the entries, from the ring or from a reply: they are most of a list of many. */
export function withoutEntry(member: Readonly<ServerMember>): MemberIn {
  const { userId, state, terminalId, refusal } = member;
  const why = state === "failed" && refusal !== undefined ? { refusal } : {};
  const waiting = waits(member) ? { waiting: true } : {};
  return { userId, state, ...(terminalId === undefined ? {} : { terminalId }), ...why, ...waiting };
}

/** What a newcomer cannot have heard: who left before, also of those who came back; the latest, as far as they fit. */
export function leavesOf(roster: Roster): SignedLeave[] {
  const left = [...roster.values()].flatMap(({ userId, leave, answers }) =>
    leave === undefined ? [] : [{ leave: { userId, ...leave }, leftAtMs: answers?.leftAtMs ?? 0 }],
  );
  const leaves: SignedLeave[] = [];
  let bytes = 0;
  for (const { leave } of left.toSorted((one, other) => other.leftAtMs - one.leftAtMs)) {
    bytes += encodeProof(leave.proof).length + encodeProof(leave.binding).length;
    if (bytes > mostLeaveBytes) break;
    leaves.push(leave);
  }
  return leaves;
}
