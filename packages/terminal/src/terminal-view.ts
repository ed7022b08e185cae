/** From what a terminal is made of to what it shows. Pure. */
import { clockToleranceMs } from "@signet/device";

import { comesTo, isEngaged } from "./call/alone.ts";
import type { Answering } from "./incoming/answering.ts";
import type { IncomingCalls } from "./incoming/incoming-calls.ts";
import type { Directory } from "./people/directory.ts";
import type { Notices } from "./people/notices.ts";
import type { Warnings } from "./people/warnings.ts";
import type { Session } from "./session/session.ts";
import { connectionView, sessionView } from "./session/session-view.ts";
import type { TerminalState } from "./state.ts";

export interface TerminalParts {
  readonly session: Session;
  readonly incoming: IncomingCalls;
  readonly directory: Directory;
  readonly answering: Answering;
  readonly warnings: Warnings;
  readonly notices: Notices;
  readonly call: TerminalState["call"];
  readonly passedOver: number;
}

export function terminalView(parts: TerminalParts): TerminalState {
  const { answering, call, passedOver } = parts;
  const { state, person, isKept } = parts.session;
  const server = state?.server;
  const { answeredElsewhere, joinable, ringing } = parts.incoming.views;
  const { changedKeys } = parts.directory;
  const notices = parts.notices.list;
  return {
    connection: connectionView(state),
    session: sessionView(state, person, isKept),
    ringing: ringing
      .filter(({ callId, from }) => !comesTo(call, from.userId) && !answering.isMerging(callId))
      .map((ring) => (isEngaged(call) ? { ...ring, waiting: true as const } : ring)),
    joinable,
    ...(answeredElsewhere === undefined ? {} : { answeredElsewhere }),
    warnings: parts.warnings.list,
    ...(notices.length === 0 ? {} : { notices }),
    ...(changedKeys.length === 0 ? {} : { changedKeys }),
    ...(passedOver === 0 ? {} : { passedOver }),
    ...(server === undefined ? {} : { server }),
    ...(state !== undefined && Math.abs(state.serverClockOffMs) > clockToleranceMs
      ? { clockOffMs: state.serverClockOffMs }
      : {}),
    ...(call === undefined ? {} : { call }),
  };
}
