import type { CallView, Participant } from "@signet/terminal";

const present: ReadonlySet<Participant["state"]> = new Set(["joined", "joining", "ringing"] as const);

/** Nobody is there any more, and nobody is on the way. */
export function isAlone(call: CallView | undefined): boolean {
  return call?.participants.every(({ isSelf, state }) => isSelf || !present.has(state)) === true;
}
