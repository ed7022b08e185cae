/** A data folder that lost people says so, names how many and what to do, and is left as it is. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { databasePath, openSqliteStore, StartError, startServer } from "../../src/index.ts";
import type { Store } from "../../src/index.ts";
import { registration, statement } from "../contract/store-fixtures.ts";
import { openLoggedStore } from "../support/logged-store.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";

async function register(store: Store, from: number, to: number): Promise<void> {
  const all = Array.from({ length: to - from }, (_, i) => store.register(registration(`person${from + i}`)));
  assert.deepEqual(new Set(await Promise.all(all)), new Set(["registered"]));
}

async function peopleIn(path: string): Promise<number> {
  const store = openSqliteStore(path);
  try {
    return await store.people();
  } finally {
    await store.close();
  }
}

/** A database of so many people, closed in order. */
async function databaseOf(path: string, people: number): Promise<void> {
  const store = await openLoggedStore(path);
  await register(store, 0, people);
  await store.close();
}

function refused(path: string, message: RegExp, hint: RegExp): void {
  const before = existsSync(path) ? readFileSync(path) : undefined;
  assert.throws(
    () => openSqliteStore(path),
    (error) => {
      assert.ok(error instanceof StartError, String(error));
      assert.match(error.message, message);
      assert.match(error.hint, hint);
      return true;
    },
  );
  assert.deepEqual(existsSync(path) ? readFileSync(path) : undefined, before, "the database was changed");
}

test("an old log beside a good database: 50 of 70 are said to be missing, and all are there without the log", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const store = await openLoggedStore(path);
  await register(store, 0, 20);
  const old = join(tempDir(t), "old-wal");
  copyFileSync(`${path}-wal`, old);
  await register(store, 20, 70);
  await store.close();
  assert.ok(!existsSync(`${path}-wal`), "closing in order leaves no log");

  copyFileSync(old, `${path}-wal`);
  refused(path, /^70 people were registered in .*, and 50 of them are missing$/, /move that file elsewhere/);
  const server = startServer({
    dataDir: join(path, ".."),
    port: 0,
    logLevel: "silent",
    media: { children: 1 },
  });
  await assert.rejects(server, /50 of them are missing/);
  renameSync(`${path}-wal`, old);
  rmSync(`${path}-shm`);
  assert.equal(await peopleIn(path), 70);
});

test("a log whose pages came between those of a later time is found out without a count", async (t) => {
  const path = join(tempDir(t), "signet.db");
  await databaseOf(path, 3);
  rmSync(join(path, "../people.count"));
  const database = new DatabaseSync(path);
  database.exec(
    "PRAGMA foreign_keys = OFF; DROP TRIGGER directory_no_delete; DELETE FROM bindings; DELETE FROM directory WHERE position = 2",
  );
  database.close();
  refused(path, /held 3 people, and 1 of them is missing$/, /signet restore/);
});

test("one person fewer than were counted is refused, as many are not; who removes the count goes on", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const count = join(path, "../people.count");
  await databaseOf(path, 3);
  assert.equal(await peopleIn(path), 3);
  const counted = JSON.parse(readFileSync(count, "utf8")) as { people: number };
  assert.equal(counted.people, 3);
  writeFileSync(count, JSON.stringify({ ...counted, people: 4 }));
  refused(
    path,
    /^4 people were registered in .*, and 1 of them is missing$/,
    /signet restore.*remove .*people\.count/,
  );
  writeFileSync(count, JSON.stringify({ ...counted, people: 3, renewals: 1 }));
  refused(path, /^1 of 1 renewed certificates are missing/, /signet restore/);
  rmSync(count);
  assert.equal(await peopleIn(path), 3);
  assert.deepEqual(JSON.parse(readFileSync(count, "utf8")), counted);
});

test("a database that lost a statement, which may have revoked a device, is refused: with the count and without it", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const count = join(path, "../people.count");
  const before = databasePath(tempDir(t));
  const store = await openLoggedStore(path);
  const { entry, binding } = registration("alice");
  await store.register({ entry, binding });
  const appended = { userId: entry.userId, statement: statement(), endedDeviceIds: [] };
  assert.equal(await store.appendStatement({ ...appended, sequence: 1 }), "appended");
  copyFileSync(path, before);
  assert.equal(await store.appendStatement({ ...appended, sequence: 2 }), "appended");
  const counted = JSON.parse(readFileSync(count, "utf8")) as object;
  assert.deepEqual(counted, {
    version: 2,
    instanceId: store.instanceId,
    people: 1,
    renewals: 0,
    statements: 2,
  });
  await store.close();
  assert.equal(await peopleIn(path), 1);

  // As of before the second one.
  copyFileSync(count, join(before, "../people.count"));
  refused(before, /^1 of 2 statements about people's devices are missing in /, /signet restore/);
  rmSync(join(before, "../people.count"));
  assert.equal(await peopleIn(before), 1);
  rmSync(count);
  const database = new DatabaseSync(path);
  database.exec("DROP TRIGGER statements_no_delete; DELETE FROM statements WHERE sequence = 2");
  database.close();
  refused(path, /^1 of 2 statements about people's devices are missing in /, /signet restore/);
});

test("a count of before there were statements is read, and one more is noticed as ever", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const count = join(path, "../people.count");
  await databaseOf(path, 1);
  const { instanceId } = JSON.parse(readFileSync(count, "utf8")) as { instanceId: string };
  writeFileSync(count, JSON.stringify({ version: 1, instanceId, people: 1, renewals: 0 }));
  assert.equal(await peopleIn(path), 1);
  const store = await openLoggedStore(path);
  await register(store, 1, 2);
  await store.close();
  assert.deepEqual(JSON.parse(readFileSync(count, "utf8")), {
    version: 2,
    instanceId,
    people: 2,
    renewals: 0,
    statements: 0,
  });
});

test("a count that is damaged is no reason to go on; one of a newer version neither", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const count = join(path, "../people.count");
  await databaseOf(path, 1);
  for (const text of [
    "",
    "{",
    "null",
    '{"version":1,"instanceId":"x","people":-1,"renewals":0}',
    '{"version":2,"instanceId":"x","people":1,"renewals":0}',
    '{"version":2,"instanceId":"x","people":1,"renewals":0,"statements":-1}',
    '{"version":0,"instanceId":"x","people":1,"renewals":0,"statements":0}',
  ]) {
    writeFileSync(count, text);
    refused(
      path,
      /people\.count, which says how many people were registered here, cannot be read/,
      /remove it/,
    );
  }
  writeFileSync(count, JSON.stringify({ version: 3 }));
  assert.throws(() => openSqliteStore(path), { code: "server.storage" });
});

test("a database that is gone, emptied, another one or damaged is not taken for a new start", async (t) => {
  const path = join(tempDir(t), "signet.db");
  await databaseOf(path, 2);
  const good = readFileSync(path);
  rmSync(path);
  refused(path, /is gone: 2 people were registered here$/, /signet restore/);
  assert.ok(!existsSync(path));
  writeFileSync(path, "");
  refused(path, /is empty: 2 people were registered here$/, /signet restore/);

  const other = join(tempDir(t), "signet.db");
  await databaseOf(other, 5);
  copyFileSync(other, path);
  refused(
    path,
    /is not the database that was used here: that one held 2 people, this one holds 5$/,
    /restore/,
  );

  writeFileSync(path, good.fill(0x55, good.length / 2));
  refused(path, /is damaged \(/, /signet restore/);
  writeFileSync(path, "precious words of somebody");
  refused(path, /is damaged \(file is not a database\)/, /signet restore/);
});

test("a log without its database, and a header without its log, are no new start either", async (t) => {
  const path = join(tempDir(t), "signet.db");
  writeFileSync(`${path}-wal`, "pages");
  refused(path, /signet\.db is gone, and its log .*signet\.db-wal is there$/, /begin anew/);
  assert.equal(readFileSync(`${path}-wal`, "utf8"), "pages");
  rmSync(`${path}-wal`);
  // What earlier versions left in the file until their log was full.
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL");
  database.close();
  assert.ok(statSync(path).size > 0);
  refused(path, /is empty: it was copied without its log/, /begin anew/);
});

test("whoever copies signet.db alone beside a running server has everybody who was registered", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const copy = join(tempDir(t), "signet.db");
  const store = await openLoggedStore(path);
  await register(store, 0, 7);
  copyFileSync(path, copy);
  assert.equal(await peopleIn(copy), 7);
  await store.close();
});

test("a crash after a registration loses nobody", async (t) => {
  const dir = tempDir(t);
  const path = join(dir, "signet.db");
  const store = await openLoggedStore(path);
  await register(store, 0, 3);
  const after = tempDir(t);
  // As the disk is when the process is killed now.
  for (const name of ["signet.db", "signet.db-wal", "people.count"])
    copyFileSync(join(dir, name), join(after, name));
  assert.equal(await peopleIn(join(after, "signet.db")), 3);
  await store.close();
});

test("the server tells how many people it starts with", async (t) => {
  const dataDir = tempDir(t);
  await databaseOf(databasePath(dataDir), 3);
  const server = await startTestServer(t, { dataDir });
  assert.equal(server.people, 3);
  assert.match(server.log(), /"people":3,"msg":"listening"/);
});
