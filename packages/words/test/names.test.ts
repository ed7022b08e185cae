import assert from "node:assert/strict";
import { test } from "node:test";

import { listOfNames } from "@signet/words";

test("names: three are said, of four and more the first two", () => {
  assert.deepEqual(
    [
      [],
      ["Ann"],
      ["Ann", "Bob"],
      ["Ann", "Bob", "Cy"],
      ["Ann", "Bob", "Cy", "Dee"],
      ["a", "b", "c", "d", "e"],
    ].map((names) => listOfNames(names)),
    ["nobody", "Ann", "Ann and Bob", "Ann, Bob and Cy", "Ann, Bob and 2 others", "a, b and 3 others"],
  );
});
