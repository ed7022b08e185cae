/** Every check of views and epochs, by a record that is wrong in nothing else. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { formatRecord, verifyFile, viewShownBy } from "../../src/index.ts";
import type { CallRecord, RecordedEpoch } from "../../src/index.ts";
import { at } from "../support/call-of-five.ts";
import { areRefused, logOf } from "../support/refused.ts";
import type { Wrong } from "../support/refused.ts";
import { named, seededDevice, seededLog } from "../support/seeded-keys.ts";
import { smallCall } from "../support/small-call.ts";
import type { SmallCall } from "../support/small-call.ts";
import type { WrittenAnswer } from "../support/written-call.ts";
import { WrittenLog } from "../support/written-log.ts";
import { WrittenPerson } from "../support/written-person.ts";

/** The log went on since people saw it. */
async function grown({ log, record }: SmallCall): Promise<CallRecord> {
  for (const userId of ["dora", "emil", "fred"])
    log.append((await WrittenPerson.register(userId, "Somebody", at(-60))).history);
  await log.checkpoint();
  return record();
}

const withViews = (made: CallRecord, views: ReturnType<typeof logOf>["views"]): CallRecord => ({
  ...made,
  log: { ...logOf(made), views },
});

const inGroup = (annas: WrittenAnswer, bens: WrittenAnswer) => [[0, annas] as const, [1, bens] as const];

const ofViews: readonly Wrong[] = [
  [
    "a view that the log did not sign",
    async (small) => {
      const other = new WrittenLog(seededLog("signet.example/other"));
      other.append(small.anna.history);
      await small.call.join(small.ben, small.bens.by, at(1), small.call.call.digest, await other.seen());
      return small.record();
    },
    "log.unsignedView",
    "statements[2]",
  ],
  [
    "a view of another length",
    async (small) => {
      await small.call.join(small.ben, small.bens.by, at(1), small.call.call.digest, named("seen"));
      return small.record();
    },
    "log.unsignedView",
    "statements[2]",
  ],
  [
    "hashes that show nothing",
    async (small) => {
      const made = await grown(small);
      return withViews(
        made,
        logOf(made).views.map(({ proof, size }) => ({ size, proof: [...proof, named("hash")] })),
      );
    },
    "record.unproven",
    "log.views[0]",
  ],
  [
    "hashes for a size that nobody saw",
    async (small) => {
      const made = await grown(small);
      return withViews(made, [...logOf(made).views, { size: 6, proof: [...small.log.consistency(6)] }]);
    },
    "record.form",
    "log.views[1]",
  ],
  [
    "hashes for the size of the checkpoint",
    async (small) => {
      const made = await small.record();
      return withViews(made, [{ size: small.log.size, proof: [] }]);
    },
    "record.form",
    "log.views[0]",
  ],
  [
    "hashes for a size twice",
    async (small) => {
      const made = await grown(small);
      return withViews(made, [...logOf(made).views, ...logOf(made).views]);
    },
    "record.form",
    "log.views[1]",
  ],
];

const changed =
  (change: (epoch: RecordedEpoch, small: SmallCall) => Partial<RecordedEpoch>): Wrong[1] =>
  async (small) => {
    const made = await small.record();
    return { ...made, epochs: made.epochs.map((epoch) => ({ ...epoch, ...change(epoch, small) })) };
  };

const ofEpochs: readonly Wrong[] = [
  [
    "an epoch twice",
    async (small) => {
      const { annas, bens, call, record } = small;
      await call.epoch(
        1,
        [0],
        [
          [0, annas],
          [1, bens],
        ],
        at(1),
      );
      return record();
    },
    "record.form",
    "epochs[1].number",
  ],
  ["a list without the call proof", changed(() => ({ list: [] })), "record.form", "epochs[0].list"],
  ["a list of what is none", changed(() => ({ list: [0, 1] })), "record.form", "epochs[0].list[1]"],
  ["a list that begins otherwise", changed(() => ({ list: [1] })), "record.form", "epochs[0].list[0]"],
  [
    "a list in another order",
    async ({ annas, bens, call, record }) => {
      const one = await call.invite(bens, ["carla"], at(1));
      const other = await call.invite(annas, ["carla"], at(1));
      await call.epoch(
        2,
        [0, other.index, one.index],
        [
          [0, annas],
          [1, bens],
        ],
        at(2),
      );
      return record();
    },
    "record.form",
    "epochs[1].list[2]",
  ],
  [
    "a list that does not fold",
    async ({ annas, bens, call, record }) => {
      const one = await call.invite(bens, ["carla"], at(1));
      const { index } = call.says(
        annas,
        { purpose: "remove", userIds: ["carla"], voided: [one.digest] },
        at(1.5),
      );
      await call.epoch(
        2,
        [0, index],
        [
          [0, annas],
          [1, bens],
        ],
        at(2),
      );
      return record();
    },
    "callList.missing",
    "epochs[1].list",
  ],
  [
    "a word of a time before somebody of the group had answered",
    async ({ annas, bens, call, record }) => {
      // Two clocks, each two minutes from the keeper's, are four from each other.
      await call.epoch(2, [0], inGroup(annas, bens), at(0.2) - 240_001, [bens]);
      return record();
    },
    "proof.time",
    "epochs[1].words[0]",
  ],
  [
    "a word by another device of a member's than the one that answered",
    async ({ annas, ben, bens, call, log, record }) => {
      const other = await seededDevice("ben other");
      await ben.add(other, at(0.3));
      log.append(ben.history);
      const elsewhere = await ben.signIn(at(0.4), other, "elsewhere");
      await call.epoch(2, [0], inGroup(annas, bens), at(1), [{ ...bens, by: elsewhere }]);
      return record();
    },
    "record.otherEpoch",
    "epochs[1].words[0]",
  ],
  [
    "a member who stands for no answer",
    changed(({ members }) => ({ members: members.map(({ leaf }) => ({ leaf, answer: 7 })) })),
    "record.form",
    "epochs[0].members[0]",
  ],
  [
    "leaves in another order",
    changed(({ members }) => ({ members: members.toReversed() })),
    "record.form",
    "epochs[0].members[1]",
  ],
  [
    "somebody twice in the group",
    async ({ annas, ben, bens, call, record }) => {
      const again = await call.join(ben, bens.by, at(1));
      await call.epoch(
        2,
        [0],
        [
          [0, annas],
          [1, bens],
          [2, again],
        ],
        at(2),
      );
      return record();
    },
    "record.form",
    "epochs[1].members[2]",
  ],
  [
    "a member who was removed",
    async ({ annas, bens, call, record }) => {
      const removed = call.says(
        annas,
        { purpose: "remove", userIds: ["ben"], voided: [call.call.digest] },
        at(1),
      );
      await call.epoch(
        2,
        [0, removed.index],
        [
          [0, annas],
          [1, bens],
        ],
        at(2),
      );
      return record();
    },
    "callList.removed",
    "epochs[1].members[1]",
  ],
  [
    "a word by who is no member",
    async ({ annas, bens, call, carla, carlas, record }) => {
      const carlasAnswer = { ...bens, person: carla, by: carlas };
      await call.epoch(
        2,
        [0],
        [
          [0, annas],
          [1, bens],
        ],
        at(2),
        [annas, carlasAnswer],
      );
      return record();
    },
    "record.otherEpoch",
    "epochs[1].words[1]",
  ],
  [
    "words in another order",
    changed(({ words }) => ({ words: words.toReversed() })),
    "record.form",
    "epochs[0].words[1]",
  ],
  ["words for another number", changed(() => ({ number: 2 })), "record.otherEpoch", "epochs[0].words[0]"],
  [
    "words for other keys",
    changed(() => ({ authenticatorHash: named("other") })),
    "record.otherEpoch",
    "epochs[0].words[0]",
  ],
  [
    "words for other members",
    changed(({ members }) => ({ members: members.slice(0, 1) })),
    "record.otherEpoch",
    "epochs[0].words[0]",
  ],
];

areRefused([...ofViews, ...ofEpochs]);

describe("two views of one size", () => {
  const said = async (record: CallRecord) => {
    const verified = await verifyFile(formatRecord(record));
    assert.ok(verified.kind === "record", JSON.stringify(verified));
    return verified.report.log?.views.map(({ by, fits }) => `${fits} ${by.join()}`);
  };

  test("are a lie, whichever of them fits", async () => {
    const small = await smallCall();
    const forked = new WrittenLog(seededLog("signet.example/log"));
    for (const { history } of [small.ben, small.anna, small.carla]) forked.append(history);
    await small.call.join(small.ben, small.bens.by, at(1), small.call.call.digest, await forked.seen());
    const made = await grown(small);
    assert.deepEqual(await said(made), ["fits anna,ben", "otherView ben"]);
    // Nobody can tell which one was true.
    assert.deepEqual(await said(withViews(made, [])), ["otherView anna,ben", "otherView ben"]);
  });

  test("are a lie where they have another map each", async () => {
    const small = await smallCall();
    const { ben, bens, call, log } = small;
    await call.join(ben, bens.by, at(1), call.call.digest, await log.seen(named("map")));
    assert.deepEqual(await said(await small.record()), ["fits anna,ben", "otherView ben"]);
    assert.deepEqual(await said(await grown(small)), ["otherView anna,ben", "otherView ben"]);
  });

  test("are one where two answers of a person name it; an answer may name none", async () => {
    const small = await smallCall();
    const { ben, bens, call } = small;
    await call.join(ben, bens.by, at(1));
    await call.join(ben, bens.by, at(2), call.call.digest, new Uint8Array());
    assert.deepEqual(await said(await small.record()), ["fits anna,ben"]);
  });
});

describe("whoever writes a record", () => {
  test("is told which hashes of a server's show something", async () => {
    const small = await smallCall();
    const { log } = small;
    const seen = await log.seen();
    const forked = new WrittenLog(seededLog("signet.example/log"));
    for (const { history } of [small.ben, small.anna, small.carla, small.ben]) forked.append(history);
    const otherView = await forked.seen();
    const note = logOf(await grown(small)).checkpoint;
    const { key } = log.signer;
    const ofOther = { key: seededLog("signet.example/other").key, note };
    assert.equal(await viewShownBy(seen, { key, note }, log.consistency(4)), "fits");
    assert.equal(await viewShownBy(otherView, { key, note }, log.consistency(5)), "otherView");
    assert.equal(await viewShownBy(seen, { key, note }, [named("hash")]), undefined);
    assert.equal(await viewShownBy(named("seen"), { key, note }, log.consistency(4)), undefined);
    assert.equal(await viewShownBy(seen, ofOther, log.consistency(4)), undefined);
  });
});
