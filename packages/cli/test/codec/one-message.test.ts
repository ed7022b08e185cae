/** Which voice message is meant by the beginning of its name, which is none of an option. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { messageName } from "../../src/output/message-event.ts";
import { oneMessage } from "../../src/run/one-message.ts";

const kept = ["--ab12", "ab3", "cd4"].map((id) => ({ id }));

test("one that is alone in its beginning is meant, and none is named as an option is written", () => {
  assert.equal(messageName("--ab12"), "ab12");
  assert.equal(oneMessage(kept, "ab1"), kept[0]);
  assert.equal(oneMessage(kept, "c"), kept[2]);
});

test("a beginning of several, and one of none, are told apart", () => {
  assert.throws(() => oneMessage(kept, "ab"), {
    exitCode: 2,
    message: /more than one voice message begins with ab/,
    hint: /more of its beginning/,
  });
  assert.throws(() => oneMessage(kept, "ef"), { code: "message.gone" });
});
