import assert from "node:assert/strict";
import { test } from "node:test";

import { BindingEndReason, LeaveReason, MemberState } from "@signet/protocol";
import {
  leaveReasonLabel,
  leaveReasonPredicate,
  memberStateLabel,
  memberStatePredicate,
  signedOutWords,
} from "@signet/words";

/** Clauses, each another one. */
function distinctClauses(said: readonly string[]): void {
  assert.equal(new Set(said).size, said.length);
  for (const text of said) assert.match(text, /^\p{Ll}.*[^.]$/u);
}

test("each state has words of its own, beside a name and after it", () => {
  for (const words of [memberStateLabel, memberStatePredicate])
    distinctClauses(MemberState.options.map((state) => words(state)));
});

test("so has each reason to be in a call no more, and only the server's word is called so", () => {
  for (const words of [leaveReasonLabel, leaveReasonPredicate]) {
    distinctClauses(LeaveReason.options.map((reason) => words(reason)));
    assert.match(words("badCommit"), /the server/);
  }
});

test("why a sign-in is over, and what to do next", () => {
  const reasons = [...BindingEndReason.options, "deviceRemoved"] as const;
  distinctClauses(reasons.map((reason) => signedOutWords(reason).happened));
  distinctClauses(reasons.map((reason) => signedOutWords(reason).next));
});
