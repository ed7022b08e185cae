/** Requests for media connections. */
import { z } from "zod";

import { CallId } from "../ids.ts";
import { done, nothing } from "./shared.ts";

const SessionDescription = z.string().min(1).max(65_536);

export const mediaRequests = {
  "media.offer": {
    body: z.strictObject({ callId: CallId, sdp: SessionDescription }),
    reply: z.object({ sdp: SessionDescription }),
  },
  /** A media connection without a call, to learn whether UDP gets through. */
  "media.probe": {
    body: z.strictObject({ sdp: SessionDescription }),
    reply: z.object({ sdp: SessionDescription }),
  },
  /** The terminal has seen enough. */
  "media.probeEnd": { body: nothing, reply: done },
} as const;
