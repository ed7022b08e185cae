import type { VoiceMessage } from "@signet/terminal";

import { callerOf } from "./named.ts";
import type { OwnEvent } from "./own-events.ts";

/** What it is called on the command line: no word that begins like an option. */
export const messageName = (id: string): string => id.replace(/^-+/, "");

export const messageEvent = ({ call, id, isHeard, leftAtMs, lengthMs }: VoiceMessage): OwnEvent => ({
  event: "message",
  id: messageName(id),
  callId: call.callId,
  calledAt: new Date(call.atMs).toISOString(),
  leftAt: new Date(leftAtMs).toISOString(),
  from: callerOf(call),
  ...(lengthMs === undefined ? {} : { seconds: Math.round(lengthMs / 1_000) }),
  heard: isHeard,
});
