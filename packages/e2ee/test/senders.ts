import type { FrameSender } from "../src/frames/epoch-keys.ts";

/** Somebody at each of these leaves, who stays the same over the epochs. */
export const sendersAt = (leaves: readonly number[]): FrameSender[] =>
  leaves.map((leaf) => ({ leaf, person: `person ${leaf}`, key: `key ${leaf}` }));
