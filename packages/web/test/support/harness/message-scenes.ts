/** Voice messages: after a missed call, of a call that is shown nowhere else, and one that was sealed elsewhere. */
import type { TerminalState } from "@signet/terminal";

import { minuteMs } from "./people.ts";
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
} satisfies Record<string, (nowMs: number) => TerminalState>;
