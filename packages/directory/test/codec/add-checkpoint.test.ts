/** What logs ask of witnesses (C2SP tlog-witness). */
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import {
  appendLeaf,
  emptyFrontier,
  emptyTreeRoot,
  formatAddCheckpoint,
  formatCheckpoint,
  formatNote,
  frontierRoot,
  leafHash,
  mostAddCheckpointCharacters,
  openAddCheckpoint,
  parseAddCheckpoint,
  planConsistency,
  proofOf,
  refusalOf,
  signNote,
  withCosignatures,
} from "../../src/index.ts";
import type { AskedCheckpoint, TreeHead } from "../../src/index.ts";
import { log, otherLog } from "../support/signers.ts";

/** The example of the specification. */
const example = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

test("the example of the specification is read, and written again", () => {
  const asked = parseAddCheckpoint(example);
  assert.ok(asked !== undefined);
  assert.deepEqual([asked.oldSize, asked.proof.length], [20_852_014, 4]);
  assert.equal(formatAddCheckpoint(asked), example);
});

test("what is written is read", () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes));
  const proof = fc.array(hash, { maxLength: 63 });
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      proof,
      fc.string({ minLength: 1, maxLength: 40 }),
      (oldSize, hashes, note) => {
        const body = formatAddCheckpoint({ oldSize, proof: hashes, note });
        assert.deepEqual(parseAddCheckpoint(body), { oldSize, proof: hashes, note });
      },
    ),
  );
});

test("what has another form is not read", () => {
  const hashes = (count: number): string => `${"A".repeat(43)}=\n`.repeat(count);
  for (const body of [
    "",
    "old 8\n",
    "old 8",
    "old\n\nx",
    "old 08\n\nx",
    "old -8\n\nx",
    "old 8 \n\nx",
    "Old 8\n\nx",
    "old 9007199254740992\n\nx",
    `old 8\n${"A".repeat(42)}==\n\nx`,
    `old 8\nhash\n\nx`,
    `old 8\n${hashes(64)}\nx`,
    `old 8\n\n${"x".repeat(mostAddCheckpointCharacters)}`,
  ])
    assert.equal(parseAddCheckpoint(body), undefined, body.slice(0, 60));
  assert.ok(parseAddCheckpoint(`old 8\n${hashes(63)}\nx`) !== undefined);
});

const entries = Array.from({ length: 40 }, (_, i) => Uint8Array.of(i));
const hashes = new Map<string, Uint8Array<ArrayBuffer>>();
const heads: TreeHead[] = [{ size: 0, root: emptyTreeRoot }];
let tree = emptyFrontier;
for (const entry of entries) {
  const appended = appendLeaf(tree, leafHash(entry));
  tree = appended.frontier;
  for (const { hash, node } of appended.completed) hashes.set(`${node.level} ${node.index}`, hash);
  heads.push({ size: tree.size, root: frontierRoot(tree) });
}
const proof = (from: number, to: number) =>
  proofOf(planConsistency(from, to), ({ index, level }) => hashes.get(`${level} ${index}`));
const headAt = (size: number): TreeHead => heads[size] as TreeHead;

async function noteAt(size: number, root = headAt(size).root, signer = log): Promise<string> {
  const text = formatCheckpoint({ origin: "signet.example/log", size, root });
  return formatNote({ text, signatures: [await signNote(text, signer)] });
}

async function asked(
  oldSize: number,
  size: number,
  hashesOf = oldSize === 0 ? [] : proof(oldSize, size),
): Promise<AskedCheckpoint> {
  const opened = await openAddCheckpoint(
    formatAddCheckpoint({ oldSize, proof: hashesOf, note: await noteAt(size) }),
    [log.key],
  );
  assert.ok(!("status" in opened));
  return opened;
}

test("only a log that is known, and that signed it, is heard", async () => {
  const body = async (note: string | Promise<string>): Promise<string> =>
    formatAddCheckpoint({ oldSize: 0, proof: [], note: await note });
  const status = async (text: string): Promise<number | undefined> => {
    const opened = await openAddCheckpoint(text, [log.key]);
    return "status" in opened ? opened.status : undefined;
  };
  assert.equal(await status(await body(noteAt(8))), undefined);
  assert.equal(await status(await body(noteAt(8, undefined, otherLog))), 403);
  const signed = await noteAt(8);
  assert.equal(await status(await body(signed.replace("\n8\n", "\n9\n"))), 403);
  assert.equal(
    await status(await body(signed.replace("signet.example/log\n", "signet.example/none\n"))),
    404,
  );
  assert.equal(await status(await body("no note")), 400);
  assert.equal(await status("old 8"), 400);
});

test("it goes on from what was cosigned last, or it is not cosigned", async () => {
  const from = headAt(8);
  assert.equal(refusalOf(await asked(8, 20), from), undefined);
  assert.equal(refusalOf(await asked(8, 8), from), undefined);
  assert.equal(refusalOf(await asked(0, 20), undefined), undefined);
  assert.deepEqual(refusalOf(await asked(7, 20), from), { status: 409, size: 8 });
  assert.deepEqual(refusalOf(await asked(0, 20), from), { status: 409, size: 8 });
  assert.deepEqual(refusalOf(await asked(8, 20), undefined), { status: 409, size: 0 });
  assert.deepEqual(refusalOf(await asked(8, 20), { ...from, root: headAt(9).root }), { status: 422 });
  assert.deepEqual(refusalOf(await asked(8, 8), { ...from, root: headAt(9).root }), { status: 422 });
  assert.deepEqual(refusalOf(await asked(8, 20, proof(8, 21)), from), { status: 422 });
  assert.deepEqual(refusalOf(await asked(8, 20, []), from), { status: 422 });
  assert.deepEqual(refusalOf(await asked(0, 20, proof(8, 20)), undefined), { status: 422 });
  const shorter = { ...(await asked(8, 20)), oldSize: 21 };
  assert.deepEqual(refusalOf(shorter, headAt(21)), { status: 400 });
  const empty = await openAddCheckpoint(
    formatAddCheckpoint({ oldSize: 0, proof: [], note: await noteAt(0, headAt(8).root) }),
    [log.key],
  );
  assert.ok(!("status" in empty));
  assert.deepEqual(refusalOf(empty, undefined), { status: 422 });
  assert.equal(refusalOf(await asked(0, 0), undefined), undefined);
});

test("a witness answers with lines of signatures, and nothing else", async () => {
  const note = await noteAt(8);
  const line = note.slice(note.lastIndexOf("\u2014"));
  assert.equal(withCosignatures(note, line), note + line);
  for (const lines of ["", "200 OK\n", line.trimEnd(), `\n${line}`, `${line}x`, line.repeat(40)])
    assert.equal(withCosignatures(note, lines), undefined, JSON.stringify(lines));
});
