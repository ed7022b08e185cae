import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { SignetError } from "@signet/protocol";

import { openSqliteStore } from "../../src/index.ts";
import { tempDir } from "../support/test-server.ts";
import { registration, storeContract } from "./store-contract.ts";

storeContract("sqlite", (t) => {
  const path = join(tempDir(t), "data", "signet.db");
  return { open: () => Promise.resolve(openSqliteStore(path)) };
});

test("the database itself refuses to change or delete directory entries", async (t) => {
  const path = join(tempDir(t), "signet.db");
  await openSqliteStore(path).close();
  const database = new DatabaseSync(path);
  database.exec("INSERT INTO directory (user_id, device_id, entry) VALUES ('alice', 'device', '{}')");
  assert.throws(() => database.exec("UPDATE directory SET entry = 'other'"), /append-only/);
  assert.throws(() => database.exec("DELETE FROM directory"), /append-only/);
  assert.equal(database.prepare("SELECT entry FROM directory").get()?.["entry"], "{}");
  database.exec("INSERT INTO renewed_entries (user_id, entry) VALUES ('alice', '{}')");
  assert.throws(() => database.exec("UPDATE renewed_entries SET entry = 'other'"), /append-only/);
  assert.throws(() => database.exec("DELETE FROM renewed_entries"), /append-only/);
  assert.equal(database.prepare("SELECT entry FROM renewed_entries").get()?.["entry"], "{}");
  database.close();
});

test("a database from before renewal keeps who is registered, and takes renewals", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const now = openSqliteStore(path);
  const { entry, binding } = registration("alice");
  await now.register({ entry, binding });
  await now.close();
  const database = new DatabaseSync(path);
  database.exec("DROP TABLE renewed_entries; PRAGMA user_version = 1");
  database.close();

  const store = openSqliteStore(path);
  assert.deepEqual(await store.entryOf(entry.userId), entry);
  assert.deepEqual(await store.bindings(), [binding]);
  const renewed = { ...entry, certificates: [new Uint8Array(300)] };
  assert.equal(await store.renew({ entry: renewed, binding }), "renewed");
  assert.deepEqual(await store.entryOf(entry.userId), renewed);
  await store.close();
});

test("a database of a newer version is left alone", (t) => {
  const path = join(tempDir(t), "signet.db");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 1000");
  database.close();
  assert.throws(
    () => openSqliteStore(path),
    (error) => error instanceof SignetError && error.code === "server.storage",
  );
});

test("a write that the medium refuses is reported, and takes only its own transaction with it", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const store = openSqliteStore(path);
  const blocker = new DatabaseSync(path);
  blocker.exec("DROP TABLE invites");
  blocker.close();
  await assert.rejects(store.addInvites([new Uint8Array(32)], 1), { code: "server.storage" });
  assert.deepEqual(await store.bindings(), []);
  await store.close();
});
