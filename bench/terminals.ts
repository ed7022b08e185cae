/**
 * Calls of 50 and of 200 headless terminals on this machine: `npx node bench/terminals.ts [--json]`.
 *
 * Each terminal is a whole one, with a device, a connection, an MLS state and frame keys of its own, and verifies everybody for
 * itself; none of them has met anybody before, and their processes are new in each run. They share the cores with each other and with the server, so the times are what
 * all that computing takes on this machine, not what a person with a machine of their own waits.
 */
import { cpus } from "node:os";

import { measureBare } from "./terminals/bare-group.ts";
import type { BareFigures } from "./terminals/bare-group.ts";
import { measureCall } from "./terminals/one-call.ts";
import type { CallFigures } from "./terminals/one-call.ts";
import { processCount } from "./terminals/processes.ts";

const sizes = [
  { members: 50, runs: 3, leaves: 3 },
  { members: 200, runs: 3, leaves: 3 },
] as const;
const targets = { members: 200, keyedMs: 10_000, leaveMs: 2_000 };

/** As the project's aims quote it; there each device is a machine of its own. */
const published =
  "published for comparison: a Matrix-based call needs 3.2 s at 15 devices and 16 s at 120, and does not complete at 210 with key rotation on";

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

interface SizeResult {
  readonly members: number;
  readonly runs: number;
  readonly steps: Record<keyof CallFigures["steps"], Spread>;
  readonly commits: Spread;
  readonly leaveMs: Spread;
  readonly cpuPerTerminalMs: Spread;
  readonly cpuServerMs: Spread;
  readonly residentKbPerTerminal: Spread;
  readonly traffic: CallFigures["traffic"];
  readonly bare: BareFigures;
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => Math.round((sorted[index] ?? NaN) * 10) / 10;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}

async function measureSize(members: number, runs: number, leaves: number): Promise<SizeResult> {
  const bare = await measureBare(members);
  const calls: CallFigures[] = [];
  for (let i = 0; i < runs; i++) calls.push(await measureCall(members, leaves));
  const over = (read: (call: CallFigures) => number): Spread => spread(calls.map(read));
  const [first] = calls;
  if (first === undefined) throw new Error("no runs");
  const steps = Object.fromEntries(
    Object.keys(first.steps).map((name) => {
      const step = name as keyof CallFigures["steps"];
      return [step, over((call) => call.steps[step])];
    }),
  ) as SizeResult["steps"];
  return {
    members,
    runs,
    steps,
    commits: over((call) => call.commits),
    leaveMs: spread(calls.flatMap((call) => call.leaveMs)),
    cpuPerTerminalMs: over((call) => call.cpu.perTerminalMs),
    cpuServerMs: over((call) => call.cpu.serverMs),
    residentKbPerTerminal: over((call) => call.residentKbPerTerminal),
    traffic: first.traffic,
    bare,
  };
}

const stepNames: Record<keyof CallFigures["steps"], string> = {
  acknowledged: "request acknowledged",
  lastRing: "last ring there",
  lastJoin: "last join sent",
  firstCommit: "first Commit accepted",
  lastCommit: "last Commit accepted",
  lastWelcome: "last Welcome opened, all checked",
  allKeyed: "all have the key",
};

function print(size: SizeResult, say: (line: string) => void): void {
  const { members, runs, bare, traffic } = size;
  const line = (what: string, { median, min, max }: Spread, unit: string): void => {
    const cells = [median, min, max].map((value) => value.toFixed(0).padStart(8)).join("");
    say(`${what.padEnd(44)}${cells} ${unit}`);
  };
  say(
    `\n${members} terminals in ${processCount} processes, ${runs} runs`.padEnd(45) +
      "  median     min     max",
  );
  for (const [step, name] of Object.entries(stepNames))
    line(name, size.steps[step as keyof CallFigures["steps"]], "ms");
  line("Commits", size.commits, "");
  line("a leave: all others in the new epoch", size.leaveMs, "ms");
  line("computing until all keyed, each terminal", size.cpuPerTerminalMs, "ms");
  line("computing until all keyed, server", size.cpuServerMs, "ms");
  line("memory of each terminal", size.residentKbPerTerminal, "kB");
  const largest = ({ type, bytes }: { type: string; bytes: number }): string =>
    `${type} with ${(bytes / 1_000).toFixed(1)} kB`;
  say(
    `each terminal sends ${traffic.sentKbPerTerminal.toFixed(1)} kB and receives ${traffic.receivedKbPerTerminal.toFixed(0)} kB; ` +
      `the initiator sends ${traffic.initiatorSentKb.toFixed(0)} kB`,
  );
  say(
    `largest messages: ${largest(traffic.largestSent)} from a terminal, ${largest(traffic.largestReceived)} to one`,
  );
  say(
    `bare computing in the same processes, no server: ${bare.keyedMs.toFixed(0)} ms until all have the key, ` +
      `${bare.leaveMs.toFixed(0)} ms for a leave; the signatures that each has to check of each alone: ` +
      `${bare.signaturesMs.toFixed(0)} ms`,
  );
}

export async function run({ json }: { json: boolean }): Promise<object> {
  const say = (line: string): void => {
    if (!json) console.log(line);
  };
  const results: SizeResult[] = [];
  for (const { members, runs, leaves } of sizes) {
    const size = await measureSize(members, runs, leaves);
    print(size, say);
    results.push(size);
  }
  const large = results.find(({ members }) => members === targets.members);
  if (large === undefined) throw new Error("the aim's size was not measured");
  const reached = {
    keyed: large.steps.allKeyed.median <= targets.keyedMs,
    leave: large.leaveMs.median <= targets.leaveMs,
  };
  const verdict = (isReached: boolean): string => (isReached ? "reached" : "missed");
  say(
    `\n${targets.members} terminals keyed within ${targets.keyedMs / 1_000} s: ${verdict(reached.keyed)}; ` +
      `a leave within ${targets.leaveMs / 1_000} s: ${verdict(reached.leave)}`,
  );
  say(published);
  return { processes: processCount, sizes: results, targets, reached, published };
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  if (!json)
    console.log(
      `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, node ${process.versions.node}`,
    );
  const result = await run({ json });
  if (json) console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}
