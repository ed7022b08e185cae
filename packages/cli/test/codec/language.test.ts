import assert from "node:assert/strict";
import { test } from "node:test";

import stringWidth from "string-width";

import { chooseLanguage } from "../../src/language.ts";
import { rowsOf, wrapWords } from "../../src/output/columns.ts";

const languageOf = (words: string, env: Readonly<Record<string, string>> = {}): string =>
  chooseLanguage(words.split(" "), env).language;

test("the language: by flag, else by SIGNET_LANGUAGE, else by the first of the locale's variables that is set", () => {
  const zh = { LANG: "zh_CN.UTF-8" };
  assert.equal(languageOf("call ben"), "en");
  assert.equal(languageOf("call ben", zh), "zh-Hans");
  assert.equal(languageOf("call ben", { ...zh, LC_MESSAGES: "en_GB.UTF-8" }), "en");
  assert.equal(languageOf("call ben", { LC_ALL: "zh_SG", LC_MESSAGES: "en_GB", LANG: "C" }), "zh-Hans");
  assert.equal(languageOf("call ben", { LC_ALL: "", LANG: "zh_CN" }), "zh-Hans");
  for (const LANG of ["C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "zh_TW.UTF-8", "zh_HK", "not a locale"])
    assert.equal(languageOf("call ben", { LANG }), "en", LANG);
  assert.equal(languageOf("call ben", { ...zh, SIGNET_LANGUAGE: "en" }), "en");
  assert.equal(languageOf("call ben --language zh-hans", { SIGNET_LANGUAGE: "en" }), "zh-Hans");
  assert.equal(languageOf("--language=en call ben", zh), "en");
});

test("what chooses the language is not handed on, and what is meant for somebody else is", () => {
  const argsOf = (words: string): string => chooseLanguage(words.split(" "), {}).args.join(" ");
  assert.equal(argsOf("call --language zh-Hans ben"), "call ben");
  assert.equal(argsOf("call --language=en ben"), "call ben");
  assert.equal(argsOf("call -- --language en"), "call -- --language en");
});

test("a language that there is not is told with what named it, and nothing else is guessed", () => {
  const unknown = (words: string, env: Readonly<Record<string, string>> = {}) =>
    chooseLanguage(words.split(" "), env).unknown;
  assert.deepEqual(unknown("call --language fr"), { source: "--language", value: "fr" });
  assert.deepEqual(unknown("call --language"), { source: "--language", value: "" });
  assert.deepEqual(unknown("call", { SIGNET_LANGUAGE: "zh" }), { source: "SIGNET_LANGUAGE", value: "zh" });
  assert.equal(unknown("call", { SIGNET_LANGUAGE: "" }), undefined);
});

test("lines break between Chinese characters, before no punctuation, and at blanks as ever", () => {
  assert.deepEqual(wrapWords("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrapWords("一二三四五", 6), ["一二三", "四五"]);
  assert.deepEqual(wrapWords("一二三，四五", 6), ["一二", "三，四", "五"]);
  assert.deepEqual(wrapWords("用 --key-file 指定", 12), ["用", "--key-file", "指定"]);
  for (const line of wrapWords("请用 --key-file 指定其他文件（例如备份），然后重试。".repeat(4), 30))
    assert.ok(stringWidth(line) <= 30 && !/^[，。）]/.test(line), line);
  const rows = rowsOf(
    [
      ["名称", "一"],
      ["a", "二"],
    ],
    40,
  );
  assert.deepEqual(
    rows.map((row) => stringWidth(row)),
    [8, 8],
  );
});
