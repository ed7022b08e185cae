/** What shells complete and what the manual says is what the help of each command says. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
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
  assert.deepEqual(completed(script, "signet", "re"), ["restore", "register", "release"]);
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
});

test("zsh and fish hear of each command and option", async () => {
  const zsh = await printed("completion", "zsh");
  const fish = await printed("completion", "fish");
  for (const [name, wanted] of options) {
    assert.match(zsh, new RegExp(`^ {4}'${name}:`, "m"));
    const line = zsh.split("\n").find((each) => each.startsWith(`    ${name}) `)) ?? assert.fail(name);
    for (const option of wanted) {
      assert.ok(line.includes(`'--${option}[`), `${name} ${option}`);
      assert.match(
        fish,
        new RegExp(`__fish_seen_subcommand_from ${name}' -l ${option}[ ]`),
        `${name} ${option}`,
      );
    }
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
