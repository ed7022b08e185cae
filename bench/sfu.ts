/**
 * The SFU: what it costs to forward a packet, beside Janus where that is installed.
 * `npx node bench/sfu.ts [--json]`. The load comes from processes of their own and is not counted.
 */
import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

import { janusPath, startJanus } from "./sfu/janus.ts";
import { delayStepMs } from "./sfu/load-wire.ts";
import { Load } from "./sfu/load.ts";
import { startSignet } from "./sfu/signet.ts";
import type { Shape, Subject } from "./sfu/subject.ts";

const talkers = 3;
const shapes: readonly Shape[] = [
  { calls: 1, terminals: 5, talkers },
  { calls: 1, terminals: 10, talkers },
  { calls: 1, terminals: 20, talkers },
  { calls: 5, terminals: 10, talkers },
  { calls: 1, terminals: 100, talkers },
];
/** Odd, so that the median is one of them. */
const runs = 3;
const warmUpMs = 3000;
const measureMs = 6000;
const loadProcesses = 2;

/** At 1 x 20, from the issue that asked for this bench. */
const targets = { cpuUs: 14, ofJanus: 0.6, memoryMb: 1 };

interface Figures {
  readonly cpuUsPerPacket: number;
  readonly packetsPerSecond: number;
  readonly lost: number;
  /** From the sender's JavaScript to the receiver's, both ends' encryption included: more than what the SFU adds. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly memoryMbPerTerminal: number;
}

interface Row {
  readonly shape: string;
  readonly signet: Figures;
  readonly janus?: Figures;
  /** Signet's CPU per packet, as a share of Janus'. */
  readonly ratio?: number;
}

export interface SfuResult {
  readonly runs: number;
  readonly measureMs: number;
  readonly janus: string | undefined;
  readonly rows: readonly Row[];
  readonly reached: {
    readonly cpu: boolean;
    readonly memory: boolean;
    readonly loss: boolean;
    readonly ofJanus?: boolean;
  };
}

function percentile(delays: readonly number[], share: number): number {
  const total = delays.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bin, count] of delays.entries()) {
    seen += count;
    if (seen >= total * share) return (bin + 1) * delayStepMs;
  }
  return delays.length * delayStepMs;
}

/** One SFU, freshly started, under one load. */
async function measure(start: () => Promise<Subject>, load: Load, shape: Shape): Promise<Figures> {
  const subject = await start();
  try {
    const idle = await subject.usage();
    await load.talk(await subject.join(load, shape));
    await delay(warmUpMs);
    await load.begin();
    const before = await subject.usage();
    await delay(measureMs);
    const after = await subject.usage();
    const { received, lost, delays } = await load.end();
    return {
      cpuUsPerPacket: (after.cpuUs - before.cpuUs) / received,
      packetsPerSecond: received / (measureMs / 1000),
      lost,
      delayP50Ms: percentile(delays, 0.5),
      delayP99Ms: percentile(delays, 0.99),
      memoryMbPerTerminal:
        (after.residentBytes - idle.residentBytes) / 2 ** 20 / (shape.calls * shape.terminals),
    };
  } finally {
    await load.clear();
    await subject.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of each figure; of the losses the sum, so that none hides. */
function combine(all: readonly Figures[]): Figures {
  const of = (name: keyof Figures): number => median(all.map((figures) => figures[name]));
  return {
    cpuUsPerPacket: of("cpuUsPerPacket"),
    packetsPerSecond: of("packetsPerSecond"),
    lost: all.reduce((sum, figures) => sum + figures.lost, 0),
    delayP50Ms: of("delayP50Ms"),
    delayP99Ms: of("delayP99Ms"),
    memoryMbPerTerminal: of("memoryMbPerTerminal"),
  };
}

function format(name: string, shape: string, figures: Figures): string {
  const { cpuUsPerPacket, packetsPerSecond, lost, delayP50Ms, delayP99Ms, memoryMbPerTerminal } = figures;
  return [
    shape.padEnd(8),
    name.padEnd(8),
    `${cpuUsPerPacket.toFixed(1)} us`.padStart(9),
    packetsPerSecond.toFixed(0).padStart(9),
    String(lost).padStart(6),
    `${delayP50Ms.toFixed(2)} / ${delayP99Ms.toFixed(2)} ms`.padStart(18),
    `${memoryMbPerTerminal.toFixed(2)} MB`.padStart(10),
  ].join(" ");
}

export async function run({ json }: { json: boolean }): Promise<SfuResult> {
  const print = (line: string): void => {
    if (!json) console.log(line);
  };
  const withJanus = existsSync(janusPath);
  let janusVersion: string | undefined;
  print(
    `${runs} runs of ${measureMs / 1000} s each (median; losses summed), ${talkers} talkers a call, 100 bytes, 50 packets/s`,
  );
  print("shape    engine   CPU/packet  packets/s  lost  delay p50 / p99   memory/terminal");
  const load = new Load(loadProcesses);
  const rows: Row[] = [];
  try {
    for (const shape of shapes) {
      const name = `${shape.calls}x${shape.terminals}`;
      const signetRuns: Figures[] = [];
      const janusRuns: Figures[] = [];
      // In turns, so that a disturbance of the machine meets both.
      for (let i = 0; i < runs; i++) {
        signetRuns.push(await measure(startSignet, load, shape));
        if (!withJanus) continue;
        janusRuns.push(
          await measure(
            async () => {
              const subject = await startJanus();
              janusVersion = subject.version;
              return subject;
            },
            load,
            shape,
          ),
        );
      }
      const signet = combine(signetRuns);
      print(format("signet", name, signet));
      if (!withJanus) {
        rows.push({ shape: name, signet });
        continue;
      }
      const janus = combine(janusRuns);
      const ratio = signet.cpuUsPerPacket / janus.cpuUsPerPacket;
      print(`${format("janus", name, janus)}   ratio ${ratio.toFixed(2)}`);
      rows.push({ shape: name, signet, janus, ratio });
    }
  } finally {
    await load.close();
  }
  const at20 = rows.find((row) => row.shape === "1x20");
  const reached = {
    cpu: (at20?.signet.cpuUsPerPacket ?? Infinity) <= targets.cpuUs,
    memory: (at20?.signet.memoryMbPerTerminal ?? Infinity) <= targets.memoryMb,
    loss: rows.every((row) => row.signet.lost === 0),
    ...(at20?.ratio === undefined ? {} : { ofJanus: at20.ratio <= targets.ofJanus }),
  };
  print(
    `at 1x20: at most ${targets.cpuUs} us ${reached.cpu ? "reached" : "missed"}, at most ${targets.memoryMb} MB ${reached.memory ? "reached" : "missed"}, ` +
      `no loss anywhere ${reached.loss ? "reached" : "missed"}, at most ${targets.ofJanus} of Janus ` +
      (reached.ofJanus === undefined
        ? "not measured (no Janus here)"
        : reached.ofJanus
          ? "reached"
          : "missed"),
  );
  return { runs, measureMs, janus: janusVersion, rows, reached };
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  if (!json)
    console.log(
      `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${availableParallelism()} cores, node ${process.versions.node}`,
    );
  const result = await run({ json });
  if (json) console.log(JSON.stringify(result, null, 2));
}
