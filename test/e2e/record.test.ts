/** The record of a call: what every terminal can keep of it, and what somebody who was not there finds in the file. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import { formatRecord, parseRecord, verifyFile } from "@signet/record";
import type { CallRecord, RecordReport, StayReport } from "@signet/record";
import { deviceAtHand } from "@signet/terminal";

import { openHeadless, registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { agree, answer, callAll, sceneWithServer } from "./support/scene.ts";
import { ServedSignet } from "./support/served.ts";

const scene = sceneWithServer();

const keptAt = ({ terminal }: Headless) => terminal.state.call?.record;

/** Everybody is told that these keep a record, and this terminal has what all `signers` signed of `epoch`. */
async function signedAt(
  person: Headless,
  signers: readonly Headless[],
  ...keepers: readonly string[]
): Promise<void> {
  await person.until(
    ({ call }) => keepers.every((userId) => call?.record?.keepers.some((one) => one === userId) === true),
    `that ${keepers.join(", ")} keep a record`,
  );
  const epoch = person.terminal.state.call?.epoch;
  for (;;) {
    const { epochs } = parsed(await person.terminal.record.save());
    if (epochs.some(({ number, words }) => number === epoch && words.length === signers.length)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function parsed(text: string): CallRecord {
  const result = parseRecord(text);
  assert.ok(result.ok, JSON.stringify(result));
  return result.record;
}

test("who was there signs it for whoever keeps a record, everybody is told, and the file holds it", async () => {
  const [ann, ben, cleo] = await scene.people("ann", "ben", "cleo");
  assert.throws(() => ann.terminal.record.keep(true), { code: "call.notMember" });
  await assert.rejects(ann.terminal.record.save(), { code: "call.notMember" });
  await callAll(ann, ben, cleo);
  assert.equal(keptAt(ben), undefined);
  ann.terminal.record.keep(true);
  assert.equal(keptAt(ann)?.keeping, true);
  await Promise.all([ann, ben, cleo].map((person) => signedAt(person, [ann, ben, cleo], "ann")));
  assert.deepEqual(keptAt(ben), { keeping: false, keepers: ["ann"], troubles: [] });
  const text = await ann.terminal.record.save();
  const record = parsed(text);
  assert.equal(formatRecord(record), text);
  assert.deepEqual(
    record.people.map(({ entry, mapProof }) => [entry.userId, mapProof !== undefined]),
    [
      ["ann", true],
      ["ben", true],
      ["cleo", true],
    ],
  );
  assert.equal(record.statements.length, 3, "the call, and two answers");
  assert.ok(record.log !== undefined && record.kept !== undefined);
  const verified = await verifyFile(text);
  assert.ok(verified.kind === "record", JSON.stringify(verified));
  const { kept, log, people } = verified.report;
  assert.equal(kept?.by, "ann");
  assert.deepEqual(
    log?.views.map(({ fits }) => fits),
    ["fits"],
  );
  assert.deepEqual(
    people.map(({ stays, userId }) => [userId, stays.length, stays[0]?.seen?.by.map(({ by }) => by)]),
    ["ann", "ben", "cleo"].map((userId) => [userId, 1, ["ann", "ben", "cleo"]]),
  );
  await ann.terminal.endForAll();
});

async function reported(text: string): Promise<RecordReport> {
  const verified = await verifyFile(text);
  assert.ok(verified.kind === "record", JSON.stringify(verified));
  return verified.report;
}

/** Signed in with a device that is revoked later by the other one, which is at `desk`. */
async function withPhone(origin: string, userId: string) {
  const [first, second] = await Promise.all([
    createSoftwareKey({ algorithm: "ES256" }),
    createSoftwareKey({ algorithm: "ES256" }),
  ]);
  const devices = {
    ...deviceAtHand(first),
    create: ({ beside }: { readonly beside?: unknown }) =>
      Promise.resolve({ device: beside === undefined ? first : second }),
  };
  const desk = await registerHeadless(origin, userId, { environment: { devices } });
  const deviceId = await desk.terminal.addDevice({ name: "Phone" });
  const phone = await openHeadless(origin, userId, { device: second });
  await phone.terminal.signIn({ userId: phone.userId });
  return { desk, phone, deviceId };
}

const howOf = ({ ended, revoked, seen }: StayReport) => [
  seen === undefined ? "answered" : `seen by ${seen.by.map(({ by }) => by).join(" ")}`,
  ended === undefined ? "" : `${ended.how} by ${ended.by}`,
  revoked === undefined ? "" : revoked.why,
];

test("a call of five with an invitation, a way back, a move, a resolution, a crash of the server, a revocation and a removal", async (context) => {
  const served = await ServedSignet.start();
  const open: Headless[] = [];
  context.after(async () => {
    for (const { terminal } of open) terminal.close();
    await served.stop();
  });
  const register = (userId: string) => registerHeadless(served.origin, userId);
  const [ann, ben, cleo, dan] = await Promise.all([
    register("ann"),
    register("ben"),
    register("cleo"),
    register("dan"),
  ]);
  const { deviceId, desk, phone: eve } = await withPhone(served.origin, "eve");
  open.push(ann, ben, cleo, dan, eve, desk);
  await callAll(ann, ben, cleo, eve);
  ann.terminal.record.keep(true);
  await signedAt(ann, [ann, ben, cleo, eve], "ann");

  const named = { type: "named", userIds: [ann.userId, cleo.userId] } as const;
  const id = await ben.terminal.resolutions.propose({ type: "text", text: "Release 12,000 to Acme" }, named);
  const shownAt = ({ terminal }: Headless) =>
    terminal.state.call?.resolutions?.shown.find((one) => one.id === id);
  for (const person of [ann, cleo]) {
    await person.until(() => shownAt(person) !== undefined, "the resolution");
    await person.terminal.resolutions.decide(id, "approve", shownAt(person)!.whole);
  }
  await ann.until(() => shownAt(ann)?.state === "adopted", "that it is adopted");

  await ann.terminal.invite([dan.userId]);
  await answer(dan);
  await agree(ann, ben, cleo, eve, dan);
  await ben.terminal.leave();
  await agree(ann, cleo, eve, dan);
  ben.terminal.dismissCall();
  const { joinable } = await ben.until((state) => state.joinable.length > 0, "a way back");
  await ben.terminal.answer(joinable[0]!.callId);
  await agree(ann, ben, cleo, eve, dan);
  const there = await openHeadless(served.origin, "cleo", { device: cleo.device });
  open.push(there);
  await there.terminal.signIn({ userId: cleo.userId });
  await there.until(({ elsewhere }) => elsewhere !== undefined, "offered to move");
  await there.terminal.moveHere();
  await agree(ann, ben, there, eve, dan);
  await signedAt(ann, [ann, ben, there, eve, dan], "ann");

  await served.kill();
  const online = [ann, ben, there, eve, dan, desk];
  for (const one of online) await one.until(({ connection }) => connection.status !== "online", "no server");
  // Without it the log is left out, and who signed is in it all the same.
  const without = await reported(await ben.terminal.record.save());
  assert.equal(without.log, undefined);
  assert.ok(without.people.every(({ rests }) => rests === "file"));
  await served.start();
  for (const one of online) {
    one.terminal.retryNow();
    await one.until(
      ({ connection, session }) => connection.status === "online" && session.status === "signedIn",
      "back",
    );
  }
  await desk.terminal.revokeDevice(deviceId, "stolen");
  await agree(ann, ben, there, dan);
  await ann.terminal.remove([dan.userId]);
  await agree(ann, ben, there);
  await signedAt(ann, [ann, ben, there], "ann");
  await ann.terminal.endForAll();
  for (const one of [ann, ben, there]) await one.until(({ call }) => call?.phase === "ended", "the end");
  ann.terminal.dismissCall();

  const report = await reported(await ann.terminal.record.save());
  assert.deepEqual(
    report.people.map(({ stays, userId }) => [userId, ...stays.map(howOf)]),
    [
      ["ann", ["seen by ann ben cleo dan eve", "ended by ann", ""]],
      [
        "ben",
        ["seen by ann ben cleo eve", "left by ben", ""],
        ["seen by ann ben cleo dan eve", "ended by ann", ""],
      ],
      // No signature says when she left the first of the two terminals.
      ["cleo", ["seen by ann ben cleo eve", "", ""], ["seen by ann ben cleo dan eve", "ended by ann", ""]],
      ["dan", ["seen by ann ben cleo dan eve", "removed by ann", ""]],
      ["eve", ["seen by ann ben cleo dan eve", "ended by ann", "stolen"]],
    ],
  );
  assert.ok(report.people.every(({ rests }) => rests === "logOfFile"));
  assert.deepEqual([report.kept?.by, report.call.by], ["ann", "ann"]);
  assert.ok(report.log!.views.length > 0 && report.log!.views.every(({ fits }) => fits === "fits"));
  assert.deepEqual(
    report.resolutions.map(({ decisions, state }) => [state, decisions.map(({ by }) => by)]),
    [["adopted", ["ann", "cleo"]]],
  );
  assert.ok(report.server.some(({ state, userId }) => userId === "ben" && state === "left"));
  // Who asked for nothing has it, too.
  const other = await reported(await ben.terminal.record.save());
  assert.equal(other.kept?.by, "ben");
  assert.deepEqual(other.resolutions[0]?.state, "adopted");
});
