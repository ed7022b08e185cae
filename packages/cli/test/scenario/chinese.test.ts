/** The command line in Chinese: its help, a call's lines, what goes wrong; and events for programs, which stay what they are. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { runCommand } from "@signet/e2e/support/command-line.ts";
import stringWidth from "string-width";

import { Scene, passphrase } from "../support/script.ts";

const scene = await Scene.open();
await scene.register("anna", "ben");

const env = { SIGNET_LANGUAGE: "zh-Hans" };
/** Three English words in a row, which no option and no example has. */
const english = /(?<![-/.`'])\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b/;

test("help is in Chinese, in 80 columns, and no sentence of it is left in English", async () => {
  for (const name of ["", "serve", "keys", "listen", "doctor"]) {
    const { code, out } = await runCommand([...(name === "" ? [] : [name]), "--help"], { env });
    assert.equal(code, 0);
    assert.match(out, /^用法：signet /);
    const [words = ""] = out.split("\n示例：\n");
    for (const line of words.split("\n")) {
      assert.ok(stringWidth(line) <= 80, line);
      assert.doesNotMatch(line.replace(/\[list.*\]/, ""), english);
    }
  }
});

test("a language that there is not is refused, in the one that the locale says", async () => {
  const { code, err } = await runCommand(["--help", "--language", "fr"], {
    env: { SIGNET_LANGUAGE: "", LC_ALL: "zh_CN.UTF-8" },
  });
  assert.equal(code, 2);
  assert.equal(err, "错误：--language 的值是“fr”\n提示：应为 en, zh-Hans 之一\n");
});

test("what an option takes is the same word in every language", async () => {
  const { err } = await runCommand(["serve", "--push-services", "none", "--port", "abc"], { env });
  assert.match(err, /--port/);
  assert.doesNotMatch(err, /--push-services/);
});

test("a call is told in Chinese, line by line, and to programs by codes", async () => {
  const listening = scene.start(
    "listen --profile ben --auto-answer-from anna --once --in none --out none --json",
    {
      env: { ...env, SIGNET_PASSPHRASE: passphrase },
    },
  );
  await listening.event("signedIn");
  const calling = scene.start("call ben --profile anna --in none --out none --hang-up-after 1", {
    env: { ...env, SIGNET_PASSPHRASE: passphrase },
  });
  const { code, err } = await calling.ended;
  assert.deepEqual([code, err], [0, ""]);
  const lines = calling.lines.filter((line) => line !== "声音已接通");
  const said = [
    /^已连接：http/,
    /^已用软件密钥登录为 anna，有效期至 2/,
    /^正在呼叫 ben$/,
    /^ben 正在响铃$/,
    /^ben 正在加入$/,
    /^已进入通话，端到端加密$/,
    /^ben 已加入：已验证，软件密钥，首次见到$/,
    /^新的群组密钥：纪元 1，安全码 (\d{5} ){5}\d{5}$/,
    /^通话在 0:\d\d 后结束：您离开了$/,
    /^已退出登录：对 anna 的呼叫不再在此处响铃$/,
  ];
  // Whoever leaves waits three seconds at most for a slow server to say that it heard that.
  if (lines.length < said.length) said.pop();
  assert.equal(lines.length, said.length, lines.join("\n"));
  said.forEach((line, i) => assert.match(lines[i] ?? "", line));
  assert.equal((await listening.ended).code, 0);
  for (const line of listening.lines) assert.doesNotMatch(line, /\p{Script=Han}/u);
});
