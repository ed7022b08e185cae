/** Databases as released versions left them, with a call that runs: read by this one. What a newer version wrote is left alone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import type { UserId } from "@signet/protocol";

import { startServer } from "../../src/index.ts";
import { StartError } from "../../src/start-error.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";

/** @param change SQL */
function restore(dataDir: string, change = ""): string {
  const path = join(dataDir, "signet.db");
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, "../released/database-0.1.sql"), "utf8"));
  database.exec(change);
  database.close();
  return path;
}

/** For which they registered. */
const origin = "http://localhost:45029";
const people = ["ann", "ben", "cleo"] as UserId[];

test("people and bindings of version 0.1 are what they were; its call is over, and the log of the server says why", async (t) => {
  const dataDir = tempDir(t);
  const path = restore(dataDir);
  const before = openSqliteStore(path);
  assert.equal((await before.callInputs()).length, 1);
  await before.close();
  const server = await startTestServer(t, { dataDir, origin });
  assert.match(
    server.log(),
    /"msg":"a call of an earlier version ends: its terminals have to load this version"/,
  );
  await server.close();
  const store = openSqliteStore(path);
  const entries = await Promise.all(people.map((userId) => store.entryOf(userId)));
  assert.deepEqual(
    entries.map((entry) => entry?.displayName),
    ["ANN", "BEN", "CLEO"],
  );
  assert.deepEqual((await store.bindings()).map(({ userId }) => userId).toSorted(), people);
  assert.deepEqual(await store.callInputs(), []);
  await store.close();
});

for (const [what, change] of [
  ["a database", "PRAGMA user_version = 1000"],
  [
    "the log of a call",
    `UPDATE call_inputs SET input = json_set(input, '$.version', 3) WHERE json_extract(input, '$.type') = 'start'`,
  ],
] as const)
  test(`${what} of a newer version keeps the server from starting, says so, and is left as it is`, async (t) => {
    const dataDir = tempDir(t);
    const path = restore(dataDir, change);
    const dump = (): unknown => {
      const database = new DatabaseSync(path);
      const rows = ["directory", "bindings", "call_inputs"].map((name) =>
        database.prepare(`SELECT * FROM ${name}`).all(),
      );
      database.close();
      return rows;
    };
    const before = dump();
    await assert.rejects(
      startServer({ dataDir, port: 0, origin, logLevel: "silent", media: { children: 1 } }),
      (error: unknown) =>
        error instanceof StartError &&
        error.message === `the data in ${dataDir} were written by a newer version of signet`,
    );
    assert.deepEqual(dump(), before);
  });
