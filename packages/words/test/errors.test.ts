import assert from "node:assert/strict";
import { test } from "node:test";

import { errorTable } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";
import { commandLineErrorWords, errorWords, sentenceFor } from "@signet/words";

import { catalogue } from "../src/language.ts";

const codes = Object.keys(errorTable) as ErrorCode[];

test("there are words for each error and for no other, and each says what happened and what to do", () => {
  assert.deepEqual(Object.keys(catalogue().errors).toSorted(), [...codes].toSorted());
  assert.deepEqual(
    Object.keys(catalogue().commandLineErrors).filter((code) => !Object.hasOwn(errorTable, code)),
    [],
  );
  for (const code of codes) {
    for (const words of [errorWords(code), commandLineErrorWords(code)]) {
      assert.notEqual(words.happened, words.next, code);
      for (const [part, clause] of Object.entries(words)) {
        // A clause: no capital but of a name, no full stop, one line.
        assert.match(clause, /^(\p{Ll}|`|\p{Lu}{2}|Signet)/u, `${code}: ${part}`);
        assert.doesNotMatch(clause, /\.$|\. \p{Lu}|\n|^\s|\s$|^$/u, `${code}: ${part}`);
      }
    }
  }
});

test("the command line says nothing twice that it says as a page does", () => {
  const same = codes.filter((code) => {
    const other = catalogue().commandLineErrors[code];
    const words = errorWords(code);
    return other !== undefined && (other.happened === words.happened || other.next === words.next);
  });
  assert.deepEqual(same, []);
});

test("a page reads two sentences", () => {
  assert.equal(sentenceFor("connection.lost"), "The connection to the server is lost. Signet keeps trying.");
  assert.equal(
    sentenceFor("device.pinWrong"),
    "The PIN is wrong. Check it before you try again: the token locks after a few tries.",
  );
  for (const code of codes) assert.match(sentenceFor(code), /^\p{Lu}.*[^.]\. [\p{Lu}`].*[^.]\.$/u, code);
});
