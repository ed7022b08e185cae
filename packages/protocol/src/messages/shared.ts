/** Shapes that requests of several kinds share. */
import { z } from "zod";

import { StatedEntry } from "../entry.ts";
import { UserId } from "../ids.ts";
import { wireBytes } from "../proof.ts";

export const nothing = z.strictObject({});
/** The server confirms, and a newer one may say more. */
export const done = z.object({});

export const Challenge = wireBytes(32, 32);

export const PersonState = z.object({
  userId: UserId,
  reachable: z.boolean(),
  entry: StatedEntry.optional(),
});
export type PersonState = z.output<typeof PersonState>;
