/** Who is there, and who may see it (docs/protocol.md, "Requests: presence"). */
import { z } from "zod";

import { UserId } from "../ids.ts";
import { done } from "./shared.ts";

/** Of one person's list. As many as they may block, and twice as many as a terminal puts on a list. */
export const mostShownTo = 1_000;

/** What somebody does who is reachable. */
export const Doing = z.enum(["inCall", "doNotDisturb"]);
export type Doing = z.output<typeof Doing>;

/** As whoever asks may see them: somebody who does not show it to them is as away. */
export const SeenPerson = z.object({ userId: UserId, reachable: z.boolean(), doing: Doing.optional() });
export type SeenPerson = z.output<typeof SeenPerson>;

export const PresenceFor = z.enum(["everybody", "people", "nobody"]);
export type PresenceFor = z.output<typeof PresenceFor>;

export const presenceRequests = {
  /** In the place of what was chosen before. `userIds`: for `people`, to whom it is shown; else none. */
  "presence.choose": {
    body: z.strictObject({
      who: PresenceFor,
      userIds: z.array(UserId).max(mostShownTo),
      doNotDisturb: z.boolean(),
    }),
    reply: done,
  },
} as const;
