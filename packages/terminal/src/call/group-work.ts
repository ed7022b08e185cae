/** The MLS operations of one call, as its machine asks for them; one at a time. */
import { CallGroup, groupInfoDigest, groupInfoSigner } from "@signet/e2ee";
import type { PendingCommit } from "@signet/e2ee";
import { SignetError, codeOf, equalBytes, isConnectionCode } from "@signet/protocol";
import type {
  Bytes,
  CallId,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CommittedIn,
  ErrorCode,
  EventBody,
  ReplyBody,
  RequestBody,
  UserId,
} from "@signet/protocol";

import { prepareCommit } from "./admission.ts";
import type { CallContext, Credentials, WayIn } from "./call-entry.ts";
import type { CallMemory, RosterChange } from "./call-memory.ts";
import type { GroupRefusal } from "../state.ts";

export interface GroupWorkOptions {
  readonly context: CallContext;
  readonly credentials: Credentials;
  readonly wayIn: WayIn;
  /** The group is in a new epoch, and this is what the machine is told. */
  readonly entered: (group: CallGroup) => Promise<CallMemberInput>;
  /** This terminal came back into a group of others than it was in. */
  readonly rejoined: (change: RosterChange) => void;
  /** What a member gave to bring this terminal into the group does not hold. */
  readonly refused: (refusal: GroupRefusal) => void;
}

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
  #pendingCommit: PendingCommit | undefined;
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
    this.#pendingCommit?.drop();
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
    const prepared = await prepareCommit(group, task, call, { directory, nowMs: environment.nowMs() });
    if (prepared.refused.length > 0) {
      const body = { callId: this.#callId, joiners: [...prepared.refused] };
      // When the server does not hear it, it asks again for the same joiners.
      this.#request("call.refuse", body).catch(() => undefined);
    }
    if (prepared.pending === undefined) return { type: "commitSkipped" };
    this.#pendingCommit = prepared.pending;
    return { type: "commitMade", made: prepared.made };
  }

  async adopt(): Promise<CallMemberInput> {
    const pending = this.#pendingCommit;
    this.#pendingCommit = undefined;
    if (pending === undefined) throw new SignetError("mls.failed");
    await pending.accept();
    return this.#advanced(this.#requireGroup());
  }

  async process(committed: CommittedIn): Promise<CallMemberInput> {
    const group = this.#requireGroup();
    const result = await group.process(committed.commit, committed);
    if (result.type === "removedSelf") return { type: "removedSelf" };
    if (result.type === "refused") return { type: "operationFailed", code: result.code };
    return this.#advanced(group);
  }

  /** @param by who made it, as the server says */
  async join(welcome: Bytes, by: UserId): Promise<CallMemberInput> {
    const { wayIn } = this.#options;
    if (wayIn.type === "initiator") throw new SignetError("mls.failed");
    let group: CallGroup;
    try {
      group = await wayIn.pendingJoin.join(welcome);
      this.#requireNobodyBack(group);
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
    const { group, commit } = tried;
    const leaf = {
      userId: self.userId,
      leaf: group.ownLeaf as RequestBody<"call.rejoin">["leaf"]["leaf"],
    };
    let number: number;
    try {
      ({ number } = await this.#request("call.rejoin", {
        callId,
        epoch: group.epoch - 1,
        proof,
        commit,
        leaf,
        giver: answer.by,
      }));
    } catch (error) {
      group.close();
      throw error;
    }
    this.#group?.close();
    this.#use(group);
    const change = this.#memory.cameIn(group.members());
    if (change !== undefined) this.#options.rejoined(change);
    const entered = await this.#options.entered(group);
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
    { groupInfo, digest }: Given,
    { leastEpoch, isFirst }: Rejoin,
  ): Promise<
    | { readonly type: "entered"; readonly group: CallGroup; readonly commit: Bytes }
    | { readonly type: "refused"; readonly code: ErrorCode }
  > {
    try {
      // Its giver is answerable for what nobody can check who is not in the group.
      if (!(await isOf(groupInfo, digest))) throw new SignetError("mls.refused");
      const { membership } = this.#credentials;
      const tried = await CallGroup.rejoin({ ...membership, groupInfo, mustHoldOwn: isFirst === true });
      // What the server says of its epoch proves nothing.
      if (tried.group.epoch - 1 < leastEpoch) {
        tried.group.close();
        throw new SignetError("mls.staleEpoch");
      }
      this.#requireNobodyBack(tried.group);
      return { type: "entered", ...tried };
    } catch (error) {
      const code = codeOf(error);
      if (this.#closed || isConnectionCode(code)) throw error;
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
  #advanced(group: CallGroup): Promise<CallMemberInput> {
    this.#memory.advanced(group.members(), this.#context.environment.nowMs());
    return this.#options.entered(group);
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

  #requireGroup(): CallGroup {
    if (this.#group === undefined) throw new SignetError("mls.closed");
    return this.#group;
  }

  get #request() {
    const { link } = this.#context.session;
    return link.request.bind(link);
  }
}

async function isOf(groupInfo: Bytes, digest: Bytes): Promise<boolean> {
  const own = await groupInfoDigest(groupInfo);
  return own !== undefined && equalBytes(own, digest);
}
