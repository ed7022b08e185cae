import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { SignetError, UserId, encodeMessage } from "@signet/protocol";
import type { PresenceFor } from "@signet/protocol";

import { openSqliteStore } from "../../src/index.ts";
import { openLoggedStore } from "../support/logged-store.ts";
import { tempDir } from "../support/test-server.ts";
import { storeContract } from "./store-contract.ts";
import { registration, stated, statement } from "./store-fixtures.ts";
import { missedCall } from "./missed-contract.ts";

storeContract("sqlite", (t) => {
  const path = join(tempDir(t), "data", "signet.db");
  return { open: () => openLoggedStore(path) };
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

test("the database itself refuses to change or delete statements, and whose a device is", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const store = await openLoggedStore(path);
  const { entry, binding } = registration("alice");
  const { deviceId } = entry;
  await store.register({ entry, binding: { ...binding, deviceId } });
  const added = { userId: entry.userId, newDeviceId: "second" };
  await store.appendStatement({ ...added, sequence: 1, statement: statement(), endedDeviceIds: [deviceId] });
  await store.close();
  const database = new DatabaseSync(path);
  const dump = (): unknown =>
    ["statements", "devices", "ended_devices"].map((table) =>
      database.prepare(`SELECT * FROM ${table}`).all(),
    );
  const before = dump();
  for (const [change, refusal] of [
    ["UPDATE statements SET statement = '{}'", /append-only/],
    ["DELETE FROM statements", /append-only/],
    ["UPDATE devices SET user_id = 'alice'", /append-only/],
    ["DELETE FROM devices", /append-only/],
    ["UPDATE ended_devices SET device_id = 'second'", /append-only/],
    ["DELETE FROM ended_devices", /append-only/],
    // In the place of another, and with one left out.
    ["INSERT OR REPLACE INTO statements (user_id, sequence, statement) VALUES ('alice', 1, '{}')", /follow/],
    ["INSERT INTO statements (user_id, sequence, statement) VALUES ('alice', 3, '{}')", /follow/],
    ["INSERT INTO statements (user_id, sequence, statement) VALUES ('alice', 0, '{}')", /follow/],
    ["INSERT INTO statements (user_id, sequence, statement) VALUES ('bob', 1, '{}')", /FOREIGN KEY/],
    ["INSERT OR REPLACE INTO devices VALUES ('second', 'alice')", /one person's/],
    ["INSERT INTO devices VALUES ('third', 'bob')", /FOREIGN KEY/],
    ["INSERT INTO ended_devices VALUES ('third')", /FOREIGN KEY/],
    [`INSERT INTO bindings VALUES ('alice', '${deviceId}', 't', X'00', 1, '{}')`, /was revoked/],
  ] as const)
    assert.throws(() => database.exec(change), refusal, change);
  assert.deepEqual(dump(), before);
  assert.deepEqual(database.prepare("SELECT * FROM bindings").all(), []);
  database.close();
});

test("a database from before renewal keeps who is registered, and what renewed certificates later counts", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const now = await openLoggedStore(path);
  const { entry, binding } = registration("alice");
  await now.register({ entry, binding });
  await now.close();
  const database = new DatabaseSync(path);
  for (const table of [
    "bindings_of_no_ended_device",
    "ended_devices",
    "devices",
    "statements",
    "renewed_entries",
    "signature_counts",
    "last_sign_ins",
    "documents",
    "missed_calls",
    "pushes",
    "blocks",
    "pictures",
    "mailboxes",
    "unanswered_calls",
    "voice_messages",
    "presence_shown",
    "presence_choices",
    "log_entries",
    "log_nodes",
    "map_nodes",
  ])
    database.exec(`DROP ${table.startsWith("bindings") ? "TRIGGER" : "TABLE"} ${table}`);
  database.exec("PRAGMA user_version = 1");
  database.close();

  const store = await openLoggedStore(path);
  assert.deepEqual(await store.entryOf(entry.userId), stated(entry));
  assert.deepEqual(await store.bindings(), [binding]);
  assert.deepEqual(await store.signInsOf(entry.userId), [binding.proof]);
  // As a version between wrote it.
  const writer = new DatabaseSync(path);
  const rows = [new Uint8Array(300), new Uint8Array(400)].map((chain) => ({
    ...entry,
    certificates: [chain],
  }));
  for (const row of rows)
    writer
      .prepare("INSERT INTO renewed_entries (user_id, entry) VALUES (?, ?)")
      .run(entry.userId, encodeMessage(row));
  writer.close();
  const followed = statement();
  const appended = { userId: entry.userId, sequence: 1, statement: followed, endedDeviceIds: [] };
  assert.equal(await store.appendStatement(appended), "appended");
  assert.deepEqual(await store.entryOf(entry.userId), stated(rows[1] ?? entry, followed));
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

test("what somebody missed, and what is kept of their own calls, goes with the person", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const store = await openLoggedStore(path);
  const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => registration(name));
  assert.ok(alice && bob && carol);
  for (const made of [alice, bob, carol]) await store.register(made);
  const bounds = { perPair: 9, perCaller: 9, perPerson: 9 };
  const missed = [missedCall("alice", "bob"), missedCall("bob", "alice"), missedCall("carol", "alice")];
  await store.missed.keep([...missed, missedCall("carol", "bob")], bounds);
  await store.close();
  const database = new DatabaseSync(path);
  // Nobody is deleted so far: the directory refuses it.
  database.exec("PRAGMA foreign_keys = ON; DROP TRIGGER directory_no_delete; DROP TRIGGER devices_no_delete");
  database.exec(
    "DELETE FROM bindings; DELETE FROM last_sign_ins; DELETE FROM devices WHERE user_id = 'alice'",
  );
  database.exec("DELETE FROM directory WHERE user_id = 'alice'");
  const left = database.prepare("SELECT user_id, caller_id FROM missed_calls").all();
  database.close();
  assert.deepEqual(
    left.map((row) => ({ ...row })),
    [{ user_id: "carol", caller_id: "bob" }],
  );
});

test("of who may see somebody only what changed is written: what is told at each sign-in is mostly the same", async (t) => {
  const path = join(tempDir(t), "signet.db");
  const store = await openLoggedStore(path);
  const { entry, binding } = registration("alice");
  await store.register({ entry, binding });
  const { userId } = entry;
  const other = new DatabaseSync(path);
  other.exec(`
    CREATE TABLE written (what TEXT) STRICT;
    CREATE TRIGGER put AFTER INSERT ON presence_shown BEGIN INSERT INTO written VALUES ('+' || new.shown_id); END;
    CREATE TRIGGER gone AFTER DELETE ON presence_shown BEGIN INSERT INTO written VALUES ('-' || old.shown_id); END;
    CREATE TRIGGER chosen AFTER INSERT ON presence_choices BEGIN INSERT INTO written VALUES (new.who); END;
    CREATE TRIGGER changed AFTER UPDATE ON presence_choices
      BEGIN INSERT INTO written VALUES (new.who || new.do_not_disturb); END;`);
  const choose = async (who: PresenceFor, userIds: readonly string[], doNotDisturb = false) => {
    await store.presence.choose(userId, {
      who,
      userIds: userIds.map((id) => UserId.parse(id)),
      doNotDisturb,
    });
    const written = other.prepare("SELECT what FROM written ORDER BY what").all();
    other.exec("DELETE FROM written");
    return written.map(({ what }) => what);
  };
  assert.deepEqual(await choose("people", ["ben", "cleo"]), ["+ben", "+cleo", "people"]);
  assert.deepEqual(await choose("people", ["cleo", "ben"]), []);
  assert.deepEqual(await choose("people", ["cleo", "dan"], true), ["+dan", "-ben", "people1"]);
  assert.deepEqual(await choose("nobody", [], true), ["-cleo", "-dan", "nobody1"]);
  assert.deepEqual(await choose("nobody", [], true), []);
  other.close();
  await store.close();
});
