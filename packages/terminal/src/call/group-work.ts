/** The MLS operations of one call, as its machine asks for them; one at a time. */
import type { CallList, CallListResult } from "@signet/device";
import { CallGroup, groupInfoDigest, groupInfoSigner } from "@signet/e2ee";
import type { GroupMember, PendingCommit } from "@signet/e2ee";
import { SignetError, codeOf, equalBytes, isConnectionCode } from "@signet/protocol";
import type {
  Bytes,
  CallId,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CallStatementIn,
  CommittedIn,
  ErrorCode,
  EventBody,
  ReplyBody,
  RequestBody,
  UserId,
} from "@signet/protocol";

import { prepareCommit } from "./admission.ts";
import type { CallContext, Credentials, WayIn } from "./call-entry.ts";
import { broughtBy, invitationOf, listRefusalOf, removerOf } from "./group-list.ts";
import type { GroupList } from "./group-list.ts";
import type { CallMemory, RosterChange } from "./call-memory.ts";
import type { GroupRefusal } from "../state.ts";

export interface GroupWorkOptions {
  readonly context: CallContext;
  readonly credentials: Credentials;
  readonly wayIn: WayIn;
  /** The group is in a new epoch, and this is what the machine is told. `back`: who came into it by an external Commit. */
  readonly entered: (group: CallGroup, back?: UserId) => Promise<CallMemberInput>;
  /** This terminal came back into a group of others than it was in. */
  readonly rejoined: (change: RosterChange) => void;
  /** By an external Commit somebody's leaf has another key: they go on at another terminal. */
  readonly moved: (userId: UserId) => void;
  /** What a member gave to bring this terminal into the group does not hold. */
  readonly refused: (refusal: GroupRefusal) => void;
}

type JoinGroup = Extract<CallMemberEffect, { type: "joinGroup" }>;
/** What came of a Commit; `list`: as it leaves it. */
type Followed =
  | Exclude<Awaited<ReturnType<CallGroup["process"]>>, { type: "removedSelf" }>
  | { readonly type: "removedSelf"; readonly list: CallList };
type Rejoin = Extract<CallMemberEffect, { type: "rejoin" }>;
/** A GroupInfo as the server passes it on. */
type Given = Extract<ReplyBody<"call.groupInfo">, { type: "given" }>;

export class GroupWork {
  readonly #options: GroupWorkOptions;
  readonly #context: CallContext;
  readonly #credentials: Credentials;
  readonly #callId: CallId;
  readonly #memory: CallMemory;
  #group: CallGroup | undefined;
  #pendingCommit: { readonly pending: PendingCommit; readonly list: CallList } | undefined;
  #closed = false;
  /** Monotonic; when the rejoin began that is under way. */
  #rejoinSinceMs = 0;

  constructor(options: GroupWorkOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#credentials = options.credentials;
    this.#callId = options.credentials.call.callProof.transcript.callId as CallId;
    this.#memory = options.context.memories.of(this.#callId);
    if (options.wayIn.type === "initiator") this.#group = options.wayIn.group;
  }

  /** Forgets the Commit that the server did not take. */
  drop(): void {
    this.#pendingCommit?.pending.drop();
    this.#pendingCommit = undefined;
  }

  /** Zeroes the keys; what is still under way ends with keys that are zeroed, too. */
  close(): void {
    this.#closed = true;
    this.#group?.close();
  }

  async makeCommit(task: EventBody<"call.commitNeeded">): Promise<CallMemberInput> {
    const { call } = this.#credentials;
    const { directory, environment } = this.#context;
    const group = this.#requireGroup();
    const taking = await this.#list.taking(task.statements, group.members());
    const { list } = taking;
    const context = { directory, nowMs: environment.nowMs(), brought: broughtBy(this.#list.held, list) };
    // Kept when the server takes the Commit.
    const making = () => prepareCommit(group, task, { ...call, list }, context);
    const prepared = await this.#list.with(list, making, () => false);
    if (prepared.refused.length + taking.refused.length > 0) {
      const body = {
        callId: this.#callId,
        joiners: [...prepared.refused],
        ...(taking.refused.length === 0 ? {} : { statements: [...taking.refused] }),
      };
      // When the server does not hear it, it asks again for the same joiners.
      this.#request("call.refuse", body).catch(() => undefined);
    }
    if (prepared.pending === undefined) return { type: "commitSkipped" };
    this.#pendingCommit = { pending: prepared.pending, list };
    return { type: "commitMade", made: prepared.made };
  }

  async adopt(): Promise<CallMemberInput> {
    const pending = this.#pendingCommit;
    this.#pendingCommit = undefined;
    if (pending === undefined) throw new SignetError("mls.failed");
    await this.#list.with(pending.list, () => pending.pending.accept());
    return this.#advanced(this.#requireGroup());
  }

  async process(committed: CommittedIn): Promise<CallMemberInput> {
    const group = this.#requireGroup();
    const members = group.members();
    const shown = await this.#list.extended(committed.statements, members);
    let result = await this.#follow(group, committed, shown);
    if (result.type === "refused" && isIncomplete(result.code)) {
      const whole = await this.#missing(committed, members);
      if (whole?.ok === true) result = await this.#follow(group, committed, whole);
    }
    if (result.type === "replacedSelf") {
      this.#memory.replaced(this.#credentials.membership.leafKey.publicKey);
      return { type: "movedSelf" };
    }
    if (result.type === "removedSelf") {
      const { identity } = this.#credentials.membership;
      const answered = invitationOf(result.list, new Uint8Array(identity));
      const by = removerOf(result.list, this.#context.session.requirePerson().userId, answered);
      return { type: "removedSelf", ...(by === undefined ? {} : { by: by as UserId }) };
    }
    if (result.type === "refused") return { type: "operationFailed", code: result.code };
    // Who comes back goes on with the key that they had, be it in another leaf; and was nowhere else where they had none.
    const { isExternal } = result;
    const former = isExternal ? leafKeyOf(members, committed.by) : undefined;
    const key = leafKeyOf(group.members(), committed.by);
    const isMove = former !== undefined && key !== undefined && !equalBytes(former, key);
    if (isMove) this.#options.moved(committed.by);
    return this.#advanced(group, isExternal ? committed.by : undefined);
  }

  async #follow(group: CallGroup, committed: CommittedIn, extended: CallListResult): Promise<Followed> {
    if (!extended.ok) return { type: "refused", code: extended.code };
    const { list } = extended;
    const follow = () => group.process(committed.commit, committed);
    const result = await this.#list.with(list, follow, ({ type }) => type === "advanced");
    return result.type === "removedSelf" ? { ...result, list } : result;
  }

  /** Something that the Commit brings may not have come with it: asked for once. @returns undefined where there is no more */
  async #missing(
    { epoch, statements = [] }: CommittedIn,
    members: readonly GroupMember[],
  ): Promise<CallListResult | undefined> {
    try {
      const body = { callId: this.#callId, epoch: epoch + 1 };
      const whole = await this.#request("call.list", body);
      return await this.#list.extended([...statements, ...(whole.statements ?? [])], members);
    } catch {
      return undefined;
    }
  }

  /** `by`: who made it, as the server says. */
  async join({ welcome, by, statements }: JoinGroup): Promise<CallMemberInput> {
    const { wayIn } = this.#options;
    if (wayIn.type !== "member") throw new SignetError("mls.failed");
    let group: CallGroup;
    try {
      const { pendingJoin } = wayIn;
      group = await this.#list.with(await this.#folded(statements), async () => {
        const entered = await pendingJoin.join(welcome);
        this.#requireNobodyBack(entered);
        return entered;
      });
    } catch (error) {
      const code = codeOf(error);
      if (!isConnectionCode(code))
        this.#options.refused({ userId: by, what: "welcome", code, signed: false });
      throw error;
    }
    this.#use(group);
    this.#memory.cameIn(group.members());
    return this.#options.entered(group);
  }

  /** In an epoch before `leastEpoch` there may be somebody who was removed since. */
  async rejoin(self: CallMemberState["self"], effect: Rejoin): Promise<CallMemberInput> {
    const { leastEpoch, isAwaited, afterMs } = effect;
    const callId = this.#callId;
    const { proof } = this.#credentials;
    const { environment } = this.#context;
    if (afterMs === undefined) this.#rejoinSinceMs = environment.monotonicMs();
    else await new Promise<void>((resolve) => environment.after(afterMs, resolve));
    if (this.#closed) throw new SignetError("mls.closed");
    const answer = await this.#askGroupInfo();
    if (answer?.type !== "given" || (isAwaited && answer.epoch < leastEpoch)) {
      const forMs = environment.monotonicMs() - this.#rejoinSinceMs;
      const giver = answer?.type === "awaited" ? answer.giver : undefined;
      return { type: "groupInfoAwaited", forMs, ...(giver === undefined ? {} : { giver }) };
    }
    const tried = await this.#enterBy(answer, effect);
    if (tried.type === "refused") return this.#refuseGiver(answer, tried.code);
    const { group, commit, list } = tried;
    const leaf = {
      userId: self.userId,
      leaf: group.ownLeaf as RequestBody<"call.rejoin">["leaf"]["leaf"],
    };
    let number: number;
    try {
      const body = { callId, epoch: group.epoch - 1, proof, commit, leaf, giver: answer.by };
      ({ number } = await this.#list.with(list, () => this.#request("call.rejoin", body)));
    } catch (error) {
      group.close();
      throw error;
    }
    this.#group?.close();
    this.#use(group);
    const change = this.#memory.cameIn(group.members());
    // Who comes here from another terminal was not away.
    if (change !== undefined && effect.isMove !== true) this.#options.rejoined(change);
    const entered = await this.#options.entered(group, self.userId);
    return entered.type === "advanced" ? { ...entered, number } : entered;
  }

  /** @returns undefined where this person had their share of bytes, of which there is something again soon. @throws SignetError */
  async #askGroupInfo(): Promise<ReplyBody<"call.groupInfo"> | undefined> {
    try {
      return await this.#request("call.groupInfo", { callId: this.#callId });
    } catch (error) {
      if (codeOf(error) === "protocol.askedTooMuch") return undefined;
      throw error;
    }
  }

  /** @throws SignetError what has nothing to do with the GroupInfo */
  async #enterBy(
    { groupInfo, digest, statements }: Given,
    { leastEpoch, isFirst, isMove }: Rejoin,
  ): Promise<
    | {
        readonly type: "entered";
        readonly group: CallGroup;
        readonly commit: Bytes;
        readonly list: CallList;
      }
    | { readonly type: "refused"; readonly code: ErrorCode }
  > {
    try {
      // Its giver is answerable for what nobody can check who is not in the group.
      if (!(await isOf(groupInfo, digest))) throw new SignetError("mls.refused");
      const { membership } = this.#credentials;
      const needs = { mustHoldOwn: isFirst === true, mustReplace: isMove === true };
      const list = await this.#folded(statements);
      const entering = () => CallGroup.rejoin({ ...membership, groupInfo, ...needs });
      const tried = await this.#list.with(list, entering, () => false);
      // What the server says of its epoch proves nothing.
      if (tried.group.epoch - 1 < leastEpoch) {
        tried.group.close();
        throw new SignetError("mls.staleEpoch");
      }
      this.#requireNobodyBack(tried.group);
      return { type: "entered", ...tried, list };
    } catch (error) {
      const code = codeOf(error);
      if (this.#closed || isConnectionCode(code) || isOfOwnAnswer(code)) throw error;
      return { type: "refused", code };
    }
  }

  async #refuseGiver({ groupInfo, by, epoch }: Given, code: ErrorCode): Promise<CallMemberInput> {
    const signer = await groupInfoSigner(this.#credentials.membership, groupInfo);
    // What they signed for another epoch they may have given then.
    const signed = signer?.userId === by && signer.epoch === epoch;
    this.#options.refused({ userId: by, what: "groupInfo", code, signed });
    return { type: "giverRefused", giver: by, code };
  }

  /** Of the own epoch: what all others who are in it know alike. */
  async digest(): Promise<Bytes | undefined> {
    try {
      return await groupInfoDigest(await this.#requireGroup().groupInfo());
    } catch {
      // The group is closed: then there is nothing to be said of it.
      return undefined;
    }
  }

  /** Another member's rejoin needs what this one knows of the group. */
  async offerGroupInfo(epoch: number): Promise<void> {
    if (this.#group === undefined || this.#group.epoch !== epoch) return;
    try {
      const groupInfo = await this.#group.groupInfo();
      const digest = await groupInfoDigest(groupInfo);
      if (digest === undefined) throw new SignetError("mls.failed");
      await this.#request("call.offerGroupInfo", { callId: this.#callId, epoch, groupInfo, digest });
    } catch {
      // The epoch ended meanwhile, or the connection: whoever needs it asks again.
    }
  }

  /** By a Commit, own or another's. */
  #advanced(group: CallGroup, back?: UserId): Promise<CallMemberInput> {
    this.#memory.advanced(group.members(), this.#credentials.heardThrough.atMs);
    return this.#options.entered(group, back);
  }

  /** @throws SignetError `call.broughtBack` */
  #requireNobodyBack(group: CallGroup): void {
    const userId = this.#memory.broughtBack(group.members());
    if (userId === undefined) return;
    group.close();
    this.#credentials.checks.add({ ok: false, code: "call.broughtBack", userId });
    throw new SignetError("call.broughtBack");
  }

  #use(group: CallGroup): void {
    this.#group = group;
    if (this.#closed) group.close();
  }

  /** The group's whole list, by which this terminal may be in it. @throws SignetError */
  async #folded(statements: readonly CallStatementIn[] | undefined): Promise<CallList> {
    const list = await this.#list.folded(statements);
    const { identity } = this.#credentials.membership;
    const { userId } = this.#context.session.requirePerson();
    const code = listRefusalOf(list, { identity: new Uint8Array(identity), userId });
    // It answers an invitation that the server showed before.
    if (code !== undefined) throw new SignetError(code === "call.notInvited" ? "mls.otherList" : code);
    return list;
  }

  get #list(): GroupList {
    return this.#credentials.list;
  }

  #requireGroup(): CallGroup {
    if (this.#group === undefined) throw new SignetError("mls.closed");
    return this.#group;
  }

  get #request() {
    const { link } = this.#context.session;
    return link.request.bind(link);
  }
}

const leafKeyOf = (members: readonly GroupMember[], userId: UserId): Bytes | undefined =>
  members.find((member) => member.userId === userId)?.leafPublicKey;

async function isOf(groupInfo: Bytes, digest: Bytes): Promise<boolean> {
  const own = await groupInfoDigest(groupInfo);
  return own !== undefined && equalBytes(own, digest);
}

/** The list that was shown with a Commit is not the one that it brings, or builds on what was not shown. */
const isIncomplete = (code: ErrorCode): boolean => code === "mls.otherList" || code === "callList.missing";

/** No giver can help it that this terminal's own answer is no younger than the one with which the person is in the call. */
const isOfOwnAnswer = (code: ErrorCode): boolean => code === "proof.beforeStay";
