/**
 * How long nothing is heard in a call, or nothing reaches the server, after something broke: `npx node bench/reconnect.ts [--json] [--only=words of a title] [--rounds=n]`. A page and a terminal at the
 * command line, each at a host of its own on a network made of network namespaces; a third one hears both and is heard by both. All share the cores.
 * What is heard is looked at every 20 ms; the voices have pauses of some 100 ms.
 */
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

import { whyNoNamespaces } from "@signet/e2e/support/network/namespaces.ts";
import { nowMs } from "@signet/e2e/support/network/heard.ts";
import { Trio, directions, nextEvent } from "@signet/e2e/support/network/trio.ts";
import type { Direction } from "@signet/e2e/support/network/trio.ts";
import { mediaPort } from "@signet/e2e/support/network/world.ts";
import { processAtUdpPort } from "@signet/e2e/support/served.ts";

import { ensureChromium, ensureProgram, ensureWebBuild } from "../test/prepare.ts";

/** Of each, in a call of its own. */
const rounds = 5;
/** Of those that take a minute. */
const longRounds = 2;
const frozenMs = 60_000;

/** For a line that is a whole number of milliseconds long. */
type Samples = Partial<Record<Direction | "signalling of page" | "signalling of command line", number>>;

interface Break {
  readonly title: string;
  readonly rounds: number;
  readonly aimMs: number;
  /** Breaks it in a call. */
  measure(trio: Trio): Promise<Samples>;
  readonly mend?: (trio: Trio) => void;
}

const breaks: readonly Break[] = [
  {
    title: "UDP blocked to sound",
    rounds,
    aimMs: 3_000,
    measure: (trio) => silenceAfter(trio, () => trio.hosts.forEach((host) => host.rules({ udp: "drop" }))),
    mend: (trio) => trio.hosts.forEach((host) => host.rules({})),
  },
  {
    title: "address change to sound",
    rounds,
    aimMs: 2_500,
    measure: (trio) =>
      silenceAfter(trio, () => {
        for (const host of trio.hosts) {
          host.removeAddresses();
          host.addOtherAddresses();
        }
      }),
  },
  {
    title: "media process killed to sound",
    rounds,
    aimMs: 1_000,
    measure: (trio) =>
      silenceAfter(trio, () =>
        process.kill(processAtUdpPort(mediaPort, trio.world.server.namespace), "SIGKILL"),
      ),
  },
  {
    title: "server killed, from its start to signalling",
    rounds,
    aimMs: 1_000,
    measure: signallingAfterKill,
  },
  {
    title: "frozen for 60 s, from its end to sound",
    rounds: longRounds,
    aimMs: 3_000,
    measure: async (trio) => {
      for (const host of trio.hosts) host.freeze();
      await delay(frozenMs);
      const thawedMs = nowMs();
      for (const host of trio.hosts) host.thaw();
      const heard = await trio.hearEachOther(thawedMs, { fromMs: thawedMs });
      return forEach((direction) => heard[direction].untilMs);
    },
  },
];

async function silenceAfter(trio: Trio, act: () => void): Promise<Samples> {
  const sinceMs = nowMs();
  act();
  const heard = await trio.hearEachOther(sinceMs);
  return forEach((direction) => heard[direction].longestMs);
}

const forEach = (of: (direction: Direction) => number): Samples =>
  Object.fromEntries(directions.map((direction) => [direction, of(direction)]));

async function signallingAfterKill({ alice, bobby, world }: Trio): Promise<Samples> {
  const { page } = alice.guest;
  const offline = page.getByRole("alert").filter({ hasText: "No connection" });
  const told = nextEvent(bobby.command, "offline");
  await world.served.kill();
  await offline.waitFor();
  await told;
  const back = nextEvent(bobby.command, "online");
  await world.served.start();
  const startedMs = nowMs();
  const [atPage, online] = await Promise.all([offline.waitFor({ state: "detached" }).then(nowMs), back]);
  return {
    "signalling of page": Math.round(Math.max(0, atPage - startedMs)),
    "signalling of command line": Math.round(Math.max(0, Date.parse(online.at) - startedMs)),
  };
}

interface Options {
  readonly json: boolean;
  /** Only what has these words in its title. */
  readonly only?: string | undefined;
  /** Of each, in place of the usual number. */
  readonly rounds?: number | undefined;
}

export async function run({ json, only = "", rounds: wanted }: Options): Promise<object> {
  const missing = whyNoNamespaces();
  if (missing !== undefined) throw new Error(missing);
  const root = dirname(import.meta.dirname);
  process.env["SIGNET_CHROMIUM"] = ensureChromium();
  ensureWebBuild(root);
  ensureProgram(root);
  const results: Record<string, object> = {};
  if (!json) console.log(`${"ms".padEnd(72)} rounds    p50    p95    max     aim`);
  for (const one of breaks) {
    if (!one.title.includes(only)) continue;
    const samples = await measure({ ...one, rounds: wanted ?? one.rounds });
    for (const [what, values] of samples) {
      const figures = figuresOf(values, one.aimMs);
      results[`${one.title}: ${what}`] = figures;
      if (!json) print(`${one.title}: ${what}`, values.length, figures);
    }
  }
  return { unit: "ms", ...results };
}

/** In one world; what fails in one call is not measured in it, and counts as none. */
async function measure({ measure: breakIt, mend, rounds: most }: Break): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>();
  const trio = await Trio.open();
  try {
    for (let round = 0; round < most; round++) {
      await trio.hearEachOther(await trio.call());
      for (const [what, value] of Object.entries(await breakIt(trio)))
        samples.set(what, [...(samples.get(what) ?? []), value]);
      mend?.(trio);
      await trio.endForAll();
    }
  } finally {
    await trio.close();
  }
  return samples;
}

function figuresOf(samplesMs: readonly number[], aimMs: number) {
  const sorted = samplesMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
  const p95 = at(0.95);
  return { p50: at(0.5), p95, max: at(1), aim: aimMs, reached: p95 <= aimMs };
}

function print(what: string, count: number, figures: ReturnType<typeof figuresOf>): void {
  const { aim, max, p50, p95, reached } = figures;
  const cells = [count, p50, p95, max, aim].map((value) => String(value).padStart(6)).join(" ");
  console.log(`${what.padEnd(72)} ${cells}  ${reached ? "reached" : "missed"}`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { json: { type: "boolean" }, only: { type: "string" }, rounds: { type: "string" } },
  });
  const { json = false, only, rounds } = values;
  const result = await run({ json, only, rounds: rounds === undefined ? undefined : Number(rounds) });
  if (json) console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}
