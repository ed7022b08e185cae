/** A small terminal in a call, around the real machine (call-member.ts) and the model group. */
import assert from "node:assert/strict";

import { fromUtf8, startInitiator, startMember, stepCallMember } from "@signet/protocol";
import type {
  CallEvent,
  CallId,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CallMemberStep,
  ErrorCode,
  EventBody,
  MadeCommit,
  MemberIn,
  ProofIn,
  ReplyBody,
  ServerEvent,
  UserId,
} from "@signet/protocol";

import { bytes, from, leaf } from "../fixtures.ts";
import { commitTo, createGroup, groupInfoOf, openWelcome, processCommit, rejoinBy } from "./model-group.ts";
import type { MadeModelCommit, ModelGroup } from "./model-group.ts";
import type { ServerShell } from "./server-shell.ts";
import { signed, TerminalLink } from "./terminal-link.ts";
import type { VirtualWorld } from "./virtual-network.ts";

/** One stay in one call. */
interface Stay {
  state: CallMemberState;
  readonly proof: ProofIn;
  /** Of the leaf, and so of this stay. */
  readonly key: string;
  group: ModelGroup | undefined;
  pending: MadeModelCommit | undefined;
}

export class TerminalShell {
  readonly name: string;
  readonly userId: UserId;
  readonly #world: VirtualWorld;
  readonly #self: ReturnType<typeof from>;
  readonly link: TerminalLink;
  stay: Stay | undefined;
  /** The latest call that this terminal heard of. */
  known: { readonly callId: CallId; readonly members: readonly MemberIn[] } | undefined;
  /** Every secret that this terminal ever had. */
  readonly secrets = new Set<string>();
  /** Chance of an operation on the group to leave its state broken. */
  breakage = 0;
  #owed: ProofIn[] = [];
  #answering: CallId | undefined;

  constructor(world: VirtualWorld, server: ServerShell, user: string, terminal: string) {
    this.#world = world;
    this.name = terminal;
    this.#self = from(user, terminal);
    this.userId = this.#self.userId;
    this.link = new TerminalLink(world, server, this, {
      entered: () => {
        for (const proof of this.#owed) this.#sendLeave(proof);
        this.#dispatch({ type: "connected" });
      },
      disconnected: () => this.#dispatch({ type: "disconnected" }),
      unbound: () => this.#dispatch({ type: "fail", code: "call.notMember" }),
      event: (event) => this.#event(event),
    });
  }

  get active(): boolean {
    return this.stay !== undefined && this.stay.state.phase !== "ended";
  }

  call(callId: CallId, members: readonly UserId[]): void {
    const key = `${this.name} ${callId} ${this.#world.random()}`;
    const group = createGroup(this.userId, key);
    this.secrets.add(group.secret);
    const step = startInitiator(callId, this.#self);
    this.known = { callId, members: [] };
    this.#begin(step, { proof: signed({ callId, members }), key, group });
  }

  join(callId: CallId, members: readonly MemberIn[]): void {
    const key = `${this.name} ${callId} ${this.#world.random()}`;
    this.#begin(startMember(callId, this.#self, members), {
      proof: signed({ callId }),
      key,
      group: undefined,
    });
  }

  leave(): void {
    this.#dispatch({ type: "leave" });
  }

  endForAll(): void {
    const callId = this.stay?.state.callId;
    if (callId !== undefined) this.link.request("call.end", { proof: signed({ callId }) }, ignored);
  }

  #begin(step: CallMemberStep, { proof, key, group }: Pick<Stay, "proof" | "key" | "group">): void {
    this.stay = { state: step.state, proof, key, group, pending: undefined };
    this.#runCall(this.stay, step.effects);
    // Begun while offline: the requests above have failed, and the next connection sends them again.
    if (this.link.state.phase !== "signedIn") this.#dispatch({ type: "disconnected" });
  }

  #event(event: ServerEvent): void {
    switch (event.type) {
      case "call.ring":
        return this.#ring(event.body);
      case "call.groupInfoNeeded":
        return this.#offerGroupInfo(event.body);
      case "call.member":
      case "call.members":
      case "call.commitNeeded":
      case "call.committed":
      case "call.welcome":
      case "call.ended":
        return this.#callEvent(event);
      default:
        return undefined;
    }
  }

  #callEvent(event: CallEvent): void {
    if (event.body.callId === this.stay?.state.callId) this.#dispatch({ type: "event", event });
  }

  /** Most answer after a while, some decline, some do not hear it. */
  #ring({ callId, members }: EventBody<"call.ring">): void {
    this.known = { callId, members };
    if (this.#answering === callId) return;
    this.#answering = callId;
    const dice = this.#world.random();
    this.#world.later(this.#world.between(100, 8000), () => {
      if (this.active || this.link.state.phase !== "signedIn") return;
      if (dice < 0.8) this.join(callId, members);
      else if (dice < 0.9) this.link.request("call.decline", { proof: signed({ callId }) }, ignored);
    });
  }

  // Call

  #dispatch(input: CallMemberInput): void {
    const { stay } = this;
    if (stay !== undefined) this.#stepStay(stay, input);
  }

  #stepStay(target: Stay, input: CallMemberInput): void {
    const stay = target;
    const { state, effects } = stepCallMember(stay.state, input);
    stay.state = state;
    this.#runCall(stay, effects);
  }

  #runCall(stay: Stay, effects: readonly CallMemberEffect[]): void {
    for (const effect of effects) this.#runEffect(stay, effect);
  }

  #runEffect(target: Stay, effect: CallMemberEffect): void {
    const stay = target;
    const { callId } = stay.state;
    const step = (input: CallMemberInput): void => this.#stepStay(stay, input);
    switch (effect.type) {
      case "sendRequest":
        return this.link.request(
          "call.request",
          { proof: stay.proof },
          {
            done: ({ members }) => {
              this.known = { callId, members };
              step({ type: "requested", members });
            },
            failed: (code) => step({ type: "startFailed", code }),
          },
        );
      case "sendJoin":
        return this.link.request(
          "call.join",
          { proof: stay.proof, keyPackage: bytes(stay.key) },
          {
            done: ({ members }) => step({ type: "joinAccepted", members }),
            failed: (code) => step({ type: "startFailed", code }),
          },
        );
      case "sendSync":
        return this.link.request(
          "call.sync",
          { callId, epoch: effect.epoch },
          {
            done: (reply) => step({ type: "synced", reply }),
            failed: (code) => step({ type: "syncFailed", code }),
          },
        );
      case "sendCommit":
        return this.link.request(
          "call.commit",
          { callId, ...effect.made },
          {
            done: () => step({ type: "commitAccepted" }),
            failed: (code) => step({ type: "commitRefused", code }),
          },
        );
      case "makeCommit":
        return this.#operate(stay, () => this.#makeCommit(stay, effect.task));
      case "adopt":
        return this.#operate(stay, () => this.#enterEpoch(stay, stay.pending?.next));
      case "drop":
        stay.pending = undefined;
        return undefined;
      case "process":
        return this.#operate(stay, () => this.#process(stay, effect.commit));
      case "joinGroup":
        return this.#operate(stay, () => this.#enterEpoch(stay, openWelcome(effect.welcome, stay.key)));
      case "rejoin":
        return this.#rejoin(stay);
      case "sendLeave": {
        const proof = signed({ callId, n: this.#world.random() });
        this.#owed = [...this.#owed, proof];
        return this.#sendLeave(proof);
      }
      case "ended":
        return undefined;
    }
  }

  #sendLeave(proof: ProofIn): void {
    const paid = (): void => {
      this.#owed = this.#owed.filter((owed) => owed !== proof);
    };
    this.link.request(
      "call.leave",
      { proof },
      { done: paid, failed: (code) => (code === "connection.lost" ? undefined : paid()) },
    );
  }

  /** Group operations take their time, and the world goes on meanwhile. */
  #operate(stay: Stay, operation: () => CallMemberInput): void {
    this.#world.later(this.#world.between(1, 60), () => {
      if (stay.state.phase !== "ended") this.#stepStay(stay, operation());
    });
  }

  #makeCommit(target: Stay, task: EventBody<"call.commitNeeded">): CallMemberInput {
    const stay = target;
    const { group } = stay;
    assert.ok(group !== undefined && group.epoch === task.epoch);
    const add = task.admit.map((joiner) => ({
      userId: joiner.userId,
      key: fromUtf8(joiner.keyPackage) ?? "",
    }));
    const present = new Set(group.leaves.map(({ leaf: index }) => index));
    const remove = task.remove.filter((removal) => present.has(removal.leaf));
    const pending = commitTo(
      group,
      { add, remove: remove.map((removal) => removal.leaf) },
      `${this.name} ${this.#world.random()}`,
    );
    stay.pending = pending;
    const admitted = add.map(({ userId, key }) => {
      const at = pending.next.leaves.find((entered) => entered.key === key);
      assert.ok(at !== undefined);
      return { userId, leaf: leaf(at.leaf) };
    });
    const made: MadeCommit = {
      epoch: group.epoch,
      commit: pending.commit,
      admitted,
      removed: [...new Set(task.remove.map((removal) => removal.userId))],
      ...(admitted.length === 0 ? {} : { welcome: pending.welcome }),
    };
    return { type: "commitMade", made };
  }

  #process(stay: Stay, commit: Uint8Array<ArrayBuffer>): CallMemberInput {
    assert.ok(stay.group !== undefined);
    // A state broken by chance cannot read what comes.
    if (this.#world.chance(this.breakage)) return { type: "operationFailed", code: "mls.badMessage" };
    const result = processCommit(stay.group, commit, stay.key);
    if ("group" in result) return this.#enterEpoch(stay, result.group);
    return result.failure === "removed"
      ? { type: "removedSelf" }
      : { type: "operationFailed", code: result.failure };
  }

  #enterEpoch(target: Stay, group: ModelGroup | undefined): CallMemberInput {
    const stay = target;
    if (group === undefined) return { type: "operationFailed", code: "mls.failed" };
    stay.group = group;
    stay.pending = undefined;
    this.secrets.add(group.secret);
    return { type: "advanced", epoch: group.epoch };
  }

  #offerGroupInfo({ callId, epoch }: EventBody<"call.groupInfoNeeded">): void {
    const group = this.stay?.state.callId === callId ? this.stay.group : undefined;
    if (group?.epoch !== epoch) return;
    this.link.request("call.offerGroupInfo", { callId, epoch, groupInfo: groupInfoOf(group) }, ignored);
  }

  /** @param attempts how often to ask again for a GroupInfo that another member was asked for */
  #rejoin(stay: Stay, attempts = 10): void {
    const { callId } = stay.state;
    const failed = (code: ErrorCode): void => this.#stepStay(stay, { type: "operationFailed", code });
    const done = ({ groupInfo }: ReplyBody<"call.groupInfo">): void => {
      if (groupInfo !== undefined) this.#rejoinBy(stay, groupInfo, failed);
      else if (attempts === 0) failed("connection.timeout");
      else this.#world.later(250, () => this.#rejoin(stay, attempts - 1));
    };
    this.link.request("call.groupInfo", { callId }, { done, failed });
  }

  #rejoinBy(stay: Stay, groupInfo: Uint8Array<ArrayBuffer>, failed: (code: ErrorCode) => void): void {
    const { callId } = stay.state;
    const { next, commit } = rejoinBy(
      groupInfo,
      this.userId,
      stay.key,
      `${this.name} ${this.#world.random()}`,
    );
    const own = next.leaves.find(({ key }) => key === stay.key);
    assert.ok(own !== undefined);
    const at = { userId: this.userId, leaf: leaf(own.leaf) };
    const body = { callId, epoch: next.epoch - 1, proof: stay.proof, commit, leaf: at };
    this.link.request("call.rejoin", body, {
      done: () => this.#stepStay(stay, this.#enterEpoch(stay, next)),
      failed,
    });
  }
}

const ignored = { done: (): void => undefined, failed: (): void => undefined };
