/** Requests about the log and the map of the directory (docs/directory.md). */
import { z } from "zod";

import { UserId } from "../ids.ts";
import { wireBytes } from "../proof.ts";

/** Of one `directory.prove`. */
export const mostProven = 256;
/** UTF-16 units of a checkpoint with the signatures of its witnesses. */
const longestCheckpoint = 16_384;
/** A tree of all sizes that can be has no longer proof. */
const mostTreeHashes = 64;
/** As many as a server may have witnesses. */
const mostCosigned = 8;
/** As many as a key of the map has bits. */
const mostSiblings = 256;

const Hash = wireBytes(32, 32);

export const directoryRequests = {
  /** That a checkpoint goes on from what the terminal saw, and what its map says of each of these. */
  "directory.prove": {
    body: z.strictObject({
      userIds: z.array(UserId).max(mostProven),
      /** Entries of the log that the terminal knows; 0 where it knows none. */
      from: z.number().int().nonnegative(),
    }),
    reply: z.object({
      /** A signed note (C2SP tlog-checkpoint). */
      checkpoint: z.string().max(longestCheckpoint),
      /** Of inclusion: of the map's root, the last entry of the log. */
      mapRootProof: z.array(Hash).max(mostTreeHashes),
      /** Of consistency with the log as the terminal knows it; empty where it knows none, or as much. */
      consistencyProof: z.array(Hash).max(mostTreeHashes),
      /** One for each user ID asked for, in that order. */
      people: z
        .array(
          z.object({
            userId: UserId,
            siblings: z.array(Hash).max(mostSiblings),
            leaf: z.object({ key: Hash, value: Hash }).optional(),
          }),
        )
        .max(mostProven),
      /** Checkpoints that witnesses cosigned last, each with the proof that this one goes on from there. */
      cosigned: z
        .array(
          z.object({
            checkpoint: z.string().max(longestCheckpoint),
            consistencyProof: z.array(Hash).max(mostTreeHashes),
          }),
        )
        .max(mostCosigned)
        .optional(),
    }),
  },
  /** That the log of one size goes on from the log of another. */
  "directory.consistency": {
    body: z.strictObject({ from: z.number().int().positive(), to: z.number().int().positive() }),
    /** Empty where both are the same. */
    reply: z.object({ proof: z.array(Hash).max(mostTreeHashes) }),
  },
} as const;
