/** A record has one text, and one digest. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { formatRecord, parseRecord, recordDigest, verifyFile } from "../../src/index.ts";
import type { CallRecord } from "../../src/index.ts";
import { mostDepth, mostValues } from "../../src/verify/too-much.ts";

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);
const word = {
  proof: { transcript: bytes(3, 1), signature: { kind: "software" as const, signature: bytes(64, 2) } },
};
const record = {
  format: "signet-record",
  version: 1,
  serverOrigin: "https://signet.example",
  callId: "QEFCQ0RFRkdISUpLTE1OTw",
  people: [],
  statements: [word],
  epochs: [],
  resolutions: [],
  server: [{ atMs: 5, userId: "anna", state: "left", reason: "lost" }],
  kept: { ...word, binding: word.proof },
} as unknown as CallRecord;

const text = formatRecord(record);

describe("a file", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  /** Opening brackets and commas. */
  const many = (marks: number) => "[".concat("{},".repeat(marks / 2)).slice(0, -1);
  const code = async (file: string) => {
    const verified = await verifyFile(file);
    return verified.kind === "refused" ? verified.code : verified.kind;
  };

  test("of more lists within lists than any is, or of more values, is not looked into", async () => {
    assert.equal(await code(nested(mostDepth)), "record.form");
    assert.equal(await code(nested(mostDepth + 1)), "record.tooLarge");
    assert.equal(await code(many(mostValues)), "record.form");
    assert.equal(await code(`${many(mostValues)},`), "record.tooLarge");
  });

  test("is counted by what stands outside of its texts, which end where they do in JSON", async () => {
    const deep = "[".repeat(mostDepth + 1);
    assert.equal(await code(JSON.stringify([`"${deep}\\`, deep])), "record.form");
    assert.equal(await code(`"\\\\"${deep}`), "record.tooLarge");
    assert.equal(await code(`"\\""${deep}`), "record.tooLarge");
  });
});

describe("the text of a record", () => {
  test("is read as what it was", () => {
    const parsed = parseRecord(text);
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.record, record);
    assert.ok(parseRecord(`${text}\n`).ok);
  });

  const others: readonly [what: string, text: string, code: string, at: string][] = [
    ["two line breaks", `${text}\n\n`, "record.form", ""],
    ["a space", text.replace(",", ", "), "record.form", ""],
    [
      "another order",
      text.replace(`"people":[],`, "").replace(`,"kept"`, `,"people":[],"kept"`),
      "record.form",
      "",
    ],
    ["a field twice", text.replace(`"people":[],`, `"people":[],"people":[],`), "record.form", ""],
    ["an unknown field", text.replace(`"people":[],`, `"people":[],"more":1,`), "record.form", ""],
    ["a number that is written otherwise", text.replace(`"atMs":5`, `"atMs":5.0`), "record.form", ""],
    ["a number that is none", text.replace(`"atMs":5`, `"atMs":-5`), "record.form", "server[0].atMs"],
    ["an escape that is not needed", text.replace(`"anna"`, String.raw`"\u0061nna"`), "record.form", ""],
    ["half a character", text.replace("https://", String.raw`https://\ud800`), "record.form", ""],
    ["a list that is missing", text.replace(`"epochs":[],`, ""), "record.form", "epochs"],
    ["padding", text.replace(`"AQEB"`, `"AQEB="`), "record.form", "statements[0].proof.transcript"],
    ["another version", text.replace(`"version":1`, `"version":2`), "record.version", "version"],
    ["another format", text.replace("signet-record", "signet-resolutions"), "record.form", "format"],
    ["half of it", text.slice(0, 100), "record.form", "format"],
    ["nothing", "", "record.form", "format"],
  ];
  for (const [what, other, code, at] of others)
    test(`with ${what} is refused`, () => assert.deepEqual(parseRecord(other), { ok: false, code, at }));

  test("is signed without who kept it", async () => {
    const { kept: _, ...unkept } = record;
    assert.deepEqual(await recordDigest(record), await recordDigest(unkept));
    assert.notDeepEqual(await recordDigest(record), await recordDigest({ ...record, server: [] }));
  });
});
