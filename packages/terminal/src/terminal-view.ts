/** From what a terminal is made of to what it shows. Pure. */
import { clockToleranceMs } from "@signet/device";

import { comesTo, isEngaged } from "./call/alone.ts";
import type { Answering } from "./incoming/answering.ts";
import type { IncomingCalls } from "./incoming/incoming-calls.ts";
import type { MovableCall } from "./incoming/movable-call.ts";
import type { Administrators } from "./people/administrators.ts";
import type { Directory } from "./people/directory.ts";
import type { Notices } from "./people/notices.ts";
import type { Warnings } from "./people/warnings.ts";
import type { Session } from "./session/session.ts";
import { connectionView, sessionView } from "./session/session-view.ts";
import type { VoiceMessage } from "./messages/messages-api.ts";
import type { TerminalState } from "./state.ts";

export interface TerminalParts {
  readonly session: Session;
  readonly incoming: IncomingCalls;
  readonly administrators: Administrators;
  readonly movable: MovableCall;
  readonly directory: Directory;
  readonly answering: Answering;
  readonly warnings: Warnings;
  readonly notices: Notices;
  readonly log: TerminalState["log"];
  readonly call: TerminalState["call"];
  readonly passedOver: number;
  readonly personal: TerminalState["personal"];
  readonly messages: readonly VoiceMessage[];
}

export function terminalView(parts: TerminalParts): TerminalState {
  const { answering, call, log, messages, passedOver, personal } = parts;
  const { state, person, isKept } = parts.session;
  const server = state?.server;
  const { answeredElsewhere, joinable, missed, ringing } = parts.incoming.views;
  const { changedKeys } = parts.directory;
  const newAdministrators = parts.administrators.unknown;
  const administrators = parts.administrators.named;
  const administers = person !== undefined && parts.administrators.doesAdminister(person.known.person);
  const notices = parts.notices.list;
  const elsewhere = parts.movable.view;
  return {
    connection: connectionView(state),
    session: sessionView(state, person, isKept, administers),
    ringing: ringing
      .filter(({ callId, from }) => !comesTo(call, from.userId) && !answering.isMerging(callId))
      .map((ring) => (isEngaged(call) ? { ...ring, waiting: true as const } : ring)),
    joinable,
    ...(missed === undefined ? {} : { missed }),
    ...(messages.length === 0 ? {} : { messages }),
    ...(answeredElsewhere === undefined ? {} : { answeredElsewhere }),
    // The person settled the others.
    warnings: parts.warnings.list.filter(
      ({ code, userId }) =>
        (code !== "admin.unknown" && code !== "admin.lapsed") ||
        newAdministrators.some((one) => one.code === code && one.userId === userId),
    ),
    ...(elsewhere === undefined ? {} : { elsewhere }),
    ...(notices.length === 0 ? {} : { notices }),
    ...(changedKeys.length === 0 ? {} : { changedKeys }),
    ...(log === undefined ? {} : { log }),
    ...(administrators.length === 0 ? {} : { administrators }),
    ...(newAdministrators.length === 0 ? {} : { newAdministrators }),
    ...(passedOver === 0 ? {} : { passedOver }),
    ...(server === undefined ? {} : { server }),
    ...(state !== undefined && Math.abs(state.serverClockOffMs) > clockToleranceMs
      ? { clockOffMs: state.serverClockOffMs }
      : {}),
    ...(personal === undefined ? {} : { personal }),
    ...(call === undefined ? {} : { call }),
  };
}
