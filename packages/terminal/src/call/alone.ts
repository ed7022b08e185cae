import type { CallView, Participant } from "../state.ts";

const present: ReadonlySet<Participant["state"]> = new Set(["joined", "joining", "ringing"] as const);

/** Whether somebody is neither in the call nor on the way: who left, and who did not come. */
export const isGone = (state: Participant["state"]): boolean => !present.has(state);

/** Whether everybody else has gone, and nobody is on the way. A terminal stays in such a call until it leaves. */
export function isAlone({ participants }: CallView): boolean {
  return participants.every(({ isSelf, state }) => isSelf || isGone(state));
}
