/** The server's log: one that is taken back, hidden or exchanged is found by a terminal, and one that only went on, stopped or was restored is what it says it is. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { ReplyBody } from "@signet/protocol";
import { backupDatabase, databasePath, restoreDatabase } from "@signet/server";
import type { RunningServer } from "@signet/server";
import { MemoryEvidencePlace } from "@signet/terminal";

import { registerHeadless, openHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { Scene, agree, answer, rings } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

type Proven = ReplyBody<"directory.prove">;

let server: RunningServer;
const scene = new Scene(() => server.origin);
before(async () => {
  server = await startTestServer();
});
after(async () => {
  await scene.close();
  await server.close();
});

const codes = ({ terminal }: Headless): readonly string[] =>
  terminal.state.warnings.map(({ code, userId }) => (userId === undefined ? code : `${userId} ${code}`));

/** Asks the log about people of whom nothing was asked yet. */
const refusalOf = async ({ terminal }: Headless, of: Headless): Promise<string | undefined> =>
  (await terminal.lookup([of.userId]))[0]?.refused;

test("a log that is taken back to what it was proves nobody, also nobody who was met; what was signed of it is kept", async () => {
  const place = new MemoryEvidencePlace();
  const ann = await scene.deceived("ann", { environment: { evidencePlace: place } });
  const [ben] = await scene.people("ben");
  let old: Proven | undefined;
  ann.server.onReply("directory.prove", (reply) => {
    old ??= reply;
    return [reply];
  });
  assert.equal(await refusalOf(ann, ben), undefined);
  const [cleo] = await scene.people("cleo");
  assert.equal(await refusalOf(ann, cleo), undefined);
  ann.server.onReply("directory.prove", () => [old!]);
  const [dan] = await scene.people("dan");
  assert.equal(await refusalOf(ann, dan), "log.rolledBack");
  assert.equal(await refusalOf(ann, ben), "log.rolledBack");
  await assert.rejects(ann.terminal.call([ben.userId]), { code: "log.rolledBack" });
  assert.deepEqual(codes(ann), ["log.rolledBack"]);
  assert.equal(ann.terminal.state.log?.code, "log.rolledBack");
  assert.equal(place.all().length, 1);
  assert.deepEqual(ann.terminal.log.evidence(), place.all());
  // And stays so in the next run, with the same pins.
  const again = await scene.visitor("ann", { device: ann.device, environment: { pins: ann.pins } });
  again.server.onReply("directory.prove", () => [old!]);
  await again.terminal.signIn({ userId: again.userId });
  await again.until(({ log }) => log?.code === "log.rolledBack", "that it is noticed at the sign-in");
});

test("whoever revoked a device is told when the log that others are shown does not say so", async () => {
  const eve = await scene.deceived("eve");
  const second = await createSoftwareKey({ algorithm: "ES256" });
  const desk = await scene.visitor("eve", {
    device: eve.device,
    environment: {
      devices: {
        create: () => Promise.resolve({ device: second }),
        open: () => Promise.resolve(eve.device),
      },
    },
  });
  await desk.terminal.signIn({ userId: desk.userId });
  const added = await desk.terminal.addDevice({ name: "Lost" });
  const witness = await scene.deceived("wes");
  let old: Proven | undefined;
  witness.server.onReply("directory.prove", (reply) => {
    if (reply.people.some(({ userId }) => userId === eve.userId)) old = reply;
    return [reply];
  });
  assert.equal(await refusalOf(witness, eve), undefined);
  await desk.terminal.revokeDevice(added, "stolen");
  // A browser in which nobody was signed in before: nothing is remembered there.
  const fresh = await scene.visitor("eve", { device: eve.device });
  fresh.server.onReply("directory.prove", () => [old!]);
  await fresh.terminal.signIn({ userId: fresh.userId });
  await fresh.until(
    ({ warnings }) => warnings.some(({ code }) => code === "directory.ownUnproven"),
    "that the revocation is not shown",
  );
  assert.deepEqual(codes(fresh), ["eve directory.ownUnproven"]);
  // Also who signs in for a moment alone.
  const brief = await scene.visitor("eve", { device: eve.device });
  brief.server.onReply("directory.prove", () => [old!]);
  await brief.terminal.signIn({ userId: brief.userId });
  await brief.terminal.release();
  assert.deepEqual(codes(brief), ["eve directory.ownUnproven"]);
});

test("a log whose key is another one, or that is gone, proves nobody, until it is back", async () => {
  const fay = await scene.deceived("fay");
  const [gus] = await scene.people("gus");
  assert.equal(await refusalOf(fay, gus), undefined);
  for (const [logKey, code] of [
    [undefined, "log.missing"],
    ["other.example/log+1d3f2f6c+ARGyI6yR0sPxIp5KQ3Aih9wxXf1HRG4Fr0lmGV9lv2pY", "log.otherKey"],
  ] as const) {
    fay.server.onReply("session.hello", (hello) => [{ ...hello, logKey }]);
    const resumed = fay.server.next("session.resume");
    fay.server.cut();
    await resumed;
    await fay.until(({ log }) => log?.code === code, code);
    assert.equal(await refusalOf(fay, gus), code);
  }
  fay.server.repent();
  const resumed = fay.server.next("session.resume");
  fay.server.cut();
  await resumed;
  await fay.until(({ log, warnings }) => log === undefined && warnings.length === 0, "the log, as it was");
  assert.equal(await refusalOf(fay, gus), undefined);
});

test("an honest server is believed over its restarts, while people come, change their devices and call", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "signet-e2e-"));
  let running = await startTestServer({ dataDir });
  const { port } = running;
  const opened: Headless[] = [];
  t.after(async () => {
    for (const { terminal } of opened) terminal.close();
    await running.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const came = async (name: string): Promise<Headless> => {
    const person = await registerHeadless(running.origin, name);
    opened.push(person);
    return person;
  };
  const [hal, ida] = [await came("hal"), await came("ida")];
  assert.equal(await refusalOf(hal, ida), undefined);
  for (const round of [1, 2]) {
    await running.close();
    for (const one of opened)
      await one.until(({ connection }) => connection.status === "offline", "without the server");
    running = await startTestServer({ dataDir, port });
    for (const { terminal } of opened) terminal.retryNow();
    for (const one of opened)
      await one.until(
        ({ connection, session }) => connection.status === "online" && session.status === "signedIn",
        "back",
      );
    const next = await came(`jon${round}`);
    await ida.terminal.rename(`Ida ${round}`);
    assert.equal(await refusalOf(hal, next), undefined);
    assert.equal(await refusalOf(next, hal), undefined);
    await hal.terminal.call([ida.userId, next.userId]);
    await Promise.all([ida, next].map(answer));
    await agree(hal, ida, next);
    await hal.terminal.endForAll();
    for (const one of [hal, ida, next]) await one.until(({ call }) => call?.phase === "ended", "the end");
    for (const { terminal } of opened) terminal.dismissCall();
  }
  for (const one of opened) assert.deepEqual([one.userId, codes(one)], [one.userId, []]);
});

test("after a backup took its place the log is noticed to be shorter, and whoever was told why begins anew with it", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "signet-e2e-"));
  let running = await startTestServer({ dataDir });
  const { origin, port } = running;
  const opened: Headless[] = [];
  t.after(async () => {
    for (const { terminal } of opened) terminal.close();
    await running.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const kim = await registerHeadless(origin, "kim");
  const leo = await registerHeadless(origin, "leo");
  opened.push(kim, leo);
  const backup = join(dataDir, "backup.db");
  backupDatabase(databasePath(dataDir), backup);
  const max = await registerHeadless(origin, "max");
  opened.push(max);
  assert.equal(await refusalOf(kim, max), undefined);
  await running.close();
  restoreDatabase({ from: backup, database: databasePath(dataDir), replace: true });
  running = await startTestServer({ dataDir, port });
  const again = await openHeadless(origin, "kim", { device: kim.device, environment: { pins: kim.pins } });
  opened.push(again);
  await again.terminal.signIn({ userId: kim.userId });
  await again.until(({ log }) => log?.code === "log.rolledBack", "that it is shorter");
  assert.equal(await refusalOf(again, leo), "log.rolledBack");
  const { verifierKey } = again.terminal.state.log!;
  await assert.rejects(again.terminal.log.trust(undefined), { code: "log.otherKey" });
  await again.terminal.log.trust(verifierKey);
  assert.deepEqual([again.terminal.state.log, codes(again)], [undefined, []]);
  assert.equal(await refusalOf(again, leo), undefined);
  const other = await openHeadless(origin, "leo", { device: leo.device });
  opened.push(other);
  await other.terminal.signIn({ userId: leo.userId });
  await again.terminal.call([leo.userId]);
  await other.until(rings, "ringing");
});
