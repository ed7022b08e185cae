import { SignetError, mostLookedUp } from "@signet/terminal";
import type { PersonalState, UserId } from "@signet/terminal";

import { wordsFor } from "../output/error-words.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** How long the server may take to give and to take what belongs to the person (ms). */
const carriedMs = 15_000;

/**
 * What belongs to the person, once it is known what their other terminals have of it, and once what was changed is there; where that takes too long,
 * as it is here. That it stays here is told, as a warning.
 */
export async function ownState(run: TerminalRun): Promise<PersonalState> {
  const isAtRest = ({ carrying }: PersonalState): boolean => carrying.status !== "pending";
  const patience = AbortSignal.timeout(carriedMs);
  await run
    .until(({ personal }) => (personal !== undefined && isAtRest(personal)) || undefined, patience)
    .catch((error: unknown) => {
      if (!patience.aborted || run.interrupted.aborted) throw error;
    });
  const { personal } = run.terminal.state;
  if (personal === undefined) throw new SignetError("auth.signInRequired");
  return personal;
}

/** Where it is not the same at all terminals, that is told, as a warning. */
export function tellKeptHere({ output, terminal }: TerminalRun): void {
  const { carrying } = terminal.state.personal ?? {};
  if (carrying?.status === "keptHere")
    output.event({ event: "warning", ...wordsFor(carrying.code), code: carrying.code });
}

/** What people are called, by the signatures of their devices; of whom that cannot be had by what stands on the list, or by the user ID. */
export async function namesOf(
  run: TerminalRun,
  userIds: readonly UserId[],
  { people }: Pick<PersonalState, "people">,
): Promise<(userId: UserId) => string> {
  const asked = [...new Set(userIds)].slice(0, mostLookedUp);
  const found = asked.length === 0 ? [] : await run.terminal.lookup(asked).catch(() => []);
  const signed = new Map(found.map(({ displayName, userId }) => [userId, displayName]));
  const written = new Map(people.map(({ name, userId }) => [userId, name]));
  return (userId) => signed.get(userId) ?? written.get(userId) ?? userId;
}
