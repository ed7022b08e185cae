/** Requests about whom a person does not want to hear of (docs/protocol.md, "Requests: blocking"). */
import { z } from "zod";

import { UserId } from "../ids.ts";
import { done } from "./shared.ts";

/** Of one person. */
export const mostBlocked = 1_000;

export const blockRequests = {
  /** In the order in which they were blocked. */
  "block.get": {
    body: z.strictObject({}),
    reply: z.object({ userIds: z.array(UserId).max(mostBlocked) }),
  },
  /** What holds already changes nothing. */
  "block.set": {
    body: z.strictObject({ userId: UserId, isBlocked: z.boolean() }),
    reply: done,
  },
} as const;
