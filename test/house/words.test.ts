/**
 * One catalogue, a language each (growth.md section 11): no text in code, none missing and none that nobody says, and the same things
 * put into it in each language. That one lacks a text or has one too many does not compile.
 */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";

import { catalogueTexts, mentionsIn, readSource, textsIn, untagged, writtenParts } from "./words/source.ts";
import { notMovedYet, notText, programs } from "./words/exceptions.ts";

const root = dirname(dirname(import.meta.dirname));
const words = join(root, "packages/words/src");
const others = ["zh-hans"] as const;

const sourcesIn = (...patterns: readonly string[]) =>
  globSync([...patterns], { cwd: root })
    .toSorted()
    .map((path) => readSource(join(root, path)));
const code = sourcesIn("packages/web/src/**/*.{ts,tsx}", "packages/cli/src/**/*.ts");
const nameOf = (path: string): string => relative(root, path).replaceAll("\\", "/");

describe("texts", () => {
  test("are in no code of page and command line, but in files that are named as not moved yet", () => {
    const withTexts = new Map(
      code.map((source) => [nameOf(source.path), textsIn(source).filter(({ text }) => !notText.has(text))]),
    );
    const found = [...withTexts].flatMap(([path, texts]) =>
      notMovedYet.has(path) || programs.has(path)
        ? []
        : texts.map(({ line, text }) => `${path}:${line}: ${text}`),
    );
    assert.deepEqual(found, []);
    const moved = [...notMovedYet].filter((path) => (withTexts.get(path) ?? []).length === 0);
    assert.deepEqual(moved, [], "moved: take them out of the list");
    assert.deepEqual(
      [...notText].filter((text) => !code.some((source) => textsIn(source).some((one) => one.text === text))),
      [],
      "exceptions of which there are none any more",
    );
  });

  test("are found in code by this test, in each way in which they could stand there", () => {
    const planted = [
      "const a = <p>Hello</p>;",
      "const a = <p>{x} joined</p>;",
      '<b aria-label="Close it" />;',
      "<b title={`More about ${x}`} />;",
      'const a = "Nobody answered.";',
      'const a = "nobody answered";',
      'const a = "Over";',
      "const a = `${name} came in`;",
      "<b aria-label={x === undefined ? undefined : `${x}: ${y}`} />;",
      'const a = "通话";',
    ];
    for (const text of planted) assert.equal(textsIn(readSource("planted.tsx", text)).length, 1, text);
    const silent = [
      '<b class="button quiet" id="name" />;',
      'import a from "Some Where";',
      'throw new Error("no such thing");',
      'const a: "Some Thing" = b;',
      'element.closest("input, select");',
      'if (key === "Tab") stop();',
    ];
    for (const text of silent) assert.deepEqual(textsIn(readSource("silent.tsx", text)), [], text);
  });

  test("of a catalogue are all said somewhere", () => {
    const unused = (folder: string, ask: string, sources: typeof code): readonly string[] => {
      const mentions = sources.map((source) => mentionsIn(source, ask));
      return sourcesIn(`packages/words/src/en/${folder}*.ts`).flatMap((source) =>
        catalogueTexts(source)
          .map(({ path }) => path.split("."))
          .filter(
            ([part = "", name = ""]) =>
              !mentions.some(({ names, parts }) => parts.has(part) && names.has(name)),
          )
          .map((path) => path.join(".")),
      );
    };
    const of = (room: string) => code.filter(({ path }) => nameOf(path).startsWith(`packages/${room}/`));
    assert.deepEqual(unused("page/", "texts", of("web")), []);
    assert.deepEqual(unused("command-line/", "texts", of("cli")), []);
    const planted = [readSource("planted.ts", "texts().frame.undo;")];
    assert.ok(unused("page/", "texts", planted).includes("frame.signOut"));
    assert.ok(!unused("page/", "texts", planted).includes("frame.undo"));
  });

  test("have the same put into them in each language", () => {
    for (const other of others)
      for (const source of sourcesIn("packages/words/src/en/**/*.ts")) {
        const path = relative(join(words, "en"), source.path);
        if (path === "say.ts" || path === "punctuation.ts") continue;
        // The whole catalogue is exported under another name.
        const key = (name: string): string =>
          path.endsWith("index.ts") ? name.slice(name.indexOf(".")) : name;
        const english = new Map(catalogueTexts(source).map((text) => [key(text.path), text]));
        for (const { inserts, path: name, used } of catalogueTexts(readSource(join(words, other, path)))) {
          assert.deepEqual(inserts, english.get(key(name))?.inserts, `${other} ${path} ${name}`);
          assert.deepEqual(used, english.get(key(name))?.used, `${other} ${path} ${name}: what is put in`);
        }
      }
  });

  test("isolate what is put into them", () => {
    const languages = sourcesIn("packages/words/src/{en,zh-hans}/**/*.ts").filter(
      ({ path }) => !/(say|punctuation)\.ts$/.test(path),
    );
    assert.deepEqual(
      languages.flatMap((source) => untagged(source).map((text) => `${nameOf(source.path)}: ${text}`)),
      [],
    );
  });

  test("in Chinese have its own punctuation, and spaces beside letters and digits of others", () => {
    const wrong =
      /\p{Script=Han}[,;:?!()]|[,;:?!()]\p{Script=Han}|\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}|\p{Script=Han}\.\.\./u;
    assert.deepEqual(
      sourcesIn("packages/words/src/zh-hans/**/*.ts").flatMap((source) =>
        writtenParts(source).flatMap((text) => (wrong.test(text) ? [`${nameOf(source.path)}: ${text}`] : [])),
      ),
      [],
    );
  });
});
