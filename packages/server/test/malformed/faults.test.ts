/** What must go on when a part of the server fails. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import type { MediaEngine } from "@signet/media";
import { defaultCallTimes, encodeTranscript } from "@signet/protocol";

import { CallProcessor } from "../../src/call/call-processor.ts";
import { createLog } from "../../src/log.ts";
import { ServerMetrics } from "../../src/metrics.ts";
import { PersonShares } from "../../src/person-shares.ts";
import { Directory } from "../../src/registry/directory.ts";
import { Sessions } from "../../src/registry/sessions.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { WriteQueue } from "../../src/store/write-queue.ts";
import type { Answer } from "../../src/ws/answer.ts";
import { atEnd, softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import { newCallId, newTerminalId, TestTerminal, user } from "../support/test-terminal.ts";

test("writes are refused, not forgotten, when even the ROLLBACK fails; later ones go on", async (t) => {
  let broken = true;
  class BrokenDatabase extends DatabaseSync {
    override exec(sql: string): void {
      if (sql === "ROLLBACK" && broken) throw new Error("disk I/O error");
      super.exec(sql);
    }
  }
  const database = new BrokenDatabase(join(tempDir(t), "test.db"));
  atEnd(t, () => database.close());
  const queue = new WriteQueue(database);
  const fails = (): never => {
    throw new Error("disk full");
  };
  const first = await Promise.allSettled([queue.add(() => 1), queue.add(fails)]);
  assert.deepEqual(
    first.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  await assert.rejects(
    queue.add(() => 2),
    { code: "server.storage" },
  );
  broken = false;
  await assert.rejects(
    queue.add(() => 3),
    { code: "server.storage" },
  );
  assert.equal(await queue.add(() => 4), 4);
});

test("an effect that fails is logged, and the call goes on", async (t) => {
  const server = await startTestServer(t);
  const terminal = await TestTerminal.connect(server);
  const { entry } = await terminal.register("alice", await softwareDevice());
  const store = openSqliteStore(join(tempDir(t), "signet.db"));
  atEnd(t, () => store.close());
  const clock = Date.now;
  const originOf = (): string => server.origin;
  const directory = new Directory(store, originOf, () => false);
  const sessions = new Sessions({ store, directory, originOf, clock });
  let logged = "";
  const log = createLog("info", { write: (line: string) => void (logged += line) });
  const media = {
    calls: () => [],
    leave: () => {
      throw new Error("the media process is gone");
    },
  } as unknown as MediaEngine;
  const replies = new PersonShares({ perMinute: 1 }, clock);
  const metrics = new ServerMetrics();
  const missed = { note: () => undefined };
  const wake = (): void => undefined;
  const calls = new CallProcessor({ store, sessions, media, missed, metrics, replies, wake, log, clock });

  const callId = newCallId();
  const terminalId = newTerminalId();
  const bob = { userId: user("bob"), terminalId: newTerminalId() };
  const { proof } = entry;
  const answers: Answer[] = [];
  const respond = (answer: Answer): void => void answers.push(answer);
  const called = encodeTranscript({
    purpose: "call",
    serverOrigin: "https://signet.example",
    userId: entry.userId,
    deviceId: entry.deviceId,
    issuedAtMs: 0,
    callId,
    memberUserIds: ["bob", "carol"],
    leafKey: new Uint8Array(32),
    head: new Uint8Array(32),
    checkpoint: new Uint8Array(),
  });
  const callProof = { ...proof, transcript: called };
  const invite = { callId, initiator: entry, proof: callProof, binding: proof };
  const callDigest = new Uint8Array(32);
  const carol = { userId: user("carol"), terminalId: newTerminalId() };
  const people = [bob, carol].map(
    ({ terminalId: at, userId }) => ({ userId, terminalIds: [at], entry, outcome: "reachable" }) as const,
  );
  await calls.start(
    { type: "start", invite, callDigest, terminalId, people, times: defaultCallTimes },
    respond,
  );
  const common = { proof, binding: proof };
  await calls.submit(
    callId,
    { type: "join", ...bob, ...common, entry, keyPackage: Uint8Array.of(1), leafKey: Uint8Array.of(1) },
    respond,
  );
  await calls.submit(callId, { type: "leave", ...bob, ...common, reason: "left" }, respond);
  await calls.submit(
    callId,
    { type: "join", ...bob, ...common, entry, keyPackage: Uint8Array.of(2), leafKey: Uint8Array.of(2) },
    respond,
  );
  await calls.settled();
  assert.deepEqual(
    answers.map(({ ok }) => ok),
    [true, true, true, true],
  );
  assert.match(logged, /"effect":"mediaLeave".*"msg":"effect failed"/);
});
