/**
 * Two people call each other at the same moment: how long until both are in one call, with its key: `npx node bench/glare.ts [--json]`.
 * Whole terminals in this process, with devices that are touched at once, and the server in a process of its own; all share the cores.
 */
import type { UserId } from "@signet/protocol";
import { MemoryPinStore, SignetTerminal, deviceAtHand, silentMedia } from "@signet/terminal";

import { createLoadDevice } from "./server/load-device.ts";
import { until } from "./terminals/bench-terminal.ts";
import { ServerProcess } from "./terminals/processes.ts";

const rounds = 20;
/** Of which the first warm up what is loaded once, and do not count. */
const warmUps = 2;

export async function run({ json }: { json: boolean }): Promise<object> {
  const server = await ServerProcess.start();
  const people = await Promise.all(["alice", "bobby"].map((userId) => open(userId as UserId, server.origin)));
  try {
    const takenMs: number[] = [];
    for (let round = 0; round < warmUps + rounds; round++) {
      const ms = await cross(people as [SignetTerminal, SignetTerminal]);
      if (round >= warmUps) takenMs.push(ms);
    }
    const sorted = takenMs.toSorted((a, b) => a - b);
    const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? NaN);
    const result = { rounds, unit: "ms", p50: at(0.5), p95: at(0.95) };
    if (!json)
      console.log(`${rounds} rounds: both in one call after ${result.p50} ms (p50), ${result.p95} ms (p95)`);
    return result;
  } finally {
    for (const terminal of people) terminal.close();
    await server.close();
  }
}

async function open(userId: UserId, origin: string): Promise<SignetTerminal> {
  const terminal = await SignetTerminal.create({
    url: `${origin.replace("http://localhost", "ws://127.0.0.1")}/ws`,
    pins: new MemoryPinStore(),
    devices: deviceAtHand(await createLoadDevice()),
    media: silentMedia,
  });
  terminal.start();
  await until(terminal, ({ connection }) => connection.status === "online");
  await terminal.register({ userId, displayName: userId });
  return terminal;
}

async function cross([alice, bobby]: [SignetTerminal, SignetTerminal]): Promise<number> {
  const startedMs = performance.now();
  const together = [alice, bobby].map((one) => until(one, ({ call }) => call?.phase === "active"));
  await Promise.all([alice.call(["bobby" as UserId]), bobby.call(["alice" as UserId])]);
  await Promise.all(together);
  const ms = performance.now() - startedMs;
  const codes = [alice, bobby].map(({ state }) => state.call?.safetyCode);
  if (codes[0] === undefined || codes[0] !== codes[1]) throw new Error("they are not in one call");
  for (const one of [alice, bobby]) {
    await one.leave();
    await until(one, ({ call }) => call?.phase === "ended");
    one.dismissCall();
  }
  // The calls are over for the server, too.
  for (const one of [alice, bobby])
    await until(one, ({ ringing, joinable }) => ringing.length + joinable.length === 0);
  return ms;
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  const result = await run({ json });
  if (json) console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}
