import assert from "node:assert/strict";
import { test } from "node:test";

import { BoundedMap } from "../../src/bounded-map.ts";

test("as many are kept as there is room for, and what was set longest ago gives way", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  assert.deepEqual(
    [...map.entries()],
    [
      ["a", 1],
      ["b", 2],
    ],
  );
  map.set("a", 3);
  map.set("c", 4);
  assert.deepEqual([map.get("a"), map.get("b"), map.get("c"), map.size], [3, undefined, 4, 2]);
  assert.equal(map.has("b"), false);
  map.delete("a");
  map.set("d", 5);
  assert.deepEqual(
    [...map.entries()],
    [
      ["c", 4],
      ["d", 5],
    ],
  );
});
