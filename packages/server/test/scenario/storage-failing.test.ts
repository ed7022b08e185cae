/** A disk that takes nothing any more: calls go on, `/healthz` tells, and all is well again when there is room. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";

import { databasePath, openSqliteStore } from "../../src/index.ts";
import type { Store } from "../../src/index.ts";
import { createLog } from "../../src/log.ts";
import { leastFreeBytes, StorageWatch } from "../../src/store/storage-watch.ts";
import { callOfTwo, commitFor, people } from "../support/group.ts";
import { atEnd, startTestServer, tempDir } from "../support/test-server.ts";
import type { Cleanup, TestServer } from "../support/test-server.ts";

const health = async (server: TestServer): Promise<readonly [status: number, body: unknown]> => {
  const response = await fetch(`${server.origin}/healthz`);
  return [response.status, await response.json()];
};

/** Reading is at once: the server, in this process, gets its turn in between. */
async function emptied(store: Store): Promise<void> {
  while ((await store.callInputs()).length > 0) await nextTurn();
}

/** Whatever is written of calls fails, in the real database, until `mend`. */
function breakCallLogs(t: Cleanup, dataDir: string): { rows(): number; mend(): void } {
  const database = new DatabaseSync(databasePath(dataDir), { timeout: 5_000 });
  atEnd(t, () => database.close());
  database.exec("ALTER TABLE call_inputs RENAME TO taken_away");
  return {
    rows: () => Number(database.prepare("SELECT count(*) AS count FROM taken_away").get()?.["count"]),
    mend: () => database.exec("ALTER TABLE taken_away RENAME TO call_inputs"),
  };
}

async function logged(server: TestServer, words: string): Promise<void> {
  while (!server.log().includes(words)) await health(server);
}

test("who leaves while nothing can be written leaves: the call goes on for the others, who change its key", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob, carol, dave] = await people(server, "alice", "bob", "carol", "dave");
  const callId = await callOfTwo(alice, bob, ["carol"]);
  assert.deepEqual(await health(server), [200, { status: "ok" }]);
  const disk = breakCallLogs(t, server.dataDir);
  assert.ok(disk.rows() > 0);

  // Somebody joins, and leaves again.
  await carol.join(await carol.event("call.ring"));
  const admit = await alice.event("call.commitNeeded");
  await alice.request("call.commit", commitFor(admit, 2));
  await carol.event("call.welcome");
  assert.deepEqual(await health(server), [503, { status: "cannotWrite" }]);
  await carol.request("call.leave", { proof: await carol.statement("leave", callId, "left") });
  const remove = await alice.event("call.commitNeeded");
  assert.deepEqual(
    remove.remove.map(({ userId }) => userId),
    ["carol"],
  );
  await alice.request("call.commit", commitFor(remove, 3));
  for (const terminal of [alice, bob])
    assert.equal((await terminal.request("call.sync", { callId, epoch: 3, number: 2 })).epoch, 3);

  // None begins: nobody would know of it after a restart.
  const proof = await carol.callProof(randomBytes(16).toString("base64url"), ["dave"]);
  assert.equal(await carol.refusal("call.request", { proof }), "server.storage");

  // It looks each second.
  await logged(server, '"msg":"nothing can be written: ');
  disk.mend();
  while ((await health(server))[0] !== 200) continue;
  await logged(server, '"msg":"writing works again"');
  // Half of a log would tell a later run something else than what the members know.
  const store = openSqliteStore(databasePath(server.dataDir));
  atEnd(t, () => store.close());
  await emptied(store);
  // It goes on, and ends in order.
  await bob.request("call.leave", { proof: await bob.statement("leave", callId, "left") });
  await alice.event("call.commitNeeded");
  const again = await carol.call(["dave"]);
  assert.equal((await dave.event("call.ring")).callId, again.callId);
  assert.deepEqual(
    (await store.callInputs()).map((call) => call.callId),
    [again.callId],
  );
});

test("a call that ended while its log could not be deleted is not taken up again", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const disk = breakCallLogs(t, server.dataDir);
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  assert.equal((await bob.event("call.ended")).callId, callId);
  assert.ok(disk.rows() > 0);
  disk.mend();
  const store = openSqliteStore(databasePath(server.dataDir));
  atEnd(t, () => store.close());
  await emptied(store);
});

test("a disk is full with one byte less than the least, and not with just that", async (t) => {
  const store = openSqliteStore(join(tempDir(t), "signet.db"));
  atEnd(t, () => store.close());
  let freeBytes = leastFreeBytes;
  let logged = "";
  const log = createLog("info", { write: (line: string) => void (logged += line) });
  const watch = new StorageWatch({ store, dataDir: ".", log, freeBytes: () => Promise.resolve(freeBytes) });
  await watch.look(0);
  assert.equal(watch.status, "ok");
  freeBytes -= 1;
  await watch.look(1);
  await watch.look(2);
  assert.equal(watch.status, "diskFull");
  assert.equal(logged.match(/the disk of the data directory is full/g)?.length, 1);
  freeBytes += 1;
  await watch.look(3);
  assert.equal(watch.status, "ok");
  assert.match(logged, /writing works again/);
});
