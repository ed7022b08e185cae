/** What a terminal signs for whoever keeps a record of the call, and what it takes of the others: with real signatures, in time that only the test moves. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createTerminalKey } from "@signet/device";
import type { CallGroup } from "@signet/e2ee";
import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";
import type { CallId, Transcript, UserId } from "@signet/protocol";

import type { CallContext } from "../../src/call/call-entry.ts";
import { CallMemories } from "../../src/call/call-memory.ts";
import type { CallWords, HeardWord } from "../../src/call/call-words.ts";
import { GroupList } from "../../src/call/group-list.ts";
import type { CallNotes } from "../../src/call/record/call-notes.ts";
import type { CallRecordState } from "../../src/call/record/record-api.ts";
import { RecordKeeping } from "../../src/call/record/record-keeping.ts";
import { encodeKeep, recordWordKinds } from "../../src/call/record/record-words.ts";
import { ownSystem } from "../../src/system.ts";
import { callBy, leafBy, openedList } from "../support/call-lists.ts";
import { offlineDirectory } from "../support/directory.ts";
import { known, person, randomBytes, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

interface Seat {
  readonly keeping: RecordKeeping;
  readonly notes: CallNotes;
  readonly shown: () => CallRecordState | undefined;
}

/** Words are heard by all at once, in one order. */
async function inCall() {
  const time = new VirtualTime(Date.now());
  const [ann, ben] = await Promise.all([person("ann"), person("ben")]);
  const initiator = await known(ann.entry);
  const callProof = await callBy(ann, ["ben"]);
  const callId = callProof.transcript.callId as CallId;
  const held = await openedList(callProof);
  const nowMs = (): number => time.nowMs;
  const leaves = [await leafBy(ann, callProof, 0), await leafBy(ben, callProof, 1)];
  const said: HeardWord[] = [];
  const seats: Seat[] = [];
  const hear = async (word: HeardWord): Promise<void> => {
    said.push(word);
    for (const { keeping } of seats) await keeping.hear(word);
  };
  const sit = async ({ device, entry, head, userId }: TestPerson): Promise<Seat> => {
    const directory = offlineDirectory();
    for (const one of [ann, ben]) await directory.accept(one.entry);
    const key = await createTerminalKey();
    const { deviceId } = device;
    const common = () => ({ serverOrigin, userId, deviceId, issuedAtMs: nowMs() });
    const binding = await device.sign({
      purpose: "sign-in",
      ...common(),
      serverChallenge: randomBytes(32),
      head,
      terminalId: key.terminalId,
      terminalKey: key.publicKey,
      expiresAtMs: nowMs() + 3_600_000,
    });
    const memories = new CallMemories();
    const context = {
      session: {
        requirePerson: () => ({ userId, binding, known: { person: entry } }),
        server: { features: ["words"] },
        signWithTerminalKey: (make: (fields: ReturnType<typeof common>) => Transcript) =>
          key.sign(make(common())),
      } as unknown as CallContext["session"],
      environment: {
        ...ownSystem,
        after: time.after,
        nowMs,
        monotonicMs: nowMs,
      } as CallContext["environment"],
      directory,
      memories,
      onChange: () => undefined,
    };
    const { notes } = memories.of(callId);
    let shown: CallRecordState | undefined;
    const words = {
      say: (kind: string, contents: HeardWord["contents"]) =>
        hear({ number: said.length + 1, epoch: 1, userId, isOwn: false, kind, contents }),
    } as unknown as CallWords;
    const options = { serverOrigin, callProof, directory, memory: memories.of(callId), nowMs };
    const list = new GroupList(held, options);
    const call = { serverOrigin, callProof, initiator, list: held };
    const keeping = new RecordKeeping({
      context,
      credentials: { call, list },
      words: () => words,
      notes,
      onChange: (record) => (shown = record),
    });
    const seat = { keeping, notes, shown: () => shown };
    seats.push(seat);
    return seat;
  };
  const [first, second] = [await sit(ann), await sit(ben)];
  return {
    first,
    second,
    said,
    hear,
    pass: (ms: number) => time.pass(ms),
    enter: ({ keeping }: Seat, epoch: number, authenticator: number, count = 2) =>
      keeping.entered({
        epoch,
        epochAuthenticator: new Uint8Array(32).fill(authenticator),
        members: () => leaves.slice(0, count),
      } as unknown as CallGroup),
  };
}

/** Signatures and digests are made beside the time of the test. */
async function soon(test: () => boolean, what: string): Promise<void> {
  for (let round = 0; !test(); round++) {
    assert.ok(round < 2_000, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const askedOf = (said: readonly HeardWord[], kind: string): readonly string[] =>
  said.filter((word) => word.kind === kind).map(({ userId }) => userId);

test("an epoch is asked about once it stood for two seconds, and each who is in it signs it once, whoever asks", async () => {
  const { enter, first, hear, pass, said, second } = await inCall();
  first.keeping.keep(true);
  enter(first, 1, 7);
  enter(second, 1, 7);
  await soon(
    () => first.notes.current(1) !== undefined && second.notes.current(1) !== undefined,
    "the epoch",
  );
  pass(1_999);
  assert.deepEqual(said, []);
  pass(1);
  for (const { notes } of [first, second])
    await soon(() => notes.epochs[0]?.words.size === 2, "both signatures");
  assert.deepEqual([...second.notes.epochs[0]!.words.keys()].toSorted(), ["ann", "ben"]);
  assert.deepEqual(second.shown(), { keeping: false, keepers: ["ann"], troubles: [] });
  // Who keeps one, too, asks at once, and nobody signs again.
  second.keeping.keep(true);
  pass(0);
  await soon(() => first.shown()?.keepers.length === 2, "both keepers");
  await hear({
    number: 99,
    epoch: 1,
    userId: "ann" as UserId,
    isOwn: false,
    kind: recordWordKinds.keep,
    contents: encodeKeep(1),
  });
  assert.deepEqual(askedOf(said, recordWordKinds.epoch).toSorted(), ["ann", "ben"]);
});

test("who asks about epochs that are none, or about one again and again, keeps nobody else from asking", async () => {
  const { enter, first, hear, pass, said, second } = await inCall();
  first.keeping.keep(true);
  const ask = (epoch: number) =>
    hear({
      number: said.length,
      epoch: 1,
      userId: "ben" as UserId,
      isOwn: false,
      kind: recordWordKinds.keep,
      contents: encodeKeep(epoch),
    });
  const enterBoth = async (epoch: number): Promise<void> => {
    for (const seat of [first, second]) enter(seat, epoch, epoch);
    await soon(
      () => first.notes.current(epoch) !== undefined && second.notes.current(epoch) !== undefined,
      `epoch ${epoch}`,
    );
  };
  const askedByAnn = () => askedOf(said, recordWordKinds.keep).filter((userId) => userId === "ann").length;
  await enterBoth(1);
  for (const epoch of [900, 901]) {
    await ask(epoch);
    pass(1_000);
  }
  assert.equal(askedByAnn(), 1);
  await enterBoth(2);
  for (let second = 0; second < 10; second++) {
    await ask(1);
    await ask(900 + second);
    pass(1_000);
  }
  assert.equal(askedByAnn(), 2);
});

test("nobody signs for who was not in the epoch, nor for an epoch that is over", async () => {
  const { enter, first, hear, said, second } = await inCall();
  for (const seat of [first, second])
    for (const epoch of [1, 2, 3]) enter(seat, epoch, epoch, epoch === 3 ? 1 : 2);
  await soon(
    () => first.notes.current(3) !== undefined && second.notes.current(3) !== undefined,
    "the epochs",
  );
  const ask = (userId: string, epoch: number) =>
    hear({
      number: said.length,
      epoch,
      userId: userId as UserId,
      isOwn: false,
      kind: recordWordKinds.keep,
      contents: encodeKeep(epoch),
    });
  await ask("ann", 1);
  await ask("ben", 3);
  await ask("eve", 2);
  await ask("ann", 9);
  // What they would have signed comes before this.
  await ask("ann", 2);
  await soon(() => first.notes.epochs[0]?.words.size === 2, "what is asked for rightly");
  assert.deepEqual(
    first.notes.epochs.map(({ number }) => number),
    [2],
  );
  assert.deepEqual(askedOf(said, recordWordKinds.epoch).toSorted(), ["ann", "ben"]);
});

test("whoever asks about an epoch that nobody signs, or in which they were not, keeps nobody from asking", async () => {
  const { enter, first, hear, pass, said, second } = await inCall();
  first.keeping.keep(true);
  for (const epoch of [1, 2]) for (const seat of [first, second]) enter(seat, epoch, epoch);
  await soon(
    () => first.notes.current(2) !== undefined && second.notes.current(2) !== undefined,
    "the epochs",
  );
  const ask = (userId: string, epoch: number) =>
    hear({
      number: said.length,
      epoch: 2,
      userId: userId as UserId,
      isOwn: false,
      kind: recordWordKinds.keep,
      contents: encodeKeep(epoch),
    });
  await ask("eve", 2);
  pass(1_000);
  await ask("ben", 99);
  assert.deepEqual(askedOf(said, recordWordKinds.keep), ["eve", "ben"]);
  pass(1_000);
  await soon(() => first.notes.epochs.at(-1)?.number === 2, "what is asked in time all the same");
  assert.deepEqual(askedOf(said, recordWordKinds.keep), ["eve", "ben", "ann"]);
});

test("who signs for another group is named, and their word is not kept", async () => {
  const { enter, first, hear, second } = await inCall();
  enter(first, 1, 7);
  enter(second, 1, 8);
  await soon(
    () => first.notes.current(1) !== undefined && second.notes.current(1) !== undefined,
    "the epoch",
  );
  await hear({
    number: 1,
    epoch: 1,
    userId: "ann" as UserId,
    isOwn: false,
    kind: recordWordKinds.keep,
    contents: encodeKeep(1),
  });
  await soon(() => (first.shown()?.troubles.length ?? 0) > 0, "that ben signed for another group");
  assert.deepEqual(first.shown()?.troubles, [{ code: "record.otherEpoch", userId: "ben" }]);
  assert.deepEqual([...first.notes.epochs[0]!.words.keys()], ["ann"]);
});

test("a word in another's name, or of another's making, is not kept", async () => {
  const { enter, first, hear, said, second } = await inCall();
  for (const seat of [first, second]) enter(seat, 1, 7);
  await soon(
    () => first.notes.current(1) !== undefined && second.notes.current(1) !== undefined,
    "the epoch",
  );
  second.notes.current(1)!.isSigned = true;
  await hear({
    number: 1,
    epoch: 1,
    userId: "ann" as UserId,
    isOwn: false,
    kind: recordWordKinds.keep,
    contents: encodeKeep(1),
  });
  await soon(() => second.notes.epochs[0]?.words.size === 1, "what ann signed");
  const signed = said.find(({ kind }) => kind === recordWordKinds.epoch)!;
  const flipped = new Uint8Array(signed.contents);
  // In the binding's signature, which is last.
  flipped[flipped.length - 1]! ^= 1;
  first.notes.current(1)!.words.clear();
  await hear({ ...signed, userId: "ben" as UserId });
  await hear({ ...signed, contents: flipped });
  await hear({ ...signed, contents: signed.contents.slice(1) });
  assert.equal(first.notes.epochs.length, 0);
  await hear(signed);
  assert.deepEqual([...first.notes.epochs[0]!.words.keys()], ["ann"]);
});
