import { z } from "zod";

/**
 * What a server says of itself, for people to read. Its word alone: nothing signs it, and nothing rests on it. A newer server may say more, and what
 * cannot be read is not told; of servers of before nothing is.
 */
export const About = z.object({
  /** Program and version, in letters that cannot change how what stands around them is read. */
  software: z.string().regex(/^[\w .+~-]{1,64}$/),
  /** How long it keeps a call that reached nobody, days; 0 for not at all. */
  keepMissedDays: z.number().min(0).max(365),
  /** Whether it wakes closed pages, and whether it passes on what does not get through by UDP. */
  wakes: z.boolean(),
  relays: z.boolean(),
});
export type About = z.infer<typeof About>;
