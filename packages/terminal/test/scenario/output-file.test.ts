/** Files that are written while a call goes on. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { OutputFile } from "../../src/node/files/output-file.ts";
import { folderFor } from "../support/folder.ts";

const piece = (value: number) => new Uint8Array(1_000).fill(value);

test("as much as may wait for the disk is written; what is beyond, and all after it, is left out, and closing says so", async (context) => {
  const path = join(folderFor(context), "a");
  const fits = new OutputFile(path, 3_000);
  for (const value of [1, 2, 3]) fits.append(piece(value));
  await fits.close();
  assert.deepEqual(readFileSync(path), Buffer.concat([1, 2, 3].map(piece)));
  // No write can have come to its end before the loop turns.
  const slow = new OutputFile(path, 3_000);
  for (const value of [1, 2, 3, 4]) slow.append(piece(value));
  while (readFileSync(path).length < 3_000) await new Promise((resolve) => setTimeout(resolve, 5));
  slow.append(piece(5));
  await assert.rejects(slow.close(), { code: "media.cannotWrite" });
  assert.deepEqual(readFileSync(path), Buffer.concat([1, 2, 3].map(piece)), "no hole, nothing behind it");
});

test("what was written makes room", async (context) => {
  const path = join(folderFor(context), "a");
  const file = new OutputFile(path, 1_000);
  for (const value of [1, 2, 3]) {
    file.append(piece(value));
    // Until the file has heard that the disk has it.
    do await new Promise((resolve) => setTimeout(resolve, 5));
    while (process.getActiveResourcesInfo().includes("FSReqCallback"));
    assert.equal(readFileSync(path).length, value * 1_000);
  }
  await file.close();
});
