import { test } from "node:test";

import { SeededRandom } from "./mls-world.ts";

export interface SeededRun {
  readonly random: SeededRandom;
  /** What was done so far: told with the seed when it fails. */
  readonly log: string[];
}

/** Tests that draw what they do from a seed, which is in the name of each; SIGNET_SEED begins with another one. */
export function seededTests(
  name: string,
  { firstSeed, count }: { readonly firstSeed: number; readonly count: number },
  run: (seeded: SeededRun) => Promise<void>,
): void {
  for (let i = 0; i < count; i++) {
    const seed = Number(process.env["SIGNET_SEED"] ?? firstSeed) + i;
    test(`${name} (seed ${seed})`, async () => {
      const log: string[] = [];
      try {
        await run({ random: new SeededRandom(seed), log });
      } catch (cause) {
        throw new Error(`seed ${seed}, step ${log.length}: ${log.join("; ")}`, { cause });
      }
    });
  }
}
