/** How a server ends by what it is sent, also through npm, and that nothing of it is left then. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { RunningCommand } from "@signet/e2e/support/command-line.ts";

const root = join(import.meta.dirname, "../../../..");
const signet = join(import.meta.dirname, "../../bin/signet.js");

/** Processes with the folder among their arguments: media processes are told where their socket is. */
function processesOf(folder: string): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(folder) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Without a server they would go by themselves, after a minute. */
async function isGone(folder: string): Promise<void> {
  for (let i = 0; i < 200 && processesOf(folder).length > 0; i += 1) await delay(50);
  assert.deepEqual(processesOf(folder), []);
}

/** The process group of a server that is ready, or starts. */
function start(t: TestContext, command: string, ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "signet-stop-"));
  const options = ["--port", "0", "--media-processes", "1", "--data", join(folder, "data")];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
  const child = spawn(command, [...args, ...options], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (output += text.toString()));
  const ended = once(child, "close").then(([code]) => Number(code));
  t.after(async () => {
    for (const pid of processesOf(folder)) process.kill(pid, "SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    child,
    ended,
    output: () => output,
    said: async (words: string): Promise<void> => {
      while (!output.includes(words)) {
        const over = await Promise.race([
          once(child.stdout, "data").then(() => false),
          ended.then(() => true),
        ]);
        if (over && !output.includes(words)) assert.fail(`ended without "${words}": ${output}`);
      }
    },
    isGone: () => isGone(folder),
    mediaRuns: async (): Promise<void> => {
      while (!readdirSync(folder).includes("data") || !readdirSync(join(folder, "data")).includes("media"))
        await delay(5);
      while (processesOf(join(folder, "data/media")).length === 0) await delay(5);
    },
  };
}

for (const signal of ["SIGHUP", "SIGTERM"] as const)
  test(`${signal} ends a server in order, however often it comes, and its media processes with it`, async (t) => {
    const server = start(t, process.execPath, signet, "serve");
    await server.said("signet is ready");
    server.child.kill(signal);
    await server.said("stopping");
    server.child.kill(signal);
    assert.equal(await server.ended, 0);
    assert.match(server.output(), /"msg":"stopped"/);
    await server.isGone();
  });

test("Ctrl-C twice ends a server at once, and its media processes with it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signet-stop-"));
  const server = new RunningCommand(["serve", "--port", "0", "--media-processes", "1"], { cwd: folder });
  t.after(async () => {
    for (const pid of processesOf(folder)) process.kill(pid, "SIGKILL");
    await server.ended;
    rmSync(folder, { recursive: true, force: true });
  });
  await server.line(/^ {2}data /);
  assert.ok(processesOf(join(folder, "data/media")).length > 0);
  server.interruptTwice();
  const { code, err, out } = await server.ended;
  assert.equal(code, 130);
  assert.match(out, /^stopping; press Ctrl-C again to stop at once$/m);
  assert.doesNotMatch(err, /"msg":"stopped"/);
  await isGone(folder);
});

test("a server that is stopped while it starts leaves no media process behind", async (t) => {
  const server = start(t, process.execPath, signet, "serve");
  await server.mediaRuns();
  server.child.kill("SIGTERM");
  assert.equal(await server.ended, 0);
  await server.isGone();
});

test("npm start says where the server is and nothing of the build after it, and ends with what npm is sent", async (t) => {
  const server = start(t, "npm", "start", "--");
  await server.said("signet is ready");
  assert.doesNotMatch(server.output(), /dist\/assets|built in/);
  server.child.kill("SIGTERM");
  await server.said("stopping");
  await server.ended;
  assert.match(server.output(), /"msg":"stopped"/);
  await server.isGone();
});
