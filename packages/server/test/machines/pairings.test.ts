/** Ways between two terminals: who may enter, who is told, and when they end; by a clock that the test holds. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { PairingId } from "@signet/protocol";

import type { Endpoint } from "../../src/registry/endpoint.ts";
import { Pairings } from "../../src/registry/pairings.ts";

const lifetimeMs = 1_000;
const [a, b, c] = ["AAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBA", "CCCCCCCCCCCCCCCCCCCCCA"].map((id) =>
  PairingId.parse(id),
) as [PairingId, PairingId, PairingId];

function open(most = 2) {
  const heard: string[] = [];
  const pairings = new Pairings({ most, lifetimeMs });
  const end = (name: string): Endpoint => ({
    isOpen: true,
    hasFeature: () => true,
    send: ({ type }) => void heard.push(`${name} ${type}`),
    sendText: () => assert.fail(),
    close: () => assert.fail(),
  });
  return { heard, pairings, end };
}

const unknown = { ok: false, code: "pairing.unknown" };

test("one enters, both hear each other, and whoever comes second finds nothing", () => {
  const { end, heard, pairings } = open();
  const [old, fresh, third] = [end("old"), end("fresh"), end("third")];
  assert.deepEqual(pairings.enter(a, fresh, 0), unknown);
  assert.deepEqual(pairings.open(a, old, 0), { ok: true, expiresAtMs: lifetimeMs });
  assert.equal(pairings.otherThan(a, old, 0), undefined, "nobody is there yet");
  assert.deepEqual(pairings.enter(a, fresh, 500), { ok: true, expiresAtMs: 500 + lifetimeMs });
  assert.deepEqual(heard, ["old pairing.entered"]);
  assert.equal(pairings.otherThan(a, old, 600), fresh);
  assert.equal(pairings.otherThan(a, fresh, 600), old);
  assert.deepEqual(pairings.enter(a, third, 600), unknown);
  assert.deepEqual(pairings.open(a, third, 600), unknown);
  assert.equal(pairings.otherThan(a, third, 600), undefined);
  assert.equal(pairings.otherThan(b, old, 600), undefined);
});

test("its time is over to the millisecond, before it is entered and after", () => {
  const { end, heard, pairings } = open();
  const [old, fresh] = [end("old"), end("fresh")];
  pairings.open(a, old, 0);
  assert.deepEqual(pairings.enter(a, fresh, lifetimeMs), unknown);
  pairings.tick(lifetimeMs - 1);
  assert.equal(pairings.size, 1);
  pairings.tick(lifetimeMs);
  assert.deepEqual([pairings.size, pairings.has(old), heard], [0, false, ["old pairing.closed"]]);
  pairings.open(a, old, 0);
  assert.equal(pairings.enter(a, fresh, lifetimeMs - 1).ok, true);
  assert.equal(pairings.otherThan(a, old, 2 * lifetimeMs - 2), fresh);
  assert.equal(pairings.otherThan(a, old, 2 * lifetimeMs - 1), undefined);
});

test("whoever leaves is heard of at the other end, and the way is gone", () => {
  for (const leaves of ["old", "fresh"] as const) {
    const { end, heard, pairings } = open();
    const both = { old: end("old"), fresh: end("fresh") };
    pairings.open(a, both.old, 0);
    pairings.enter(a, both.fresh, 0);
    pairings.leave(both[leaves], b);
    assert.equal(pairings.size, 1, "of another way");
    pairings.leave(both[leaves], a);
    assert.deepEqual(heard, ["old pairing.entered", `${leaves === "old" ? "fresh" : "old"} pairing.closed`]);
    assert.deepEqual([pairings.size, pairings.has(both.old), pairings.has(both.fresh)], [0, false, false]);
    assert.deepEqual(pairings.enter(a, end("third"), 0), unknown);
  }
});

test("a terminal has one at a time, the server so many, and each so many words", () => {
  const { end, heard, pairings } = open();
  const [old, other, fresh] = [end("old"), end("other"), end("fresh")];
  pairings.open(a, old, 0);
  assert.equal(pairings.open(b, old, 0).ok, true);
  assert.deepEqual(pairings.enter(a, fresh, 0), unknown, "in its place");
  assert.equal(pairings.open(a, other, 0).ok, true);
  assert.deepEqual(pairings.open(c, end("third"), 0), { ok: false, code: "protocol.askedTooMuch" });
  pairings.enter(b, fresh, 0);
  for (let words = 0; words < 16; words += 1) assert.notEqual(pairings.otherThan(b, old, 0), undefined);
  heard.length = 0;
  assert.equal(pairings.otherThan(b, fresh, 0), undefined);
  assert.deepEqual(heard, ["old pairing.closed", "fresh pairing.closed"]);
});
