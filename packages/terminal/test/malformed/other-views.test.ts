/** What others signed of a server's log, held against what this terminal was shown: forks are found, and no honest server is accused, whatever a member makes up. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeSeenCheckpoint, formatVerifierKey, judgeEvidence, seenIn } from "@signet/directory";
import { SignetError, codeOf, concatBytes, encodeProof, u64 } from "@signet/protocol";
import type { Bytes, ProofIn, UserId } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import type { PinStore } from "../../src/index.ts";
import { DirectoryLog } from "../../src/people/directory-log.ts";
import type { OnLogFault } from "../../src/people/directory-log.ts";
import type { FoundApart } from "../../src/people/log-joins.ts";
import type { ServerRequests } from "../../src/server-requests.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import { TestLog } from "../support/test-log.ts";

/** By which log a question is answered, or with which error. */
type Answering = (type: "directory.prove" | "directory.consistency", body: unknown) => TestLog | SignetError;

interface Seeing {
  readonly log: DirectoryLog;
  readonly pins: PinStore;
  readonly faults: { readonly code: string; readonly found?: FoundApart | undefined }[];
  /** From now on. */
  answering(by: Answering): void;
  /** How often the server was asked whether two sizes fit. */
  consistencies(): number;
}

/** Another statement of somebody who may be new: two entries. */
const add = (log: TestLog, name: string): TestLog => log.append(name as UserId, randomBytes(32));

function logOf(people: number, seed?: number): TestLog {
  const log = new TestLog(seed);
  for (let one = 0; one < people; one++) add(log, `person-${one}`);
  return log;
}

/** A terminal that this log is shown to. */
function seeing(shown: TestLog, pins: PinStore = new MemoryPinStore()): Seeing {
  let by: Answering = () => shown;
  let consistencies = 0;
  const request = async (type: "directory.prove" | "directory.consistency", body: unknown) => {
    if (type === "directory.consistency") consistencies += 1;
    const answering = by(type, body);
    if (answering instanceof SignetError) throw answering;
    return type === "directory.prove"
      ? answering.prove(body as Parameters<TestLog["prove"]>[0])
      : answering.consistency(body as Parameters<TestLog["consistency"]>[0]);
  };
  const faults: Seeing["faults"] = [];
  const onFault: OnLogFault = (code, found) => faults.push({ code, found });
  const link = { request } as unknown as ServerRequests;
  const log = new DirectoryLog(link, { pins, nowMs: () => 0 }, onFault);
  log.named(formatVerifierKey(shown.key));
  return { log, pins, faults, answering: (next) => (by = next), consistencies: () => consistencies };
}

const seenOf = (log: TestLog, note = log.note()): Bytes => {
  const seen = encodeSeenCheckpoint(note, log.key);
  assert.ok(seen !== undefined);
  return seen;
};

const bob = await person("bob");
const ada = await person("ada");

/** What stands in a call proof of theirs. */
const callOf = ({ device, head, userId }: typeof bob, checkpoint: Bytes): Promise<ProofIn> =>
  device.sign({
    purpose: "call",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    issuedAtMs: Date.now(),
    callId: randomId(),
    memberUserIds: ["cleo"],
    leafKey: randomBytes(32),
    head,
    checkpoint,
  });
const some = await callOf(bob, new Uint8Array());

const verdict = (log: DirectoryLog, seen: Bytes, theirs = some): Promise<string> =>
  log.holdSeen(seen, theirs).then(
    () => "fits",
    (error: unknown) => codeOf(error),
  );
const prove = (log: DirectoryLog, name = "person-0"): Promise<string> =>
  log.headNowOf(name as UserId).then(
    () => "proven",
    (error: unknown) => codeOf(error),
  );

test("an honest log is never accused, whoever saw how much of it, and when", async () => {
  for (let people = 1; people <= 9; people++) {
    const honest = logOf(people);
    const earlier = [];
    for (let more = 0; more <= 5; more++) earlier.push(seenOf(add(honest, `more-${more}`)));
    for (const knows of ["nothing", "the latest"]) {
      const one = seeing(honest);
      if (knows === "the latest") assert.equal(await prove(one.log), "proven");
      for (const seen of earlier) assert.equal(await verdict(one.log, seen), "fits");
      // Signed by others before this terminal asks again.
      const later = [seenOf(add(honest, "later")), seenOf(add(honest, "still later"))];
      for (const seen of [...later, ...earlier]) assert.equal(await verdict(one.log, seen), "fits");
      assert.equal(await prove(one.log), "proven");
      assert.deepEqual(await one.log.seen(), seenOf(honest));
      assert.deepEqual(one.faults, []);
    }
  }
});

test("what fits is not asked about again, nor is what this terminal saw itself", async () => {
  const honest = logOf(3);
  const { consistencies, log } = seeing(honest);
  const own = await log.seen();
  const theirs = seenOf(add(honest, "new"));
  assert.equal(await prove(log), "proven");
  assert.equal(consistencies(), 0);
  for (const seen of [own, theirs, own, theirs]) assert.equal(await verdict(log, seen), "fits");
  assert.equal(consistencies(), 0, "the latest is compared, and the own known");
  const [fourth, fifth] = [seenOf(add(honest, "fourth")), seenOf(add(honest, "fifth"))];
  for (let times = 0; times < 3; times++) assert.equal(await verdict(log, fifth), "fits");
  assert.equal(consistencies(), 0, "shown here, too, by now");
  for (let times = 0; times < 3; times++) assert.equal(await verdict(log, fourth), "fits");
  assert.equal(consistencies(), 1);
});

test("of two logs by one key each terminal finds the other, however long either is: told once, with evidence that convinces a stranger", async () => {
  for (let people = 1; people <= 5; people++)
    for (const [here, there] of [
      [1, 1],
      [1, 2],
      [2, 1],
      [3, 1],
      [1, 4],
    ] as const) {
      const shown = logOf(people);
      const fork = shown.fork();
      for (let more = 0; more < here; more++) add(shown, `here-${more}`);
      for (let more = 0; more < there; more++) add(fork, `there-${more}`);
      const { faults, log } = seeing(shown);
      assert.equal(await prove(log), "proven");
      const seen = seenOf(fork);
      // A shorter log proves nothing of a longer one; but it goes on growing.
      if (there > here) for (let more = here; more < there; more++) add(shown, `meanwhile-${more}`);
      const name = `${people}: ${here} and ${there}`;
      for (let times = 0; times < 2; times++) assert.equal(await verdict(log, seen), "log.otherView", name);
      assert.deepEqual(
        faults.map(({ code }) => code),
        ["log.otherView"],
        name,
      );
      const found = { ...faults[0]!.found!, serverOrigin, foundAtMs: 0 };
      assert.equal((await judgeEvidence(found, shown.key)).judgement, "proven", name);
      // Whatever else is shown here is as it was.
      assert.equal(await prove(log), "proven", name);
    }
});

test("a log that ends before what it signed is told, too, with both notes", async () => {
  const shown = logOf(2);
  const fork = add(shown.fork(), "there");
  const { faults, log } = seeing(shown);
  assert.equal(await verdict(log, seenOf(fork)), "log.otherView");
  const { known, shown: other } = faults[0]!.found!;
  assert.deepEqual([known, other], [shown.note(), fork.note()]);
});

test("another map beside the same entries is another view", async () => {
  const shown = logOf(2);
  const { faults, log } = seeing(shown);
  const false_ = shown.note({ mapRoot: randomBytes(32) });
  assert.equal(await verdict(log, seenOf(shown, false_)), "log.otherView");
  const found = { ...faults[0]!.found!, serverOrigin, foundAtMs: 0 };
  assert.deepEqual(await judgeEvidence(found), { judgement: "proven", why: "sameSize" });
});

test("what the log did not sign accuses nobody: each bit of it, another key, another length, none at all", async () => {
  const honest = logOf(3);
  const { faults, log } = seeing(honest);
  const seen = seenOf(honest);
  const bad = [
    ...Array.from(seen, (byte, at) => {
      const changed = seen.slice();
      changed[at] = byte ^ 0x01;
      return changed;
    }),
    seenOf(logOf(3, 8)),
    seen.slice(0, -1),
    concatBytes(seen, Uint8Array.of(0)),
    concatBytes(u64(Number.MAX_SAFE_INTEGER), seen.slice(8)),
    new Uint8Array(136).fill(0xff),
    new Uint8Array(),
  ];
  for (const made of bad) assert.equal(await verdict(log, made), "log.unsignedView");
  assert.equal(await verdict(log, seen), "fits");
  assert.deepEqual(faults, []);
});

test("a log here and none there, or none here and one there, is not passed over; none on both sides is", async () => {
  const honest = logOf(2);
  const without = new DirectoryLog(
    { request: () => Promise.reject(new Error("there is no log")) },
    { pins: new MemoryPinStore(), nowMs: () => 0 },
    () => assert.fail("nothing is wrong here"),
  );
  without.named(undefined);
  assert.equal(await verdict(without, new Uint8Array()), "fits");
  assert.equal(await verdict(without, seenOf(honest)), "log.unsignedView");
  assert.equal(await verdict(seeing(honest).log, new Uint8Array()), "log.unsignedView");
});

test("where somebody saw more of it, nothing less is shown here any more: not now, and not after another start", async () => {
  const shown = logOf(2);
  const behind = shown.fork();
  const one = seeing(shown);
  assert.equal(await prove(one.log), "proven");
  assert.equal(await verdict(one.log, seenOf(add(shown, "hidden"))), "fits");
  one.answering(() => behind);
  assert.equal(
    await one.log.headOf("person-0" as UserId).then(
      () => "proven",
      (error: unknown) => codeOf(error),
    ),
    "log.rolledBack",
    "what was proven before does not count any more",
  );
  const again = seeing(behind, one.pins);
  assert.equal(await prove(again.log), "log.rolledBack");
});

test("a server that shows less here than somebody else saw is found before anybody gets in by that", async () => {
  const shown = logOf(2);
  const behind = shown.fork();
  const { answering, faults, log } = seeing(shown);
  assert.equal(await prove(log), "proven");
  const theirs = seenOf(add(shown, "hidden"));
  answering((type) => (type === "directory.prove" ? behind : shown));
  for (let times = 0; times < 2; times++) assert.equal(await verdict(log, theirs), "log.rolledBack");
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["log.rolledBack"],
  );
});

test("two who each fit what was seen here, and not one another: the second is found", async () => {
  const shown = logOf(2);
  const fork = add(add(shown.fork(), "there"), "there, too");
  const { answering, faults, log } = seeing(shown);
  assert.equal(await prove(log), "proven");
  const first = seenOf(add(shown, "here"));
  // Whatever is asked, one of the two fits it.
  answering((type, body) => {
    const { to = 0 } = body as { readonly to?: number };
    return type === "directory.consistency" && to === fork.size ? fork : shown;
  });
  const both = await Promise.all([verdict(log, first), verdict(log, seenOf(fork))]);
  assert.deepEqual(both, ["fits", "log.otherView"]);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["log.otherView"],
  );
});

test("an answer that is on its way while somebody else's view counts has to go on from that", async () => {
  const shown = logOf(2);
  const fork = add(shown.fork(), "there");
  const { answering, faults, log } = seeing(shown);
  assert.equal(await prove(log), "proven");
  const theirs = seenOf(add(shown, "here"));
  // Asked before, by the size of before: the fork goes on from it.
  answering((type, body) =>
    type === "directory.prove" && (body as { readonly from: number }).from === 4 ? fork : shown,
  );
  const [own, other] = await Promise.all([prove(log), verdict(log, theirs)]);
  assert.ok(own.startsWith("log.") || other.startsWith("log."), `${own} ${other}`);
  assert.equal(faults.length, 1);
});

test("a server that does not answer gets nobody in, and is asked again", async () => {
  const honest = logOf(2);
  const { answering, faults, log } = seeing(honest);
  assert.equal(await prove(log), "proven");
  const theirs = seenOf(add(honest, "new"));
  const silent = new SignetError("connection.timeout");
  for (const by of [
    () => silent,
    // Of that it goes on it speaks, and not of what is shown here.
    (type: string) => (type === "directory.prove" ? silent : honest),
  ]) {
    answering(by);
    for (let times = 0; times < 3; times++) assert.equal(await verdict(log, theirs), "connection.timeout");
  }
  answering(() => honest);
  assert.equal(await verdict(log, theirs), "fits");
  assert.deepEqual(faults, []);
});

test("the evidence has what both devices signed, one's own first", async () => {
  const shown = logOf(2);
  const fork = add(shown.fork(), "there");
  add(shown, "here");
  const { faults, log } = seeing(shown);
  const own = await callOf(ada, await log.seen());
  log.signed(own);
  const theirs = await callOf(bob, seenOf(fork));
  assert.equal(await verdict(log, seenOf(fork), theirs), "log.otherView");
  const proofs = faults[0]!.found!.proofs ?? [];
  assert.deepEqual(proofs, [encodeProof(own), encodeProof(theirs)]);
  const seen = proofs.map((proof) => seenIn(proof));
  assert.deepEqual(
    seen.map((one) => [one?.userId, one?.checkpoint]),
    [
      ["ada", seenOf(shown)],
      ["bob", seenOf(fork)],
    ],
  );
});

test("what was seen is not taken back by an answer that was on its way for longer", async () => {
  const honest = logOf(2);
  const { answering, faults, log } = seeing(honest);
  assert.equal(await prove(log), "proven");
  const before = honest.fork();
  const theirs = seenOf(add(honest, "new"));
  let asked = 0;
  answering((type) => (type === "directory.prove" && ++asked === 1 ? before : honest));
  await Promise.all([prove(log), verdict(log, theirs)]);
  assert.deepEqual(await log.seen(), theirs);
  assert.deepEqual(faults, []);
});

test("where nothing of the server is believed any more, nothing fits, and nothing is signed", async () => {
  const shown = add(logOf(2), "here");
  const { answering, log } = seeing(shown);
  const theirs = seenOf(shown);
  assert.equal(await verdict(log, theirs), "fits");
  answering(() => logOf(2));
  assert.ok((await prove(log)).startsWith("log."));
  assert.equal(await verdict(log, theirs), log.fault);
  await assert.rejects(log.seen(), { code: log.fault });
});

test("the notes are kept also where the server says nothing more once it is found", async () => {
  const shown = logOf(2);
  const fork = add(add(shown.fork(), "there"), "there, too");
  const { answering, faults, log } = seeing(add(shown, "here"));
  assert.equal(await prove(log), "proven");
  const silent = new SignetError("connection.timeout");
  answering((type) => (type === "directory.prove" ? silent : shown));
  assert.equal(await verdict(log, seenOf(fork)), "log.otherView");
  const { known, shown: other } = faults[0]!.found!;
  assert.deepEqual([known, other], [shown.note(), fork.note()]);
});

test("what was asked before a person begins anew with the log says nothing after that", async () => {
  const shown = add(logOf(2), "here");
  const fork = add(logOf(2), "there");
  assert.deepEqual(shown.key, fork.key);
  const { answering, log } = seeing(shown);
  assert.equal(await prove(log), "proven");
  const theirs = seenOf(add(shown, "later"));
  const before = verdict(log, theirs);
  const begun = log.beginAnew(formatVerifierKey(shown.key));
  assert.equal(await before, "fits");
  await begun;
  answering(() => fork);
  assert.equal(await verdict(log, theirs), "log.otherView");
});

test("after a person decided to begin anew with the log, what others saw is held against that", async () => {
  const shown = logOf(2);
  const fork = add(shown.fork(), "there");
  const { answering, log } = seeing(add(shown, "here"));
  assert.equal(await verdict(log, seenOf(fork)), "log.otherView");
  const before = seenOf(shown);
  assert.equal(await verdict(log, before), "fits");
  answering(() => fork);
  await log.beginAnew(formatVerifierKey(shown.key));
  assert.equal(await verdict(log, seenOf(fork)), "fits");
  assert.equal(await verdict(log, before), "log.otherView");
});
