import type { Terminal } from "@signet/terminal";

import type { Model } from "../model.ts";

/**
 * A page that is closed or loaded anew takes the person out of their call: it asks before, and says goodbye at once, since the others
 * would wait a minute for somebody who is not there. What else they were at is given up: administrators need not look at it any longer.
 */
export function watchDeparture(
  terminal: Terminal,
  { cancel, leaving }: Pick<Model, "cancel" | "leaving">,
): void {
  const inCall = (): boolean => {
    const { call } = terminal.state;
    return call !== undefined && call.phase !== "ended";
  };
  addEventListener("beforeunload", (event) => {
    if (inCall()) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    cancel();
    if (!inCall()) return;
    leaving();
    terminal.leaveAtOnce();
  });
}
