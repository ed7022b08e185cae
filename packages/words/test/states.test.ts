import assert from "node:assert/strict";
import { test } from "node:test";

import { MemberState } from "@signet/protocol";
import { memberStateLabel, memberStatePredicate } from "@signet/words";

test("each state has words of its own, beside a name and after it", () => {
  for (const words of [memberStateLabel, memberStatePredicate]) {
    const said = MemberState.options.map((state) => words(state));
    assert.equal(new Set(said).size, MemberState.options.length);
    for (const text of said) assert.match(text, /^\p{Ll}.*[^.]$/u);
  }
});
