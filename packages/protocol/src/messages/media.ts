/** Requests for media connections. */
import { z } from "zod";

import { CallId } from "../ids.ts";
import { SpokenWordBytes, TimeMs } from "./parts.ts";
import { done, nothing } from "./shared.ts";

const SessionDescription = z.string().min(1).max(65_536);

const AgoMs = z.int().nonnegative();

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
  /**
   * What came and went on this terminal's connection in the call, as the SFU sees it, so that a terminal to which nothing comes knows whether that is its own way.
   * Asked of a server that has the feature `mediaFlow`.
   */
  "media.flow": {
    body: z.strictObject({ callId: CallId }),
    reply: z.object({
      /** Also false where there is none. */
      connected: z.boolean(),
      /** Of the last packet with sound to this terminal, and from it; missing where there was none. */
      sentAgoMs: AgoMs.optional(),
      receivedAgoMs: AgoMs.optional(),
    }),
  },
  /**
   * What this terminal's leaf signed of the frames that it sealed, for the others in the group: once a second while it seals any. Of who left it, or gave way in it, the last
   * one is taken for a moment more.
   */
  "call.spoke": { body: z.strictObject({ callId: CallId, word: SpokenWordBytes }), reply: done },
  /** A media connection without a call, to learn whether UDP gets through. */
  "media.probe": {
    body: z.strictObject({ sdp: SessionDescription }),
    reply: z.object({ sdp: SessionDescription }),
  },
  /** The terminal has seen enough. */
  "media.probeEnd": { body: nothing, reply: done },
} as const;
