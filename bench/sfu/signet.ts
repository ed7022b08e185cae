import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { startMedia } from "@signet/media";

import type { Subject } from "./subject.ts";

const slots = 8;

/** The built-in engine as the server starts it; all its processes count, the warm spare too. */
export async function startSignet(): Promise<Subject> {
  const runtimeDir = mkdtempSync(join(tmpdir(), "signet-bench-"));
  const engine = await startMedia({ runtimeDir, slots });
  while (!(await engine.stats()).children.some((child) => child.spare)) await delay(50);
  const processes = (await engine.stats()).children.length;
  return {
    name: "signet",
    async join(load, shape) {
      const talkers: string[] = [];
      for (let call = 0; call < shape.calls; call++) {
        for (let i = 0; i < shape.terminals; i++) {
          const peer = `${call}-${i}`;
          const offerSdp = await load.offer(peer, slots);
          const { answerSdp } = await engine.join({ callId: `call-${call}`, terminalId: peer, offerSdp });
          await load.accept(peer, answerSdp);
          await load.connected(peer);
          if (i < shape.talkers) talkers.push(peer);
        }
      }
      return talkers;
    },
    async usage() {
      const { children } = await engine.stats();
      if (children.length !== processes) throw new Error("a media process died or does not answer");
      return {
        cpuUs: children.reduce((sum, child) => sum + child.cpuUs, 0),
        residentBytes: children.reduce((sum, child) => sum + child.residentBytes, 0),
      };
    },
    async close() {
      await engine.close();
      rmSync(runtimeDir, { recursive: true });
    },
  };
}
