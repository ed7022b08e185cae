/**
 * What a relay costs beside the straight way by UDP: delay and CPU of each packet. Signet's by TCP and TLS, and Debian's coturn by UDP and TCP where it is
 * installed: `npx node bench/relay.ts [--json]`. Echo, relay and coturn are processes of their own; voices of 100 bytes, 50 a second each.
 */
import { fork, spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";
import type { TransportAddress } from "@signet/media/peer";

import { credential, cpuUsOf, over, straight } from "./relay/ways.ts";
import type { OpenFlow } from "./relay/ways.ts";

const flows = 20;
const packetBytes = 100;
const everyMs = 20;
const warmUpMs = 1_000;
const measureMs = 5_000;
/** Odd, so that the median is one of them. */
const runs = 5;

interface Way {
  readonly name: string;
  readonly open: OpenFlow;
  /** Of the relay, where there is one. */
  readonly pid?: number;
}

interface Figures {
  /** There and back, so twice over the relay. */
  readonly roundTripP50Ms: number;
  readonly roundTripP99Ms: number;
  /** One way, against the straight one of the same run. */
  readonly addedP50Ms: number;
  /** Of the relay, for each packet that it passed on. */
  readonly cpuUsPerPacket?: number;
  readonly lost: number;
}

async function measure({ open, pid }: Way, peer: TransportAddress): Promise<Omit<Figures, "addedP50Ms">> {
  const roundTripsMs: number[] = [];
  let measures = false;
  let sent = 0;
  const heard = (data: Buffer): void => {
    const beganMs = data.readDoubleLE(0);
    if (beganMs > 0) roundTripsMs.push(performance.now() - beganMs);
  };
  const opened = await Promise.all(Array.from({ length: flows }, () => open(peer, heard)));
  const talk = (): void => {
    for (const flow of opened) {
      const packet = Buffer.alloc(packetBytes);
      // Who warms up is not counted.
      packet.writeDoubleLE(measures ? performance.now() : 0, 0);
      if (measures) sent++;
      flow.send(packet);
    }
  };
  const timer = setInterval(talk, everyMs);
  await delay(warmUpMs);
  const before = pid === undefined ? 0 : cpuUsOf(pid);
  measures = true;
  await delay(measureMs);
  clearInterval(timer);
  await delay(200);
  const cpuUs = pid === undefined ? 0 : cpuUsOf(pid) - before;
  for (const flow of opened) flow.close();
  const sorted = roundTripsMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return {
    roundTripP50Ms: at(0.5),
    roundTripP99Ms: at(0.99),
    lost: sent - sorted.length,
    ...(pid === undefined ? {} : { cpuUsPerPacket: cpuUs / (sent + sorted.length) }),
  };
}

/** @returns what it told first */
async function started<Told>(
  file: string,
  args: readonly string[],
  children: ChildProcess[],
): Promise<[Told, number]> {
  const child = fork(join(import.meta.dirname, "relay", file), args);
  children.push(child);
  const [told] = (await once(child, "message")) as [Told];
  return [told, child.pid ?? 0];
}

async function startCoturn(folder: string, children: ChildProcess[]): Promise<readonly Way[]> {
  if (spawnSync("turnserver", ["--version"]).error !== undefined) return [];
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  const words =
    `--listening-ip 127.0.0.1 --listening-port ${port} --relay-ip 127.0.0.1 --realm bench --use-auth-secret ` +
    `--static-auth-secret ${credential} --no-tls --no-dtls --no-cli --no-multicast-peers --allow-loopback-peers ` +
    `--log-file ${join(folder, "log")} --pidfile ${join(folder, "pid")} --userdb ${join(folder, "users")}`;
  const child = spawn("turnserver", words.split(" "), { stdio: "ignore" });
  children.push(child);
  await delay(2_000);
  const pid = child.pid ?? 0;
  return [
    { name: "coturn, UDP", open: over(`turn:127.0.0.1:${port}?transport=udp`, true), pid },
    { name: "coturn, TCP", open: over(`turn:127.0.0.1:${port}?transport=tcp`, true), pid },
  ];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export async function run({ json }: { json: boolean }): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), "signet-bench-"));
  const children: ChildProcess[] = [];
  try {
    const files = await writeServerCertificate(folder, 30);
    setDefaultCACertificates([...getCACertificates(), readFileSync(files.tlsCert, "utf8")]);
    const [{ port }] = await started<{ port: number }>("echo-process.ts", [], children);
    const args = [String(port), files.tlsCert, files.tlsKey];
    const [at, pid] = await started<{ tcp: number; tls: number }>("relay-process.ts", args, children);
    const ways: readonly Way[] = [
      { name: "UDP, straight", open: straight },
      { name: "Signet, TCP", open: over(`turn:127.0.0.1:${at.tcp}?transport=tcp`, false), pid },
      { name: "Signet, TLS", open: over(`turns:localhost:${at.tls}?transport=tcp`, false), pid },
      ...(await startCoturn(folder, children)),
    ];
    const results = new Map<string, Figures[]>();
    for (let i = 0; i < runs; i++) {
      let straightMs = 0;
      // In turns, so that a disturbance of the machine meets all.
      for (const way of ways) {
        const figures = await measure(way, { address: "127.0.0.1", port });
        if (way.pid === undefined) straightMs = figures.roundTripP50Ms;
        const all = results.get(way.name) ?? [];
        results.set(way.name, [
          ...all,
          { ...figures, addedP50Ms: (figures.roundTripP50Ms - straightMs) / 2 },
        ]);
      }
    }
    return report(results, json);
  } finally {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true });
  }
}

function report(results: ReadonlyMap<string, readonly Figures[]>, json: boolean): object {
  const say = (line: string): void => {
    if (!json) console.log(line);
  };
  say(`${runs} runs of ${measureMs / 1_000} s (medians; losses summed), ${flows} voices, both ways`);
  say("way              round trip p50 / p99   added p50   CPU/packet  lost");
  const rows = [...results].map(([name, all]) => {
    const of = (figure: keyof Figures): number => median(all.map((one) => one[figure] ?? Number.NaN));
    const lost = all.reduce((sum, one) => sum + one.lost, 0);
    const row = {
      name,
      roundTripP50Ms: of("roundTripP50Ms"),
      roundTripP99Ms: of("roundTripP99Ms"),
      addedP50Ms: of("addedP50Ms"),
      cpuUsPerPacket: of("cpuUsPerPacket"),
      lost,
    };
    const cpu = Number.isNaN(row.cpuUsPerPacket) ? "" : `${row.cpuUsPerPacket.toFixed(1)} us`;
    say(
      [
        name.padEnd(16),
        `${row.roundTripP50Ms.toFixed(2)} / ${row.roundTripP99Ms.toFixed(2)} ms`.padStart(20),
        `${row.addedP50Ms.toFixed(2)} ms`.padStart(11),
        cpu.padStart(12),
        String(lost).padStart(5),
      ].join(" "),
    );
    return row;
  });
  return { runs, measureMs, flows, rows };
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  const result = await run({ json });
  if (json) console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}
