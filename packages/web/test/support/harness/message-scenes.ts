/** Voice messages: after a missed call, of a call that is shown nowhere else, and one that was sealed elsewhere. */
import type { TerminalState } from "@signet/terminal";

import { minuteMs } from "./people.ts";
import { pastCalls } from "./own-people.ts";
import { incoming, signedIn } from "./scene-parts.ts";

export const messageScenes = {
  messages: (nowMs) => {
    const { expiresAtMs: _ends, others: _others, ...call } = incoming(nowMs);
    const missed = { ...call, atMs: nowMs - 40 * minuteMs };
    const other = {
      ...call,
      callId: "c2Vjb25kIG1pc3NlZCBvbg" as typeof call.callId,
      atMs: nowMs - 26 * 60 * minuteMs,
    };
    return {
      ...signedIn(nowMs),
      missed: [missed],
      messages: [
        { id: "two", call: other, leftAtMs: other.atMs + minuteMs, lengthMs: 118_000, isHeard: true },
        { id: "three", call: other, leftAtMs: other.atMs + minuteMs, isHeard: false },
        { id: "one", call: missed, leftAtMs: missed.atMs + minuteMs, lengthMs: 12_400, isHeard: false },
      ],
    };
  },
  /** Left after a call that rang here: it stands in the history, and above as new. */
  messageInHistory: (nowMs) => {
    const { expiresAtMs: _ends, others: _others, ...call } = incoming(nowMs);
    const past = pastCalls(nowMs)[1]!;
    const [userId = call.from.userId] = past.userIds;
    const after = {
      ...call,
      callId: past.callId,
      atMs: past.startedAtMs,
      from: { ...call.from, userId, displayName: "Ivan" },
    };
    return {
      ...signedIn(nowMs),
      messages: [
        { id: "one", call: after, leftAtMs: after.atMs + minuteMs, lengthMs: 12_400, isHeard: false },
        { id: "two", call: after, leftAtMs: after.atMs + 2 * minuteMs, isHeard: false },
      ],
    };
  },
} satisfies Record<string, (nowMs: number) => TerminalState>;
