/** The log of the directory as its readers have it: by HTTP, by the proofs that a terminal asks for, and after a start on data of before. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";

import {
  decodeEntryBundle,
  decodeLogEntry,
  decodeMapRootEntry,
  decodeTile,
  historyOf,
  leafHash,
  mapKey,
  openCheckpoint,
  parseVerifierKey,
  statementDigestOf,
  verifyConsistency,
  verifyMapProof,
  verifyMapRoot,
} from "@signet/directory";
import type { Checkpoint, LogEntry } from "@signet/directory";
import { foldHistory, headOf } from "@signet/device";
import type { ReplyBody, UserId } from "@signet/protocol";

import { addSoftwareKey } from "../support/own-history.ts";
import { people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import { TestTerminal } from "../support/test-terminal.ts";

const server = await startTestServer({ after });
const [ann] = await people(server, "ann");
const [ben] = await people(server, "ben");

type Proven = ReplyBody<"directory.prove">;

async function read(path: string, from: TestServer = server): Promise<Response> {
  return fetch(`${from.origin}${path}`);
}

async function bytesAt(path: string, from = server): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await read(path, from);
  assert.equal(answer.status, 200, path);
  return new Uint8Array(await answer.arrayBuffer());
}

async function named(from = server) {
  const said = (await (await read("/.well-known/signet-log", from)).json()) as Record<
    "entries" | "origin" | "url" | "verifierKey",
    string
  >;
  const key = parseVerifierKey(said.verifierKey);
  assert.ok(key !== undefined);
  return { ...said, key };
}

async function opened(note: string, from = server): Promise<Checkpoint> {
  const result = await openCheckpoint(note, (await named(from)).key);
  assert.ok(result.ok, JSON.stringify(result));
  return result.checkpoint;
}

const checkpointOf = async (from = server): Promise<Checkpoint> =>
  opened(await (await read("/log/checkpoint", from)).text(), from);

function mapSays(checkpoint: Checkpoint, { people: proven }: Proven, userId: string) {
  const found = proven.find((one) => one.userId === userId);
  assert.ok(found !== undefined && checkpoint.mapRoot !== undefined);
  const { leaf, siblings } = found;
  return verifyMapProof(checkpoint.mapRoot, mapKey(userId as UserId), { siblings, leaf });
}

test("whoever reads it has all statements, in their order, and everybody's history folds from them", async () => {
  const { host } = new URL(server.origin);
  const { entries, key, origin, url } = await named();
  assert.deepEqual([origin, url, entries], [`${host}/log`, `${server.origin}/log`, "public"]);
  assert.equal(key.name, origin);
  await addSoftwareKey(ann);
  const { size } = await checkpointOf();
  const bundle = decodeEntryBundle(await bytesAt(`/log/tile/entries/000.p/${size}`), size) ?? [];
  const tile = decodeTile(await bytesAt(`/log/tile/0/000.p/${size}`), size);
  assert.deepEqual(
    bundle.map((entry) => leafHash(entry)),
    tile,
  );
  const statements = bundle.flatMap((entry): LogEntry[] => {
    const statement = decodeLogEntry(entry);
    assert.ok((statement === undefined) !== (decodeMapRootEntry(entry) === undefined));
    return statement === undefined ? [] : [statement];
  });
  assert.deepEqual(
    statements.map(({ userId, sequence }) => `${userId} ${sequence}`),
    ["ann 0", "ben 0", "ann 1"],
  );
  const history = historyOf(statements.filter(({ userId }) => userId === "ann"));
  assert.ok(history !== undefined);
  const folded = await foldHistory(history, {
    serverOrigin: server.origin,
    administratorDevices: () => Promise.resolve(undefined),
  });
  assert.ok(folded.ok);
  const { people: found } = await ben.request("directory.lookup", { userIds: ["ann" as UserId] });
  assert.equal(found[0]?.entry?.statements.length, 1);
  const last = statements.at(-1);
  assert.deepEqual(headOf(folded.person), last && statementDigestOf(last.proofs));
});

test("a terminal is shown where each history ends, that others have none, and how the log went on since", async () => {
  const first = await ben.request("directory.prove", { userIds: ["ann", "nobody"] as UserId[], from: 0 });
  const before = await opened(first.checkpoint);
  assert.deepEqual(first.consistencyProof, []);
  assert.ok(verifyMapRoot(before, first.mapRootProof));
  assert.ok(!verifyMapRoot({ ...before, mapRoot: before.root }, first.mapRootProof));
  assert.deepEqual(mapSays(before, first, "nobody"), { ok: true, value: undefined });
  const annBefore = mapSays(before, first, "ann");

  await addSoftwareKey(ann);
  const next = await ben.request("directory.prove", { userIds: ["ann" as UserId], from: before.size });
  const after_ = await opened(next.checkpoint);
  assert.ok(after_.size > before.size);
  assert.ok(verifyConsistency(before, after_, next.consistencyProof));
  assert.ok(verifyMapRoot(after_, next.mapRootProof));
  const annAfter = mapSays(after_, next, "ann");
  assert.ok(annAfter.ok && annBefore.ok);
  assert.notDeepEqual(annAfter.value, annBefore.value);

  const same = await ben.request("directory.prove", { userIds: [], from: after_.size });
  assert.deepEqual([same.consistencyProof, same.people], [[], []]);
  assert.ok(verifyConsistency(after_, await opened(same.checkpoint), same.consistencyProof));
  // More than there is: nothing can be proven, and nothing is.
  const beyond = await ben.request("directory.prove", { userIds: [], from: after_.size + 1 });
  assert.deepEqual(beyond.consistencyProof, []);
});

test("what is no tile of it, or not there yet, is not found", async () => {
  const { size } = await checkpointOf();
  for (const path of [
    "tile/0/000",
    `tile/0/000.p/${size + 1}`,
    `tile/entries/000.p/${size + 1}`,
    "tile/1/000.p/1",
    "tile/0/001.p/1",
    "tile/0/0.p/1",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/64/000.p/1",
    "tile/entries/x999/x999/x999/x999/x999/999.p/1",
    "tile/..%2f..%2fcheckpoint",
    "tile/",
    "other",
  ])
    assert.equal((await read(`/log/${path}`)).status, 404, path);
});

test("a server whose entries are hidden shows hashes, checkpoints and proofs all the same", async (t) => {
  const hidden = await startTestServer(t, { logEntries: "hidden" });
  const [cleo] = await people(hidden, "cleo");
  assert.equal((await named(hidden)).entries, "hidden");
  const refused = await read("/log/tile/entries/000.p/2", hidden);
  assert.deepEqual(
    [refused.status, /shows the entries of its log to nobody/.test(await refused.text())],
    [403, true],
  );
  assert.equal((await bytesAt("/log/tile/0/000.p/2", hidden)).length, 64);
  const proven = await cleo.request("directory.prove", { userIds: ["cleo" as UserId], from: 0 });
  const said = mapSays(await opened(proven.checkpoint, hidden), proven, "cleo");
  assert.ok(said.ok && said.value !== undefined);
});

test("who is not signed in is proven nothing of people, but for administrators, and how the log goes on", async (t) => {
  const stranger = await TestTerminal.connect(server);
  for (const userIds of [["ann"], ["nobody"]] as UserId[][])
    assert.equal(await stranger.refusal("directory.prove", { userIds, from: 0 }), "auth.signInRequired");
  const { checkpoint } = await stranger.request("directory.prove", { userIds: [], from: 0 });
  const { size } = await opened(checkpoint);
  assert.deepEqual(await stranger.request("directory.consistency", { from: size, to: size }), { proof: [] });
  for (const [from, to] of [
    [size, size + 1],
    [size, size - 1],
  ] as const)
    assert.equal(await stranger.refusal("directory.consistency", { from, to }), "log.noSuchSize");

  const dataDir = tempDir(t);
  const before = await startTestServer(t, { dataDir });
  await people(before, "adam", "eve");
  await before.close();
  const { port } = before;
  const administered = await startTestServer(t, { dataDir, port, administrators: ["adam" as UserId] });
  const outside = await TestTerminal.connect(administered);
  const proven = await outside.request("directory.prove", { userIds: ["adam" as UserId], from: 0 });
  const said = mapSays(await opened(proven.checkpoint, administered), proven, "adam");
  assert.ok(said.ok && said.value !== undefined);
  const both = { userIds: ["adam", "eve"] as UserId[], from: 0 };
  assert.equal(await outside.refusal("directory.prove", both), "auth.signInRequired");
});

test("data of before get their log by themselves, with every statement once, and the same one at every start", async (t) => {
  const dataDir = tempDir(t);
  const path = join(dataDir, "signet.db");
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, "../released/database-0.1.sql"), "utf8"));
  database.close();
  const origin = "http://localhost:45029";
  const options = { dataDir, origin, port: 0, clock: () => 1_795_880_000_000 };
  const started = await startTestServer(t, options);
  await started.close();
  const log = new DatabaseSync(path, { readOnly: true });
  const rows = log.prepare("SELECT user_id, sequence FROM log_entries ORDER BY position").all();
  const note = log.prepare("SELECT value FROM meta WHERE name = 'checkpoint'").get();
  log.close();
  assert.deepEqual(
    rows.map((row) => [row["user_id"], row["sequence"]]),
    [
      ["ann", 0],
      ["ben", 0],
      ["cleo", 0],
      [null, null],
    ],
  );
  const again = await startTestServer(t, options);
  await again.close();
  const later = new DatabaseSync(path, { readOnly: true });
  assert.equal(later.prepare("SELECT count(*) AS count FROM log_entries").get()?.["count"], rows.length);
  assert.deepEqual(later.prepare("SELECT value FROM meta WHERE name = 'checkpoint'").get(), note);
  later.close();
});
