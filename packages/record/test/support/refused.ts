/** Records that are wrong in one thing, and what they are refused with. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { formatRecord, verifyFile } from "../../src/index.ts";
import type { CallRecord } from "../../src/index.ts";
import { smallCall } from "./small-call.ts";
import type { SmallCall } from "./small-call.ts";

export type Wrong = readonly [
  what: string,
  make: (small: SmallCall) => Promise<CallRecord>,
  code: string,
  at: string,
];

export function areRefused(wrong: readonly Wrong[]): void {
  describe("a record is refused with", () => {
    for (const [what, make, code, place] of wrong)
      test(what, async () => {
        const verified = await verifyFile(formatRecord(await make(await smallCall())));
        assert.deepEqual(verified, { kind: "refused", code, at: place });
      });
  });
}

export const logOf = ({ log }: CallRecord) => log ?? assert.fail("no log");
