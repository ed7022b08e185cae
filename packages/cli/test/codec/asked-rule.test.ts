/** Whose approval a resolution takes, as people write it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { readAskedRule } from "../../src/run/asked-rule.ts";

test("all, a number of those in the call, or user IDs; nothing else", () => {
  assert.deepEqual(readAskedRule("all"), { type: "all" });
  assert.deepEqual(readAskedRule(" ALL "), { type: "all" });
  assert.deepEqual(readAskedRule("2"), { type: "some", needed: 2 });
  assert.deepEqual(readAskedRule("ben"), { type: "named", userIds: ["ben"] });
  assert.deepEqual(readAskedRule("Ben, carla ben"), { type: "named", userIds: ["ben", "carla"] });
  for (const none of [
    "",
    " ",
    ",",
    "0",
    "-1",
    "1.5",
    "9".repeat(40),
    "b!n",
    "ben, b!n",
    `~${"a".repeat(26)}`,
  ])
    assert.equal(readAskedRule(none), undefined, none);
});
