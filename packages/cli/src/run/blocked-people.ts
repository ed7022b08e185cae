/** `signet people blocked`, `block` and `unblock`: whom one does not want to hear of, as the server keeps it. */
import { SignetError } from "@signet/terminal";
import type { UserId } from "@signet/terminal";

import { namesOf } from "./own-state.ts";
import type { TerminalRun } from "./terminal-run.ts";

/** @param only whom it is told of; undefined for all */
export async function listBlocked(run: TerminalRun, only?: UserId): Promise<void> {
  const blocked = await run.terminal.blocking.list();
  const told = blocked.filter((userId) => only === undefined || userId === only);
  const nameOf = await namesOf(run, told, run.terminal.state.personal ?? { people: [] });
  for (const userId of told) run.output.event({ event: "blocked", userId, displayName: nameOf(userId) });
}

/** Also a user ID that nobody has so far. @throws SignetError `call.self` for one's own */
export async function block(run: TerminalRun, userId: UserId): Promise<void> {
  if (userId === run.identity.user) throw new SignetError("call.self");
  await run.terminal.blocking.block(userId);
  await listBlocked(run, userId);
}

export async function unblock(run: TerminalRun, userId: UserId): Promise<void> {
  await run.terminal.blocking.unblock(userId);
  run.output.event({ event: "unblocked", userId });
}
