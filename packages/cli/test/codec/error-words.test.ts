import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { SignetError, errorTable } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";

import { Failure, exitCodeMeanings, exitCodeOf, exitCodes, failureOf } from "../../src/failure.ts";
import { wordsFor } from "../../src/output/error-words.ts";

const codes = Object.keys(errorTable) as ErrorCode[];

test("each error has a line on what happened and one on what to do: lower case, no full stop", () => {
  for (const code of codes) {
    for (const [part, line] of Object.entries(wordsFor(code))) {
      assert.match(line, /^(\p{Ll}|`|\p{Lu}{2}|Signet)/u, `${code}: ${part}`);
      assert.doesNotMatch(line, /\.$|\n|^\s*$/, `${code}: ${part}`);
    }
  }
});

test("no line speaks of pages and browsers, which there are none of here", () => {
  for (const code of codes) {
    const { message, hint } = wordsFor(code);
    assert.doesNotMatch(
      `${message} ${hint}`,
      /\b(page|browsers?|reload|address bar|click|tab|button|this site)\b/i,
      code,
    );
  }
});

test("every error has an exit code that the documents name, and no error is a success", () => {
  const documented = new Map(exitCodeMeanings);
  for (const code of codes) {
    const exitCode = exitCodeOf(code);
    assert.ok(documented.has(exitCode), code);
    assert.ok(exitCode > 1 && exitCode < 8, code);
  }
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/command-line.md"), "utf8");
  for (const [code, meaning] of exitCodeMeanings)
    assert.ok(page.includes(`| ${code} | ${meaning} |`), meaning);
  assert.deepEqual(new Set<number>(documented.keys()), new Set<number>(Object.values(exitCodes)));
});

test("kinds of errors and their exit codes", () => {
  const expected = [
    ["connection.lost", 3],
    ["server.stopping", 3],
    ["server.otherOrigin", 5],
    ["device.badPassphrase", 4],
    ["device.pinLocked", 4],
    ["proof.device", 5],
    ["registration.userTaken", 5],
    ["certificate.expired", 5],
    ["directory.keyChanged", 5],
    ["call.noAnswer", 6],
    ["call.self", 2],
    ["call.rejectedMember", 7],
    ["frames.plaintextDetected", 7],
    ["media.badFile", 2],
    ["mls.refused", 7],
  ] as const;
  for (const [code, exitCode] of expected) assert.equal(exitCodeOf(code), exitCode, code);
});

test("a Signet error becomes two lines with its code; anything else is a mistake of ours", () => {
  const failure = failureOf(new SignetError("directory.keyChanged"));
  assert.ok(failure instanceof Failure);
  assert.equal(failure.code, "directory.keyChanged");
  assert.equal(failure.message, "this person's key is not the one that this terminal met before");
  assert.match(failure.hint, /ask them in another way.*--trust-changed-key/);
  assert.equal(failureOf(new TypeError("x is undefined")), undefined);
});
