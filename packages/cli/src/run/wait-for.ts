import type { Terminal, TerminalState } from "@signet/terminal";
import { until } from "@signet/terminal/node";

/**
 * What `look` finds in the state, as soon as it finds something.
 * @param signals end the waiting with their reason
 */
export async function waitFor<T>(
  terminal: Pick<Terminal, "state" | "subscribe">,
  look: (state: TerminalState) => T | undefined,
  signals: readonly AbortSignal[],
): Promise<T> {
  let found: T | undefined;
  const test = (state: TerminalState): boolean => (found = look(state)) !== undefined;
  await until(terminal, test, { signal: AbortSignal.any([...signals]) });
  return found as T;
}
