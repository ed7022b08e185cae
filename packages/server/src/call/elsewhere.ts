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

/** At their other terminals a person is offered the call that they are in. */
export function tellWhereabouts(state: CallServerState, userId: UserId, sessions: Sessions): void {
  const { callId, members } = state;
  for (const { endpoint, stored } of sessions.of(userId)) {
    const { terminalId } = stored;
    if (endpoint?.hasFeature("moves") !== true || members.get(userId)?.terminalId === terminalId) continue;
    const found = elsewhereOf(state, { userId, terminalId }, sessions);
    endpoint.send({
      type: "call.elsewhere",
      body: { callId, ...(found === undefined ? {} : { elsewhere: found }) },
    });
  }
}
