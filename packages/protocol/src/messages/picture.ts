/** Requests about the pictures that people chose of themselves (docs/protocol.md, "Requests: pictures"). */
import { z } from "zod";

import { UserId } from "../ids.ts";
import { longestPicture } from "../picture.ts";
import { ProofIn, wireBytes } from "../proof.ts";
import { done } from "./shared.ts";

/** Of one request: what a message holds with room to spare. */
export const mostPictures = 16;

const Picture = wireBytes(longestPicture, 4);

export const pictureRequests = {
  /** In the place of the one before, with the `picture` proof over it; without one it is taken away. */
  "picture.set": {
    body: z.strictObject({ chosen: z.strictObject({ picture: Picture, proof: ProofIn }).optional() }),
    reply: done,
  },
  /** Of those who chose one. */
  "picture.get": {
    body: z.strictObject({ userIds: z.array(UserId).min(1).max(mostPictures) }),
    reply: z.object({
      pictures: z.array(z.object({ userId: UserId, picture: Picture, proof: ProofIn })).max(mostPictures),
    }),
  },
} as const;
