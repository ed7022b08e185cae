/** A record in wrong hands: what was changed in it is refused, or says less; and never anything that was not signed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { formatRecord, verifyFile } from "../../src/index.ts";
import { callOfFive } from "../support/call-of-five.ts";
import { mutationsOf } from "../support/mutations.ts";
import { saidMore } from "../support/no-more.ts";

const seeds = { kept: 1, unkept: 2 };

for (const [name, isKept] of [
  ["that was kept by one of them", true],
  ["of which nobody signed the whole", false],
] as const)
  describe(`the record of a call of five, ${name}`, () => {
    test("is refused after each of 250 changes, or says less", async () => {
      const { record } = await callOfFive({ isKept });
      const original = await verifyFile(formatRecord(record));
      assert.ok(original.kind === "record");
      const faults: string[] = [];
      let refused = 0;
      for (const { text, what } of mutationsOf(record, 250, isKept ? seeds.kept : seeds.unkept)) {
        const verified = await verifyFile(text);
        if (verified.kind === "refused") refused++;
        else if (verified.kind === "evidence") faults.push(`${what}: evidence`);
        else faults.push(...saidMore(verified.report, original.report).map((fault) => `${what}: ${fault}`));
        // Whoever signed the whole signed each part: only their own word can be left out.
        if (isKept && verified.kind === "record" && verified.report.kept !== undefined)
          faults.push(`${what}: kept`);
      }
      assert.deepEqual(faults, []);
      assert.ok(isKept ? refused > 240 : refused > 100 && refused < 250, `${refused} were refused`);
    });
  });
