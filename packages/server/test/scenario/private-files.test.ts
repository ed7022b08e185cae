/** What the server writes is for its own user alone, also in a folder that everybody may look into. */
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { createInvites, databasePath, openSqliteStore, StartError } from "../../src/index.ts";
import { people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import type { Cleanup } from "../support/test-server.ts";

/** A folder for all to read, and a mask that takes nothing away. */
function openFolder(t: Cleanup): string {
  const before = process.umask(0);
  t.after(() => void process.umask(before));
  const dataDir = join(tempDir(t), "data");
  mkdirSync(dataDir, { mode: 0o755 });
  return dataDir;
}

/** Files under it that others may read, write or run. */
const openFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    const stat = lstatSync(join(folder, name));
    return stat.isFile() && (stat.mode & 0o077) !== 0;
  });

test("nobody else can read what the server writes, whatever the folder and the mask", async (t) => {
  const dataDir = openFolder(t);
  const server = await startTestServer(t, { dataDir });
  await people(server, "alice");
  const store = openSqliteStore(databasePath(dataDir));
  await createInvites(store, 1, Date.now());
  await store.close();
  const written = readdirSync(dataDir);
  for (const name of [
    "server.lock",
    "server.pid",
    "signet.db",
    "signet.db-shm",
    "signet.db-wal",
    "people.count",
  ])
    assert.ok(written.includes(name), `${name} is not there`);
  assert.deepEqual(openFiles(dataDir), []);
  assert.equal(lstatSync(join(dataDir, "media")).mode & 0o777, 0o700);
});

test("what an earlier server left for all to read is taken from them", async (t) => {
  const dataDir = openFolder(t);
  const first = await startTestServer(t, { dataDir });
  await people(first, "alice");
  await first.close();
  // As after a crash: what belongs to the database lies beside it.
  for (const name of ["signet.db-wal", "signet.db-shm"]) writeFileSync(join(dataDir, name), "");
  for (const name of readdirSync(dataDir)) if (name !== "media") chmodSync(join(dataDir, name), 0o666);
  assert.ok(openFiles(dataDir).length >= 4);
  await startTestServer(t, { dataDir, port: first.port });
  assert.deepEqual(openFiles(dataDir), []);
});

test("server.pid is never written through a link", async (t) => {
  const dataDir = openFolder(t);
  const victim = join(tempDir(t), "victim");
  writeFileSync(victim, "precious");
  symlinkSync(victim, join(dataDir, "server.pid"));
  await startTestServer(t, { dataDir });
  assert.equal(readFileSync(victim, "utf8"), "precious");
  assert.ok(lstatSync(join(dataDir, "server.pid")).isFile());
  assert.equal(readFileSync(join(dataDir, "server.pid"), "utf8"), `${process.pid}\n`);
});

test("a lock or a database that is a link is not followed: the server does not start", async (t) => {
  for (const name of ["server.lock", "signet.db", "signet.db-wal", "people.count"]) {
    const dataDir = openFolder(t);
    const victim = join(tempDir(t), "victim");
    writeFileSync(victim, "precious");
    symlinkSync(victim, join(dataDir, name));
    await assert.rejects(startTestServer(t, { dataDir }), StartError);
    assert.equal(readFileSync(victim, "utf8"), "precious");
  }
});

test("nor is a link that leads to an empty file or to none, with which a database could begin", async (t) => {
  for (const name of ["server.lock", "signet.db"])
    for (const isThere of [true, false]) {
      const dataDir = openFolder(t);
      const victim = join(tempDir(t), "victim");
      if (isThere) writeFileSync(victim, "");
      symlinkSync(victim, join(dataDir, name));
      await assert.rejects(startTestServer(t, { dataDir }), StartError, `${name} ${isThere}`);
      assert.equal(existsSync(victim) ? readFileSync(victim, "utf8") : undefined, isThere ? "" : undefined);
    }
});

test("a store in memory leaves no file", async (t) => {
  const folder = tempDir(t);
  const before = process.cwd();
  process.chdir(folder);
  try {
    await openSqliteStore(":memory:").close();
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    process.chdir(before);
  }
});
