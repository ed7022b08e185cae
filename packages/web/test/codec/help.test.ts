/** Every code that a page can say has an entry in the help, in each language. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { errorTable } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { languages, takeLanguageFrom } from "@signet/words";
import { texts } from "@signet/words/page";

import { adviceFor, isFailedCheck } from "../../src/lib/advice.ts";
import { helpFor, helpTopics } from "../../src/lib/help.ts";

const codes = Object.keys(errorTable) as ErrorCode[];

test("every code has an entry with something to do, in each language; every entry is some code's but the first", () => {
  for (const language of languages) {
    takeLanguageFrom(() => language);
    for (const code of codes) {
      const { happened, steps, title } = texts().help.topics[helpFor(code)];
      assert.ok(title !== "" && happened !== "" && steps.length > 0, code);
    }
  }
  takeLanguageFrom(() => "en");
  const used = new Set(codes.map(helpFor));
  assert.deepEqual(
    helpTopics.filter((topic) => !used.has(topic)),
    ["firstSteps"],
  );
});

/** `<Notice tone="warning" ...>` to its end, and what is rendered beside it. */
const warningsIn = (source: string): readonly string[] =>
  [
    ...source.matchAll(
      /<Notice\b[^>]*?tone=(?:"(?:warning|danger)"|\{[^}]*"(?:warning|danger)"[^}]*\})[\s\S]*?<\/Notice>/g,
    ),
  ].map(([text]) => text);

test("every warning of the page leads to what the help says of it", () => {
  const folder = join(import.meta.dirname, "../../src");
  const without: string[] = [];
  let count = 0;
  for (const path of globSync("**/*.tsx", { cwd: folder })) {
    const source = readFileSync(join(folder, path), "utf8");
    const warnings = warningsIn(source);
    count += warnings.length;
    assert.equal(warnings.length > 0, /tone=[^\n]*"(?:warning|danger)"/.test(source), path);
    // Where there is no terminal the entry itself stands below.
    if (path === "views/unsupported.tsx") assert.match(source, /<HelpEntry /);
    else
      without.push(
        ...warnings.filter((text) => !text.includes("<HelpLink ")).map((text) => `${path}: ${text}`),
      );
  }
  assert.ok(count > 15);
  assert.deepEqual(without, []);
  assert.equal(warningsIn('<Notice tone="warning" alert>\n<p/></Notice> <Notice tone="info" />').length, 1);
});

test("what says that somebody may pretend to be somebody else is not explained as a mishap", () => {
  const mishaps = new Set(["server", "connection", "sound", "calls", "device", "signIn"]);
  // The pins of this browser are its own.
  const own = new Set<ErrorCode>(["directory.badPins", "directory.newerPins"]);
  const wrong = codes.filter(
    (code) =>
      adviceFor(code) !== undefined && isFailedCheck(code) && mishaps.has(helpFor(code)) && !own.has(code),
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    (["directory.keyChanged", "missed.revokedDevice", "proof.signature", "document.old"] as const).map(
      helpFor,
    ),
    ["changedKey", "changedKey", "failedCheck", "everywhere"],
  );
});
