import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { startMedia } from "../../src/index.ts";
import type { MediaEngine } from "../../src/index.ts";

/** A server reduced to its media engine: one JSON line in, one out. Started by survival.test.ts, to be killed. */
const runtimeDir = process.argv[2] ?? "";
const listenAddress = "127.0.0.1";
let engine: MediaEngine | undefined;

type Request = { callId: string; terminalId: string; offerSdp: string } | { orphanTimeoutMs: number };

/** So that none is about to start when this is killed. */
async function spareRuns(running: MediaEngine): Promise<void> {
  while (!(await running.stats()).children.some((child) => child.spare)) await delay(20);
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  if ("orphanTimeoutMs" in request) {
    engine = await startMedia({
      runtimeDir,
      children: 1,
      listenAddress,
      orphanTimeoutMs: request.orphanTimeoutMs,
    });
    console.log(JSON.stringify((await engine.stats()).children.map((child) => child.pid)));
  } else {
    engine ??= await startMedia({ runtimeDir, children: 1, listenAddress });
    const answer = await engine.join(request);
    await spareRuns(engine);
    console.log(JSON.stringify(answer));
  }
}
