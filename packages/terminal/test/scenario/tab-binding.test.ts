/** One tab's place in a browser: who finds what is kept there, and who does not. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallId } from "@signet/protocol";

import { TabBinding, leftMostMs } from "../../src/browser/tab-binding.ts";
import type { TabPlaces } from "../../src/browser/tab-binding.ts";
import type { KeptBinding } from "../../src/index.ts";
import { randomBytes } from "../support/people.ts";

/** A profile of a browser: the database and the locks of all its tabs. Locks as the Web Locks API grants them. */
class Profile {
  readonly records = new Map<string, unknown>();
  readonly #held = new Map<string, () => void>();
  readonly #waiting: (() => void)[] = [];
  nowMs = 1_000_000;

  /** @param storage the tab's */
  open(storage: Storage, change: Partial<TabPlaces> = {}) {
    const timers: (() => void)[] = [];
    const mine: string[] = [];
    let isOver = false;
    const request = async (
      name: string,
      options: LockOptions,
      use: (lock: Lock | null) => unknown,
    ): Promise<unknown> => {
      while (this.#held.has(name)) {
        if (options.ifAvailable === true) return use(null);
        await new Promise<void>((resolve, reject) => {
          options.signal?.addEventListener("abort", () => reject(new Error("aborted")));
          this.#waiting.push(resolve);
        });
        // Whoever is no more gets no lock.
        if (isOver) return undefined;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#held.set(name, resolve);
      mine.push(name);
      const free = (): void => {
        this.#held.delete(name);
        for (const look of this.#waiting.splice(0)) look();
      };
      await Promise.race([promise, use({ name, mode: "exclusive" })]).finally(free);
      return undefined;
    };
    const binding = new TabBinding({
      storage,
      locks: { request: request as LockManager["request"] },
      database: {
        read: (name) => Promise.resolve(this.records.get(name)),
        write: (name, record) => Promise.resolve(void this.records.set(name, record)),
        delete: (name) => Promise.resolve(void this.records.delete(name)),
        names: () => Promise.resolve([...this.records.keys()]),
      },
      system: {
        nowMs: () => this.nowMs,
        randomBytes,
        after: (_delayMs, run) => {
          timers.push(run);
          return () => undefined;
        },
      },
      ...change,
    });
    /** The page is no more. */
    const end = (): void => {
      isOver = true;
      for (const name of mine) this.#held.get(name)?.();
    };
    return { binding, end, timers };
  }
}

class TabStorage implements Storage {
  readonly #texts: Map<string, string>;

  constructor(copied: Iterable<readonly [string, string]> = []) {
    this.#texts = new Map(copied);
  }

  get length(): number {
    return this.#texts.size;
  }
  clear = (): void => this.#texts.clear();
  getItem = (name: string): string | null => this.#texts.get(name) ?? null;
  key = (index: number): string | null => [...this.#texts.keys()][index] ?? null;
  removeItem = (name: string): void => void this.#texts.delete(name);
  setItem = (name: string, text: string): void => void this.#texts.set(name, text);
  /** As a browser does for a tab that is duplicated. */
  copy = (): TabStorage => new TabStorage(this.#texts);
}

const record = (what: string) => ({ serverOrigin: what }) as KeptBinding;
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function kept(profile: Profile, what = "one") {
  const storage = new TabStorage();
  const tab = profile.open(storage);
  assert.equal(await tab.binding.take(), undefined);
  assert.equal(await tab.binding.keep(record(what)), true);
  return { ...tab, storage };
}

test("the page after finds what the page before left, with the call that it was in; the one before goes first", async () => {
  const profile = new Profile();
  const { binding, end, storage } = await kept(profile);
  binding.leaving("call" as CallId);
  binding.left();
  const after = profile.open(storage).binding.take();
  await later();
  end();
  assert.deepEqual(await after, { kept: record("one"), callId: "call" });
});

test("two minutes after it was left nobody goes on with it, and a moment before they do", async () => {
  for (const [afterMs, isFound] of [
    [leftMostMs, true],
    [leftMostMs + 1, false],
    [-1, false],
  ] as const) {
    const profile = new Profile();
    const { binding, end, storage } = await kept(profile);
    binding.left();
    end();
    await later();
    profile.nowMs += afterMs;
    assert.equal((await profile.open(storage).binding.take()) !== undefined, isFound, `${afterMs}`);
    await later();
    assert.equal(profile.records.size, isFound ? 1 : 0, "what nobody goes on with is deleted");
  }
});

test("a copy of a tab is another terminal: while the first one is there, after it crashed, and when it was copied as it was left", async () => {
  const profile = new Profile();
  const first = await kept(profile);
  const copy = profile.open(first.storage.copy());
  assert.equal(await copy.binding.take(), undefined);
  assert.equal(await copy.binding.keep(record("copy")), true);
  assert.equal(profile.records.size, 2, "under a name of its own");
  first.end();
  await later();
  assert.equal(
    await profile.open(first.storage.copy()).binding.take(),
    undefined,
    "nobody said that it is left",
  );

  const second = await kept(profile, "second");
  second.binding.left();
  const copies = [second.storage.copy(), second.storage].map((storage) =>
    profile.open(storage).binding.take(),
  );
  await later();
  second.end();
  const found = await Promise.all(copies);
  assert.equal(found.filter((one) => one !== undefined).length, 1, "one of them, and not both");

  const third = await kept(profile, "third");
  third.binding.left();
  const asLeft = third.storage.copy();
  third.binding.returned();
  const waiting = profile.open(asLeft);
  void waiting.binding.take();
  await later();
  waiting.end();
  third.end();
  await later();
  assert.equal(await profile.open(asLeft).binding.take(), undefined, "nor later on, by what it copied");
});

test("what is forgotten is found by nobody from that moment on, and is not there any more", async () => {
  const profile = new Profile();
  const { binding, end, storage } = await kept(profile);
  binding.forget();
  assert.equal(storage.getItem("signet.tab"), null);
  binding.left();
  end();
  assert.equal(await profile.open(storage).binding.take(), undefined);
  assert.equal(profile.records.size, 0);
  // While it is being written, too.
  const again = profile.open(storage).binding;
  const keeping = again.keep(record("again"));
  again.forget();
  assert.equal(await keeping, false);
  await later();
  assert.deepEqual([storage.getItem("signet.tab"), profile.records.size], [null, 0]);
  // And what is kept after that stays.
  again.forget();
  assert.equal(await again.keep(record("more")), true);
  await later();
  assert.equal(profile.records.size, 1);
});

test("what tabs left that were closed is deleted by the next one, and what other tabs use is not", async () => {
  const profile = new Profile();
  const closed = await kept(profile, "closed");
  const open = await kept(profile, "open");
  closed.binding.left();
  closed.end();
  await later();
  const next = profile.open(new TabStorage());
  assert.equal(await next.binding.take(), undefined);
  for (const run of next.timers) run();
  while (profile.records.size > 1) await later();
  assert.deepEqual([...profile.records.values()], [record("open")]);
  open.end();
});

test("a browser that keeps nothing, or fails in the middle: nothing is kept, and nothing is found", async () => {
  const refuse = (): never => {
    throw new Error("refused");
  };
  const fail = (): Promise<never> => Promise.reject(new Error("failed"));
  const database = { read: fail, write: fail, delete: fail, names: fail };
  const profile = new Profile();
  const broken = profile.open(new TabStorage(), { database });
  assert.equal(await broken.binding.keep(record("one")), false);
  broken.binding.left();
  for (const run of broken.timers) run();

  const storage = new TabStorage();
  storage.getItem = refuse;
  storage.setItem = refuse;
  storage.removeItem = refuse;
  const full = profile.open(storage);
  assert.equal(await full.binding.take(), undefined);
  assert.equal(await full.binding.keep(record("one")), false);
  full.binding.left();
  full.binding.returned();
  await later();
  assert.equal(profile.records.size, 0);

  const lockless = profile.open(new TabStorage(), { locks: { request: fail } });
  assert.equal(await lockless.binding.keep(record("one")), false);
  for (const text of ["garbage", "null", "[]", '{"name":7}', '{"name":"x","leftAtMs":"now"}']) {
    const odd = profile.open(new TabStorage([["signet.tab", text]]));
    assert.equal(await odd.binding.take(), undefined, text);
  }
  assert.equal(profile.records.size, 0);
});

test("a page that the browser had put aside is not left any more", async () => {
  const profile = new Profile();
  const { binding, end, storage } = await kept(profile);
  binding.leaving("call" as CallId);
  binding.left();
  binding.returned();
  end();
  await later();
  assert.equal(await profile.open(storage).binding.take(), undefined, "as after a crash");
});
