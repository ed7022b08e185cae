import type { TerminalState } from "@signet/terminal";

/** The tab's title says what goes on, for when the page is not in view. */
export function pageTitle(state: TerminalState): string {
  const caller = state.ringing[0]?.from;
  if (caller !== undefined) return `${caller.displayName} calls - Signet`;
  const phase = state.call?.phase;
  if (phase === "calling") return "Calling - Signet";
  if (phase === "joining" || phase === "active") return "In a call - Signet";
  if (state.connection.status === "offline") return "No connection - Signet";
  return "Signet";
}
