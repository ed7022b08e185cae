/** What the call costs without server, proofs and messages, in as many processes. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

import { toBase64Url } from "@signet/protocol";

import type { BareAnswer, BareOrder } from "./bare-child.ts";
import { nowMs } from "./messages.ts";
import { processCount } from "./processes.ts";

export interface BareFigures {
  /** One Commit for all, and all enter by its Welcome. */
  readonly keyedMs: number;
  readonly leaveMs: number;
  /** The signatures of the proofs and leaves alone: each terminal checks each other member. */
  readonly signaturesMs: number;
}

const checksMs = 1_500;

async function ask<T extends BareAnswer["type"]>(
  child: ChildProcess,
  order: BareOrder,
  type: T,
): Promise<Extract<BareAnswer, { type: T }>> {
  const heard = once(child, "message");
  child.send(order);
  const [answer] = (await heard) as [BareAnswer];
  if (answer.type !== type) throw new Error(answer.type === "failed" ? answer.reason : answer.type);
  return answer as Extract<BareAnswer, { type: T }>;
}

export async function measureBare(members: number): Promise<BareFigures> {
  const children = Array.from({ length: processCount }, () =>
    fork(new URL("bare-child.ts", import.meta.url), { serialization: "advanced" }),
  );
  try {
    const rates = await Promise.all(
      children.map((child) => ask(child, { type: "checks", durationMs: checksMs }, "checked")),
    );
    const perSecond = rates.reduce((total, rate) => total + rate.perSecond, 0);
    const callId = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
    const prepared = await Promise.all(
      children.map((child, i) => {
        const indices = Array.from({ length: members }, (_, index) => index).filter(
          (index) => index % children.length === i,
        );
        return ask(child, { type: "prepare", callId, indices }, "prepared");
      }),
    );
    const [first] = children;
    if (first === undefined) throw new Error("no processes");
    const add = prepared.flatMap(({ keyPackages }) => keyPackages);
    const startedMs = nowMs();
    const { welcome } = await ask(first, { type: "commit", add, remove: [] }, "committed");
    if (welcome === undefined) throw new Error("no Welcome");
    await Promise.all(children.map((child) => ask(child, { type: "join", welcome }, "done")));
    const keyedMs = nowMs() - startedMs;
    const leftMs = nowMs();
    const removal: BareOrder = { type: "commit", add: [], remove: [Math.floor(members / 2)] };
    const { commit } = await ask(first, removal, "committed");
    await Promise.all(children.map((child) => ask(child, { type: "process", commit }, "done")));
    const leaveMs = nowMs() - leftMs;
    return { keyedMs, leaveMs, signaturesMs: ((members * (members - 1)) / perSecond) * 1_000 };
  } finally {
    for (const child of children) child.disconnect();
  }
}
