import assert from "node:assert/strict";
import { test } from "node:test";

import { openTally, sortedPeople, stepTally, tallyOf, UserId } from "@signet/protocol";
import type { Resolution, SaidOfResolution } from "@signet/protocol";
import fc from "fast-check";

const people = ["ann", "ben", "cleo", "dan", "eva"].map((id) => UserId.parse(id));
const [ann, ben, cleo, dan, eva] = people as [UserId, UserId, UserId, UserId, UserId];

const rule = (
  userIds: readonly UserId[],
  needed = userIds.length,
): Pick<Resolution, "rule" | "proposer"> => ({
  proposer: ann,
  rule: { type: needed === userIds.length ? "all" : "some", userIds: sortedPeople(userIds), needed },
});

const said = (userId: UserId, decision: "approve" | "reject"): SaidOfResolution => ({
  type: "decision",
  userId,
  decision,
});
const withdrawal = (userId: UserId): SaidOfResolution => ({ type: "withdrawal", userId });

const codes = (of: Pick<Resolution, "rule" | "proposer">, ...all: readonly SaidOfResolution[]) => {
  let tally = openTally(of);
  return all.map((one) => {
    const step = stepTally(of, tally, one);
    if (!step.ok) return step.code;
    ({ tally } = step);
    return tally.state;
  });
};

test("adopted when enough approved, rejected when not enough can any more", () => {
  const of = rule([ann, ben, cleo], 2);
  assert.deepEqual(codes(of, said(ann, "approve"), said(ben, "approve"), said(cleo, "reject")), [
    "open",
    "adopted",
    "resolution.closed",
  ]);
  assert.deepEqual(codes(of, said(ann, "reject"), said(ben, "reject")), ["open", "rejected"]);
  assert.deepEqual(codes(rule([ann, ben]), said(ann, "reject")), ["rejected"]);
});

test("a person is one, and the first thing that they say stands; who is not asked does not count", () => {
  const of = rule([ann, ben, cleo], 2);
  assert.deepEqual(
    codes(
      of,
      said(ann, "approve"),
      said(ann, "approve"),
      said(ann, "reject"),
      said(dan, "approve"),
      said(ben, "reject"),
    ),
    ["open", "resolution.decided", "resolution.decided", "resolution.notAsked", "open"],
  );
});

test("only its proposer takes it back, and only while it is open", () => {
  const of = rule([ben, cleo]);
  assert.deepEqual(codes(of, withdrawal(ben), withdrawal(ann), said(ben, "approve")), [
    "resolution.notProposer",
    "withdrawn",
    "resolution.closed",
  ]);
  assert.deepEqual(codes(rule([ben]), said(ben, "approve"), withdrawal(ann)), [
    "adopted",
    "resolution.closed",
  ]);
});

test("what is open when the call is over lapses, and what is decided stays", () => {
  assert.equal(tallyOf(rule([ann]), [], true).state, "lapsed");
  assert.equal(tallyOf(rule([ann]), [said(ann, "approve")], true).state, "adopted");
});

const anySaid: fc.Arbitrary<SaidOfResolution> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...people), fc.constantFrom("approve" as const, "reject" as const))
      .map((one) => said(...one)),
  },
  { weight: 1, arbitrary: fc.constantFrom(ann, ben, eva).map(withdrawal) },
);
const anyRule = fc
  .tuple(fc.subarray([ann, ben, cleo, dan], { minLength: 1 }), fc.nat())
  .map(([userIds, n]) => rule(userIds, 1 + (n % userIds.length)));

test("whatever is said: nobody is counted twice or unasked, each is somewhere, and a decision is final", () => {
  fc.assert(
    fc.property(anyRule, fc.array(anySaid, { maxLength: 20 }), (of, all) => {
      let before = openTally(of);
      for (let i = 0; i <= all.length; i++) {
        const { state, approvedBy, rejectedBy, missing } = tallyOf(of, all.slice(0, i));
        assert.deepEqual([...approvedBy, ...rejectedBy, ...missing].toSorted(), of.rule.userIds);
        const isAdopted = approvedBy.length >= of.rule.needed;
        const isRejected = of.rule.userIds.length - rejectedBy.length < of.rule.needed;
        if (state !== "withdrawn")
          assert.equal(state, isAdopted ? "adopted" : isRejected ? "rejected" : "open");
        if (before.state !== "open") assert.equal(state, before.state);
        for (const userId of approvedBy)
          assert.deepEqual(
            all.find((one) => one.type === "decision" && one.userId === userId),
            said(userId, "approve"),
          );
        before = tallyOf(of, all.slice(0, i));
      }
    }),
    { numRuns: 500 },
  );
});
