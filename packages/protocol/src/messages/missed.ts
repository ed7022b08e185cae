/** Requests about calls that a person missed where no terminal of theirs was (docs/protocol.md, "Requests: missed calls"). */
import { z } from "zod";

import { CallId } from "../ids.ts";
import { CallInviteIn } from "./parts.ts";
import { done } from "./shared.ts";

/** Of one person: a server keeps no more, so one message always tells what became of all. */
export const mostMissedCalls = 64;
/** No server keeps them for longer, and no terminal takes an older one. */
export const mostKeptMissedMs = 30 * 24 * 3_600_000;

/** Where a server has come to in the calls that it keeps, which grows with each. */
const Position = z.number().int().min(0);

export const missedRequests = {
  /** Those that were kept after this position, 0 for all. */
  "missed.get": {
    body: z.strictObject({ after: Position }),
    reply: z.object({
      /** Oldest first. `initiator`: as the directory has them now; `members`: without entries, and with the states of when it was missed. */
      calls: z.array(CallInviteIn).max(mostMissedCalls),
      /** For how long the server keeps them. */
      keptMs: z.number().int().min(0).max(mostKeptMissedMs),
      /** There are more after this position. */
      next: Position.optional(),
    }),
  },
  /** The terminal has these, or refused them for good: the server keeps them no longer. */
  "missed.taken": {
    body: z.strictObject({
      callIds: z.array(CallId).max(mostMissedCalls),
      refused: z.array(z.strictObject({ callId: CallId, code: z.string().max(64) })).max(mostMissedCalls),
    }),
    reply: done,
  },
} as const;
