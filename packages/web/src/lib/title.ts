import type { TerminalState } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { newsCount } from "./history.ts";
import { awaited } from "./resolutions.ts";

/** The tab's title says what goes on, for when the page is not in view. */
export function pageTitle(state: TerminalState): string {
  const caller = state.ringing[0]?.from;
  if (caller !== undefined) return texts().frame.titleCalls(caller.displayName);
  const phase = state.call?.phase;
  if (awaited(state.call).length > 0) return texts().resolutions.titleAsked;
  if (phase === "calling") return texts().frame.titleCalling;
  if (phase === "joining" || phase === "active") return texts().frame.titleInCall;
  if (state.connection.status === "offline") return texts().frame.titleOffline;
  const news = newsCount(state);
  return news > 0 ? texts().frame.titleMissed(news) : "Signet";
}
