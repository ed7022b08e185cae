/** The server's call machine, second part: the group, its Commits and those who wait for admission. */
import type { CallDraft } from "./call-draft.ts";
import type { CallServerInputOf, From } from "./call-server-state.ts";
import { stepDelivery } from "./delivery.ts";
import type { DeliveryResult } from "./delivery.ts";

type CommitInput = CallServerInputOf<"commit">;

export function onCommit(draft: CallDraft, input: CommitInput): void {
  const { body } = input;
  if (draft.memberAt(input)?.leaf === undefined) return draft.refuse("call.notMember");
  const result = deliver(draft, input, body);
  if (result.type === "refused") return draft.refuse(result.code);
  if (result.type === "repeated") return draft.reply({ epoch: body.epoch + 1 });
  if (draft.committer()?.userId !== input.userId && draft.asked?.userId !== input.userId) {
    return draft.refuse("delivery.notCommitter");
  }
  const refusal = unfit(draft, body);
  if (refusal !== undefined) return draft.refuse(refusal);

  draft.removals = draft.removals.filter(({ userId }) => !body.removed.includes(userId));
  accept(draft, result, input, body);
  for (const { userId, leaf } of body.admitted) {
    const member = draft.members.get(userId);
    if (member === undefined || body.welcome === undefined) continue;
    member.leaf = leaf;
    delete member.joiner;
    member.welcome = { epoch: result.state.epoch, welcome: body.welcome };
    draft.everJoined = true;
    draft.sendWelcome(member);
    draft.setState(member, "joined");
  }
}

/** Whether the Commit admits or removes anybody who does not wait for it, or who did not when its task was given. */
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
  return removable ? undefined : "delivery.notCommitter";
}

export function onRefuseJoiner(draft: CallDraft, input: CallServerInputOf<"refuse">): void {
  if (draft.committer()?.terminalId !== input.terminalId) return draft.refuse("delivery.notCommitter");
  const joiner = draft.members.get(input.body.userId);
  if (joiner?.state === "joining" && joiner.terminalId === input.body.terminalId) draft.turnAway(joiner);
  draft.reply({});
}

export function onRejoin(draft: CallDraft, input: CallServerInputOf<"rejoin">): void {
  const { body } = input;
  const member = draft.memberAt(input);
  if (member?.leaf === undefined || body.leaf.userId !== input.userId) return draft.refuse("call.notMember");
  const result = deliver(draft, input, body);
  if (result.type === "refused") return draft.refuse(result.code);
  if (result.type === "repeated") return draft.reply({ epoch: body.epoch + 1 });
  member.leaf = body.leaf.leaf;
  delete member.welcome;
  accept(draft, result, input, body);
}

export function onSync(draft: CallDraft, input: CallServerInputOf<"sync">): void {
  if (draft.memberAt(input) === undefined) return draft.refuse("call.notMember");
  const commits = draft.delivery.commits
    .slice(input.epoch)
    .map(({ epoch, by, commit }) => ({ epoch, by, commit }));
  draft.reply({ epoch: draft.delivery.epoch, commits, members: draft.memberList() });
}

export function onGroupInfo(draft: CallDraft, input: CallServerInputOf<"groupInfo">): void {
  const { epoch, groupInfo } = draft.delivery;
  if (draft.memberAt(input)?.leaf === undefined) return draft.refuse("call.notMember");
  if (groupInfo !== undefined) return draft.reply({ epoch, groupInfo });
  const other = draft.otherThan(input.userId);
  if (other?.terminalId !== undefined) {
    const body = { callId: draft.callId, epoch };
    draft.send(other.terminalId, { type: "call.groupInfoNeeded", body });
  }
  draft.reply({ epoch });
}

export function onOfferGroupInfo(draft: CallDraft, input: CallServerInputOf<"offerGroupInfo">): void {
  const { epoch, groupInfo } = input.body;
  if (draft.memberAt(input)?.leaf === undefined) return draft.refuse("call.notMember");
  if (epoch !== draft.delivery.epoch) return draft.refuse("delivery.staleEpoch");
  draft.delivery = { ...draft.delivery, groupInfo };
  draft.reply({});
}

type GroupChange = Pick<CommitInput["body"], "epoch" | "commit">;

function deliver(draft: CallDraft, from: From, { epoch, commit }: GroupChange): DeliveryResult {
  return stepDelivery(draft.delivery, {
    epoch,
    by: from.userId,
    terminalId: from.terminalId,
    commit,
  });
}

function accept(
  draft: CallDraft,
  result: Extract<DeliveryResult, { type: "accepted" }>,
  from: From,
  change: GroupChange,
): void {
  const { state } = result;
  draft.delivery = state;
  draft.asked = undefined;
  draft.passedOver = [];
  draft.workChanged = true;
  draft.reply({ epoch: state.epoch });
  draft.relayCommit(change.epoch, from.userId, from.terminalId, change.commit);
}
