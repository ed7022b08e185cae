import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

const program = join(import.meta.dirname, "../../bin/signet.js");

function start(t: TestContext, ...args: string[]) {
  const dir = mkdtempSync(join(tmpdir(), "signet-cli-"));
  const child = spawn(process.execPath, [program, ...args], { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.on("data", (text: Buffer) => (output.out += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output.err += text.toString()));
  const ended = once(child, "close").then(([code]) => Number(code));
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(dir, { recursive: true, force: true });
  });
  /** Standard output has this in it. */
  const said = async (words: string): Promise<void> => {
    while (!output.out.includes(words)) {
      const over = await Promise.race([once(child.stdout, "data").then(() => false), ended.then(() => true)]);
      if (over) assert.fail(`ended without "${words}": ${output.out}${output.err}`);
    }
  };
  return { child, dir, output, ended, said };
}

async function run(t: TestContext, ...args: string[]) {
  const { ended, output } = start(t, ...args);
  return { code: await ended, ...output };
}

test("signet serve says where it is, serves there, prints invites beside it, and stops when asked", async (t) => {
  const { child, dir, output, ended, said } = start(t, "serve", "--port", "0", "--media-processes", "1");
  await said("data ");
  const origin = /open (http:\/\/localhost:\d+)/.exec(output.out)?.[1] ?? assert.fail(output.out);
  assert.match(output.out, /registration {2}open: anybody can create a user ID/);
  assert(output.out.includes(join(dir, "data")));
  const health = await fetch(`${origin}/healthz`);
  assert.deepEqual(await health.json(), { status: "ok" });

  const invites = await run(t, "invite", "--count", "3", "--data", join(dir, "data"));
  assert.equal(invites.code, 0);
  const codes = invites.out.trim().split("\n");
  assert.equal(new Set(codes).size, 3);
  for (const code of codes) assert.match(code, /^([2-9a-z]{5}-){3}[2-9a-z]{5}$/);

  const data = join(dir, "data");
  const file = join(dir, "backup.db");
  const backup = await run(t, "backup", file, "--data", data);
  assert.deepEqual([backup.code, backup.err], [0, ""]);
  assert.match(backup.out, /^0 people in .*backup\.db \(\d+ KiB\), read again and whole\n$/);
  const again = await run(t, "backup", file, "--data", data);
  assert.match(again.err, /^error: .*backup\.db is there already\nhint: give another name/);
  const other = join(dir, "other");
  const restored = await run(t, "restore", file, "--data", other);
  assert.deepEqual([restored.code, restored.out], [0, `0 people restored from ${file} to ${other}\n`]);
  const inTheWay = await run(t, "restore", file, "--data", other);
  assert.equal(inTheWay.code, 2);
  assert.match(inTheWay.err, /^error: .* holds a database already, with 0 people; .*\nhint: with --replace /);
  const replaced = await run(t, "restore", file, "--data", other, "--replace");
  assert.match(replaced.out, /^what was there is kept in .*replaced-/m);
  const running = await run(t, "restore", file, "--data", data, "--replace");
  assert.match(
    running.err,
    /^error: another server \(pid \d+\) uses .*\n(?:reason: .*\n)?hint: stop it first/,
  );

  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  assert.match(output.err, /"msg":"stopped"/);
});

test("what is in the way is said in one line with a hint, and the code is 2", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => {
    taken.close();
  });
  const { port } = taken.address() as AddressInfo;
  const inUse = await run(
    t,
    "serve",
    "--port",
    String(port),
    "--log-level",
    "silent",
    "--media-processes",
    "1",
  );
  assert.equal(inUse.code, 2);
  assert.match(
    inUse.err,
    new RegExp(
      `^error: port ${port} is in use\nreason: .*EADDRINUSE.*\nhint: stop the other program, or choose another with --port\n$`,
    ),
  );

  const file = join(mkdtempSync(join(tmpdir(), "signet-cli-")), "file");
  writeFileSync(file, "no certificate");
  const unwritable = await run(t, "serve", "--data", join(file, "data"), "--port", "0");
  assert.equal(unwritable.code, 2);
  assert.match(
    unwritable.err,
    /^error: cannot write to the data directory .*\nreason: ENOTDIR.*\nhint: .*\n$/,
  );
  const badCert = await run(t, "serve", "--tls-cert", file, "--tls-key", file, "--port", "0");
  assert.match(badCert.err, /^error: .* are not a certificate and its key\n(?:reason: .*\n)?hint: .*\n$/);
  const noKey = await run(t, "serve", "--tls-cert", file);
  assert.match(noKey.err, /^error: --tls-cert and --tls-key belong together\n/);
  for (const command of ["backup", "restore"]) {
    const noFile = await run(t, command);
    assert.equal(noFile.code, 2);
    assert.match(noFile.err, new RegExp(`^error: signet ${command} takes the name of one file\nhint: `));
  }
  const noData = await run(t, "invite");
  assert.match(noData.err, /^error: there is no database in \.\/data\n(?:reason: .*\n)?hint: /);
  assert.equal(noData.code, 2);
});

test("help and version", async (t) => {
  const help = await run(t, "--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /^usage: signet <command>/);
  for (const [command, ...args] of [
    ["serve", "serve", "--help"],
    ["serve", "serve", "-h"],
    ["invite", "help", "invite"],
  ] as const) {
    const text = await run(t, ...args);
    assert.equal(text.code, 0);
    assert.match(text.out, new RegExp(`^usage: signet ${command}`));
  }
  assert.match((await run(t, "--version")).out, /^\d+\.\d+\.\d+\n$/);
  const unknown = await run(t, "sevre");
  assert.deepEqual(
    [unknown.code, unknown.err],
    [2, "error: unknown command sevre\nhint: did you mean serve? run `signet --help` for all commands\n"],
  );
});
