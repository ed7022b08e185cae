import { SerialQueue, SignetError, type Bytes, type ErrorCode } from "@signet/protocol";
import { createCommit, emptyPskIndex, mlsExporter, processPublicMessage } from "ts-mls";

import { callListProposals } from "./call-list-extension.ts";
import { collectChanges, type CommitChanges, type RefusedKeyPackage } from "./collect-changes.ts";
import { enterByCommit, enterByCreating, enterByWelcome, exportGroupInfo, wipeKeyPackage } from "./enter.ts";
import {
  type HeldState,
  holdState,
  makeMembership,
  type Membership,
  type MembershipOptions,
} from "./held-state.ts";
import { type AskedChange, inspectCommit } from "./inspect-commit.ts";
import { makeKeyPackage } from "./key-package.ts";
import { enteredMembers, type GroupMember, memberOf } from "./roster.ts";
import { safetyCode } from "./safety-code.ts";
import { wipeState } from "./secrets.ts";
import { decodePublicMessage, encodeKeyPackage, encodePublicMessage, encodeWelcome } from "./wire.ts";

/** A joiner between KeyPackage and Welcome. */
export interface PendingJoin {
  readonly keyPackage: Bytes;
  /** Once it succeeded it cannot be used again. @throws SignetError `mls.*` or the hook's code; a later Welcome may do */
  join(welcome: Bytes): Promise<CallGroup>;
}

/** A Commit that waits for the server's word. The group stays in its epoch until {@link accept}. */
export interface PendingCommit {
  readonly type: "pending";
  /** The epoch that the Commit ends. */
  readonly epoch: number;
  readonly commit: Bytes;
  /** For all added members together; undefined when nobody is added. */
  readonly welcome: Bytes | undefined;
  /** KeyPackages that did not pass, by their index in `add`. The others are added all the same. */
  readonly refused: readonly RefusedKeyPackage[];
  /** The added members, in the order of `add` without the refused. */
  readonly added: readonly GroupMember[];
  /** The server took it: go to the new epoch. @throws SignetError `mls.staleEpoch` when the group has moved on or it was dropped */
  accept(): Promise<void>;
  /** The server took another one: forget this. Done by itself when the group moves on. */
  drop(): void;
}

export interface NothingToCommit {
  readonly type: "nothing";
  readonly refused: readonly RefusedKeyPackage[];
}

export type ProcessResult =
  | {
      type: "advanced";
      epoch: number;
      added: GroupMember[];
      removed: GroupMember[];
      /** Somebody came, or came back, by it themselves. */
      isExternal: boolean;
    }
  | { type: "removedSelf" }
  /** Another leaf of the same person is in one's place. */
  | { type: "replacedSelf" }
  | { type: "refused"; code: ErrorCode };

/**
 * The MLS group of one call (RFC 9420): a serial queue over immutable states.
 *
 *   create / prepareJoin + join / rejoin -> epoch n -- process(Commit of another) ---------------> epoch n + 1
 *                                              |---- commit() -> PendingCommit -- accept() ------> epoch n + 1
 *                                              |                       `-- drop(), lost race ----> epoch n
 *                                              `---- process(Commit that removes us), close() ---> closed
 *
 * A state is replaced only by one that was checked whole, and zeroed after it was replaced. Handshake messages are
 * PublicMessages: the server orders Commits by their epoch and knows the members anyway (it relays their proofs), external
 * Commits have to be public, and in the open each Commit can be held against the rules before the library runs it.
 * Members are authenticated by signature and membership tag either way.
 */
export class CallGroup {
  readonly #membership: Membership;
  readonly #queue = new SerialQueue();
  readonly #pending = new Set<HeldState>();
  #held: HeldState;
  #closed = false;

  private constructor(membership: Membership, held: HeldState) {
    this.#membership = membership;
    this.#held = held;
  }

  /** @throws SignetError with the hook's code when one's own credential does not pass */
  static async create(options: MembershipOptions): Promise<CallGroup> {
    const membership = await makeMembership(options);
    return new CallGroup(membership, await enterByCreating(membership, options.leafKey, options.identity));
  }

  /** @throws SignetError with the hook's code when one's own credential does not pass */
  static async prepareJoin(options: MembershipOptions): Promise<PendingJoin> {
    const membership = await makeMembership(options);
    const own = await makeKeyPackage(options.identity, options.leafKey, membership.signing, options.nowMs());
    const queue = new SerialQueue();
    let used = false;
    return {
      keyPackage: encodeKeyPackage(own.publicPackage),
      join: (welcome) =>
        queue.run(async () => {
          if (used) throw new SignetError("mls.closed");
          const held = await enterByWelcome(membership, own, welcome);
          used = true;
          wipeKeyPackage(own);
          return new CallGroup(membership, held);
        }),
    };
  }

  /**
   * Enters by an external Commit (RFC 9420 section 12.4.3.2), taking the place of one's former leaf if it is still there.
   * The group is worth something only when the server accepted the Commit; otherwise close it and ask for a fresh GroupInfo.
   * @param options `mustHoldOwn`: in place of a Welcome, and only into a group that has one's leaf with this very key already; `mustReplace`:
   * only into a group that has a leaf of the same person
   * @throws SignetError `mls.*` or the hook's code
   */
  static async rejoin(
    options: MembershipOptions & {
      readonly groupInfo: Bytes;
      readonly mustHoldOwn?: boolean;
      readonly mustReplace?: boolean;
    },
  ): Promise<{ group: CallGroup; commit: Bytes }> {
    const { leafKey, identity, groupInfo, mustHoldOwn = false, mustReplace = false } = options;
    const membership = await makeMembership(options);
    const needs = mustHoldOwn ? "ownKey" : mustReplace ? "ownLeaf" : undefined;
    const entry = await enterByCommit(membership, leafKey, identity, groupInfo, needs);
    return { group: new CallGroup(membership, entry.held), commit: entry.commit };
  }

  /** 16 bytes, the group's ID as well. */
  get callId(): Bytes {
    return new Uint8Array(this.#membership.groupId);
  }

  get epoch(): number {
    return Number(this.#held.state.groupContext.epoch);
  }

  get ownLeaf(): number {
    return this.#held.state.privatePath.leafIndex;
  }

  /** True after {@link close} and after one's own removal. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The same 32 bytes for all members of an epoch (RFC 9420 section 8.7). @throws SignetError `mls.closed` */
  get epochAuthenticator(): Bytes {
    this.#assertOpen();
    return new Uint8Array(this.#held.state.keySchedule.epochAuthenticator);
  }

  /** In leaf order, oneself among them. */
  members(): readonly GroupMember[] {
    return this.#held.roster.members;
  }

  /**
   * Makes a Commit of what `changes` asks, and brings the group to one's own call list where it holds another. Removed leaves that are
   * blank already are passed over. Each Commit that removes somebody or changes the list carries an UpdatePath, and so does `update: true`
   * without anything else.
   * @throws SignetError `mls.refused` for removing oneself, `mls.closed`, `mls.failed`
   */
  commit(changes: CommitChanges): Promise<PendingCommit | NothingToCommit> {
    return this.#queue.run(async () => {
      this.#assertOpen();
      const base = this.#held;
      const { judge, signing } = this.#membership;
      judge.forgetAllBut(base.roster.members);
      const callListDigest = this.#membership.callListDigest();
      const collected = await collectChanges(changes, base, this.#membership);
      const { refused } = collected;
      const proposals = [
        ...callListProposals(base.state.groupContext, callListDigest),
        ...collected.proposals,
      ];
      if (proposals.length === 0 && changes.update !== true) return { type: "nothing", refused };
      const { held, commit, welcome } = await this.#library(async () => {
        const made = await createCommit(
          { state: base.state, cipherSuite: signing.suite },
          { wireAsPublicMessage: true, ratchetTreeExtension: true, extraProposals: proposals },
        );
        if (made.commit.wireformat !== "mls_public_message") throw new SignetError("mls.failed");
        const result = await holdState(made.newState, this.#membership, callListDigest, base);
        if (!result.ok) {
          wipeState(made.newState, base.state);
          throw new SignetError(result.code);
        }
        return { held: result.held, commit: made.commit.publicMessage, welcome: made.welcome };
      });
      this.#pending.add(held);
      return {
        type: "pending",
        epoch: Number(base.state.groupContext.epoch),
        commit: encodePublicMessage(commit),
        welcome: welcome === undefined ? undefined : encodeWelcome(welcome),
        refused,
        added: collected.keyPackages.map((keyPackage) => memberOf(keyPackage, held.roster)),
        accept: () =>
          this.#queue.run(async () => {
            if (!this.#pending.has(held)) throw new SignetError("mls.staleEpoch");
            this.#adopt(held);
          }),
        drop: () => this.#forget(held),
      };
    });
  }

  /**
   * Processes the Commit of another member. Never throws; whatever is refused leaves the group as it was. `mls.unreadable`: it is the
   * member's, and changes what it may, but its keys cannot be had from it here. With the others they may be: it can be made so for one alone.
   * @param asked what the Commit is for; refused with `mls.unasked` when it does anything else
   */
  process(message: Bytes, asked?: AskedChange): Promise<ProcessResult> {
    return this.#queue.run(async () => {
      if (this.#closed) return { type: "refused", code: "mls.closed" };
      try {
        return await this.#process(message, asked);
      } catch {
        // The library throws TypeErrors and its own errors alike on bad input (RFC 9420 names no error either).
        return { type: "refused", code: "mls.refused" };
      }
    });
  }

  async #process(message: Bytes, asked: AskedChange | undefined): Promise<ProcessResult> {
    const base = this.#held;
    const { signing, judge, nowMs, entryHook, replacementHook, spentKeys } = this.#membership;
    const { suite } = signing;
    judge.forgetAllBut(base.roster.members);
    const publicMessage = decodePublicMessage(message);
    if (publicMessage === undefined) return { type: "refused", code: "mls.badMessage" };
    const callListDigest = this.#membership.callListDigest();
    const now = { entryHook, replacementHook, spentKeys, suite, nowMs: nowMs(), callListDigest };
    const code = await inspectCommit(publicMessage, { ...base, judge, ...now, asked });
    if (code !== undefined) return { type: "refused", code };
    // The library calls back after it verified signature and membership tag, and before it looks for a path secret,
    // which a removed member does not have.
    let removedSelf = false;
    let isAuthentic = false;
    const result = await processPublicMessage(base.state, publicMessage, emptyPskIndex, suite, (incoming) => {
      if (incoming.kind !== "commit") return "reject";
      isAuthentic = true;
      removedSelf = incoming.proposals.some(
        ({ proposal }) => proposal.proposalType === "remove" && proposal.remove.removed === this.ownLeaf,
      );
      return removedSelf ? "reject" : "accept";
    }).catch((error: unknown) => {
      if (!isAuthentic) throw error;
    });
    if (removedSelf) {
      this.#shut();
      // An external Commit takes nobody's leaf but its own person's, as was looked at.
      const { senderType } = publicMessage.content.sender;
      return { type: senderType === "new_member_commit" ? "replacedSelf" : "removedSelf" };
    }
    if (result === undefined) return { type: "refused", code: "mls.unreadable" };
    const advanced = result.newState.groupContext.epoch === base.state.groupContext.epoch + 1n;
    if (result.actionTaken !== "accept" || !advanced) return { type: "refused", code: "mls.refused" };
    const next = await holdState(result.newState, this.#membership, callListDigest, base);
    if (!next.ok) {
      wipeState(result.newState, base.state);
      return { type: "refused", code: next.code };
    }
    if (this.#closed) {
      wipeState(next.held.state);
      return { type: "refused", code: "mls.closed" };
    }
    this.#adopt(next.held);
    return {
      type: "advanced",
      epoch: this.epoch,
      added: enteredMembers(base.roster, next.held.roster),
      removed: enteredMembers(next.held.roster, base.roster),
      isExternal: publicMessage.content.sender.senderType === "new_member_commit",
    };
  }

  /** GroupInfo of the current epoch, for those who have to rejoin. @throws SignetError `mls.closed` */
  groupInfo(): Promise<Bytes> {
    return this.#queue.run(async () => {
      this.#assertOpen();
      return this.#library(() => exportGroupInfo(this.#held, this.#membership));
    });
  }

  /**
   * MLS exporter (RFC 9420 section 8.5) of the epoch that stands when this is called, whatever happens meanwhile.
   * @throws SignetError `mls.closed`
   */
  async exportSecret(label: string, context: Bytes, length: number): Promise<Bytes> {
    this.#assertOpen();
    const { state } = this.#held;
    const exporterSecret = new Uint8Array(state.keySchedule.exporterSecret);
    const secret = await mlsExporter(exporterSecret, label, context, length, this.#membership.signing.suite);
    exporterSecret.fill(0);
    return new Uint8Array(secret);
  }

  /** Thirty digits that all members of the epoch read the same. @throws SignetError `mls.closed` */
  async safetyCode(): Promise<string> {
    return safetyCode(this.epochAuthenticator);
  }

  /** Zeroes all secrets. Whatever is called afterwards answers `mls.closed`. */
  close(): void {
    if (!this.#closed) this.#shut();
  }

  #assertOpen(): void {
    if (this.#closed) throw new SignetError("mls.closed");
  }

  /** A result that was made while close() zeroed the keys under it is worth nothing, whether it failed or not. */
  async #library<T>(task: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await task();
    } catch (cause) {
      this.#assertOpen();
      throw cause instanceof SignetError ? cause : new SignetError("mls.failed", cause);
    }
    this.#assertOpen();
    return result;
  }

  #adopt(next: HeldState): void {
    const former = this.#held;
    this.#held = next;
    this.#membership.spentKeys.note(former.roster.members, next.roster.members);
    this.#pending.delete(next);
    for (const lost of this.#pending) wipeState(lost.state, next.state);
    this.#pending.clear();
    wipeState(former.state, next.state);
  }

  #forget(held: HeldState): void {
    if (this.#pending.delete(held)) wipeState(held.state, this.#held.state);
  }

  #shut(): void {
    this.#closed = true;
    for (const lost of this.#pending) wipeState(lost.state);
    this.#pending.clear();
    wipeState(this.#held.state);
  }
}
