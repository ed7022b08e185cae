import assert from "node:assert/strict";
import { test } from "node:test";

import { OwnAddress } from "../../src/media/own-address.ts";

test("an address is gone that was one of this machine and is none any more", () => {
  const address = new OwnAddress();
  const [before, after] = [new Set(["127.0.0.1", "192.0.2.7"]), new Set(["127.0.0.1", "198.51.100.3"])];
  assert.equal(address.isGone(undefined, before), false);
  assert.equal(address.isGone("192.0.2.7", before), false);
  assert.equal(address.isGone(undefined, after), false);
  assert.equal(address.isGone("192.0.2.7", after), true);
  assert.equal(address.isGone("198.51.100.3", after), false, "another connection goes by another one");
});

test("of an address that never was one of this machine nothing is known", () => {
  const address = new OwnAddress();
  assert.equal(address.isGone("203.0.113.9", new Set(["192.0.2.7"])), false);
  assert.equal(address.isGone("203.0.113.9", new Set()), false);
});
