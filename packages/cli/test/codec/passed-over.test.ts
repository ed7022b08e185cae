import assert from "node:assert/strict";
import { test } from "node:test";

import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { idle } from "../support/states.ts";

test("that something of the server's could not be read is told once, however much it is", () => {
  const [some, more] = [
    { ...idle, passedOver: 1 },
    { ...idle, passedOver: 70 },
  ];
  const [event, ...others] = eventsBetween(idle, some);
  assert.deepEqual(event, { event: "passedOver", messages: 1 });
  assert.deepEqual(others, []);
  assert.match(lineOf(event) ?? "", /another version of Signet/);
  assert.deepEqual(eventsBetween(some, more), []);
  assert.deepEqual(eventsBetween(idle, idle), []);
});
