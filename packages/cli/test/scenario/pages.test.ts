/** What shells complete and what the manual says is what the help of each command says. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";

import { runCommand } from "@signet/e2e/support/command-line.ts";

async function printed(...args: readonly string[]): Promise<string> {
  const { code, err, out } = await runCommand(args);
  assert.deepEqual([code, err], [0, ""]);
  return out;
}

const help = await printed("--help");
const commands = Array.from(help.matchAll(/^ {2}([a-z][a-z-]+) +\S/gm), ([, name = ""]) => name);
const options = new Map(
  await Promise.all(
    commands.map(async (name) => {
      const text = await printed(name, "--help");
      return [name, Array.from(text.matchAll(/^ {2}--([a-z0-9-]+)/gm), ([, option = ""]) => option)] as const;
    }),
  ),
);

/** What bash offers for the last of these words. */
function completed(script: string, ...words: readonly string[]): readonly string[] {
  const array = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _signet; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["--norc", "-c", `${script}\n${ask}`], { encoding: "utf8" });
  return out.split("\n").filter((word) => word !== "");
}

test("bash completes commands, all options of each, and values", async () => {
  assert.ok(commands.length > 10);
  const script = await printed("completion", "bash");
  for (const name of commands) assert.ok(completed(script, "signet", "").includes(name), name);
  assert.deepEqual(completed(script, "signet", "re"), ["restore", "register", "release", "rename"]);
  for (const [name, wanted] of options) {
    const offered = completed(script, "signet", name, "--");
    assert.deepEqual(
      offered.toSorted(),
      ["--help", ...wanted.map((option) => `--${option}`)].toSorted(),
      name,
    );
  }
  assert.deepEqual(completed(script, "signet", "serve", "--registration", ""), ["open", "invite", "closed"]);
  assert.deepEqual(completed(script, "signet", "serve", "--port", ""), []);
  const here = import.meta.filename;
  assert.deepEqual(completed(script, "signet", "serve", "--tls-cert", here.slice(0, -3)), [here]);
  for (const [line, offers] of operandsOf(here))
    assert.deepEqual(completed(script, ...line.split(" ")).toSorted(), offers, line);
});

/** Lines whose last word stands without dashes, with what there is for it: sorted, and files only where files belong. */
const operandsOf = (file: string): readonly (readonly [line: string, offers: readonly string[]])[] => [
  ["signet completion ", ["bash", "fish", "zsh"]],
  ["signet completion fi", ["fish"]],
  ["signet completion bash ", []],
  ["signet keys ", ["add", "join", "list", "name", "recover", "revoke"]],
  ["signet keys --json rev", ["revoke"]],
  ["signet keys revoke ", []],
  ["signet admin a", ["appoint"]],
  ["signet call ", []],
  ["signet listen ", []],
  [`signet restore ${file.slice(0, -3)}`, [file]],
];

/** What a shell offers for each of these lines. */
type Ask = (...lines: readonly string[]) => readonly (readonly string[])[];

const zsh =
  (folder: string): Ask =>
  (...lines) => {
    const script = join(import.meta.dirname, "../support/complete.zsh");
    const out = execFileSync("zsh", ["-f", script, folder, ...lines], { encoding: "utf8" });
    return out
      .split("---\n")
      .slice(0, lines.length)
      .map((offers) => offers.split("\n").filter((word) => word !== ""));
  };

const fish =
  (folder: string): Ask =>
  (...lines) => {
    const asks = lines.map((line) => `complete -C '${line}'; echo ---`).join("; ");
    const script = `source ${join(folder, "_signet")}; ${asks}`;
    const out = execFileSync("fish", ["--no-config", "-c", script], { encoding: "utf8" });
    const offers = out.split("---\n").slice(0, lines.length);
    return offers.map((text) => text.split("\n").flatMap((line) => line.split("\t")[0] || []));
  };

for (const [shell, askIn] of [
  ["zsh", zsh],
  ["fish", fish],
] as const)
  test(`${shell} completes commands, all options of each, and values`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "signet-completion-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "_signet"), await printed("completion", shell));
    const names = [...options.keys()];
    const lines = operandsOf(import.meta.filename);
    const [all = [], some = [], values = [], none = [], ...each] = askIn(folder)(
      "signet ",
      "signet re",
      "signet serve --registration ",
      "signet serve --port ",
      ...lines.map(([line]) => line),
      ...names.map((name) => `signet ${name} --`),
    );
    const ofEach = each.slice(lines.length);
    for (const name of commands) assert.ok(all.includes(name), name);
    assert.deepEqual(some.toSorted(), ["register", "release", "rename", "restore"]);
    assert.deepEqual(values.toSorted(), ["closed", "invite", "open"]);
    assert.deepEqual(none, []);
    for (const [i, [line, offers]] of lines.entries()) {
      // Where nothing else is left, zsh offers options.
      const words = each[i]?.filter((word) => !word.startsWith("--")).map((word) => basename(word));
      assert.deepEqual(
        words?.toSorted(),
        offers.map((word) => basename(word)),
        line,
      );
    }
    for (const [i, name] of names.entries()) {
      const wanted = options.get(name)?.map((option) => `--${option}`) ?? [];
      assert.deepEqual(
        wanted.filter((option) => ofEach[i]?.includes(option) !== true),
        [],
        name,
      );
    }
  });

test("the manual has each command and option, and nothing that roff would take for its own", async () => {
  const manual = await printed("manual");
  const parts = manual.split(/^\.SS /m);
  for (const [name, wanted] of options) {
    const part =
      parts.find((each) => each.startsWith(`"signet ${name.replaceAll("-", "\\-")}`)) ?? assert.fail(name);
    for (const option of wanted)
      assert.ok(part.includes(`\\fB\\-\\-${option.replaceAll("-", "\\-")}\\fR`), option);
  }
  for (const line of manual.split("\n")) assert.match(line, /^(\.(TH|SH|SS|PP|TP|nf|fi)( |$)|[^.']|$)/, line);
  const groff = spawnSync("groff", ["-man", "-ww", "-Tutf8"], { input: manual, encoding: "utf8" });
  if (groff.error === undefined) assert.equal(groff.stderr, "");
});
