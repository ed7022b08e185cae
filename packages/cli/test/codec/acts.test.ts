/** What is done once is said in its command, and comes by no environment and no file, which would do it again in every run. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Command } from "../../src/command.ts";
import { environmentName, environmentWords, readValues } from "../../src/options/read-options.ts";

const folder = join(import.meta.dirname, "../../src/commands");
const modules = await Promise.all(
  readdirSync(folder).map((file) => import(join(folder, file)) as Promise<Readonly<Record<string, unknown>>>),
);
const isCommand = (one: unknown): one is Command => typeof one === "object" && one !== null && "page" in one;
const pages = modules.flatMap((module) => Object.values(module).filter(isCommand)).map(({ page }) => page);

/** Said by their name alone, and settings all the same: how it is shown, and how a call is made or answered. */
const settings = ["guests", "join", "json", "loop", "plain", "voice-padding", "without-cms"];

test("an option that is said by its name alone is a setting, or an act that its command alone is told", () => {
  assert.ok(pages.length > 20);
  const bare = pages.flatMap(({ options }) => Object.entries(options).filter(([, one]) => one.bare === true));
  assert.deepEqual(
    [...new Set(bare.flatMap(([name, { isAct }]) => (isAct === true ? [name] : [])))].toSorted(),
    ["delete", "elsewhere", "once", "replace", "with-pin"],
  );
  assert.deepEqual(
    [...new Set(bare.flatMap(([name, { isAct }]) => (isAct === true ? [] : [name])))].toSorted(),
    settings,
  );
});

test("acts are read from flags alone, settings also from environment and file, and the help says which is which", () => {
  for (const { name: command, options } of pages)
    for (const [name, { bare, isAct = false, parse }] of Object.entries(options)) {
      if (bare !== true && !isAct) continue;
      assert.ok(parse("yes").ok);
      const values = new Map([[name, "yes"]]);
      const by = [
        readValues(options, values, {}),
        readValues(options, new Map(), { [environmentName(name)]: "yes" }),
        readValues(options, new Map(), {}, { path: "signet.json", values }),
      ].map((read) => read[name] !== undefined);
      assert.deepEqual(by, [true, !isAct, !isAct], `${command} --${name}`);
      assert.equal(environmentWords(options)?.includes(`--${name}`), isAct, `${command} --${name}`);
    }
});

/**
 * Said of the same thing on one machine, if in other words: an authority, a log, an administrator, a folder of data are the same ones whoever asks; a
 * descriptor is of the one process that is told it.
 */
const sameThing = [
  "administrators",
  "code-fd",
  "crl",
  "data",
  "hang-up-after",
  "log-key",
  "new-key",
  "trust-anchors",
  "user-id-domain",
  "user-id-from",
];

test("two commands that read one variable of the environment mean the same by it", () => {
  const meanings = new Map<string, Set<string>>();
  for (const { options } of pages)
    for (const [name, { bare: isBare = false, help, isAct, placeholder }] of Object.entries(options)) {
      if (isAct === true) continue;
      const variable = environmentName(name);
      const known = meanings.get(variable) ?? new Set();
      meanings.set(variable, known.add(JSON.stringify([placeholder, isBare, help])));
    }
  const several = [...meanings].filter(([, { size }]) => size > 1).map(([variable]) => variable);
  assert.deepEqual(several.toSorted(), sameThing.map(environmentName));
});
