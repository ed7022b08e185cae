/**
 * The directory with 100,000 people: what a lookup with its proofs takes in bytes and of the server's time, how long the server takes to start, and how long
 * the first start on data from before there was a log. `npx node bench/directory.ts [--json]`.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { createSoftwareKey } from "@signet/device";
import { encodeMessage, toBase64Url } from "@signet/protocol";
import { databasePath, openSqliteStore } from "@signet/server";

import { LoadTerminal } from "./server/load-terminal.ts";
import type { ChildReport } from "./server/server-child.ts";

const targets = { lookupBytes: 10_000, serverMs: 1, startMs: 5_000 };
const people = 100_000;
/** Of these the registration is really signed, so that they can be looked up. */
const realEvery = 50;
const lookups = 2_000;
const starts = 3;

const nameOf = (place: number): string => `person-${place}`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** As a server of before left them: registrations, and no log. */
async function makeData(dataDir: string, origin: string): Promise<void> {
  const path = databasePath(dataDir);
  await openSqliteStore(path).close();
  const database = new DatabaseSync(path);
  const add = database.prepare("INSERT INTO directory (user_id, device_id, entry) VALUES (?, ?, ?)");
  const addDevice = database.prepare("INSERT INTO devices (device_id, user_id) VALUES (?, ?)");
  let device = await createSoftwareKey({ algorithm: "ES256" });
  database.exec("BEGIN");
  for (let place = 0; place < people; place++) {
    const isReal = place % realEvery === 0;
    if (isReal) device = await createSoftwareKey({ algorithm: "ES256" });
    const deviceId = isReal ? device.deviceId : toBase64Url(randomBytes(16));
    const { algorithm, kind, publicKey } = device;
    const userId = nameOf(place);
    const issuedAtMs = Date.now();
    const transcript = {
      purpose: "register",
      serverOrigin: origin,
      userId,
      deviceId,
      issuedAtMs,
      serverChallenge: new Uint8Array(randomBytes(32)),
      displayName: userId,
      devicePublicKey: publicKey,
      terminalId: toBase64Url(randomBytes(16)),
      terminalKey: new Uint8Array(randomBytes(32)),
      expiresAtMs: issuedAtMs + 3_600_000,
    } as const;
    const entry = {
      userId,
      displayName: userId,
      deviceId,
      kind,
      algorithm,
      publicKey,
      userVerification: false,
      registeredAtMs: issuedAtMs,
      proof: await device.sign(transcript),
    };
    add.run(userId, deviceId, encodeMessage(entry));
    addDevice.run(deviceId, userId);
  }
  database.exec("COMMIT");
  database.close();
}

interface Started {
  readonly child: ChildProcess;
  readonly startMs: number;
}

async function start(dataDir: string, origin: string): Promise<Started> {
  const child = fork(new URL("server/server-child.ts", import.meta.url), [dataDir, origin], {
    execArgv: ["--expose-gc"],
  });
  const [{ startMs }] = (await once(child, "message")) as [{ startMs: number }];
  return { child, startMs };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}

async function cpuUs(child: ChildProcess): Promise<number> {
  const answer = once(child, "message");
  child.send("report");
  return ((await answer) as [ChildReport])[0].cpuUs;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** One after the other, as a terminal asks: who somebody is, and what proves it, from a checkpoint of before. */
async function lookUp(terminal: LoadTerminal, child: ChildProcess, round: number) {
  const [bytes, roundTripsMs]: [number[], number[]] = [[], []];
  const before = await cpuUs(child);
  for (let i = 0; i < lookups; i++) {
    const userId = nameOf((((i + round * 7) * 37) % (people / realEvery)) * realEvery);
    const startedMs = performance.now();
    const found = await terminal.ask("directory.lookup", { userIds: [userId] });
    const from = 1 + ((i * 97) % people);
    const proven = await terminal.ask("directory.prove", { userIds: [userId], from });
    roundTripsMs.push(performance.now() - startedMs);
    bytes.push(JSON.stringify(found).length + JSON.stringify(proven).length);
  }
  const serverMs = ((await cpuUs(child)) - before) / 1_000 / lookups;
  return {
    mostBytes: Math.max(...bytes),
    medianBytes: median(bytes),
    serverMs,
    roundTripMs: median(roundTripsMs),
  };
}

const verdict = (isReached: boolean): string => (isReached ? "reached" : "MISSED");

export async function run({ json }: { json: boolean }): Promise<object> {
  const print = (line: string): void => {
    if (!json) console.log(line);
  };
  const dataDir = mkdtempSync(join(tmpdir(), "signet-bench-directory-"));
  try {
    const origin = `http://localhost:${await freePort()}`;
    await makeData(dataDir, origin);
    const unloggedMb = statSync(databasePath(dataDir)).size / 1_000_000;
    const first = await start(dataDir, origin);
    await end(first.child);
    const databaseMb = statSync(databasePath(dataDir)).size / 1_000_000;
    print(
      `first start, which logs ${people} registrations of before: ${(first.startMs / 1_000).toFixed(1)} s; ` +
        `the database grows from ${unloggedMb.toFixed(0)} to ${databaseMb.toFixed(0)} MB`,
    );
    const startsMs: number[] = [];
    for (let i = 0; i < starts; i++) {
      const again = await start(dataDir, origin);
      startsMs.push(again.startMs);
      await end(again.child);
    }
    const startMs = Math.max(...startsMs);
    print(
      `start with them: ${startsMs.map((ms) => (ms / 1_000).toFixed(2)).join(", ")} s (${verdict(startMs <= targets.startMs)}: ${targets.startMs / 1_000} s)`,
    );

    const { child } = await start(dataDir, origin);
    // The first one has the server verify each history, and the later ones find it verified.
    const runs = [];
    for (let round = 0; round < 3; round++) {
      // Each has a share of bytes, which one such run takes most of.
      const terminal = await LoadTerminal.register(`asker-${round}`, origin);
      runs.push(await lookUp(terminal, child, round));
      terminal.close();
    }
    await end(child);
    const mostBytes = Math.max(...runs.map((one) => one.mostBytes));
    const [firstMs, ...later] = runs.map((one) => one.serverMs);
    const serverMs = Math.max(...later);
    print(
      `a lookup with proofs: ${median(runs.map((one) => one.medianBytes))} bytes, ${mostBytes} at most (${verdict(mostBytes < targets.lookupBytes)}: ${targets.lookupBytes})`,
    );
    const isWithin = (ms = Infinity): string => `${verdict(ms < targets.serverMs)}: ${targets.serverMs} ms`;
    print(
      `the server's time for both requests, all of it: the first for each person after a start, whose history is verified then, ${firstMs?.toFixed(2)} ms (${isWithin(firstMs)}), ` +
        `and every one after, ${later.map((ms) => ms.toFixed(2)).join(", ")} ms (${isWithin(serverMs)}); there and back ${runs.map((one) => one.roundTripMs.toFixed(2)).join(", ")} ms`,
    );
    return {
      people,
      firstStartMs: first.startMs,
      databaseMb: { before: unloggedMb, after: databaseMb },
      startsMs,
      lookups: runs,
      reached: {
        bytes: mostBytes < targets.lookupBytes,
        firstServerTime: (firstMs ?? Infinity) < targets.serverMs,
        serverTime: serverMs < targets.serverMs,
        start: startMs <= targets.startMs,
      },
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
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
