/** What goes wrong when a bot is started: a sentence, and nothing left behind that would be in the way the next time. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { once } from "node:events";

import { folderFor, startBot, startProgram, startServerFor } from "./support.ts";

const withPassphrase = { SIGNET_PASSPHRASE: "a passphrase for tests" };

test("what cannot be done is one line, exit code 1, and leaves no key", async (t) => {
  const key = join(folderFor(t), "bot.key");
  for (const [args, env, sentence] of [
    [[], { SIGNET_PASSPHRASE: undefined }, /^error: set SIGNET_PASSPHRASE; .*\n$/],
    [["--server", "localhost:8080"], withPassphrase, /^error: This is no address of a server\. .*\n$/],
    [["--in", join(key, "nobody.wav")], withPassphrase, /^error: .*\n$/],
  ] as const) {
    const bot = startProgram(t, "announcement-bot.ts", ["--user", "bot", "--key-file", key, ...args], env);
    assert.equal(await bot.ended, 1);
    assert.match(bot.output.err, sentence);
    assert.equal(existsSync(key), false);
  }
});

test("given up while the server is not there, it leaves no key that would sign in nowhere", async (t) => {
  const key = join(folderFor(t), "bot.key");
  const nowhere = ["--server", "http://127.0.0.1:9", "--user", "bot", "--key-file", key];
  const first = startProgram(t, "echo-bot.ts", nowhere, withPassphrase);
  await first.said("connecting to");
  first.child.kill("SIGINT");
  await first.ended;
  assert.equal(existsSync(key), false);
});

test("it ends when asked to, though the server is gone", async (t) => {
  const server = await startServerFor(t);
  const bot = await startBot(t, "echo-bot.ts", server.origin);
  await server.close();
  const exited = once(bot.child, "exit");
  bot.child.kill("SIGTERM");
  assert.deepEqual(await exited, [0, null], bot.output.err);
});
