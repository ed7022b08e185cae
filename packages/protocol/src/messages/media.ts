/** Requests for media connections. */
import { z } from "zod";

import { CallId } from "../ids.ts";
import { TimeMs } from "./parts.ts";
import { done, nothing } from "./shared.ts";

const SessionDescription = z.string().min(1).max(65_536);

/** As browsers take it: RFC 7065. */
export const turnUrl = /^turns?:(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/i;

/** A TURN server and what opens it, as browsers take it (`RTCIceServer`). */
const Relay = z.object({
  urls: z.array(z.string().max(256).regex(turnUrl)).min(1).max(8),
  username: z.string().min(1).max(128),
  credential: z.string().min(1).max(128),
  /** No connection begins with these credentials afterwards; those that have begun go on. */
  expiresAtMs: TimeMs,
});
export type Relay = z.output<typeof Relay>;

export const mediaRequests = {
  "media.offer": {
    body: z.strictObject({ callId: CallId, sdp: SessionDescription }),
    reply: z.object({ sdp: SessionDescription }),
  },
  /** What carries the audio where UDP does not get through. Without a call for a `media.probe`. */
  "media.relays": {
    body: z.strictObject({ callId: CallId.optional() }),
    reply: z.object({ relays: z.array(Relay).max(4) }),
  },
  /** A media connection without a call, to learn whether UDP gets through. */
  "media.probe": {
    body: z.strictObject({ sdp: SessionDescription }),
    reply: z.object({ sdp: SessionDescription }),
  },
  /** The terminal has seen enough. */
  "media.probeEnd": { body: nothing, reply: done },
} as const;
