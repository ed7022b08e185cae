/** What a server's log has to prove of people, against a server that signs what it likes: nothing that does not fit is believed, and an honest one always is. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { formatCheckpoint, formatVerifierKey } from "@signet/directory";
import type { Checkpoint } from "@signet/directory";
import { foldHistory, nobodyAdministers } from "@signet/device";
import type { DirectoryEntryIn, SignetError, UserId } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import { isProven, watchOwn } from "../../src/people/proven-person.ts";
import { ann, ben, judged, logOf, longer, nobody, opened } from "../support/logged-directory.ts";
import type { Prove } from "../support/logged-directory.ts";
import { person, randomBytes, serverOrigin } from "../support/people.ts";
import { TestLog } from "../support/test-log.ts";

describe("an honest log", () => {
  test("proves who somebody is and that nobody is, once for several, and again after a while", async () => {
    const { directory, later, pins, server, told } = opened({ log: logOf(ann, ben) });
    const [first, second, third] = await directory.lookup([ann.userId, ben.userId, nobody]);
    assert.deepEqual([first?.entry, second?.entry, third?.refused], [ann.entry, ben.entry, undefined]);
    const before = server.asked.length;
    await Promise.all([ann, ben, { userId: nobody }].map(({ userId }) => directory.log.headNowOf(userId)));
    assert.deepEqual(server.asked.slice(before), ["directory.prove"]);
    assert.equal(pins.log?.()?.checkpoint, server.log.note());
    await directory.accept(ann.entry);
    assert.equal(server.asked.length, before + 1);
    later();
    server.log.append("cleo" as UserId, randomBytes(32));
    await directory.accept(ann.entry);
    assert.equal(server.asked.length, before + 2);
    assert.equal(pins.log?.()?.checkpoint, server.log.note());
    assert.deepEqual(told, []);
  });

  test("may go on between two questions: the rest of a history is asked for, and taken", async () => {
    const { directory, server, told } = opened({ log: logOf(ann) });
    await directory.accept(ann.entry);
    // Said and logged within the seconds for which an answer counts.
    server.log.append(ann.userId, longer.head);
    server.entries.set("ann", longer.entry);
    const known = await directory.accept(longer.entry);
    assert.deepEqual(known.person.history, longer.entry);
    // What came before that, and is dealt with now.
    assert.deepEqual((await directory.accept(ann.entry)).person.history, longer.entry);
    assert.deepEqual(told, []);
  });

  test("is believed over runs and by several tabs, whichever sees more first", async () => {
    const pins = new MemoryPinStore();
    const one = opened({ pins, log: logOf(ann) });
    const two = opened({ pins, log: one.server.log });
    assert.deepEqual([await one.refusal(), await two.refusal()], [undefined, undefined]);
    one.server.log.append("cleo" as UserId, randomBytes(32));
    two.later();
    assert.equal(await two.refusal(), undefined);
    const seen = pins.log()?.checkpoint;
    // An answer that was on its way for longer.
    const before = logOf(ann);
    one.later();
    one.server.prove = (body) => before.prove(body);
    assert.equal(await one.refusal(), undefined);
    assert.equal(pins.log()?.checkpoint, seen, "what another tab saw is not taken back");
    assert.deepEqual([one.told, two.told], [[], []]);
    const next = opened({ pins, log: one.server.log });
    assert.equal(await next.refusal(), undefined);
  });

  test("is not asked where the server never kept one", async () => {
    const { directory, part, pins, refusal, server, told } = opened({ keepsLog: false });
    assert.equal(await refusal(), undefined);
    const [, none] = await directory.lookup([ann.userId, nobody]);
    assert.equal(none?.refused, undefined);
    assert.equal(await isProven(ben.entry, directory.log), true);
    assert.deepEqual([server.asked, told, part.state], [["directory.lookup"], [], undefined]);
    assert.equal(pins.log?.(), undefined);
  });
});

describe("a history is refused", () => {
  test("that the map does not end so: another, a longer, a shorter one, and that of nobody", async () => {
    const { refusal, told } = opened({ log: logOf({ ...ann, head: longer.head }) });
    assert.equal(await refusal(), "directory.unproven", "shorter, and the rest is hidden");
    const fresh = opened({ log: logOf(ann) });
    fresh.server.entries.set("ann", longer.entry);
    assert.equal(await fresh.refusal(longer.entry), "directory.unproven", "longer than what is logged");
    const other = await person("ann");
    fresh.server.entries.set("ann", other.entry);
    assert.equal(await fresh.refusal(other.entry), "directory.unproven", "another");
    const made = await person("mallory");
    assert.equal(await fresh.refusal(made.entry), "directory.unproven", "of nobody");
    fresh.server.entries.set("mallory", made.entry);
    assert.equal(await fresh.refusal(made.entry), "directory.unproven", "of nobody, and looked up");
    assert.deepEqual(told, ["ann directory.unproven"]);
  });

  test("by a proof that is old, of another, of a part, or that says nobody where there is somebody", async () => {
    const before = logOf(ann, ben);
    const log = before.fork().append(ann.userId, longer.head);
    const proofs: Record<string, Prove> = {
      old: (body) => ({ ...log.prove(body), people: body.userIds.map((userId) => before.proofOf(userId)) }),
      "of another": (body) => ({
        ...log.prove(body),
        people: body.userIds.map((userId) => ({ ...log.proofOf(ben.userId), userId })),
      }),
      "without its leaf": (body) => ({
        ...log.prove(body),
        people: body.userIds.map((userId) => ({ userId, siblings: log.proofOf(userId).siblings })),
      }),
      "of nobody": (body) => ({
        ...log.prove(body),
        people: body.userIds.map((userId) => ({ userId, siblings: [] })),
      }),
      none: (body) => ({ ...log.prove(body), people: [] }),
      "of a value that is not there": (body) => ({
        ...log.prove(body),
        people: body.userIds.map((userId) => {
          const { leaf, siblings } = log.proofOf(userId);
          return { userId, siblings, leaf: { key: leaf!.key, value: ann.head } };
        }),
      }),
    };
    for (const [what, prove] of Object.entries(proofs)) {
      const { directory, refusal, server } = opened({ log });
      server.prove = prove;
      assert.equal(await refusal(), "directory.unproven", what);
      server.entries.delete("ann");
      const [shown] = await directory.lookup([ann.userId]);
      assert.equal(shown?.refused, "directory.unproven", `${what}: shown as nobody`);
    }
  });

  test("of an administrator, and shown as nobody where there is somebody", async () => {
    const { directory, server } = opened({ log: logOf(ann) });
    assert.equal(await isProven(ann.entry, directory.log), true);
    assert.equal(await isProven(longer.entry, directory.log), false);
    assert.equal(await isProven(ben.entry, directory.log), false);
    server.log.append(ann.userId, longer.head);
    assert.equal(await isProven(longer.entry, directory.log), true, "it went on meanwhile");
    server.entries.delete("ann");
    assert.equal((await directory.lookup([ann.userId]))[0]?.refused, "directory.unproven");
  });
});

describe("nothing is believed any more", () => {
  const entryOf = logOf(ann, ben);
  const bad: Record<string, (log: TestLog) => string> = {
    "by another key of the same name": () => {
      const other = new TestLog(9);
      other.append(ann.userId, ann.head);
      return other.note();
    },
    "signed by nobody": (log) => log.note().split("\n\n")[0] + "\n\n",
    "with a signature of something else": (log) =>
      log.note().replace(/^\d+$/m, (size) => String(Number(size) + 2)),
    "of another log": (log) => log.note({ origin: "other.example/log" }),
    "without a map": (log) => log.signed(formatCheckpoint(withoutMap(log.checkpoint()))),
    "with a map that is not in the log": (log) =>
      log.note({ mapRoot: logOf(ann, { ...ben, head: ann.head }).checkpoint().mapRoot! }),
    "of nothing": (log) => log.note({ size: 0 }),
    "that is none": () => "no note",
  };
  for (const [what, noteOf] of Object.entries(bad))
    test(`where the checkpoint is one ${what}`, async () => {
      const log = entryOf.fork();
      const { pins, refusal, server, told } = opened({ log });
      server.prove = (body) => ({ ...log.prove(body), checkpoint: noteOf(log) });
      assert.equal(await refusal(), "log.badCheckpoint");
      assert.equal(pins.log?.(), undefined);
      server.prove = (body) => log.prove(body);
      assert.equal(await refusal(), "log.badCheckpoint", "nor what fits afterwards");
      assert.equal(told[0], "log.badCheckpoint");
    });

  test("where the server names no key any more, or another one; and again when it is back", async () => {
    const { connect, refusal, server, told } = opened({ log: logOf(ann) });
    const { logKey } = server.info;
    assert.equal(await refusal(), undefined);
    connect(undefined);
    // Whatever else changes of the session.
    connect(undefined);
    assert.equal(await refusal(), "log.missing");
    connect(formatVerifierKey(new TestLog(9).key));
    assert.equal(await refusal(), "log.otherKey");
    connect(logKey);
    assert.equal(await refusal(), undefined);
    // Not once for each person as well.
    assert.deepEqual(told, ["log.missing", "log.otherKey", "settled log.missing", "settled log.otherKey"]);
    const unreadable = opened({ logKey: "signet.example/log+00000000+AAAA" });
    assert.equal(await unreadable.refusal(), "log.badCheckpoint");
  });

  test("where a run before met another key, or the pins were written for another one", async () => {
    const pins = new MemoryPinStore();
    assert.equal(await opened({ pins, log: logOf(ann) }).refusal(), undefined);
    const other = new TestLog(9);
    other.append(ann.userId, ann.head);
    const { refusal, told } = opened({ pins, log: other });
    assert.equal(await refusal(), "log.otherKey");
    assert.deepEqual(told, ["log.otherKey"]);
    const { checkpoint } = pins.log()!;
    pins.setLog({ verifierKey: formatVerifierKey(other.key), checkpoint });
    assert.equal(await opened({ pins, log: other }).refusal(), "log.badCheckpoint");
  });

  test("where the log is shorter than it was, in the same run and in the next one", async () => {
    const pins = new MemoryPinStore();
    const before = logOf(ann);
    const log = before.fork().append(ben.userId, ben.head);
    const view = opened({ pins, log });
    assert.equal(await view.refusal(), undefined);
    view.later();
    view.server.log = before;
    assert.equal(await view.refusal(), "log.rolledBack");
    assert.deepEqual(await judged(view), ["notProven"]);
    const next = opened({ pins, log: before, place: view.place });
    assert.equal(await next.refusal(), "log.rolledBack");
    assert.equal(next.told[0], "log.rolledBack");
    assert.equal(next.place.all().length, 1, "the same again");
    const other = opened({ pins, log: logOf(ben), logKey: formatVerifierKey(before.key), place: view.place });
    other.server.log = before.fork().append(ann.userId, longer.head);
    assert.notEqual(await other.refusal(), undefined);
    assert.equal(other.place.all().length, 2, "another one");
  });

  test("where it is seen: also of whom was proven a moment before", async () => {
    const view = opened({ log: logOf(ann, ben) });
    assert.equal(await view.refusal(ann.entry), undefined);
    view.later();
    assert.equal(await view.refusal(ben.entry), undefined);
    view.server.log = logOf(ann);
    assert.equal(await view.refusal(ann.entry), "log.rolledBack");
    assert.equal(await view.refusal(ben.entry), "log.rolledBack");
    assert.equal(view.place.all().length, 1);
  });

  const more = (log: TestLog, count: number): TestLog => {
    for (let i = 0; i < count; i++) log.append(`p${i}` as UserId, randomBytes(32));
    return log;
  };
  // Of 2, 4, 6 and 8 entries, and so many more.
  for (const size of [1, 2, 3, 4])
    for (const added of [0, 1, 3])
      test(`where another log is shown than before: ${size * 2} entries, and ${added * 2} more`, async () => {
        const known = more(logOf(ann), size - 1);
        const other = more(logOf(ann), size - 1 + added);
        if (size === 1) {
          // The same person, and another history.
          const start = new TestLog().append(ann.userId, randomBytes(32));
          const view = opened({ log: known });
          assert.equal(await view.refusal(), undefined);
          view.later();
          view.server.log = more(start, added);
          assert.equal(await view.refusal(), "log.inconsistent");
          assert.deepEqual(await judged(view), ["proven"]);
          return;
        }
        const view = opened({ log: known });
        assert.equal(await view.refusal(), undefined);
        view.later();
        view.server.log = other;
        assert.equal(await view.refusal(), "log.inconsistent");
        assert.deepEqual(await judged(view), ["proven"]);
        assert.equal(view.told[0], "log.inconsistent");
      });

  test("where the proof that it goes on is none: that is refused, and convinces nobody else", async () => {
    const log = logOf(ann, ben, { ...ann, head: longer.head });
    const view = opened({ log });
    assert.equal(await view.refusal(longer.entry), undefined);
    view.later();
    view.server.prove = (body) => ({
      ...log.fork().append(ben.userId, ben.head).prove(body),
      consistencyProof: [],
    });
    assert.equal(await view.refusal(longer.entry), "log.inconsistent");
    assert.deepEqual(await judged(view), ["notProven"]);
  });

  test("where another tab was shown another log, of the same size, longer, or shorter", async () => {
    const [here, elsewhere] = [more(logOf(ann), 3), more(logOf(ann), 3)];
    for (const [mine, theirs] of [
      [here, elsewhere],
      [here, more(elsewhere.fork(), 1)],
      [more(here.fork(), 1), elsewhere],
    ] as const) {
      const pins = new MemoryPinStore();
      const view = opened({ pins, log: mine });
      assert.equal(await view.refusal(), undefined);
      // The other tab has its own memory of what it saw, and the same pins.
      pins.setLog({ verifierKey: formatVerifierKey(theirs.key), checkpoint: theirs.note() });
      view.later();
      const isLonger = theirs.size > mine.size;
      assert.equal(await view.refusal(), isLonger ? "log.rolledBack" : "log.inconsistent");
      assert.deepEqual(await judged(view), [isLonger ? "notProven" : "proven"]);
    }
  });
});

describe("beginning anew", () => {
  test("believes the log as it is now, by the key that was shown, and holds it to that from then on", async () => {
    const pins = new MemoryPinStore();
    const log = logOf(ann, ben);
    const { part, refusal, server, told } = opened({ pins, log });
    assert.equal(await refusal(), undefined);
    assert.equal(part.state, undefined);
    const restored = opened({ pins, log: logOf(ann) });
    assert.equal(await restored.refusal(), "log.rolledBack");
    const { logKey } = restored.server.info;
    assert.deepEqual(restored.part.state, { code: "log.rolledBack", verifierKey: logKey });
    for (const other of [formatVerifierKey(new TestLog(9).key), undefined])
      await assert.rejects(restored.part.trust(other), { code: "log.otherKey" });
    assert.equal(await restored.refusal(), "log.rolledBack");
    await restored.part.trust(logKey);
    assert.equal(restored.part.state, undefined);
    assert.equal(await restored.refusal(), undefined);
    assert.ok(restored.told.includes("settled log.rolledBack"));
    assert.equal(pins.log()?.checkpoint, restored.server.log.note());
    restored.later();
    restored.server.log = logOf(ben);
    assert.equal(await restored.refusal(), "log.inconsistent");
    assert.deepEqual([server.asked.length > 0, told], [true, []]);
  });

  test("waits for what was asked before, and is of the very terminal that saw more", async () => {
    const log = logOf(ann, ben);
    const view = opened({ log });
    assert.equal(await view.refusal(), undefined);
    view.later();
    view.server.log = logOf(ann);
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      view.server.prove = (body) => {
        resolve();
        return new Promise((reply) => (answer = () => reply(view.server.log.prove(body))));
      };
    });
    const refused = view.refusal();
    await asked;
    const trusting = view.part.trust(view.server.info.logKey);
    view.server.prove = (body) => view.server.log.prove(body);
    answer();
    assert.equal(await refused, "log.rolledBack");
    await trusting;
    assert.equal(view.part.state, undefined);
    assert.equal(await view.refusal(), undefined);
  });

  test("with another key, and with none: then nothing is asked for until there is one", async () => {
    const pins = new MemoryPinStore();
    assert.equal(await opened({ pins, log: logOf(ann) }).refusal(), undefined);
    const anew = new TestLog(9).append(ann.userId, ann.head);
    const view = opened({ pins, log: anew });
    assert.equal(await view.refusal(), "log.otherKey");
    await view.part.trust(formatVerifierKey(anew.key));
    assert.equal(await view.refusal(), undefined);
    view.connect(undefined);
    assert.deepEqual(view.part.state, { code: "log.missing", verifierKey: undefined });
    await view.part.trust(undefined);
    const before = view.server.asked.length;
    assert.equal(await view.refusal(longer.entry), undefined);
    assert.equal(view.server.asked.length, before);
    assert.equal(pins.log(), undefined);
    view.connect(formatVerifierKey(anew.key));
    view.later();
    assert.equal(await view.refusal(longer.entry), "directory.unproven");
  });
});

test("whoever is signed in is told when others are shown something else of them, and not when they only went on", async () => {
  const folded = async (entry: DirectoryEntryIn) => {
    const result = await foldHistory(entry, { serverOrigin, administratorDevices: nobodyAdministers });
    assert.ok(result.ok);
    return result.person;
  };
  const [short, long] = [await folded(ann.entry), await folded(longer.entry)];
  const watch = async (log: TestLog, own: typeof short, newest = own): Promise<string | undefined> => {
    const { directory } = opened({ log });
    let now = own;
    const hearNewest = (): Promise<void> => {
      now = newest;
      return Promise.resolve();
    };
    return watchOwn(directory.log, { own: () => now, hearNewest }).then(
      () => undefined,
      (error: unknown) => (error as SignetError).code,
    );
  };
  assert.equal(await watch(logOf(ann), short), undefined);
  assert.equal(await watch(logOf({ ...ann, head: longer.head }), short, long), undefined, "went on");
  assert.equal(await watch(logOf({ ...ann, head: longer.head }), short), "directory.ownUnproven", "hidden");
  assert.equal(await watch(logOf(ann), long), "directory.ownUnproven", "older: a revocation is not shown");
  assert.equal(await watch(logOf({ ...ann, head: randomBytes(32) }), short), "directory.ownUnproven");
  assert.equal(await watch(logOf(ben), short), "directory.ownUnproven", "nobody has the user ID");
});

function withoutMap({ origin, root, size }: Checkpoint): Checkpoint {
  return { origin, root, size };
}
