/** Calls that are over. */
import { count, say } from "../say.ts";

export const history = {
  title: "History",
  empty: "No calls yet. Whom you called and who called you will stand here.",
  to: "To",
  from: "From",
  unknownId: "A user ID that nobody had",
  isNew: "new",
  more: (n: number) => say`Show ${count(n, { one: "more call", other: "more calls" })}`,
  clear: "Clear history",
  clearTitle: "Clear your history?",
  clearText: "All calls until now are forgotten, at all of your terminals. It cannot be undone.",
  keepIt: "Keep it",
  isCleared: "Your history is cleared.",
};
