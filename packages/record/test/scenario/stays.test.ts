/** How long each was there, and how it ended: by the word that is about this stay, and no other. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { formatRecord, verifyFile } from "../../src/index.ts";
import { at } from "../support/call-of-five.ts";
import { seededDevice } from "../support/seeded-keys.ts";
import { smallCall, withGuest } from "../support/small-call.ts";
import type { SmallCall } from "../support/small-call.ts";

async function staysOf(small: SmallCall, userId = "ben") {
  const verified = await verifyFile(formatRecord(await small.record()));
  assert.ok(verified.kind === "record", JSON.stringify(verified));
  return verified.report.people.find((person) => person.userId === userId)?.stays ?? [];
}

const endsOf = async (small: SmallCall, userId?: string) =>
  (await staysOf(small, userId)).map(({ ended }) => ended && [ended.how, ended.atMs]);

describe("a stay", () => {
  test("of who answered, and stands in no epoch that anybody signed, is no more than the answer", async () => {
    const small = await smallCall();
    const { ben, bens, call } = small;
    await call.join(ben, bens.by, at(1));
    const stays = await staysOf(small);
    assert.deepEqual(
      stays.map(({ answeredAtMs, seen }) => [answeredAtMs, seen?.by.map(({ by }) => by).join()]),
      [
        [at(0.2), "anna,ben"],
        [at(1), undefined],
      ],
    );
  });

  test("that one member alone signed for longer is longer by their word alone", async () => {
    const small = await smallCall();
    const { annas, bens, call } = small;
    const both = [
      [0, annas],
      [1, bens],
    ] as const;
    await call.epoch(2, [0], both, at(600), [bens]);
    const [stay] = await staysOf(small, "anna");
    const [annaMs, benMs] = [at(0.5), at(0.5) + 100];
    assert.deepEqual(stay?.seen, {
      fromMs: annaMs,
      toMs: at(600),
      by: [
        { by: "anna", fromMs: annaMs, toMs: annaMs },
        { by: "ben", fromMs: benMs, toMs: at(600) },
      ],
    });
  });

  test("ends with the leave that was signed after it, and before they came back", async () => {
    const small = await smallCall();
    const { annas, ben, bens, call } = small;
    call.ends(bens, "leave", "left", at(1));
    await call.join(ben, bens.by, at(2));
    call.ends(annas, "end", "ended", at(5));
    assert.deepEqual(await endsOf(small), [
      ["left", at(1)],
      ["ended", at(5)],
    ]);
    call.ends(bens, "leave", "left", at(4));
    assert.deepEqual(await endsOf(small), [
      ["left", at(1)],
      ["left", at(4)],
    ]);
  });

  test("of who moved does not end with what they signed at the next one", async () => {
    const small = await smallCall();
    await small.call.join(small.ben, small.bens.by, at(2));
    small.call.ends(small.bens, "leave", "left", at(3));
    assert.deepEqual(await endsOf(small), [undefined, ["left", at(3)]]);
  });

  test("of who moved, and was removed afterwards, ends for the last answer alone", async () => {
    const small = await smallCall();
    const { annas, ben, bens, call } = small;
    await call.join(ben, bens.by, at(2));
    call.says(annas, { purpose: "remove", userIds: ["ben"], voided: [call.call.digest] }, at(3));
    assert.deepEqual(await endsOf(small), [undefined, ["removed", at(3)]]);
    // To the same invitation, which holds on for her.
    assert.deepEqual(await endsOf(small, "anna"), [undefined]);
    const again = await call.invite(annas, ["ben"], at(4));
    await call.join(ben, bens.by, at(5), again.digest);
    call.ends(annas, "end", "ended", at(6));
    assert.deepEqual(await endsOf(small), [undefined, ["removed", at(3)], ["ended", at(6)]]);
  });

  test("ends by the earliest of the words that end it, wherever they stand in the file", async () => {
    const small = await smallCall();
    const { annas, bens, call } = small;
    call.ends(annas, "end", "ended", at(5));
    assert.deepEqual(await endsOf(small), [["ended", at(5)]]);
    call.ends(bens, "leave", "left", at(4));
    assert.deepEqual(await endsOf(small), [["left", at(4)]]);
    call.says(annas, { purpose: "remove", userIds: ["ben"], voided: [call.call.digest] }, at(3));
    assert.deepEqual(await endsOf(small), [["removed", at(3)]]);
    // Of one time: what they signed themselves.
    call.ends(bens, "leave", "unsafe", at(3));
    assert.deepEqual(await endsOf(small), [["left", at(3)]]);
  });

  test("of who did not leave, in a call that nobody ended, ends by no signature", async () => {
    const small = await smallCall();
    small.call.ends(small.bens, "leave", "left", at(1));
    assert.deepEqual(await endsOf(small, "anna"), [undefined]);
  });
});

test("who answered without a word of the log is named, where the file has one", async () => {
  const small = await smallCall();
  const { ben, bens, call } = small;
  const viewless = async () => {
    const verified = await verifyFile(formatRecord(await small.record()));
    assert.ok(verified.kind === "record", JSON.stringify(verified));
    return verified.report.log?.viewless;
  };
  assert.deepEqual(await viewless(), []);
  await call.join(ben, bens.by, at(1), call.call.digest, new Uint8Array());
  await call.join(ben, bens.by, at(2), call.call.digest, new Uint8Array());
  assert.deepEqual(await viewless(), ["ben"]);
});

test("what was proposed and kept under a device that was revoked afterwards counts, and that it was is said", async () => {
  const small = await smallCall();
  const { ben, bens, call, log } = small;
  const rule = { type: "all", userIds: [small.anna.userId, ben.userId], needed: 2 } as const;
  const subject = { type: "text", text: "Pay" } as const;
  const resolution = call.resolve(bens, { number: 1, epoch: 1, rule, subject }, at(1));
  await resolution.decide(bens, "approve", at(2));
  const next = await seededDevice("ben next");
  await ben.add(next, at(10));
  log.append(ben.history);
  await ben.revoke(bens.by.device, at(11), next);
  log.append(ben.history);
  const record = await call.keep(await small.record(), { answer: bens, atMs: at(9) });
  const verified = await verifyFile(formatRecord(record));
  assert.ok(verified.kind === "record", JSON.stringify(verified));
  const { kept, resolutions } = verified.report;
  const [one] = resolutions;
  const said = [kept, one?.proposed, one?.decisions[0]].map((word) => word?.revoked?.why);
  assert.deepEqual(said, ["lost", "lost", "lost"]);
});

test("guests are not asked, and may be in the group in which all are", async () => {
  const small = await smallCall();
  const { guest, answer, vouched } = await withGuest(small);
  const { annas, bens, call } = small;
  const inGroup = [
    [0, annas],
    [1, bens],
    [2, answer],
  ] as const;
  await call.epoch(3, [0, vouched.index, vouched.index + 1], inGroup, at(2));
  const rule = { type: "all", userIds: [small.anna.userId, small.ben.userId], needed: 2 } as const;
  call.resolve(bens, { number: 1, epoch: 3, rule, subject: { type: "text", text: "Pay" } }, at(3));
  const verified = await verifyFile(formatRecord(await small.record(guest)));
  assert.equal(verified.kind, "record", JSON.stringify(verified));
});

test("an answer may be a little older than the call, by another clock", async () => {
  const small = await smallCall();
  await small.call.join(small.ben, small.bens.by, at(-1.9));
  assert.equal((await staysOf(small)).length, 2);
});
