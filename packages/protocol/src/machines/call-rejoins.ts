/**
 * The server's call machine, fourth part: who comes into the group by an external Commit, since their own state of it is broken or their Welcome
 * does not hold, and the GroupInfos that takes. The server cannot read a GroupInfo, but knows whose it is: with whom one does not hold, for
 * them another member is asked (call-questions.ts); the word of one person changes nothing for the others.
 */
import { toBase64Url } from "../bytes.ts";
import type { CallDraft } from "./call-draft.ts";
import { accept, answeredWith, deliver, repeated } from "./call-group.ts";
import { isOfMove, moveOver, moverAt } from "./call-move.ts";
import { answerFault } from "./call-pending.ts";
import {
  mostGivenBytes,
  mostRefusedGivers,
  mostRejoinBytes,
  mostRejoinsPerMinute,
} from "./call-server-state.ts";
import type { CallServerInputOf, RecentCommit } from "./call-server-state.ts";
import { leafBytesBy } from "./commit-size.ts";
import type { GivenGroupInfo } from "./delivery.ts";
import { minuteMs, within } from "./recent.ts";

export function onRejoin(draft: CallDraft, input: CallServerInputOf<"rejoin">): void {
  const { body } = input;
  const mover = moverAt(draft.members, input);
  const member = draft.memberAt(input) ?? mover;
  if (member === undefined || body.leaf.userId !== input.userId) return draft.refuse("call.notMember");
  if (mover !== undefined && !isOfMove(mover, body.proof)) return draft.refuse("proof.call");
  if (member.leaf === undefined && member.strayed === undefined) return draft.refuse("call.notMember");
  const result = deliver(draft, input, { ...body, admitted: [], removed: [], statements: [] });
  if (result.type === "refused") return draft.refuse(result.code);
  if (result.type === "repeated") return draft.replyUnchanged(repeated(body.epoch, result.number));
  // An external Commit brings nothing that was said: it is in the list already, and not voided since. All would refuse it, and put the person out.
  const answer = { userId: input.userId, proof: body.proof };
  const fault = answerFault({ said: draft.list, revokedDevices: [] }, answer) ?? answerFault(draft, answer);
  if (fault !== undefined) return draft.refuse(fault);
  const lately = within(member.rejoinedAtMs, draft.nowMs, minuteMs);
  const taken = (member.rejoinBytes ?? 0) + bytesTaken(draft, body);
  // Moves are counted as answers are.
  const isTooMuch = (mover === undefined && lately.length >= mostRejoinsPerMinute) || taken > mostRejoinBytes;
  if (isTooMuch || !draft.hasRoomFor(body.commit, body.proof.transcript))
    return draft.refuse("delivery.tooMuch");
  if (mover === undefined) member.rejoinedAtMs = [...lately, draft.nowMs];
  member.rejoinBytes = taken;
  draft.stored(body.proof.transcript);
  accept(draft, result, input, giverOf(draft, body));
  if (member.leaf !== body.leaf.leaf) member.leafSince = result.state.number;
  member.leaf = body.leaf.leaf;
  // It may hold the proof of the former one still.
  member.leafBytes = Math.max(member.leafBytes ?? 0, leafBytesBy(body.proof));
  // An external Commit takes the place of the person's former leaf.
  draft.removals = draft.removals.filter(({ userId }) => userId !== member.userId);
  member.answered = answeredWith(draft, body.proof);
  delete member.welcome;
  if (mover !== undefined) return moveOver(draft, mover);
  if (member.strayed === undefined) return;
  delete member.strayed;
  draft.setState(member, "joined");
}

type RejoinBody = CallServerInputOf<"rejoin">["body"];

/** Whichever GroupInfo it was made of: others gave them for somebody's rejoin. */
function bytesTaken({ delivery }: CallDraft, { commit, proof }: RejoinBody): number {
  const given = (delivery.groupInfos ?? []).map(({ groupInfo }) => groupInfo.length);
  return commit.length + proof.transcript.length + Math.max(0, ...given);
}

/** Nobody is answerable for a GroupInfo that they did not give. */
function giverOf({ delivery }: CallDraft, { giver }: RejoinBody): RecentCommit["giver"] {
  const given = delivery.groupInfos?.find(({ by }) => by === giver);
  return given === undefined ? undefined : { userId: given.by, digest: toBase64Url(given.digest) };
}

export function onOfferGroupInfo(draft: CallDraft, input: CallServerInputOf<"offerGroupInfo">): void {
  const { epoch, groupInfo, digest } = input.body;
  const member = draft.memberAt(input);
  if (member?.leaf === undefined) return draft.refuse("call.notMember");
  if (epoch !== draft.delivery.epoch) return draft.refuse("delivery.staleEpoch");
  const given = draft.delivery.groupInfos ?? [];
  const bytes = (member.givenBytes ?? 0) + groupInfo.length;
  // Once is enough in an epoch: each one is stored.
  const isTooMuch = given.some(({ by }) => by === input.userId) || bytes > mostGivenBytes;
  if (isTooMuch || !draft.hasRoomFor(groupInfo)) return draft.refuse("delivery.tooMuch");
  draft.stored(groupInfo);
  member.givenBytes = bytes;
  const one: GivenGroupInfo = { by: input.userId, groupInfo, digest };
  draft.delivery = { ...draft.delivery, groupInfos: [...given, one] };
  draft.reply({});
}

export function onRefuseGiver(draft: CallDraft, input: CallServerInputOf<"refuseGiver">): void {
  const { giver } = input.body;
  const member = draft.memberAt(input) ?? moverAt(draft.members, input);
  if (member === undefined || !draft.members.has(giver)) return draft.refuse("call.notMember");
  const refused = member.refusedGivers ?? [];
  if (refused.includes(giver)) return draft.replyUnchanged({});
  if (refused.length >= mostRefusedGivers) return draft.refuse("delivery.tooMuch");
  member.refusedGivers = [...refused, giver];
  draft.reply({});
}
