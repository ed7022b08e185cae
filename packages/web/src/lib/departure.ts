import type { Terminal } from "@signet/terminal";

/**
 * A page that is closed or loaded anew takes the person out of their call: it asks before, and says goodbye at once, since the others
 * would wait half a minute for somebody who is not there.
 * @param onLeave what is to be remembered of the call, before it is left
 */
export function watchDeparture(terminal: Terminal, onLeave: () => void): void {
  const inCall = (): boolean => {
    const { call } = terminal.state;
    return call !== undefined && call.phase !== "ended";
  };
  addEventListener("beforeunload", (event) => {
    if (inCall()) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    if (!inCall()) return;
    onLeave();
    terminal.leaveAtOnce();
  });
}
