import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { parseUserIds, withUserId } from "../../src/lib/user-ids.ts";

test("user IDs stand apart by spaces, commas, semicolons and line ends", () => {
  assert.deepEqual(parseUserIds(" ann,bob  cy.d;eve_1\nfay-2, "), {
    valid: ["ann", "bob", "cy.d", "eve_1", "fay-2"],
    invalid: [],
  });
});

test("upper case is folded, and whoever is named twice counts once", () => {
  assert.deepEqual(parseUserIds("Ann ann ANN"), { valid: ["ann"], invalid: [] });
});

test("what cannot be a user ID is told apart", () => {
  assert.deepEqual(parseUserIds(`ok x söm ${"y".repeat(33)} a@b ~a4dqobyha4dqobyha4dqobyha4`), {
    valid: ["ok"],
    invalid: ["x", "söm", "y".repeat(33), "a@b", "~a4dqobyha4dqobyha4dqobyha4"],
  });
});

test("ticking adds at the end, unticking takes every mention away", () => {
  const [ann] = parseUserIds("ann").valid;
  assert.ok(ann);
  assert.equal(withUserId("bob,cy", ann, true), "bob cy ann");
  assert.equal(withUserId("Ann, bob ann", ann, false), "bob");
});

test("whatever was ticked is read back", () => {
  const userId = fc.stringMatching(/^[a-z0-9._-]{2,32}$/);
  fc.assert(
    fc.property(fc.uniqueArray(userId, { maxLength: 8 }), (ids) => {
      let text = "";
      for (const one of parseUserIds(ids.join(" ")).valid) text = withUserId(text, one, true);
      assert.deepEqual(parseUserIds(text), { valid: ids, invalid: [] });
    }),
  );
});
