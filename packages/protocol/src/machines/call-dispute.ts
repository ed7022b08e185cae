/**
 * Commits of other members that do not hold, as a terminal sees it.
 *
 *   refused here -> the server is told, and asks the others -- they follow it --> a rejoin, or the end of the call here
 *                                                          `-- they refuse it --> the own epoch goes on
 *   followed here, and the others refuse it -> the own epoch was never the group's: a rejoin
 *
 * Nothing leads back to an epoch that was left: who followed a Commit that is voided comes in again as anybody who rejoins, in a
 * later epoch than their own, so that no epoch's keys serve two groups.
 */
import type { EventBody } from "../messages/events.ts";
import { end } from "./call-member-end.ts";
import { only, rejoinsMost, without } from "./call-member-state.ts";
import type { CallMemberState, CallMemberStep } from "./call-member-state.ts";

/** How long the others may take to say what became of a Commit. */
export const verdictMs = 20_000;

/** The own epoch stays as it is until the others have said what became of the Commit with them. */
export function dispute(
  state: CallMemberState,
  refused: NonNullable<CallMemberState["dispute"]>,
): CallMemberStep {
  const { number, code } = refused;
  return { state: { ...state, dispute: refused }, effects: [{ type: "sendVerdict", number, code }] };
}

/** The server asked what became of a Commit: told as soon as it was followed. */
export function told(state: CallMemberState): CallMemberStep {
  const { verdictWanted, number } = state;
  if (verdictWanted === undefined || number < verdictWanted || state.epoch === undefined)
    return { state, effects: [] };
  return {
    state: without(state, "verdictWanted"),
    effects: [{ type: "sendVerdict", number: verdictWanted }],
  };
}

/** What the others said of the Commit that is disputed here. */
export function settled(state: CallMemberState, number: number, holds: boolean): CallMemberStep {
  if (state.dispute?.number !== number) return only(state);
  const { code, by } = state.dispute;
  const next = without(state, "dispute");
  // The group is in the own epoch still; what comes for it instead is awaited.
  if (!holds) return only({ ...next, inbox: new Map(), behind: true });
  // What cannot be read may be a broken state of our own: a rejoin mends that. Whatever breaks a rule ends the call here.
  const mendable = code === "mls.badMessage" || code === "mls.futureEpoch" || code === "mls.unreadable";
  if (mendable && state.rejoins < rejoinsMost) return only({ ...next, rejoin: "now" });
  return end(next, { type: "failed", code, by });
}

export const isVoided = ({ voided }: CallMemberState, number: number): boolean =>
  voided !== undefined && number >= voided.from && number <= voided.through;

/** These Commits never were: what waits for them does so in vain. */
export function withoutVoided(
  state: CallMemberState,
  { number: from, through }: Pick<EventBody<"call.commitJudged">, "number" | "through">,
): CallMemberState {
  const now: CallMemberState = { ...state, voided: { from, through } };
  const inbox = new Map([...state.inbox].filter(([, { number }]) => !isVoided(now, number)));
  const isDisputed = state.dispute !== undefined && isVoided(now, state.dispute.number);
  const isWanted = state.verdictWanted !== undefined && isVoided(now, state.verdictWanted);
  const next = without(
    now,
    ...(isDisputed ? ["dispute" as const] : []),
    ...(isWanted ? ["verdictWanted" as const] : []),
  );
  return strayedIf({ ...next, inbox });
}

/** The own epoch may be one that never was. An operation that is under way comes to its end first. */
export function strayedIf(state: CallMemberState): CallMemberState {
  const isAstray = state.epoch !== undefined && isVoided(state, state.number);
  return isAstray ? astray(state) : state;
}

export function astray(state: CallMemberState): CallMemberState {
  return { ...state, rejoin: "now", strayed: true };
}
