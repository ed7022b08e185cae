/** The MLS operations of one call, as its machine asks for them; one at a time. */
import { CallGroup } from "@signet/e2ee";
import type { PendingCommit } from "@signet/e2ee";
import { SignetError } from "@signet/protocol";
import type {
  Bytes,
  CallId,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CommittedIn,
  EventBody,
  RequestBody,
} from "@signet/protocol";

import { prepareCommit } from "./admission.ts";
import type { CallContext, Credentials, Entry } from "./call-entry.ts";
import type { CallMemory, RosterChange } from "./call-memory.ts";

export interface GroupWorkOptions {
  readonly context: CallContext;
  readonly credentials: Credentials;
  readonly entry: Entry;
  /** The group is in a new epoch, and this is what the machine is told. */
  readonly entered: (group: CallGroup) => Promise<CallMemberInput>;
  /** This terminal came back into a group of others than it was in. */
  readonly rejoined: (change: RosterChange) => void;
}

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
    if (options.entry.type === "initiator") this.#group = options.entry.group;
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

  async join(welcome: Bytes): Promise<CallMemberInput> {
    const { entry } = this.#options;
    if (entry.type === "initiator") throw new SignetError("mls.failed");
    const group = await entry.pendingJoin.join(welcome);
    this.#requireNobodyBack(group);
    this.#use(group);
    this.#memory.cameIn(group.members());
    return this.#options.entered(group);
  }

  /** In an epoch before `from` there may be somebody who was removed since. */
  async rejoin(
    self: CallMemberState["self"],
    { from, isAwaited, afterMs }: Extract<CallMemberEffect, { type: "rejoin" }>,
  ): Promise<CallMemberInput> {
    const callId = this.#callId;
    const { proof } = this.#credentials;
    const { environment } = this.#context;
    if (afterMs === undefined) this.#rejoinSinceMs = environment.monotonicMs();
    else await new Promise<void>((resolve) => environment.after(afterMs, resolve));
    if (this.#closed) throw new SignetError("mls.closed");
    const { epoch, groupInfo } = await this.#request("call.groupInfo", { callId });
    if (groupInfo === undefined || (isAwaited && epoch < from))
      return { type: "groupInfoAwaited", forMs: environment.monotonicMs() - this.#rejoinSinceMs };
    const entry = await CallGroup.rejoin({ ...this.#credentials.membership, groupInfo });
    const { group, commit } = entry;
    // What the server says of its epoch proves nothing.
    if (group.epoch - 1 < from) {
      group.close();
      throw new SignetError("mls.staleEpoch");
    }
    this.#requireNobodyBack(group);
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

  /** Another member's rejoin needs what this one knows of the group. */
  async offerGroupInfo(epoch: number): Promise<void> {
    if (this.#group === undefined || this.#group.epoch !== epoch) return;
    try {
      await this.#request("call.offerGroupInfo", {
        callId: this.#callId,
        epoch,
        groupInfo: await this.#group.groupInfo(),
      });
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
