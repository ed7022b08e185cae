/** What is said of a call of five: whose it was, who was there from when to when, how it ended for each, and what was resolved. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { formatRecord, verifyFile } from "../../src/index.ts";
import type { CallRecord, RecordReport, VerifyOptions } from "../../src/index.ts";
import { at, callOfFive } from "../support/call-of-five.ts";

async function reportOf(record: CallRecord, options?: VerifyOptions): Promise<RecordReport> {
  const verified = await verifyFile(formatRecord(record), options);
  assert.equal(verified.kind, "record", JSON.stringify(verified));
  return verified.kind === "record" ? verified.report : assert.fail();
}

const { log, record } = await callOfFive();
const report = await reportOf(record);
const person = (userId: string) =>
  report.people.find((one) => one.userId === userId) ?? assert.fail(`nobody is ${userId}`);

describe("the record of a call of five", () => {
  test("says who called whom", () => {
    const { atMs, by, invited } = report.call;
    assert.deepEqual({ atMs, by, invited }, { atMs: at(0), by: "anna", invited: ["ben", "carla"] });
  });

  test("says who was in the group, by whose word, and how it ended", () => {
    const stays = report.people.map(({ stays, userId }) => [
      userId.slice(0, 5),
      ...stays.map(({ ended, seen }) => [seen?.fromMs, seen?.toMs, seen?.by.length, ended?.how, ended?.atMs]),
    ]);
    const [everybody, six] = [at(10) + 100, 6];
    assert.deepEqual(
      stays.filter(([userId]) => !String(userId).startsWith("~")),
      [
        ["anna", [at(0.7), everybody, six, "ended", at(12)]],
        ["ben", [at(0.7), everybody, six, "ended", at(12)]],
        [
          "carla",
          [at(0.7), at(2) + 400, 5, undefined, undefined],
          [at(5.3), everybody, six, "ended", at(12)],
        ],
        ["dora", [at(2), everybody, six, "left", at(11)]],
        ["emil", [at(2), at(6.5) + 500, six, "removed", at(8)], [at(10), everybody, 2, "ended", at(12)]],
        ["ruth"],
      ],
    );
  });

  test("says of a device that it was revoked, of a person that she was recovered, and of a guest who answers for them", () => {
    const [stay] = person("dora").stays;
    assert.deepEqual(stay?.revoked, { atMs: at(660), why: "lost" });
    assert.equal(person("dora").recovered?.by, "ruth");
    const guest = report.people.at(-1);
    assert.deepEqual(guest?.guest, { vouchedBy: "ben", letInBy: "anna" });
    assert.equal(guest?.displayName, "Gus");
  });

  test("says what was resolved", () => {
    const said = report.resolutions.map(({ decisions, number, proposed, state }) => [
      `${proposed.by} ${number}`,
      state,
      decisions.map(({ by, decision }) => `${by} ${decision}`).join(),
    ]);
    assert.deepEqual(said, [
      ["anna 1", "adopted", "anna approve,ben approve,carla approve,dora approve,emil approve"],
      ["ben 1", "rejected", "dora approve,carla reject"],
      ["anna 2", "withdrawn", "emil approve"],
    ]);
  });

  test("says who kept it, and on what it rests", async () => {
    assert.equal(report.kept?.by, "ben");
    assert.equal(report.log?.keyGiven, false);
    assert.deepEqual(
      report.log?.views.map(({ fits }) => fits),
      ["fits", "fits"],
    );
    assert.equal(person("anna").rests, "logOfFile");
    const known = await reportOf(record, { logKeys: [log.signer.key] });
    assert.deepEqual([known.log?.keyGiven, known.people[0]?.rests], [true, "logGiven"]);
    const { record: without } = await callOfFive({ withLog: false, isKept: false });
    const bare = await reportOf(without);
    assert.deepEqual([bare.log, bare.kept, bare.people[0]?.rests], [undefined, undefined, "file"]);
  });
});
