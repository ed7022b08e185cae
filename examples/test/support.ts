import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

import type { RunningServer } from "@signet/server";
import { createAudioFile, frameSamples, toneSource } from "@signet/terminal/node";

import { bringPerson } from "../demo/cast.ts";
import type { Person } from "../demo/cast.ts";
import { eventually } from "../demo/patience.ts";
import { startDemoServer } from "../demo/server.ts";
import { Wire } from "../demo/wire.ts";

const framesOfTwoSeconds = 100;
/** To start a program takes seconds where the machine is busy; this only ends tests that would fail anyway (ms). */
const startMs = 60_000;
export const examples = join(import.meta.dirname, "..");

/** A program of the examples in a process of its own, as somebody would start it. */
export const startProgram = (
  t: TestContext,
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
) => startNode(t, [join(examples, file), ...args], env);

export function startNode(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, args, {
    cwd: examples,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.err += text));
  const ended = once(child, "close").then(([code]) => Number(code));
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const said = async (text: string): Promise<void> =>
    assert.ok(
      await eventually(() => output.out.includes(text), startMs),
      `it did not say "${text}": ${output.err}`,
    );
  return { child, output, ended, said };
}

export async function startServerFor(t: TestContext): Promise<RunningServer> {
  const server = await startDemoServer();
  t.after(() => server.close());
  return server;
}

export function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "signet-examples-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A person with a tone for a voice, registered and signed in. */
export async function registered(
  t: TestContext,
  origin: string,
  userId: string,
  hertz: number,
): Promise<Person> {
  const person = await bringPerson(origin, { userId, hertz }, new Wire());
  t.after(() => person.terminal.close());
  await person.terminal.register({ userId: person.userId, displayName: userId });
  return person;
}

/** Starts a bot with a new key, and waits until it can be called. */
export async function startBot(t: TestContext, file: string, origin: string, ...args: string[]) {
  const key = join(folderFor(t), "bot.key");
  const env = { SIGNET_PASSPHRASE: "a passphrase for tests" };
  const options = ["--server", origin, "--user", "bot", "--key-file", key, ...args];
  const bot = startProgram(t, file, options, env);
  await bot.said("bot is ready");
  return { ...bot, startAgain: () => startProgram(t, file, options, env) };
}

/** Two seconds of a tone in a file. */
export async function writeTone(path: string, hertz: number): Promise<void> {
  const file = createAudioFile(path);
  const tone = toneSource(hertz);
  for (let i = 0; i < framesOfTwoSeconds; i++) file.write(tone.read() ?? new Int16Array(frameSamples));
  await file.close();
}
