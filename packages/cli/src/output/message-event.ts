import type { VoiceMessage } from "@signet/terminal";
import { isoTime } from "@signet/words";

import { callerOf } from "./named.ts";
import type { OwnEvent } from "./own-events.ts";

/** What it is called on the command line: no word that begins like an option. */
export const messageName = (id: string): string => id.replace(/^-+/, "");

export const messageEvent = ({ call, id, isHeard, leftAtMs, lengthMs }: VoiceMessage): OwnEvent => ({
  event: "message",
  id: messageName(id),
  callId: call.callId,
  calledAt: isoTime(call.atMs),
  leftAt: isoTime(leftAtMs),
  from: callerOf(call),
  ...(lengthMs === undefined ? {} : { seconds: Math.round(lengthMs / 1_000) }),
  heard: isHeard,
});
