/** The server's call machine, guests: a member's device vouches for one, and the host lets them in, who is called then as anybody else. */
import { guestsOf } from "../call-list/guests.ts";
import { hasStatement } from "../call-list/list.ts";
import { mostGuests } from "../guests.ts";
import { mostPeople } from "../messages/parts.ts";
import type { CallDraft } from "./call-draft.ts";
import { areTooLarge } from "./call-entries.ts";
import { isIn } from "./call-roster.ts";
import { calledLater, ringLater, say } from "./call-server-list.ts";
import type { CallServerInputOf, CallServerState } from "./call-server-state.ts";

/** Somebody in the call vouches for a guest: the host is to let them in, or not. */
export function onVouch(draft: CallDraft, { statement, ...sender }: CallServerInputOf<"vouch">): void {
  if (draft.memberAt(sender)?.leaf === undefined) return draft.refuse("call.notMember");
  if (hasStatement(draft.said, statement.digest)) return draft.replyUnchanged({});
  if (guestsIn(draft) >= mostGuests) return draft.refuse("guest.tooMany");
  const refusal = say(draft, statement);
  if (refusal !== undefined) return draft.refuse(refusal);
  draft.reply({});
}

/** Those who are in the call, and those who wait at the door. */
export const guestsIn = ({ members, said }: Pick<CallServerState, "members" | "said">): number =>
  guestsOf(said).filter(({ guestId, isLetIn, isRemoved }) => {
    const member = members.get(guestId);
    const isGone = isLetIn && (member === undefined || (member.stay > 0 && !isIn(member)));
    return !isRemoved && !isGone;
  }).length;

/** The host lets a guest in, for whom it rings from now on. */
export function onLetIn(draft: CallDraft, { guest, statement, ...sender }: CallServerInputOf<"letIn">): void {
  if (draft.memberAt(sender)?.leaf === undefined) return draft.refuse("call.notMember");
  if (hasStatement(draft.said, statement.digest)) return draft.replyUnchanged({});
  if (guest?.outcome !== "reachable") return draft.refuse("guest.notHere");
  if (draft.members.size >= mostPeople) return draft.refuse("call.tooManyMembers");
  if (areTooLarge([...draft.members.values(), guest])) return draft.refuse("call.tooLarge");
  const refusal = say(draft, statement);
  if (refusal !== undefined) return draft.refuse(refusal);
  ringLater(draft, calledLater(draft, guest));
  draft.reply({});
}
