/** `signet monitor` before servers that are honest, that hide, that are not there, and whose database somebody changed. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { decodeLogEntry, statementDigestOf } from "@signet/directory";
import { RunningCommand, runCommand } from "@signet/e2e/support/command-line.ts";
import { openHeadless, registerHeadless } from "@signet/e2e/support/headless.ts";
import { makeInvite } from "@signet/e2e/support/server.ts";
import { UserId, encodeMessage } from "@signet/protocol";
import { backupDatabase, databasePath, restoreDatabase } from "@signet/server";

import { Front, closed, utf8 } from "../support/front.ts";
import type { Bytes } from "../support/front.ts";
import { Monitored, eventsOf, found, judged } from "../support/monitored.ts";

const monitored = await Monitored.open();
const { ann, env, front } = monitored;

test("an honest log is checked whole, and once more from where it was", async () => {
  const state = monitored.newState();
  const first = await monitored.look(state);
  assert.equal(first.code, 0, first.out + first.err);
  const [monitoring, checked] = eventsOf(first.out);
  assert.deepEqual([monitoring?.["event"], monitoring?.["trusted"]], ["monitoring", "first"]);
  assert.deepEqual([checked?.["event"], checked?.["people"], checked?.["statements"]], ["checked", 2, 3]);
  const again = await monitored.look(state);
  assert.equal(again.code, 0);
  assert.equal(eventsOf(again.out)[0]?.["trusted"], "known");
  assert.equal(statSync(state).mode & 0o077, 0);
});

test("a server that starts again and again, and grows meanwhile, is never accused; what is watched is told", async () => {
  const state = monitored.newState();
  const command = new RunningCommand(
    ["monitor", front.origin, "--state", state, "--every", "1", "--json", "--watch", "ann"],
    { env },
  );
  await command.event("checked");
  for (let i = 0; i < 3; i++) {
    await front.stop();
    await command.event("unreachable");
    await front.start();
    await ann.until(
      ({ connection, session }) => connection.status === "online" && session.status === "signedIn",
      "back",
    );
    await ann.terminal.rename(`Ann ${i}`);
    await command.event("statement", ({ happened }) => JSON.stringify(happened).includes(`Ann ${i}`));
  }
  assert.ok(!command.events.some(({ event }) => event === "finding"));
  command.signal("SIGTERM");
  assert.equal((await command.ended).code, 130);
});

test("entries that nobody may read: that the log goes on is checked, and said to be all", async () => {
  const state = monitored.newState();
  await front.restart({ logEntries: "hidden" });
  const { code, out } = await monitored.look(state);
  assert.equal(code, 0);
  const events = eventsOf(out);
  assert.ok(events.some(({ event }) => event === "hidden"));
  assert.equal(events.find(({ event }) => event === "checked")?.["entries"], "hidden");
  const entries = await hiddenEntries();
  front.forge(closed(entries.slice(0, -1).toReversed()));
  found(await monitored.look(state), "forked");
  front.honest();
  // As soon as they are shown, all of them are read.
  await front.restart();
  assert.equal(
    eventsOf((await monitored.look(state)).out).find(({ event }) => event === "checked")?.["entries"],
    "public",
  );
});

test("what does not come, or is nothing of ours, accuses nobody", async () => {
  const state = await monitored.checked();
  for (const answer of [
    { status: 503, type: "text/plain", body: utf8("later") },
    { status: 302, type: "text/plain", body: utf8("elsewhere") },
    { status: 200, type: "text/html", body: utf8("<h1>Sign in to this network") },
    { status: 200, type: "application/json", body: utf8("{}") },
    { status: 200, type: "application/json", body: utf8("x".repeat(100_000)) },
  ]) {
    front.lie(() => answer);
    const { code, err } = await monitored.look(state);
    assert.equal(code, 3, err);
    assert.match(err, /^error: the log cannot be read\n/);
  }
  front.honest();
  // In the middle of it: what was read by then is read again.
  front.lie((path, real) => (path.startsWith("/log/tile/entries/") ? { ...real, status: 503 } : undefined));
  const command = new RunningCommand(
    ["monitor", front.origin, "--state", monitored.newState(), "--every", "1", "--json"],
    { env },
  );
  await command.event("unreachable");
  front.honest();
  await command.event("reachable");
  await command.event("checked");
  command.signal("SIGTERM");
  await command.ended;
});

/** A server on whose database somebody wrote that Eve changed her name. @param by default Eve's own device */
async function withRename(t: TestContext, issuedAtMs: number, by?: SignatureDevice): Promise<Front> {
  const own = await Front.open();
  t.after(() => own.close());
  const eve = await registerHeadless(own.origin, "eve");
  eve.terminal.close();
  await own.stop();
  const database = own.database();
  const row = database.prepare("SELECT entry FROM log_entries WHERE user_id = 'eve'").get();
  const registration = decodeLogEntry(new Uint8Array(row?.["entry"] as Uint8Array));
  assert.ok(registration !== undefined);
  const device = by ?? eve.device;
  const proof = await device.sign({
    purpose: "rename",
    serverOrigin: own.origin,
    userId: "eve",
    deviceId: device.deviceId,
    sequence: 1,
    previous: statementDigestOf(registration.proofs),
    serverChallenge: new Uint8Array(32),
    issuedAtMs,
    renamedDeviceId: "",
    name: "Eve of elsewhere",
  } as never);
  const stored = encodeMessage({ proofs: [proof] });
  database.prepare("INSERT INTO statements (user_id, sequence, statement) VALUES ('eve', 1, ?)").run(stored);
  database.close();
  await own.start();
  return own;
}

const lookAt = ({ origin }: Front, ...more: readonly string[]) =>
  runCommand(["monitor", origin, "--state", monitored.newState(), "--once", "--json", ...more], { env });

test("a statement that breaks a rule, put into the database, is logged by the server and found", async (t) => {
  const own = await withRename(t, Date.now(), await createSoftwareKey({ algorithm: "ES256" }));
  const look = await lookAt(own);
  const { code, sequence, userId } = found(look, "rule");
  assert.deepEqual([userId, sequence, code], ["eve", 1, "history.deviceUnknown"]);
  assert.equal(await judged(look, "rule"), "proven: rule");
});

test("a statement of a time that no calendar has breaks no rule, and no monitor", async (t) => {
  const own = await withRename(t, Number.MAX_SAFE_INTEGER);
  const { code, err, out } = await runCommand(
    ["monitor", own.origin, "--state", monitored.newState(), "--once", "--watch", "eve"],
    { env },
  );
  assert.equal(code, 0, out + err);
  assert.match(out, /Eve of elsewhere/);
  const { code: jsonCode, out: json } = await lookAt(own, "--watch", "eve");
  assert.equal(jsonCode, 0, json);
  assert.match(json, /"at":"\+275760-09-13T00:00:00.000Z"/);
});

test("in words, in both languages", async () => {
  const state = await monitored.checked();
  await monitored.whileLying(
    (entries) => front.forge(closed(entries.slice(0, -2))),
    async () => {
      const english = await runCommand(["monitor", front.origin, "--state", state, "--once"], { env });
      assert.equal(english.code, 8);
      assert.match(english.err, /^error: the log has fewer entries than it had\nhint: believe nothing/);
      const chinese = await runCommand(
        ["monitor", front.origin, "--state", state, "--once", "--language", "zh-Hans"],
        { env },
      );
      assert.equal(chinese.code, 8);
      assert.match(chinese.err, /日志的条目比之前少/);
    },
  );
});

async function hiddenEntries(): Promise<readonly Bytes[]> {
  await front.restart();
  const entries = await front.entries();
  await front.restart({ logEntries: "hidden" });
  return entries;
}

test("a server that starts again from a backup of before is found: its log lost entries", async (t) => {
  const own = await Front.open();
  t.after(() => own.close());
  const [cleo, dan] = [await registerHeadless(own.origin, "cleo"), "dan"];
  t.after(() => cleo.terminal.close());
  const database = databasePath(own.dataDir);
  const from = join(monitored.folder, "backup.db");
  backupDatabase(database, from);
  (await registerHeadless(own.origin, dan)).terminal.close();
  const args = ["monitor", own.origin, "--state", monitored.newState(), "--once", "--json"];
  assert.equal((await runCommand(args, { env })).code, 0);
  await own.stop();
  restoreDatabase({ from, database, replace: true });
  await own.start();
  found(await runCommand(args, { env }), "rolledBack");
  // As soon as it is as long again, it is another one.
  (await registerHeadless(own.origin, dan)).terminal.close();
  found(await runCommand(args, { env }), "forked");
});

test("an administrator whom nobody appointed is said, and with a list of them found where they are not on it", async (t) => {
  const own = await Front.open({ administrators: [UserId.parse("eve")] });
  t.after(() => own.close());
  const eve = await openHeadless(own.origin, "eve");
  const inviteCode = await makeInvite(own.dataDir);
  await eve.terminal.register({ userId: eve.userId, displayName: "Eve", inviteCode });
  const fay = await registerHeadless(own.origin, "fay");
  t.after(() => [eve, fay].forEach(({ terminal }) => terminal.close()));
  await eve.terminal.administration.act(fay.userId, { type: "appoint" });
  const look = (...more: readonly string[]) =>
    runCommand(["monitor", own.origin, "--state", monitored.newState(), "--once", "--json", ...more], {
      env,
    });
  const said = await look();
  assert.equal(said.code, 0, said.out + said.err);
  assert.equal(eventsOf(said.out).find(({ event }) => event === "namedAdministrator")?.["userId"], "eve");
  assert.equal((await look("--administrators", "eve")).code, 0);
  const listed = await look("--administrators", "ann");
  const { code, userId } = found(listed, "rule");
  assert.deepEqual([userId, code], ["fay", "history.administrator"]);
  // Whom the server names is not in its log.
  assert.equal(await judged(listed, "rule"), "notProven: word");
});
