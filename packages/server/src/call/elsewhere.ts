/** A person's running call, as their other terminals are told of it. */
import { elsewhere } from "@signet/protocol";
import type { CallServerState, ElsewhereIn, TerminalId, UserId } from "@signet/protocol";

import type { Sessions } from "../registry/sessions.ts";

interface Person {
  readonly userId: UserId;
  readonly terminalId: TerminalId;
}

/** @param asking the terminal that is told: not the one that they are in the call with */
export function elsewhereOf(
  state: CallServerState,
  asking: Person,
  sessions: Pick<Sessions, "atTerminal">,
): ElsewhereIn | undefined {
  const found = elsewhere(state, asking);
  if (found === undefined) return undefined;
  const there = sessions.atTerminal(found.terminalId)?.stored;
  // Where the device is signed in here now, its binding there is over.
  const binding = there?.userId === asking.userId ? there.proof : undefined;
  return { call: found.call, ...(binding === undefined ? {} : { binding }) };
}
