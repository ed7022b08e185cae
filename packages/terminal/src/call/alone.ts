import type { UserId } from "@signet/protocol";

import type { CallView, Participant } from "../state.ts";

const present: ReadonlySet<Participant["state"]> = new Set(["joined", "joining", "ringing"] as const);

/** Whether somebody is neither in the call nor on the way: who left, and who did not come. */
export const isGone = (state: Participant["state"]): boolean => !present.has(state);

/** Whether one only calls so far: nobody has come, or is on the way. A call of somebody else can be answered instead. */
export function isCallingAlone({ phase, participants }: CallView): boolean {
  return phase === "calling" && participants.every(({ isSelf, state }) => isSelf || !isComing(state));
}

/** Whether one is in a call with somebody else, or on the way into one: what rings meanwhile waits. */
export const isEngaged = (call: CallView | undefined): boolean =>
  call !== undefined && call.phase !== "ended" && !isCallingAlone(call);

const isComing = (state: Participant["state"]): boolean => state === "joined" || state === "joining";

/** Whether this person is in one's own call, or on the way into it: they cannot be answered, and need not be. */
export function comesTo(call: CallView | undefined, userId: UserId): boolean {
  const isOn = call !== undefined && call.phase !== "ended";
  return isOn && call.participants.some((person) => person.userId === userId && isComing(person.state));
}

/** Whether everybody else has gone, and nobody is on the way, or may be back in a moment. A terminal stays in such a call until it leaves. */
export function isAlone({ participants }: CallView): boolean {
  return participants.every(
    ({ isSelf, reconnecting, state }) => isSelf || (isGone(state) && reconnecting !== true),
  );
}
