/** A call at the server, stepped by hand: remembers the state, and sorts what the last step did. */
import { askCall, defaultCallTimes, startCall, stepCall } from "@signet/protocol";
import type {
  CallQuestion,
  CallServerEffect,
  CallServerInput,
  CallServerState,
  ErrorCode,
  EventBody,
  EventType,
  InvitedPerson,
  RequestBody,
} from "@signet/protocol";

import {
  bytes,
  callDigest,
  callId,
  entry,
  from,
  invite,
  leaf,
  proof,
  reachable,
  terminalId,
  userId,
} from "../fixtures.ts";

export const startMs = 1_750_000_000_000;

export class ServerWorld {
  nowMs = startMs;
  state: CallServerState;
  effects: readonly CallServerEffect[];

  /** ada calls these people. */
  constructor(people: readonly InvitedPerson[] = [reachable("bob"), reachable("cyd")]) {
    const named = invite(
      "ada",
      people.map((one) => one.userId),
    );
    const at = { terminalId: terminalId("ada-1"), times: defaultCallTimes };
    const call = { invite: named, callDigest, people, ...at };
    ({ state: this.state, effects: this.effects } = startCall(call, this.nowMs));
  }

  step(input: CallServerInput, laterMs = 0): this {
    this.nowMs += laterMs;
    ({ state: this.state, effects: this.effects } = stepCall(this.state, input, this.nowMs));
    return this;
  }

  ask(question: CallQuestion): this {
    this.effects = askCall(this.state, question);
    return this;
  }

  join(name: string, terminal = `${name}-1`): this {
    return this.step(joinInput(name, terminal));
  }

  leave(name: string, terminal = `${name}-1`): this {
    return this.step({
      type: "leave",
      ...from(name, terminal),
      reason: "left",
      proof: proof("leave"),
      binding: proof("b"),
    });
  }

  /** A Commit by this member for the latest task, admitting and removing these. */
  commit(
    name: string,
    admitted: readonly string[],
    removed: readonly string[] = [],
    change: Partial<RequestBody<"call.commit">> = {},
  ): this {
    const first = Math.max(0, ...Array.from(this.state.members.values(), (member) => member.leaf ?? 0)) + 1;
    return this.step({
      type: "commit",
      ...from(name),
      body: {
        callId: callId(),
        task: this.state.tasks,
        epoch: this.state.delivery.epoch,
        commit: bytes(`commit ${this.state.delivery.epoch} ${name}`),
        admitted: admitted.map((joiner, i) => ({ userId: userId(joiner), leaf: leaf(first + i) })),
        removed: removed.map(userId),
        ...(admitted.length === 0 ? {} : { welcome: bytes("welcome") }),
        ...change,
      },
    });
  }

  refusal(): ErrorCode | undefined {
    return this.effects.find((effect) => effect.type === "refuse")?.code;
  }

  replied(): boolean {
    return this.effects.some((effect) => effect.type === "reply");
  }

  /** Events of this type of the last step, with the name of the terminal they went to. */
  sent<T extends EventType>(type: T): { readonly to: string; readonly body: EventBody<T> }[] {
    return this.effects.flatMap((effect) =>
      effect.type === "send" && effect.event.type === type
        ? effect.to.map((to) => ({ to: terminalName(to), body: effect.event.body as EventBody<T> }))
        : [],
    );
  }

  to(type: EventType): string[] {
    return this.sent(type).map(({ to }) => to);
  }

  memberState(name: string): string | undefined {
    return this.state.members.get(userId(name))?.state;
  }

  get wakeMs(): number | undefined {
    return this.effects.findLast((effect) => effect.type === "wakeAt")?.atMs;
  }
}

let joins = 0;

/** With a leaf key that nobody used before. */
export const joinInput = (
  name: string,
  terminal = `${name}-1`,
): Extract<CallServerInput, { type: "join" }> => ({
  type: "join",
  ...from(name, terminal),
  entry: entry(name),
  proof: proof(`join ${name}`),
  binding: proof(`binding ${name}`),
  keyPackage: bytes(`key package of ${terminal}`),
  leafKey: bytes(`leaf key ${++joins}`),
});

function terminalName(id: string): string {
  for (const name of ["ada", "bob", "cyd", "dan", "eve"]) {
    for (const n of [1, 2]) if (terminalId(`${name}-${n}`) === id) return `${name}-${n}`;
  }
  return id;
}
