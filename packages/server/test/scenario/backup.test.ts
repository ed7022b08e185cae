/** Backups: made while the server runs, read again, and put back without losing what was there. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { CallId, UserId } from "@signet/protocol";

import {
  backupDatabase,
  databasePath,
  isNewerData,
  openSqliteStore,
  restoreDatabase,
  StartError,
} from "../../src/index.ts";
import { registration, statement } from "../contract/store-fixtures.ts";
import { people } from "../support/group.ts";
import { openLoggedStore } from "../support/logged-store.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import type { Cleanup } from "../support/test-server.ts";

async function dataOf(t: Cleanup, ...userIds: readonly string[]): Promise<string> {
  const path = databasePath(tempDir(t));
  const store = await openLoggedStore(path);
  for (const userId of userIds) await store.register(registration(userId));
  await store.close();
  return path;
}

async function usersIn(path: string, ...userIds: readonly string[]): Promise<readonly string[]> {
  const store = openSqliteStore(path);
  try {
    const entries = await Promise.all(userIds.map((userId) => store.entryOf(UserId.parse(userId))));
    return entries.flatMap((entry) => entry?.userId ?? []);
  } finally {
    await store.close();
  }
}

/** A digest of what lasts in a folder. SQLite leaves an empty log and its index beside what it only read. */
const filesIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder)
      .filter((name) => !name.startsWith("server.") && !name.endsWith("-shm"))
      .filter((name) => statSync(join(folder, name)).isFile() && statSync(join(folder, name)).size > 0)
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex"),
      ]),
  );

function refuses(run: () => unknown, message: RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof StartError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

test("a backup of a running server holds everybody, is one file for its owner alone, and makes a server that knows them", async (t) => {
  const before = process.umask(0);
  t.after(() => void process.umask(before));
  const server = await startTestServer(t);
  const [alice] = await people(server, "alice", "bob");
  const to = join(tempDir(t), "backup.db");
  const { bytes, path, people: held } = backupDatabase(databasePath(server.dataDir), to);
  assert.deepEqual([path, held, bytes], [to, 2, statSync(to).size]);
  assert.equal(statSync(to).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(to, "..")), ["backup.db"]);
  // It goes on meanwhile.
  await people(server, "carol");
  await alice.request("directory.lookup", { userIds: [UserId.parse("carol")] });
  await server.close();

  const dataDir = join(tempDir(t), "data");
  const restored = restoreDatabase({ from: to, database: databasePath(dataDir), replace: false });
  assert.deepEqual(restored, { people: 2, left: [], statementsLeft: 0, kept: undefined });
  assert.deepEqual(readdirSync(dataDir).toSorted(), [
    "people.count",
    "server.lock",
    "server.pid",
    "signet.db",
  ]);
  for (const name of readdirSync(dataDir)) assert.equal(statSync(join(dataDir, name)).mode & 0o077, 0, name);
  const again = await startTestServer(t, { dataDir, port: server.port });
  assert.equal(again.people, 2);
  assert.equal(again.instanceId, server.instanceId);
});

test("what is restored brings neither sign-ins nor calls back, and its count holds from then on", async (t) => {
  const path = await dataOf(t, "alice", "bob");
  const store = openSqliteStore(path);
  await store.appendCallInputs(CallId.parse("A".repeat(22)), [{ atMs: 1, input: "{}" }]);
  assert.equal((await store.bindings()).length, 2);
  const to = join(tempDir(t), "backup.db");
  backupDatabase(path, to);
  await store.close();
  const database = databasePath(tempDir(t));
  restoreDatabase({ from: to, database, replace: false });
  const restored = openSqliteStore(database);
  assert.deepEqual([await restored.bindings(), await restored.callInputs()], [[], []]);
  await restored.close();
  assert.match(readFileSync(join(database, "../people.count"), "utf8"), /"people":2/);
});

test("a backup never writes over a file, and leaves none that is not whole", async (t) => {
  const path = await dataOf(t, "alice");
  const to = join(tempDir(t), "backup.db");
  writeFileSync(to, "of somebody else");
  refuses(() => backupDatabase(path, to), /is there already$/);
  assert.equal(readFileSync(to, "utf8"), "of somebody else");
  refuses(() => backupDatabase(path, join(to, "in-a-file")), /^no backup was made at/);
  refuses(() => backupDatabase(join(tempDir(t), "signet.db"), `${to}2`), /^there is no database/);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0x55, bytes.length / 2));
  refuses(() => backupDatabase(path, `${to}3`), /is damaged/);
  assert.deepEqual(readdirSync(join(to, "..")), ["backup.db"]);
});

test("a backup leaves what lies beside it, and takes no name that somebody took while it was made", async (t) => {
  const path = await dataOf(t, "alice");
  const folder = tempDir(t);
  const to = join(folder, "backup.db");
  writeFileSync(`${to}.part`, "of somebody else");
  backupDatabase(path, to);
  assert.equal(readFileSync(`${to}.part`, "utf8"), "of somebody else");
  assert.deepEqual(readdirSync(folder).toSorted(), ["backup.db", "backup.db.part"]);

  const late = join(folder, "late.db");
  // Between the look at whether the name is free and the copy's getting it, which nothing else can be timed by.
  const close = t.mock.method(DatabaseSync.prototype, "close", function (this: DatabaseSync) {
    if (!existsSync(late)) writeFileSync(late, "came meanwhile");
    close.mock.restore();
    this.close();
  });
  refuses(() => backupDatabase(path, late), /EEXIST/);
  assert.equal(readFileSync(late, "utf8"), "came meanwhile");
  assert.deepEqual(readdirSync(folder).toSorted(), ["backup.db", "backup.db.part", "late.db"]);
});

test("a restore needs to be told before it takes the place of what is there, which it keeps whole", async (t) => {
  const to = join(tempDir(t), "backup.db");
  backupDatabase(await dataOf(t, "alice"), to);
  const database = await dataOf(t, "bob", "carol");
  const folder = join(database, "..");
  const before = filesIn(folder);
  refuses(
    () => restoreDatabase({ from: to, database, replace: false }),
    /holds a database already, with 2 people; the backup holds 1 person$/,
  );
  assert.deepEqual(filesIn(folder), before);
  const { kept = "", left, people: held } = restoreDatabase({ from: to, database, replace: true });
  assert.deepEqual([held, left], [1, ["bob", "carol"]]);
  assert.deepEqual(await usersIn(database, "alice", "bob", "carol"), ["alice"]);
  assert.deepEqual(filesIn(kept), before);
  assert.equal(statSync(kept).mode & 0o777, 0o700);
  // A second one within the same second has a folder of its own.
  const second = restoreDatabase({ from: to, database, replace: true });
  assert.notEqual(second.kept, kept);
  assert.deepEqual(await usersIn(join(kept, "signet.db"), "bob", "carol"), ["bob", "carol"]);
});

test("the log of a server that was killed is kept with its database, and never meets the restored one", async (t) => {
  const database = databasePath(tempDir(t));
  const store = await openLoggedStore(database);
  await store.register(registration("bob"));
  const killed = databasePath(tempDir(t));
  for (const ending of ["", "-wal"]) copyFileSync(database + ending, killed + ending);
  await store.close();
  const to = join(tempDir(t), "backup.db");
  backupDatabase(await dataOf(t, "alice"), to);
  const { kept = "", left } = restoreDatabase({ from: to, database: killed, replace: true });
  assert.deepEqual(left, ["bob"]);
  assert.ok(!existsSync(`${killed}-wal`));
  assert.deepEqual(await usersIn(killed, "alice", "bob"), ["alice"]);
  assert.deepEqual(await usersIn(join(kept, "signet.db"), "alice", "bob"), ["bob"]);
});

test("data that cannot be opened any more make way for a backup, and are kept as well", async (t) => {
  const to = join(tempDir(t), "backup.db");
  backupDatabase(await dataOf(t, "alice"), to);
  const database = await dataOf(t, "alice");
  writeFileSync(database, "no database");
  assert.throws(() => openSqliteStore(database), StartError);
  const { kept = "" } = restoreDatabase({ from: to, database, replace: true });
  assert.deepEqual(await usersIn(database, "alice"), ["alice"]);
  assert.equal(readFileSync(join(kept, "signet.db"), "utf8"), "no database");
});

test("what is no whole backup is not restored, and nothing is changed by that", async (t) => {
  const good = join(tempDir(t), "backup.db");
  backupDatabase(await dataOf(t, "alice", "bob", "carol"), good);
  const database = await dataOf(t, "dave");
  const folder = join(database, "..");
  const before = filesIn(folder);
  const sql = (name: string, change: string): string => {
    const path = join(tempDir(t), name);
    if (name === "changed.db") copyFileSync(good, path);
    const opened = new DatabaseSync(path);
    opened.exec(change);
    opened.close();
    return path;
  };
  const bytes = readFileSync(good);
  const broken = (name: string, content: Uint8Array | string): string => {
    const path = join(tempDir(t), name);
    writeFileSync(path, content);
    return path;
  };
  const noSignet = /holds no data of a Signet server$/;
  for (const [from, message] of [
    [join(folder, "not-there.db"), /^there is no /],
    [broken("half.db", bytes.subarray(0, bytes.length / 2)), /is damaged/],
    [broken("scratched.db", Buffer.from(bytes).fill(0x55, bytes.length / 2)), /is damaged/],
    [broken("text.db", "precious"), /is damaged: file is not a database$/],
    [broken("empty.db", ""), noSignet],
    [sql("other.db", "CREATE TABLE notes (text TEXT)"), noSignet],
    [
      sql(
        "changed.db",
        "PRAGMA foreign_keys = OFF; DROP TRIGGER directory_no_delete; DELETE FROM bindings; DELETE FROM directory WHERE position = 3",
      ),
      /is not whole: it held 3 people, and 2 are in it$/,
    ],
  ] as const)
    refuses(() => restoreDatabase({ from, database, replace: true }), message);
  const newer = sql("changed.db", "PRAGMA user_version = 1000");
  assert.throws(() => restoreDatabase({ from: newer, database, replace: true }), isNewerData);
  assert.deepEqual(filesIn(folder), before);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("re")),
    [],
  );
});

test("statements about devices are in a backup; a restore counts those that are not, and takes none that lost some", async (t) => {
  const path = await dataOf(t, "alice");
  const userId = UserId.parse("alice");
  const statements = [statement(), statement(), statement()];
  const append = async (sequence: number) => {
    const store = await openLoggedStore(path);
    const added = statements[sequence - 1] ?? statement();
    await store.appendStatement({ userId, sequence, statement: added, endedDeviceIds: [] });
    await store.close();
  };
  await append(1);
  const to = join(tempDir(t), "backup.db");
  backupDatabase(path, to);
  await append(2);
  await append(3);
  const newer = join(tempDir(t), "newer.db");
  backupDatabase(path, newer);
  assert.equal(restoreDatabase({ from: to, database: path, replace: true }).statementsLeft, 2);
  const restored = openSqliteStore(path);
  assert.deepEqual(await restored.statementsOf(userId), statements.slice(0, 1));
  await restored.close();
  assert.match(readFileSync(join(path, "../people.count"), "utf8"), /"statements":1/);
  const database = new DatabaseSync(newer);
  database.exec("DROP TRIGGER statements_no_delete; DELETE FROM statements WHERE sequence = 3");
  database.close();
  refuses(
    () => restoreDatabase({ from: newer, database: path, replace: true }),
    /is not whole: it held 3 statements about people's devices, and 2 are in it$/,
  );
});

test("nothing is restored under a server that runs", async (t) => {
  const to = join(tempDir(t), "backup.db");
  backupDatabase(await dataOf(t, "alice"), to);
  const server = await startTestServer(t);
  const database = databasePath(server.dataDir);
  refuses(() => restoreDatabase({ from: to, database, replace: true }), /another server \(pid \d+\) uses/);
  await people(server, "bob");
});

test("a folder that lost people is whole again after a restore", async (t) => {
  const database = await dataOf(t, "alice", "bob");
  const to = join(tempDir(t), "backup.db");
  backupDatabase(database, to);
  const lost = await dataOf(t, "alice");
  copyFileSync(join(database, "../people.count"), join(lost, "../people.count"));
  refuses(() => openSqliteStore(lost), /is not the database that was used here/);
  restoreDatabase({ from: to, database: lost, replace: true });
  assert.deepEqual(await usersIn(lost, "alice", "bob"), ["alice", "bob"]);
});
