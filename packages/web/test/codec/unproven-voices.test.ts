/** What is told of a voice that is not proven. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { announcements } from "../../src/lib/announcements.ts";
import { callStatus } from "../../src/lib/words.ts";
import { scenes } from "../support/harness/scenes.ts";

const nowMs = Date.UTC(2026, 10, 22, 12);

test("whose voice is cut or cannot be checked is announced with what that means, and that it is proven again; who never signs is no news", () => {
  const before = scenes.active(nowMs);
  const { call } = before;
  assert.ok(call !== undefined);
  const [self, bob, ...others] = call.participants;
  assert.ok(self !== undefined && bob !== undefined);
  const withVoice = (voice: typeof bob.voice) => ({
    ...before,
    call: {
      ...call,
      participants: [self, { ...bob, ...(voice === undefined ? {} : { voice }) }, ...others],
    },
  });
  const [said, ...more] = announcements(before, withVoice("forged"));
  assert.deepEqual(more, []);
  assert.match(said ?? "", /^Somebody in the call speaks in the name of Bob Builder: /);
  assert.match(announcements(before, withVoice("unproven"))[0] ?? "", /^Nothing proves that this is Bob/);
  assert.match(
    announcements(before, withVoice("unchecked"))[0] ?? "",
    /just now .* It is played all the same/,
  );
  assert.deepEqual(announcements(withVoice("forged"), before), [
    "What comes of Bob Builder is proven again, and played.",
  ]);
  assert.deepEqual(announcements(before, withVoice("unprovable")), []);
  assert.equal(callStatus(withVoice("forged").call).tone, "bad");
  assert.equal(callStatus(withVoice("unprovable").call).tone, "good");
});
