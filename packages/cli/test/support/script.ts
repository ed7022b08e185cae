/** Tests of the command line that read as scripts: what is typed, what is said, and the exit code. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { openSoftwareKey } from "@signet/device";
import { openHeadless } from "@signet/e2e/support/headless.ts";
import { RunningCommand, runCommand } from "@signet/e2e/support/command-line.ts";
import type { CommandOptions } from "@signet/e2e/support/command-line.ts";
import { startTestServer } from "@signet/e2e/support/server.ts";
import type { RunningServer, ServerOptions } from "@signet/server";
import { UserId } from "@signet/terminal";

import { Profile } from "../../src/profile.ts";
import { formerKeyFile } from "./key-files.ts";

/** A line: as it is, or a pattern. `$SERVER` and `$DIR` stand for what they are in this file's scene. */
export type Line = string | RegExp;

export interface Step extends Omit<CommandOptions, "cwd"> {
  /** What follows `signet`, split at blanks; 'single quotes' hold a word with blanks together. */
  readonly run: string;
  /** Standard output, line by line; without it any. */
  readonly out?: readonly Line[];
  /** Standard error, line by line; without it none. A line `reason: ...` may be left out. */
  readonly err?: readonly Line[];
  /** Exit code; 0 when absent. */
  readonly code?: number;
}

/** A server and a folder for the scripts of one file. */
export class Scene {
  readonly server: RunningServer;
  readonly folder: string;
  readonly #running = new Set<RunningCommand>();

  private constructor(server: RunningServer, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  /** Goes away after the tests of the file. */
  static async open(options: Partial<ServerOptions> = {}): Promise<Scene> {
    const folder = mkdtempSync(join(tmpdir(), "signet-cli-"));
    const server = await startTestServer(options);
    const scene = new Scene(server, folder);
    after(async () => {
      for (const command of scene.#running) command.signal("SIGKILL");
      await Promise.all([...scene.#running].map(({ ended }) => ended));
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return scene;
  }

  /** `$SERVER`: the address of the server. `$DIR`: the folder. */
  fill(text: string): string {
    return text.replaceAll("$SERVER", this.server.origin).replaceAll("$DIR", this.folder);
  }

  /** One test: each step has to say and end as it is written. */
  script(title: string, ...steps: readonly Step[]): void {
    test(title, async () => {
      for (const step of steps) await this.play(step);
    });
  }

  /** One test of steps that do not depend on each other; they share the cores. */
  each(title: string, ...steps: readonly Step[]): void {
    test(title, () => this.#playAll(steps));
  }

  async #playAll(steps: readonly Step[]): Promise<void> {
    const waiting = steps.values();
    const worker = async (): Promise<void> => {
      for (const step of waiting) await this.play(step);
    };
    await Promise.all(Array.from({ length: Math.min(3, availableParallelism()) }, worker));
  }

  async play(step: Step): Promise<void> {
    const { code, out, err } = await runCommand(this.#words(step.run), this.#options(step));
    const said = `signet ${step.run}\n${out}${err}`;
    if (step.out !== undefined) this.#compare(out, step.out, said);
    this.#compare(err, step.err ?? [], said);
    assert.equal(code, step.code ?? 0, said);
  }

  /** In the background, until it ends or the file does. */
  start(run: string, options: Omit<CommandOptions, "cwd"> = {}): RunningCommand {
    const command = new RunningCommand(this.#words(run), this.#options(options));
    this.#running.add(command);
    void command.ended.then(() => this.#running.delete(command));
    return command;
  }

  /** User IDs with software keys, as `register` leaves them, each with a profile in the folder of the same name. No process of its own. */
  async register(...userIds: readonly string[]): Promise<void> {
    await Promise.all(userIds.map((userId) => this.#registerOne(userId)));
  }

  /** A key where commands of this profile look for one, and would make one otherwise. Each command that opens it is quicker. */
  putKey(userId: string, name: string = userId): { profile: Profile; path: string; text: string } {
    const profile = new Profile(join(this.folder, name));
    profile.prepare();
    const [path, text] = [profile.keyFile(userId), formerKeyFile(passphrase)];
    writeFileSync(path, text, { mode: 0o600 });
    return { profile, path, text };
  }

  async #registerOne(userId: string): Promise<void> {
    const { origin } = this.server;
    const { profile, path, text } = this.putKey(userId);
    const { terminal } = await openHeadless(origin, userId, {
      device: await openSoftwareKey(text, passphrase),
    });
    await terminal.register({ userId: UserId.parse(userId), displayName: userId });
    await terminal.release();
    terminal.close();
    profile.remember({ server: origin, user: UserId.parse(userId), "key-file": path });
  }

  #options(options: Omit<CommandOptions, "cwd">): CommandOptions {
    const { env = { SIGNET_PASSPHRASE: passphrase } } = options;
    const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, this.fill(value)]));
    return { ...options, cwd: this.folder, env: { HOME: this.folder, XDG_CONFIG_HOME: "", ...filled } };
  }

  #words(run: string): readonly string[] {
    return Array.from(
      this.fill(run).matchAll(/'([^']*)'|(\S+)/g),
      ([, quoted, bare]) => quoted ?? bare ?? "",
    );
  }

  #compare(text: string, expected: readonly Line[], said: string): void {
    const all = text === "" ? [] : text.replace(/\n$/, "").split("\n");
    // What the system says of its own accord is compared where a step names it.
    const isReason = (line: Line): boolean => String(line).replace(/^\/\^/, "").startsWith("reason: ");
    const lines = expected.some(isReason) ? all : all.filter((line) => !isReason(line));
    expected.forEach((line, i) => {
      const actual = lines[i] ?? "(nothing)";
      if (typeof line === "string") assert.equal(actual, this.fill(line), said);
      else assert.match(actual, line, said);
    });
    assert.equal(lines.length, expected.length, said);
  }
}

/** Of every software key that a script makes, where it does not say otherwise. */
export const passphrase = "correct horse";
