/** `signet monitor` before a front of its own. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import { breaksRule } from "@signet/device";
import { judgeEvidence, parseEvidence } from "@signet/directory";
import type { FindingKind, LogEvidence } from "@signet/directory";
import { runCommand } from "@signet/e2e/support/command-line.ts";
import { registerHeadless } from "@signet/e2e/support/headless.ts";
import type { Headless } from "@signet/e2e/support/headless.ts";

import { Front } from "./front.ts";
import type { Bytes } from "./front.ts";

interface Outcome {
  readonly code: number | null;
  readonly err: string;
  readonly out: string;
}

/** Events of `--json`. */
export const eventsOf = (out: string) =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** @returns what the file says that proves it */
export function found({ code, err, out }: Outcome, kind: FindingKind): LogEvidence {
  assert.equal(code, 8, out + err);
  const finding = eventsOf(out).find(({ event }) => event === "finding");
  assert.equal(finding?.["finding"], kind, out + err);
  assert.match(
    err,
    /^error: .+\nhint: .+ what was found is in .+, and `signet verify` says what it proves\n$/,
  );
  const path = String(finding["evidence"]);
  assert.equal(statSync(path).mode & 0o077, 0);
  const text = readFileSync(path, "utf8");
  const evidence = parseEvidence(text);
  assert.equal(evidence?.finding, kind, text);
  return evidence;
}

/** As {@link found}, and what a stranger says of it, who has nothing but the file. */
export async function judged(outcome: Outcome, kind: FindingKind): Promise<string> {
  const { judgement, why } = await judgeEvidence(found(outcome, kind), undefined, breaksRule);
  return `${judgement}: ${why}`;
}

/** Ann, who once changed her name, and Ben. */
export class Monitored {
  readonly front: Front;
  readonly ann: Headless;
  readonly ben: Headless;
  readonly folder = mkdtempSync(join(tmpdir(), "signet-monitor-"));
  readonly env = { HOME: this.folder, XDG_CONFIG_HOME: "" };
  #runs = 0;

  private constructor(front: Front, ann: Headless, ben: Headless) {
    this.front = front;
    this.ann = ann;
    this.ben = ben;
  }

  static async open(): Promise<Monitored> {
    const front = await Front.open();
    const ann = await registerHeadless(front.origin, "ann");
    const ben = await registerHeadless(front.origin, "ben");
    await ann.terminal.rename("Ann A");
    const monitored = new Monitored(front, ann, ben);
    after(async () => {
      ann.terminal.close();
      ben.terminal.close();
      await front.close();
      rmSync(monitored.folder, { recursive: true, force: true });
    });
    return monitored;
  }

  /** Of a monitor that knows nothing yet. */
  newState(): string {
    return join(this.folder, `state-${++this.#runs}.db`);
  }

  look(state: string, ...more: readonly string[]): Promise<Outcome> {
    const { origin } = this.front;
    return runCommand(["monitor", origin, "--state", state, "--once", "--json", ...more], { env: this.env });
  }

  /** @returns what a monitor knows that found all well */
  async checked(): Promise<string> {
    const state = this.newState();
    const { code, err, out } = await this.look(state);
    assert.equal(code, 0, out + err);
    return state;
  }

  /** Somebody lies, then they are honest again. @param lie is given the honest entries */
  async whileLying(lie: (entries: readonly Bytes[]) => void, run: () => Promise<unknown>): Promise<void> {
    lie(await this.front.entries());
    try {
      await run();
    } finally {
      this.front.honest();
    }
  }
}

/** With one bit changed. @param at from the end where it is negative */
export function changedAt(bytes: Uint8Array, at: number): Bytes {
  const changed = new Uint8Array(bytes);
  const place = at < 0 ? changed.length + at : at;
  changed[place] = (changed[place] ?? 0) ^ 1;
  return changed;
}
