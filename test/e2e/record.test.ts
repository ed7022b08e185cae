/** The record of a call: what every terminal can keep of it, and what somebody who was not there finds in the file. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { formatRecord, parseRecord, verifyFile } from "@signet/record";
import type { CallRecord } from "@signet/record";

import type { Headless } from "./support/headless.ts";
import { callAll, sceneWithServer } from "./support/scene.ts";

const scene = sceneWithServer();

const keptAt = ({ terminal }: Headless) => terminal.state.call?.record;

/** Everybody is told that these keep a record, and this terminal has what all `signers` signed of `epoch`. */
async function signedAt(
  person: Headless,
  signers: readonly Headless[],
  ...keepers: readonly string[]
): Promise<void> {
  await person.until(
    ({ call }) => keepers.every((userId) => call?.record?.keepers.some((one) => one === userId) === true),
    `that ${keepers.join(", ")} keep a record`,
  );
  const epoch = person.terminal.state.call?.epoch;
  for (;;) {
    const { epochs } = parsed(await person.terminal.record.save());
    if (epochs.some(({ number, words }) => number === epoch && words.length === signers.length)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function parsed(text: string): CallRecord {
  const result = parseRecord(text);
  assert.ok(result.ok, JSON.stringify(result));
  return result.record;
}

test("who was there signs it for whoever keeps a record, everybody is told, and the file holds it", async () => {
  const [ann, ben, cleo] = await scene.people("ann", "ben", "cleo");
  assert.throws(() => ann.terminal.record.keep(true), { code: "call.notMember" });
  await assert.rejects(ann.terminal.record.save(), { code: "call.notMember" });
  await callAll(ann, ben, cleo);
  assert.equal(keptAt(ben), undefined);
  ann.terminal.record.keep(true);
  assert.equal(keptAt(ann)?.keeping, true);
  await Promise.all([ann, ben, cleo].map((person) => signedAt(person, [ann, ben, cleo], "ann")));
  assert.deepEqual(keptAt(ben), { keeping: false, keepers: ["ann"], troubles: [] });
  const text = await ann.terminal.record.save();
  const record = parsed(text);
  assert.equal(formatRecord(record), text);
  assert.deepEqual(
    record.people.map(({ entry, mapProof }) => [entry.userId, mapProof !== undefined]),
    [
      ["ann", true],
      ["ben", true],
      ["cleo", true],
    ],
  );
  assert.equal(record.statements.length, 3, "the call, and two answers");
  assert.ok(record.log !== undefined && record.kept !== undefined);
  const verified = await verifyFile(text);
  assert.ok(verified.kind === "record", JSON.stringify(verified));
  const { kept, log, people } = verified.report;
  assert.equal(kept?.by, "ann");
  assert.deepEqual(
    log?.views.map(({ fits }) => fits),
    ["fits"],
  );
  assert.deepEqual(
    people.map(({ stays, userId }) => [userId, stays.length, stays[0]?.seen?.by]),
    ["ann", "ben", "cleo"].map((userId) => [userId, 1, ["ann", "ben", "cleo"]]),
  );
  await ann.terminal.endForAll();
});
