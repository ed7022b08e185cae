/**
 * The server: sign-ins per second, ringing of 100 members, memory of idle terminals. `npx node bench/server.ts [--json]`.
 * The load comes from this process and shares the cores with the server, so the figures are what both together reach.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism, cpus } from "node:os";

import { LoadTerminal } from "./server/load-terminal.ts";
import type { ChildReport } from "./server/server-child.ts";

const targets = { signInsPerSecond: 1_000, ringMs: 100, terminalKb: 40 };
const signInTerminals = 64;
const signInMs = 5_000;
const ringMembers = 100;
const rings = 20;
const idleTerminals = 10_000;
/** How many terminals are made at a time. */
const batch = 100;

async function startChild(): Promise<{ readonly child: ChildProcess; readonly origin: string }> {
  const child = fork(new URL("server/server-child.ts", import.meta.url), { execArgv: ["--expose-gc"] });
  const [{ origin }] = (await once(child, "message")) as [{ origin: string }];
  return { child, origin };
}

async function report(child: ChildProcess): Promise<ChildReport> {
  const answer = once(child, "message");
  child.send("report");
  return ((await answer) as [ChildReport])[0];
}

async function terminals(count: number, prefix: string, origin: string): Promise<LoadTerminal[]> {
  const made: LoadTerminal[] = [];
  while (made.length < count) {
    const names = Array.from(
      { length: Math.min(batch, count - made.length) },
      (_, i) => `${prefix}${made.length + i}`,
    );
    made.push(...(await Promise.all(names.map((name) => LoadTerminal.register(name, origin)))));
  }
  return made;
}

/** What the cryptography alone allows: verifications per second with as many at a time as there are threads for. */
async function bareVerifications(): Promise<number> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
  const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const message = new Uint8Array(32);
  const signature = await crypto.subtle.sign(algorithm, pair.privateKey, message);
  let done = 0;
  const startedMs = performance.now();
  const work = async (): Promise<void> => {
    while (performance.now() - startedMs < 2_000) {
      await crypto.subtle.verify(algorithm, pair.publicKey, signature, message);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return (done / (performance.now() - startedMs)) * 1_000;
}

async function signIns(child: ChildProcess, people: readonly LoadTerminal[]) {
  const before = await report(child);
  const startedMs = performance.now();
  let done = 0;
  const work = async (person: LoadTerminal): Promise<void> => {
    while (performance.now() - startedMs < signInMs) {
      await person.signIn();
      done += 1;
    }
  };
  await Promise.all(people.map(work));
  const seconds = (performance.now() - startedMs) / 1_000;
  const { cpuUs } = await report(child);
  return { perSecond: done / seconds, serverCpuUs: (cpuUs - before.cpuUs) / done };
}

const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;

async function ringing(initiator: LoadTerminal, members: readonly LoadTerminal[]) {
  const timesMs: number[] = [];
  for (let i = 0; i < rings; i++) {
    const { callId, lastRingMs } = await initiator.call(members);
    timesMs.push(lastRingMs);
    await initiator.end(callId);
  }
  timesMs.sort((a, b) => a - b);
  return { p50Ms: percentile(timesMs, 0.5), p95Ms: percentile(timesMs, 0.95) };
}

export async function run({ json }: { json: boolean }): Promise<object> {
  const print = (line: string): void => {
    if (!json) console.log(line);
  };
  const verdict = (reached: boolean): string => (reached ? "reached" : "missed");
  const bare = await bareVerifications();
  const { child, origin } = await startChild();
  try {
    const people = await terminals(ringMembers + 1, "person", origin);
    const signedIn = await signIns(child, people.slice(0, signInTerminals));
    const ofBare = signedIn.perSecond / bare;
    const signInReached = signedIn.perSecond >= targets.signInsPerSecond;
    print(
      `sign-ins: ${signedIn.perSecond.toFixed(0)} per second (${verdict(signInReached)}: ${targets.signInsPerSecond}), ` +
        `${signedIn.serverCpuUs.toFixed(0)} us of the server each; bare P-256 verifications: ${bare.toFixed(0)} per second, ` +
        `so sign-ins are ${ofBare.toFixed(2)} of that`,
    );
    const [initiator, ...members] = people;
    if (initiator === undefined) throw new Error("no people");
    const ring = await ringing(initiator, members);
    const ringReached = ring.p95Ms <= targets.ringMs;
    print(
      `ringing ${ringMembers} members: p50 ${ring.p50Ms.toFixed(0)} ms, p95 ${ring.p95Ms.toFixed(0)} ms of ${rings} ` +
        `(${verdict(ringReached)}: ${targets.ringMs} ms)`,
    );
    const before = await report(child);
    const idle = await terminals(idleTerminals, "idle", origin);
    const after = await report(child);
    const kbEach = (name: "residentBytes" | "heapBytes"): number =>
      (after[name] - before[name]) / idleTerminals / 1_000;
    const residentKb = kbEach("residentBytes");
    const memoryReached = residentKb <= targets.terminalKb;
    print(
      `memory at ${idleTerminals} idle terminals, signed in: ${residentKb.toFixed(1)} kB each, ` +
        `${kbEach("heapBytes").toFixed(1)} kB of it on the heap (${verdict(memoryReached)}: ${targets.terminalKb} kB)`,
    );
    for (const terminal of [...people, ...idle]) terminal.close();
    return {
      signIns: { ...signedIn, bareVerificationsPerSecond: bare, ofBare },
      ringing: { members: ringMembers, ...ring },
      memory: { terminals: idleTerminals, residentKb, heapKb: kbEach("heapBytes") },
      reached: { signIns: signInReached, ringing: ringReached, memory: memoryReached },
    };
  } finally {
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  }
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
