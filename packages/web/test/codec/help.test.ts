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
import { helpFor, helpGroups } from "../../src/lib/help.ts";

const codes = Object.keys(errorTable) as ErrorCode[];

test("every code has an entry with something to do, in each language; every entry of trouble is some code's", () => {
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
    helpGroups.trouble.filter((topic) => !used.has(topic)),
    [],
  );
});

const folder = join(import.meta.dirname, "../../src");
const sources = globSync("**/*.tsx", { cwd: folder }).map((path) => ({
  path,
  source: readFileSync(join(folder, path), "utf8"),
}));

test("what there is to do leads to how it is done, from where it is done", () => {
  const all = sources.map(({ source }) => source).join("\n");
  assert.deepEqual(
    helpGroups.howTo.filter(
      (topic) => !all.includes(`<HowToLink topic="${topic}" />`) && !all.includes(`openHelp("${topic}")`),
    ),
    [],
  );
});

/** Every text of the page that takes nothing in. */
function plainTexts(of: unknown): readonly string[] {
  if (typeof of === "string") return [of];
  return typeof of === "object" && of !== null ? Object.values(of).flatMap(plainTexts) : [];
}

test("what the help names in quotes stands in the page, in each language", () => {
  for (const language of languages) {
    takeLanguageFrom(() => language);
    const { help, ...others } = texts();
    const known = new Set(plainTexts(others));
    const named = plainTexts(help.topics).flatMap((text) =>
      [...text.matchAll(/“([^”]*)”/g)].map(([, name = ""]) => name),
    );
    assert.ok(named.length > 30);
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
  }
  takeLanguageFrom(() => "en");
});

/** `<Notice tone="warning" ...>` to its end, and what is rendered beside it. */
const warningsIn = (source: string): readonly string[] =>
  [
    ...source.matchAll(
      /<Notice\b[^>]*?tone=(?:"(?:warning|danger)"|\{[^}]*"(?:warning|danger)"[^}]*\})[\s\S]*?<\/Notice>/g,
    ),
  ].map(([text]) => text);

test("every warning of the page leads to what the help says of it", () => {
  const without: string[] = [];
  let count = 0;
  for (const { path, source } of sources) {
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
  const mishaps = new Set(["server", "connection", "sound", "calls", "messages", "device", "signIn"]);
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
