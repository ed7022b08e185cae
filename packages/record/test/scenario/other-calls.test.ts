/** What is said of other records: two who call each other, a resolution by itself, and a server that lied. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { formatRecord, verifyFile } from "../../src/index.ts";
import type { CallRecord, RecordReport } from "../../src/index.ts";
import { seededLog } from "../support/seeded-keys.ts";
import { evidence, evidentLies, otherForms } from "../support/evident-lies.ts";
import { crossedCalls, liedTo, resolutionAlone } from "../support/other-calls.ts";

async function reportOf(record: CallRecord): Promise<RecordReport> {
  const verified = await verifyFile(formatRecord(record));
  assert.equal(verified.kind, "record", JSON.stringify(verified));
  return verified.kind === "record" ? verified.report : assert.fail();
}

describe("a record", () => {
  test("of two who called each other has the one's call as the other's answer", async () => {
    const { people } = await reportOf(await crossedCalls());
    assert.deepEqual(
      people.map(({ stays, userId }) => [
        userId,
        stays.length,
        stays[0]?.seen?.by.map(({ by }) => by).join(),
      ]),
      [
        ["anna", 1, "anna,ben"],
        ["ben", 1, "anna,ben"],
      ],
    );
  });

  test("of a resolution alone says what was decided, and of nobody that they were in the group", async () => {
    const { people, resolutions } = await reportOf(await resolutionAlone());
    assert.deepEqual([resolutions[0]?.state, resolutions[0]?.decisions.length], ["open", 1]);
    assert.deepEqual(
      people.map(({ stays }) => stays[0]?.seen),
      [undefined, undefined],
    );
  });

  for (const size of ["same", "whole", "other"] as const)
    test(`of a call in which the server showed another log (${size}) says so`, async () => {
      const { log } = await reportOf(await liedTo(size));
      assert.deepEqual(
        log?.views.map(({ by, fits }) => [fits, ...by]),
        [
          ["fits", "anna"],
          ["otherView", "ben"],
        ],
      );
    });

  test("without the hashes that would show it says that it was not compared", async () => {
    const { log } = await reportOf(await liedTo("other", { isProven: false }));
    assert.deepEqual(
      log?.views.map(({ fits }) => fits),
      ["fits", "notCompared"],
    );
  });
});

describe("evidence", () => {
  const { key } = seededLog("signet.example/log");
  const other = seededLog("signet.example/other").key;

  test("is judged, by the key that it names or that was given", async () => {
    const [lie, none] = [await evidence({ isLie: true }), await evidence({ isLie: false })];
    const said = async (text: string, logKeys = [key]) => {
      const verified = await verifyFile(text, { logKeys });
      return verified.kind === "evidence" ? [verified.judgement, verified.keyGiven] : verified;
    };
    assert.deepEqual(await said(lie), ["proven", true]);
    assert.deepEqual(await said(lie, []), ["proven", false]);
    assert.deepEqual(await said(none), ["notProven", true]);
    assert.deepEqual(await said(lie, [other]), { kind: "refused", code: "record.otherLog", at: "logKey" });
  });

  test("proves each kind of lie, and nothing that looks like one", async () => {
    const said = await Promise.all(
      (await evidentLies()).map(async ({ name, text }) => {
        const verified = await verifyFile(text);
        return [name, verified.kind === "evidence" ? verified.why : verified.kind];
      }),
    );
    assert.deepEqual(Object.fromEntries(said), {
      "same-size": "sameSize",
      "may-fit": "mayFit",
      beginning: "otherBeginning",
      "beginning-whole": "otherBeginning",
      // Only a fold of the history finds it.
      rule: "rule",
      "rule-twice": "rule",
      recovered: "word",
      "recovered-unknown": "word",
      "recovered-other": "rule",
      "recovered-other-unknown": "word",
      honest: "word",
      "honest-start": "word",
      skipped: "outOfOrder",
      // What the map says of her is not shown.
      "skipped-start": "word",
      twice: "outOfOrder",
      "other-map": "otherMap",
      "unknown-entry": "unknownEntry",
      "of-guest": "unknownEntry",
      "not-at-end": "mapNotAtEnd",
      "not-at-end-hidden": "mapNotAtEnd",
      "at-end-hidden": "word",
      "no-map": "noMap",
      unsigned: "unsigned",
    });
  });

  test("is read in whatever way its JSON is written, and refused where a field is of another form", async () => {
    const forms = otherForms(await evidence({ isLie: true }));
    const said = await Promise.all(
      forms.map(async ({ name, text }) => [name, (await verifyFile(text)).kind] as const),
    );
    const read = said.filter(([, kind]) => kind === "evidence").map(([name]) => name);
    assert.deepEqual(read, [
      "one-line",
      "version-twice",
      "found-exponent",
      "code-null",
      "shown-surrogate",
      "longest",
    ]);
  });
});
