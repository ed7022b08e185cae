/** Databases as released versions left them, with a call that runs: read by this one. What a newer version wrote is left alone. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { openSoftwareKey } from "@signet/device";
import type { UserId } from "@signet/protocol";

import { startServer } from "../../src/index.ts";
import { StartError } from "../../src/start-error.ts";
import { readPeopleCount } from "../../src/store/people-count.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { registration } from "../contract/store-fixtures.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import { TestTerminal } from "../support/test-terminal.ts";

const released = join(import.meta.dirname, "../released");

/** @param change SQL */
function restore(dataDir: string, change = "", from = "database-0.1.sql"): string {
  const path = join(dataDir, "signet.db");
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(released, from), "utf8"));
  database.exec(change);
  database.close();
  return path;
}

/** For which they registered. */
const origin = "http://localhost:45029";
const people = ["ann", "ben", "cleo"] as UserId[];
/** While its bindings lasted. */
const clock = (): number => 1_795_880_000_000;

test("people and bindings of version 0.1 are what they were; its call is over, and the log of the server says why", async (t) => {
  const dataDir = tempDir(t);
  const path = restore(dataDir);
  const before = openSqliteStore(path);
  assert.equal((await before.callInputs()).length, 1);
  await before.close();
  const server = await startTestServer(t, { dataDir, origin, clock });
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
    `UPDATE call_inputs SET input = json_set(input, '$.version', 1000) WHERE json_extract(input, '$.type') = 'start'`,
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

/** With people.count, pins of ann's terminal, her key file and the authority of cleo's certificates: as schema 2 left them. */
const folder = join(released, "data-2");

test("a folder of before histories opens with everybody in it: who they are, where they are, their call and the count", async (t) => {
  const dataDir = tempDir(t);
  const path = restore(dataDir, "", "data-2/signet.sql");
  copyFileSync(join(folder, "people.count"), join(dataDir, "people.count"));
  const counted = readPeopleCount(path);
  const store = openSqliteStore(path);
  const names = ["ann", "ben", "cleo", "dora"] as UserId[];
  const entries = await Promise.all(names.map((userId) => store.entryOf(userId)));
  assert.deepEqual(
    entries.map((entry) => [entry?.userId, entry?.kind, entry?.certificates?.length]),
    [
      ["ann", "software", undefined],
      ["ben", "software", undefined],
      ["cleo", "software", 1],
      ["dora", "webauthn", undefined],
    ],
  );
  const deviceIds = entries.map((entry) => entry?.deviceId);
  const bindings = await store.bindings();
  assert.deepEqual(
    names.map((userId) => bindings.find((binding) => binding.userId === userId)?.deviceId),
    deviceIds,
  );
  const { pins } = JSON.parse(readFileSync(join(folder, "pins.json"), "utf8")) as { pins: string[][] };
  assert.deepEqual(
    pins.map(([, deviceId]) => deviceId),
    deviceIds.slice(1),
  );
  const [call, ...more] = await store.callInputs();
  assert.deepEqual([call?.inputs.length, more], [4, []]);
  assert.equal(await store.inviteOpen(new Uint8Array(32).fill(7)), true);
  assert.deepEqual([await store.people(), readPeopleCount(path)], [4, counted]);
  assert.deepEqual(counted?.statements, 0);
  // Whose each device is was taken over.
  for (const deviceId of deviceIds)
    assert.equal(await store.register(registration("eve", { deviceId: String(deviceId) })), "deviceTaken");
  assert.deepEqual(await store.statementsOf(names[0] ?? assert.fail()), []);
  await store.close();

  // The registrations name this one.
  const serverOrigin = "http://localhost:45873";
  const nowMs = (call?.inputs[0]?.atMs ?? 0) + 60_000;
  const server = await startTestServer(t, {
    dataDir,
    origin: serverOrigin,
    clock: () => nowMs,
    trustAnchors: join(folder, "anchors.pem"),
  });
  const ann = await TestTerminal.connect(server, () => nowMs);
  const key = await openSoftwareKey(readFileSync(join(folder, "ann.key"), "utf8"), "ann's passphrase");
  await ann.signIn("ann", key);
  const found = await ann.request("directory.lookup", { userIds: names.slice(1) });
  assert.deepEqual(
    found.people.map(({ entry }) => entry),
    entries.slice(1),
  );
});
