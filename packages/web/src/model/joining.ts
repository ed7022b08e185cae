/** Whoever calls somebody who is in a call that they can join themselves is offered that one: a second call would find them busy. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { IncomingCall, TerminalState, UserId } from "@signet/terminal";

import type { createActions } from "./actions.ts";

export interface JoinOffer {
  readonly userIds: readonly UserId[];
  /** Of those who are called, in that call. */
  readonly inside: readonly UserId[];
  readonly choose: (way: "join" | "anew" | "neither") => void;
}

/** Who is in it, by the word of the server; of who started it, that they did. */
const inCall = ({ from, others }: IncomingCall): ReadonlySet<UserId> =>
  new Set([from.userId, ...others.filter(({ state }) => state === "joined").map(({ userId }) => userId)]);

export function createJoining(
  state: ReadonlySignal<TerminalState>,
  { answer, call }: Pick<ReturnType<typeof createActions>, "answer" | "call">,
) {
  const offered = signal<JoinOffer>();
  return {
    joinOffer: offered as ReadonlySignal<JoinOffer | undefined>,
    /** @returns whether there is a call with them now, that one or another */
    call: async (userIds: readonly UserId[]): Promise<boolean> => {
      offered.peek()?.choose("neither");
      const calls = state.peek().joinable.map((one) => {
        const there = inCall(one);
        return { one, inside: userIds.filter((userId) => there.has(userId)) };
      });
      const found = calls.find(({ inside }) => inside.length > 0);
      if (found === undefined) return call(userIds);
      const { inside, one } = found;
      const way = await new Promise<Parameters<JoinOffer["choose"]>[0]>((choose) => {
        offered.value = { userIds, inside, choose };
      });
      offered.value = undefined;
      if (way === "neither") return false;
      return way === "anew" ? call(userIds) : answer(one.callId, one.from.userId);
    },
  };
}
