/** What an older Node hands on to the one that npm installed: every descriptor from which a secret is to be read. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";

import { adminOptions, identityOptions, keysOptions } from "../../src/options/terminal-options.ts";

const starter = new URL("../../bin/node24.js", import.meta.url).href;
const read = "console.log(require('node:fs').readFileSync(3, 'utf8'))";
const starting = `import { run } from ${JSON.stringify(starter)}; run(["-e", ${JSON.stringify(read)}]);`;

/** @returns what a program read from descriptor 3, which stands open for whoever starts it */
function readThrough(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", starting, "--", ...args], {
    stdio: ["ignore", "pipe", "ignore", "pipe"],
    env: { ...process.env, ...environment },
  });
  child.stdio[3]?.once("error", () => undefined);
  (child.stdio[3] as NodeJS.WritableStream).end("a secret");
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve) => child.once("close", () => resolve(said.trim())));
}

const names = Object.keys({ ...identityOptions, ...keysOptions, ...adminOptions }).filter((name) =>
  name.endsWith("-fd"),
);

test("every option that names a descriptor, also with a sign between, and as a variable", async () => {
  assert.ok(names.includes("new-passphrase-fd") && names.includes("code-fd"));
  const read = await Promise.all(names.map((name) => readThrough([`--${name}`, "3"])));
  assert.deepEqual(
    read,
    names.map(() => "a secret"),
  );
  assert.equal(await readThrough(["--code-fd=3"]), "a secret");
  assert.equal(await readThrough([], { SIGNET_NEW_PIN_FD: "3" }), "a secret");
});

test("and no other", async () => {
  assert.equal(await readThrough(["--user", "3"]), "");
  assert.equal(await readThrough([], { SIGNET_PORT: "3" }), "");
});
