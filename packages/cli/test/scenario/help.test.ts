/** The help of each command: what it is for, each option once, examples that are themselves no wrong use. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { runCommand } from "@signet/e2e/support/command-line.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/command-line.md"), "utf8");

const tooLong = (text: string): readonly string[] => text.split("\n").filter((line) => line.length > 80);

test("help of signet lists the commands, which the page describes, and the exit codes", async () => {
  const { code, out } = await runCommand(["--help"]);
  assert.equal(code, 0);
  const commands = Array.from(out.matchAll(/^ {2}([a-z][a-z-]*) +\S/gm), ([, name = ""]) => name);
  assert.equal(commands.length, 25);
  for (const name of commands) assert.match(page, new RegExp(`^\\| \`signet ${name}[ \`]`, "m"), name);
  assert.match(out, /^ {2}130 +interrupted/m);
  assert.deepEqual(tooLong(out), []);
  const none = await runCommand([]);
  assert.deepEqual([none.code, none.out], [2, out]);
});

/** Says so where the server is loaded, which takes longer than all the rest. */
const tellServer = `import module from "node:module";
module.registerHooks({ load: (url, context, next) => {
  if (url.includes("/fastify/")) console.error("loaded the server");
  return next(url, context);
} });`;
const ofServer = ["invite", "backup", "restore", "completion", "manual"];

for (const name of [
  "register",
  "sign-in",
  "call",
  "answer",
  "listen",
  "release",
  "keys",
  "admin",
  "invite",
  "backup",
  "restore",
  "devices",
  "completion",
  "manual",
  "doctor",
  "monitor",
  "verify",
]) {
  test(`signet ${name} --help`, async () => {
    const told = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tellServer)}` };
    const env = ofServer.includes(name) ? {} : told;
    const { code, out, err } = await runCommand([name, "--help"], { env });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, new RegExp(`^usage: signet ${name} `));
    // Examples are to be copied, and go on in one line.
    assert.deepEqual(tooLong(out.split("\nexamples:\n")[0] ?? ""), []);
    assert.match(out, /\nexamples:\n {2}signet /);
    const options = Array.from(out.matchAll(/^ {2}--([a-z-]+)/gm), ([, option = ""]) => option);
    assert.equal(new Set(options).size, options.length);
    assert.ok(!options.includes("pin") && !options.includes("passphrase"));
    for (const [example] of out.matchAll(/^ {2}signet .*$/gm)) {
      assert.ok(example.startsWith(`  signet ${name}`), example);
      for (const [, used = ""] of example.matchAll(/ --([a-z-]+)/g))
        assert.ok(options.includes(used), example);
    }
  });
}
