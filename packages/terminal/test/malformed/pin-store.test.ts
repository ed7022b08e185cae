import assert from "node:assert/strict";
import { test } from "node:test";

import { toBase64Url } from "@signet/protocol";
import type { DeviceId, UserId } from "@signet/protocol";
import fc from "fast-check";

import { MemoryPinStore, WebPinStore } from "../../src/index.ts";

/** What `localStorage` does, without a browser. */
class MapStorage implements Storage {
  readonly map = new Map<string, string>();
  isFull = false;
  get length(): number {
    return this.map.size;
  }
  clear(): void {
    this.map.clear();
  }
  getItem(key: string): string | null {
    return this.map.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.map.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.map.delete(key);
  }
  setItem(key: string, value: string): void {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.map.set(key, value);
  }
}

const origin = "https://signet.example";
const deviceId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => toBase64Url(new Uint8Array(bytes)) as DeviceId);
const head = fc.option(
  fc.record(
    {
      sequence: fc.nat(255),
      digest: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Uint8Array.from(bytes)),
    },
    { noNullPrototype: true },
  ),
  { nil: undefined },
);
const userId = fc.oneof(
  fc.constantFrom("constructor", "__proto__", "tostring", "length"),
  fc.string({ unit: fc.constantFrom("a", "b", "z", "0", "9", ".", "_", "-"), minLength: 2, maxLength: 32 }),
) as fc.Arbitrary<UserId>;

test("pins are found again by the next start, for any user ID, and only where they were set", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(userId, deviceId, fc.boolean(), head)), userId, (pins, other) => {
      const storage = new MapStorage();
      const memory = new MemoryPinStore();
      for (const [user, device, certified, at] of pins) {
        new WebPinStore(storage, origin).set(user, device, certified, at);
        memory.set(user, device, certified, at);
      }
      const again = new WebPinStore(storage, origin);
      for (const user of [...pins.map(([user]) => user), other]) {
        assert.equal(again.get(user), memory.get(user));
        assert.equal(again.isCertified(user), memory.isCertified(user));
        assert.deepEqual(again.headOf(user), memory.headOf(user));
      }
      assert.equal(new WebPinStore(storage, "https://other.example").get(other), undefined);
    }),
  );
});

test("administrators are found again as they were, also who was appointed, and what is no administrator is not read", () => {
  const storage = new MapStorage();
  const head = { sequence: 2, digest: new Uint8Array(32).fill(3) };
  const [ada, ben] = ["ada" as UserId, "ben" as UserId];
  const [first, second] = ["AAAAAAAAAAAAAAAAAAAAAA", "AQEBAQEBAQEBAQEBAQEBAQ"] as DeviceId[];
  const all = [
    { userId: ada, deviceId: first!, head },
    { userId: ben, deviceId: second!, head, appointed: true as const },
  ];
  new WebPinStore(storage, origin).setAdministrators(all);
  new WebPinStore(storage, origin).set(ben, second!);
  assert.deepEqual(new WebPinStore(storage, origin).administrators(), all);
  const place = `2,"${"A".repeat(43)}"`;
  for (const parts of ['"appointed"', `${place},"named"`, `${place},"appointed",1`, `2,"appointed"`]) {
    const one = `["ada","${first}",${parts}]`;
    storage.setItem(`signet.pins.${origin}`, `{"version":2,"pins":[],"administrators":[${one}]}`);
    assert.throws(() => new WebPinStore(storage, origin).administrators(), { code: "directory.badPins" });
  }
});

test("a pin is added where there is none, and the one that there is stays", () => {
  const storage = new MapStorage();
  const [first, second] = ["AAAAAAAAAAAAAAAAAAAAAA", "AQEBAQEBAQEBAQEBAQEBAQ"] as DeviceId[];
  for (const pins of [new MemoryPinStore(), new WebPinStore(storage, origin)]) {
    assert.equal(pins.add("ann" as UserId, first!, true), first);
    assert.equal(pins.add("ann" as UserId, second!), first);
    assert.deepEqual([pins.get("ann" as UserId), pins.isCertified("ann" as UserId)], [first, true]);
  }
});

test("pins of a newer version are left as they are, and it is said that they are", () => {
  const storage = new MapStorage();
  const text = '{"version":3,"people":[]}';
  storage.setItem(`signet.pins.${origin}`, text);
  const pins = new WebPinStore(storage, origin);
  const ann = "ann" as UserId;
  for (const use of [
    () => pins.get(ann),
    () => pins.add(ann, "AAAAAAAAAAAAAAAAAAAAAA" as DeviceId),
    () => pins.set(ann, "AAAAAAAAAAAAAAAAAAAAAA" as DeviceId),
  ])
    assert.throws(use, { code: "directory.newerPins" });
  assert.equal(storage.getItem(`signet.pins.${origin}`), text);
});

test("pins that cannot be read are not taken for nobody met", () => {
  for (const text of [
    "",
    "{",
    "null",
    "{}",
    '{"ann":"AAAAAAAAAAAAAAAAAAAAAA"}',
    '[["ann"]]',
    '[["ann","short"]]',
    '[["No",""]]',
    '[["ann","AAAAAAAAAAAAAAAAAAAAAA",true]]',
    '[["ann","AAAAAAAAAAAAAAAAAAAAAA","certified",1]]',
    `{"version":1,"pins":[["ann","AAAAAAAAAAAAAAAAAAAAAA",0,"${"A".repeat(43)}"]]}`,
    ...[`0`, `-1,"${"A".repeat(43)}"`, `0.5,"${"A".repeat(43)}"`, `0,"AAAA"`, `0,"${"A".repeat(43)}",1`].map(
      (parts) => `{"version":2,"pins":[["ann","AAAAAAAAAAAAAAAAAAAAAA",${parts}]]}`,
    ),
    "[1]",
  ]) {
    const storage = new MapStorage();
    storage.setItem(`signet.pins.${origin}`, text);
    const pins = new WebPinStore(storage, origin);
    assert.throws(() => pins.get("ann" as UserId), { code: "directory.badPins" }, text);
    assert.throws(
      () => pins.set("ann" as UserId, "AAAAAAAAAAAAAAAAAAAAAA" as DeviceId),
      { code: "directory.badPins" },
      text,
    );
    assert.equal(storage.getItem(`signet.pins.${origin}`), text, "left for whoever can restore it");
  }
});

test("a pin that cannot be kept is not taken for kept", () => {
  const storage = new MapStorage();
  storage.isFull = true;
  const pins = new WebPinStore(storage, origin);
  assert.throws(() => pins.set("ann" as UserId, "AAAAAAAAAAAAAAAAAAAAAA" as DeviceId), {
    code: "directory.badPins",
  });
});
