/** Random key histories against a model of a few lines. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey, devicesAt, headOf } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import fc from "fast-check";

import { HistoryWriter, fold } from "../support/history.ts";

const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "ES256" });

/** A history as a few words tell it: who counts, by number. */
interface Model {
  readonly count: readonly number[];
  readonly ever: readonly number[];
}

type Act = { readonly kind: "add" | "revoke" | "rename"; readonly by: number; readonly target: number };

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("add" as const, "add" as const, "revoke" as const, "rename" as const),
    by: fc.nat(4),
    target: fc.nat(4),
  }),
  { maxLength: 10 },
);

test("of random chains only the valid ones fold, and the devices that count are those of the model", async () => {
  const pool = await Promise.all(Array.from({ length: 5 }, software));
  await fc.assert(
    fc.asyncProperty(acts, async (acts) => {
      const writer = await HistoryWriter.begin(pool[0]!);
      let model: Model = { count: [0], ever: [0] };
      for (const { kind, by, target } of acts) {
        const [signer, device] = [pool[by]!, pool[target]!];
        const may = {
          add: !model.ever.includes(target),
          rename: model.count.includes(target),
          revoke: model.count.includes(target) && model.count.length > 1,
        };
        if (kind === "add") await writer.add(device, signer);
        else if (kind === "revoke") await writer.revoke(device, signer);
        else await writer.rename("Name", device, signer);
        const result = await fold(writer.history);
        assert.equal(result.ok, may[kind] && model.count.includes(by), `${kind} of ${target} by ${by}`);
        if (!result.ok) {
          assert.equal(result.sequence, writer.statements.length);
          writer.statements.pop();
          continue;
        }
        if (kind === "add") model = { count: [...model.count, target], ever: [...model.ever, target] };
        if (kind === "revoke") model = { ...model, count: model.count.filter((one) => one !== target) };
        assert.deepEqual(
          devicesAt(result.person, headOf(result.person))?.map(({ deviceId }) => deviceId),
          model.count.map((one) => pool[one]?.deviceId),
        );
      }
    }),
    { numRuns: 60 },
  );
});
