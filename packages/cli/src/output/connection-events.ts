/** That the connection to the server is lost, and back. Pure. */
import type { TerminalState } from "@signet/terminal";

import type { CommandEvent } from "./events.ts";
import { inSeconds } from "./in-seconds.ts";

/** As it is told: a terminal that tries to connect is still without a connection, and in a call it tries twice a second. */
export const withoutTries = (told: TerminalState, now: TerminalState): TerminalState =>
  told.connection.status === "offline" && now.connection.status === "connecting"
    ? { ...now, connection: told.connection }
    : now;

export function* connectionEvents(before: TerminalState, after: TerminalState): Generator<CommandEvent> {
  const { connection } = after;
  if (connection.status === "online" && before.connection.status !== "online")
    yield { event: "online", server: after.server?.serverOrigin ?? "" };
  const known = before.connection.status === "offline" ? before.connection.code : undefined;
  if (connection.status === "offline" && connection.code !== known)
    yield { event: "offline", code: connection.code };
  const [offBefore, off] = [before.clockOffMs, after.clockOffMs];
  if ((off === undefined) !== (offBefore === undefined))
    yield { event: "clock", offSeconds: inSeconds(off ?? 0) };
  // Once: a server could go on for ever.
  if (after.passedOver !== undefined && before.passedOver === undefined)
    yield { event: "passedOver", messages: after.passedOver };
}
