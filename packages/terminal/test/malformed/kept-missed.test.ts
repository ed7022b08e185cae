/** Missed calls as they lie with the pins: found again as they were, or told as broken; and bounded so that none is shown twice. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { mostKeptMissedMs, toBase64Url } from "@signet/protocol";
import type { CallId, DeviceId, UserId } from "@signet/protocol";

import { WebPinStore } from "../../src/index.ts";
import type { PinStore } from "../../src/index.ts";
import { FilePinStore } from "../../src/node/file-pin-store.ts";
import { keptFloorMs, keptMissedMost, keptWith } from "../../src/people/kept-missed.ts";
import type { KeptMissed } from "../../src/people/kept-missed.ts";
import { folderFor } from "../support/folder.ts";

const [ada, bob] = ["ada", "bob"] as UserId[];
const id = (n: number): string => toBase64Url(new Uint8Array(16).fill(n % 256));
const nowMs = 1_790_000_000_000;

function kept(atMs: number, userId = ada, more: Partial<KeptMissed> = {}): KeptMissed {
  const verification = {
    kind: "webauthn",
    deviceId: id(1) as DeviceId,
    signedAtMs: atMs,
    userVerified: true,
    firstSeen: false,
    recovered: { atMs: 5, by: { userId: "root", deviceId: id(3) } },
  } as unknown as KeptMissed["call"]["from"]["verification"];
  const from = { userId: bob!, displayName: "Bób", verification };
  const call = { callId: id(2) as CallId, atMs, from };
  return { userId: userId!, digest: `${userId}-${atMs}`, call, isSeen: false, ...more };
}

class MapStorage extends Map<string, string> {
  getItem = (name: string): string | null => this.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.set(name, value);
}

test("they are found again by the next start, beside the pins, which stay what they were", (t) => {
  const path = join(folderFor(t), "pins.json");
  const storage = new MapStorage();
  const stores: readonly (() => PinStore)[] = [
    () => new FilePinStore(path),
    () => new WebPinStore(storage as unknown as Storage, "https://signet.example"),
  ];
  for (const opened of stores) {
    const head = { sequence: 2, digest: new Uint8Array(32).fill(4) };
    opened().set(bob!, id(1) as DeviceId, true, head);
    assert.deepEqual(opened().missed?.(), []);
    const both = [kept(1), kept(2, bob, { isSeen: true })];
    opened().changeMissed?.((before) => [...before, ...both]);
    assert.deepEqual(opened().missed?.(), both);
    opened().setAdministrators?.([]);
    opened().add(ada!, id(5) as DeviceId);
    assert.deepEqual(opened().missed?.(), both);
    opened().changeMissed?.((before) => before.map((one) => ({ ...one, isSeen: true })));
    assert.deepEqual(
      opened()
        .missed?.()
        .map(({ isSeen }) => isSeen),
      [true, true],
    );
    assert.deepEqual([opened().headOf(bob!), opened().isCertified(bob!)], [head, true]);
    assert.deepEqual(opened().administrators?.(), []);
  }
});

test("what is no missed call is not taken for one", (t) => {
  const path = join(folderFor(t), "pins.json");
  const store = new FilePinStore(path);
  store.changeMissed(() => [kept(1)]);
  const file = JSON.parse(readFileSync(path, "utf8")) as { missed: KeptMissed[] };
  const [one] = file.missed;
  assert.ok(one !== undefined);
  const { call } = one;
  for (const missed of [
    {},
    [1],
    [{ ...one, userId: "Not A User" }],
    [{ ...one, digest: 5 }],
    [{ ...one, isSeen: "no" }],
    [{ ...one, call: { ...call, callId: "x" } }],
    [{ ...one, call: { ...call, atMs: "now" } }],
    [{ ...one, call: { ...call, atMs: 2 } }],
    [{ ...one, call: { ...call, from: { ...call.from, displayName: undefined } } }],
    [{ ...one, call: { ...call, from: { ...call.from, userId: "" } } }],
    [{ ...one, call: { ...call, from: { ...call.from, verification: undefined } } }],
    [
      {
        ...one,
        call: { ...call, from: { ...call.from, verification: { ...call.from.verification, kind: "x" } } },
      },
    ],
  ]) {
    writeFileSync(path, JSON.stringify({ ...file, missed }));
    assert.throws(() => store.missed(), { code: "directory.badPins" });
  }
});

test("what could be taken again is remembered; where there is no room the oldest goes, and nothing as old is taken any more", () => {
  const oldestMs = nowMs - mostKeptMissedMs - 2 * 60_000;
  const [last, over] = [kept(oldestMs), kept(oldestMs - 1)];
  assert.deepEqual(keptWith([last, over], [], nowMs), [last]);
  const full = Array.from({ length: keptMissedMost }, (_, i) => kept(nowMs - 1_000 + i));
  assert.equal(keptFloorMs(full.slice(1)), Number.NEGATIVE_INFINITY);
  assert.equal(keptFloorMs(full), nowMs - 1_000);
  const others = kept(nowMs - 5_000, bob);
  const next = kept(nowMs);
  assert.deepEqual(keptWith([others, ...full], [next], nowMs), [others, ...full.slice(1), next]);
  assert.equal(keptFloorMs([...full.slice(1), next]), nowMs - 999);
});
