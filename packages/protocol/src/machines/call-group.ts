/** The server's call machine, second part: the group, its Commits and those who wait for admission. */
import type { TerminalId, UserId } from "../ids.ts";
import type { ProofIn } from "../proof.ts";
import { noAnswers, signedIn, withStay } from "./call-answers.ts";
import { commitRefusal, countCommit } from "./call-commits.ts";
import type { CallDraft } from "./call-draft.ts";
import { rememberForDispute } from "./call-disputes.ts";
import { countWelcome } from "./call-joins.ts";
import {
  countLeftOut,
  listAfter,
  losesWhatTakesAway,
  onRefusedStatements,
  settleList,
  statedIn,
} from "./call-pending.ts";
import { toCommitted } from "./call-questions.ts";
import { groupTerminals } from "./call-roster.ts";
import type { CallReply, CallServerInputOf, From, RecentCommit, ServerMember } from "./call-server-state.ts";
import { stepDelivery } from "./delivery.ts";
import type { DeliveryResult, ServerStatement } from "./delivery.ts";

type CommitInput = CallServerInputOf<"commit">;

export function onCommit(draft: CallDraft, input: CommitInput): void {
  const { body } = input;
  const sender = draft.memberAt(input);
  if (sender?.leaf === undefined) return draft.refuse("call.notMember");
  const admittedIds = body.admitted.map(({ userId }) => userId);
  const after = listAfter(draft, body.statements ?? [], body.task);
  const brought = after?.statements ?? [];
  const result = deliver(draft, input, { ...body, admitted: admittedIds, statements: brought });
  if (result.type === "refused") return draft.refuse(result.code);
  if (result.type === "repeated") return draft.replyUnchanged(repeated(body.epoch, result.number));
  const refusal = after === undefined ? "delivery.notCommitter" : unfit(draft, body);
  if (refusal !== undefined || after === undefined) return draft.refuse(refusal ?? "delivery.notCommitter");
  const made = { by: input.userId, removed: body.removed };
  if (!wasAsked(draft, input.userId) || losesWhatTakesAway(draft, after.list, made))
    return draft.refuse("delivery.notCommitter");
  const tooMuch = commitRefusal(draft.members, draft.removals, sender, body, draft.nowMs);
  if (tooMuch !== undefined) return draft.refuse(tooMuch);

  countCommit(sender, body, draft.nowMs);
  draft.stored(body.welcome);
  accept(draft, result, input);
  draft.removals = draft.removals.filter(({ userId }) => !body.removed.includes(userId));
  const { epoch, number } = result.state;
  admitAll(draft, input, { epoch, number, by: input.userId, statements: after.list.statements });
  countLeftOut(draft, input.userId, after.list, body.task);
  if (after.list !== draft.list || draft.pending.length > 0) settleList(draft, after.list);
}

function admitAll(
  draft: CallDraft,
  { body }: CommitInput,
  begun: Omit<NonNullable<ServerMember["welcome"]>, "welcome">,
): void {
  if (body.welcome === undefined) return;
  const { number } = begun;
  const welcome = { ...begun, welcome: body.welcome };
  const admitted = body.admitted.flatMap(({ userId, leaf }) => {
    const member = draft.members.get(userId);
    if (member === undefined) return [];
    member.leaf = leaf;
    member.leafSince = number;
    countWelcome(member, welcome.welcome, body.admitted.length);
    if (member.joiner !== undefined) {
      member.answers = withStay(member.answers ?? noAnswers, member.joiner.proof);
      member.answered = answeredWith(draft, member.joiner.proof);
    }
    delete member.joiner;
    member.welcome = welcome;
    return [member];
  });
  draft.everJoined ||= admitted.length > 0;
  sendWelcome(
    draft,
    admitted.flatMap(({ terminalId }) => terminalId ?? []),
    welcome,
  );
  for (const member of admitted) draft.setState(member, "joined");
}

/** It may have been lost with a connection. */
export function resendWelcome(draft: CallDraft, { terminalId, welcome }: ServerMember): void {
  if (terminalId !== undefined && welcome !== undefined) sendWelcome(draft, [terminalId], welcome);
}

function sendWelcome(
  draft: CallDraft,
  to: readonly TerminalId[],
  { statements, ...sent }: NonNullable<ServerMember["welcome"]>,
): void {
  draft.send(to, {
    type: "call.welcome",
    body: { callId: draft.before.callId, ...sent, ...statedIn(statements) },
  });
}

/** The first one that names none answers the call itself. */
export function answeredWith(
  { before, list }: CallDraft,
  proof: ProofIn,
): NonNullable<ServerMember["answered"]> {
  const signed: ReturnType<typeof signedIn> = signedIn(proof) ?? before.list.call.transcript;
  const { issuedAtMs, invitation = list.call.digest, deviceId } = signed;
  return { issuedAtMs, invitation, deviceId };
}

/**
 * Whether the Commit admits or removes anybody who does not wait for it, or who did not when its task was given; or
 * nobody at all, which no task asks for.
 */
function unfit(
  draft: CallDraft,
  body: CommitInput["body"],
): "delivery.notAdmitted" | "delivery.notCommitter" | undefined {
  const { admitted, removed, task } = body;
  const waits = admitted.every(({ userId }) => {
    const member = draft.members.get(userId);
    if (member?.state !== "joining" || member.joiner === undefined || member.joiner.task > task) return false;
    // Nobody is in the group twice.
    return removed.includes(userId) || !draft.removals.some((removal) => removal.userId === userId);
  });
  const distinct = new Set(admitted.map(({ userId }) => userId)).size === admitted.length;
  if (!waits || !distinct || admitted.length > 0 !== (body.welcome !== undefined))
    return "delivery.notAdmitted";
  const removable = removed.every((userId) =>
    draft.removals.some((removal) => removal.userId === userId && removal.task <= task),
  );
  const isAsked =
    task < draft.nextTask && admitted.length + removed.length + (body.statements?.length ?? 0) > 0;
  return removable && isAsked ? undefined : "delivery.notCommitter";
}

/**
 * Whose time is over counts as well, until a Commit of somebody is accepted: where all machines are so slow that each takes longer than
 * its time, nobody would ever be let in.
 */
const wasAsked = ({ committing, passedOver }: CallDraft, userId: UserId): boolean =>
  committing?.userId === userId || passedOver.includes(userId);

/** Whoever is asked to commit does not accept these: the next member is asked to look at them, until they are enough (call-joins.ts). */
export function onRefuseJoiner(draft: CallDraft, input: CallServerInputOf<"refuse">): void {
  const { userId: by } = input;
  if (draft.memberAt(input)?.leaf === undefined) return draft.refuse("delivery.notCommitter");
  const refused = new Set<ServerMember>();
  for (const { userId, terminalId } of input.body.joiners) {
    const member = draft.members.get(userId);
    const isNew = member?.joiner !== undefined && member.joiner.refusedBy?.includes(by) !== true;
    if (isNew && member.state === "joining" && member.terminalId === terminalId) refused.add(member);
  }
  const digests = (input.body.statements ?? []).map(({ digest }) => digest);
  const isOfStatements = onRefusedStatements(draft, by, digests);
  if (refused.size === 0 && !isOfStatements) return draft.replyUnchanged({});
  if (!wasAsked(draft, by)) return draft.refuse("delivery.notCommitter");
  for (const member of refused) {
    const { joiner } = member;
    if (joiner !== undefined) member.joiner = { ...joiner, refusedBy: [...(joiner.refusedBy ?? []), by] };
  }
  draft.workChanged = true;
  draft.reply({});
}

type GroupChange = Pick<CommitInput["body"], "epoch" | "commit" | "removed"> & {
  readonly statements: readonly ServerStatement[];
  readonly admitted: readonly UserId[];
};

export function deliver(
  draft: CallDraft,
  { userId: by, terminalId }: From,
  { epoch, commit, admitted, removed, statements }: GroupChange,
): DeliveryResult {
  return stepDelivery(draft.delivery, { epoch, by, terminalId, commit, admitted, removed, statements });
}

export const repeated = (epoch: number, number: number): CallReply => ({ epoch: epoch + 1, number });

/**
 * The group as it was is remembered with it, so this comes before all that the Commit changes.
 * @param giver of an external Commit
 */
export function accept(
  draft: CallDraft,
  { state }: Extract<DeliveryResult, { type: "accepted" }>,
  sender: From,
  giver?: RecentCommit["giver"],
): void {
  const accepted = state.commits.at(-1);
  if (accepted === undefined) return;
  draft.delivery = state;
  rememberForDispute(draft, accepted, giver);
  draft.stored(accepted.commit);
  draft.committing = undefined;
  draft.passedOver = [];
  draft.workChanged = true;
  draft.reply({ epoch: state.epoch, number: state.number });
  const body = { callId: draft.before.callId, ...toCommitted(accepted) };
  draft.send(groupTerminals(draft.members, sender.terminalId), { type: "call.committed", body });
}
