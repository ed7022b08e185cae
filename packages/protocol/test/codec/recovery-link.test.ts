import assert from "node:assert/strict";
import { test } from "node:test";

import { UserId, recoveryOfFragment, recoveryUrl } from "@signet/protocol";

test("a link for an administrator's camera names who asks and their code, behind the #", () => {
  const code = "0234 5678 9012 3456 7890";
  for (const name of ["ben", "ben.b_c-d", "a".repeat(32)]) {
    const userId = UserId.parse(name);
    const url = new URL(recoveryUrl("https://calls.example.org", userId, code));
    assert.equal(url.pathname + url.search, "/", "the server is told nothing");
    assert.deepEqual(recoveryOfFragment(url.hash), { userId, code });
  }
});

test("what is no such link is none", () => {
  const digits = "02345678901234567890";
  for (const hash of [
    "",
    "#recover=",
    `#recover=${digits}`,
    `#recover=${digits}.`,
    `#recover=${digits}.BEN`,
    `#recover=${digits}.${"a".repeat(33)}`,
    `#recover=${digits}1.ben`,
    `#recover=${digits.slice(1)}.ben`,
    `#recover=${digits.slice(1)}x.ben`,
    `#add=${digits}.ben`,
    `recover=${digits}.ben`,
  ])
    assert.equal(recoveryOfFragment(hash), undefined, hash);
});
