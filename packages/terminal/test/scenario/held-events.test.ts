import assert from "node:assert/strict";
import { test } from "node:test";

import { HeldEvents } from "../../src/session/held-events.ts";

test("what is said while an answer is checked is heard after it, in order; before and afterwards at once", async () => {
  const events = new HeldEvents();
  const heard: string[] = [];
  const say = (what: string) => events.hear(() => heard.push(what));
  say("before");
  const checked = Promise.withResolvers<void>();
  const done = events.after(async () => {
    await checked.promise;
    heard.push("answer");
  });
  say("first");
  say("second");
  assert.deepEqual(heard, ["before"]);
  checked.resolve();
  await done;
  assert.deepEqual(heard, ["before", "answer", "first", "second"]);
  say("afterwards");
  assert.equal(heard.at(-1), "afterwards");
});

test("what was held is heard although the check failed", async () => {
  const events = new HeldEvents();
  const heard: string[] = [];
  const done = events.after(() => Promise.reject(new Error("refused")));
  events.hear(() => heard.push("held"));
  await assert.rejects(done, /refused/);
  assert.deepEqual(heard, ["held"]);
});

test("an answer that is overtaken by another one lets the other go on holding", async () => {
  const events = new HeldEvents();
  const heard: string[] = [];
  const former = Promise.withResolvers<void>();
  const latter = Promise.withResolvers<void>();
  const formerDone = events.after(() => former.promise);
  events.hear(() => heard.push("after the former"));
  const latterDone = events.after(() => latter.promise);
  events.hear(() => heard.push("after the latter"));
  former.resolve();
  await formerDone;
  events.hear(() => heard.push("after the latter, too"));
  assert.deepEqual(heard, ["after the former"]);
  latter.resolve();
  await latterDone;
  assert.deepEqual(heard, ["after the former", "after the latter", "after the latter, too"]);
});
