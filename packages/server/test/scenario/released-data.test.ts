/** Databases as released versions left them, with a call that runs: read by this one. What a newer version wrote is left alone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import type { UserId } from "@signet/protocol";

import { startServer } from "../../src/index.ts";
import { replay } from "../../src/call/running-call.ts";
import { StartError } from "../../src/start-error.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { tempDir } from "../support/test-server.ts";

/** @param change SQL */
function restore(dataDir: string, change = ""): string {
  const path = join(dataDir, "signet.db");
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, "../released/database-0.1.sql"), "utf8"));
  database.exec(change);
  database.close();
  return path;
}

const people = ["ann", "ben", "cleo"] as UserId[];

test("people, bindings and the call of version 0.1 are what they were", async (t) => {
  const store = openSqliteStore(restore(tempDir(t)));
  const entries = await Promise.all(people.map((userId) => store.entryOf(userId)));
  assert.deepEqual(
    entries.map((entry) => entry?.displayName),
    ["ANN", "BEN", "CLEO"],
  );
  assert.deepEqual((await store.bindings()).map(({ userId }) => userId).toSorted(), people);
  const [call, ...others] = await store.callInputs();
  assert.equal(others.length, 0);
  assert.ok(call);
  const state = replay(call)?.state;
  assert.ok(state);
  assert.equal(state.ended, undefined);
  assert.equal(state.delivery.epoch, 1);
  const members = Array.from(state.members.values(), (member) => [member.userId, member.state]);
  assert.deepEqual(members, [
    ["ann", "joined"],
    ["ben", "joined"],
  ]);
  await store.close();
});

for (const [what, change] of [
  ["a database", "PRAGMA user_version = 1000"],
  [
    "the log of a call",
    `UPDATE call_inputs SET input = json_set(input, '$.version', 2) WHERE json_extract(input, '$.type') = 'start'`,
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
    const origin = "http://localhost:45029";
    await assert.rejects(
      startServer({ dataDir, port: 0, origin, logLevel: "silent", media: { children: 1 } }),
      (error: unknown) =>
        error instanceof StartError &&
        error.message === `the data in ${dataDir} were written by a newer version of signet`,
    );
    assert.deepEqual(dump(), before);
  });
