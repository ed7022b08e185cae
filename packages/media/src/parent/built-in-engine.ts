import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { SignetError } from "@signet/protocol";
import { controlVersion } from "../control/wire.ts";
import type { ChildConfig } from "../control/wire.ts";
import { defaultSlots } from "../engine.ts";
import type {
  MediaCall,
  MediaConnection,
  MediaEngine,
  MediaEvent,
  MediaFlow,
  MediaOptions,
  MediaStats,
} from "../engine.ts";
import { readCandidate, readLocalTransport } from "../sdp/answer.ts";
import { plainAddress } from "../turn/stun-message.ts";
import { attachAll, startChild } from "./child-handle.ts";
import type { ChildHandle, ChildNotice } from "./child-handle.ts";
import { prepareRuntimeDir, socketPathsIn } from "./runtime-dir.ts";

const maxDefaultChildren = 8;
/** A process that answers nothing to so many of these in a row hangs and is killed. Fewer would kill one that is only
 * short of CPU for a while, and with it the calls that still go on. */
const pingEveryMs = 5000;
const maxMissedPings = 6;
/** After a failed start; doubles up to 64 times. */
const retryMs = 250;

interface PinnedCall {
  readonly child: ChildHandle;
  /** As {@link MediaEngine.connectionsOf}; none where another server answered. */
  readonly terminals: Map<string, readonly MediaConnection[]>;
}

/**
 * Starts the built-in engine, on libdatachannel in processes of their own, or takes over the processes that a killed
 * server left behind in `runtimeDir`.
 * @throws SignetError `media.unavailable` when no process can be started, or when another server uses `runtimeDir`
 */
export async function startMedia(options: MediaOptions): Promise<MediaEngine> {
  const dir = prepareRuntimeDir(options.runtimeDir);
  const engine = new BuiltInEngine(dir, options);
  await engine.start(await attachAll(socketPathsIn(dir)));
  return engine;
}

/** @param answerSdp as a media process wrote it */
function connectionIn(answerSdp: string): MediaConnection {
  const { candidates, icePwd } = readLocalTransport(answerSdp);
  return {
    addresses: candidates
      .map(readCandidate)
      .filter(({ address }) => isIP(address) !== 0)
      .map(({ address, port }) => ({ address: plainAddress(address), port })),
    icePassword: icePwd,
  };
}

/** Whoever connects, for the first time or since the process of their calls died, needs the processor that a starting spare would take from them. */
const spareAfterMs = 2_000;

class BuiltInEngine implements MediaEngine {
  readonly #dir: string;
  readonly #config: Omit<ChildConfig, "socketPath">;
  readonly #udpPort: number | undefined;
  /** By index; undefined while a dead one is replaced and no spare was ready. */
  readonly #active: (ChildHandle | undefined)[];
  readonly #calls = new Map<string, PinnedCall>();
  readonly #listeners = new Set<(event: MediaEvent) => void>();
  readonly #missedPings = new WeakMap<ChildHandle, number>();
  #spare: ChildHandle | undefined;
  /** From the first call on: before it a spare would cost every start, and save nobody anything. */
  #wantsSpare = false;
  /** Settles when every process that is wanted runs. */
  #replenished: Promise<void> | undefined;
  #closing = false;
  #pingTimer: NodeJS.Timeout | undefined;

  constructor(dir: string, options: MediaOptions) {
    this.#dir = dir;
    this.#udpPort = options.udpPort;
    this.#active = Array.from({
      length: options.children ?? Math.min(availableParallelism(), maxDefaultChildren),
    });
    this.#config = {
      slots: options.slots ?? defaultSlots,
      listenAddress: options.listenAddress,
      portRange: options.portRange,
      announcedAddresses: options.announcedAddresses ?? [],
      ipv6: options.ipv6 ?? true,
      orphanTimeoutMs: options.orphanTimeoutMs ?? 60_000,
    };
  }

  async start(found: readonly ChildHandle[]): Promise<void> {
    for (const child of found) this.#adopt(child);
    await Promise.all(
      this.#active.map(async (child, index) => {
        if (child === undefined) this.#activate(await startChild(this.#dir, this.#config), index);
      }),
    );
    if (this.#calls.size > 0) this.#wantSpare();
    this.#pingTimer = setInterval(() => this.#ping(), pingEveryMs);
    this.#pingTimer.unref();
  }

  async join(input: {
    callId: string;
    terminalId: string;
    offerSdp: string;
  }): Promise<{ answerSdp: string }> {
    const { callId, terminalId, offerSdp } = input;
    let pinned = this.#calls.get(callId);
    if (pinned === undefined) {
      pinned = { child: this.#leastLoaded(), terminals: new Map() };
      this.#calls.set(callId, pinned);
    }
    const known = pinned.terminals.has(terminalId);
    if (!known) pinned.terminals.set(terminalId, []);
    try {
      const reply = await pinned.child.request<"join">({ type: "join", callId, terminalId, offerSdp });
      if (reply.type !== "answer") throw new SignetError("media.unavailable");
      const { answerSdp, beside } = reply;
      // It may have left meanwhile.
      const former = pinned.terminals.get(terminalId);
      if (former !== undefined)
        pinned.terminals.set(terminalId, [...(beside ? former.slice(0, 1) : []), connectionIn(answerSdp)]);
      if (!this.#wantsSpare) this.#wantSpare();
      return { answerSdp };
    } catch (error) {
      // A refused second offer leaves the first connection as it was.
      if (!known) this.#forget(callId, pinned, terminalId);
      throw error;
    }
  }

  leave(callId: string, terminalId: string, successorId?: string): void {
    const pinned = this.#calls.get(callId);
    if (pinned === undefined) return;
    const successor = successorId === undefined ? {} : { successorId };
    pinned.child.send({ type: "leave", callId, terminalId, ...successor });
    this.#forget(callId, pinned, terminalId);
  }

  endCall(callId: string): void {
    this.#calls.get(callId)?.child.send({ type: "endCall", callId });
    this.#calls.delete(callId);
  }

  connectionsOf(callId: string, terminalId: string): readonly MediaConnection[] {
    return this.#calls.get(callId)?.terminals.get(terminalId) ?? [];
  }

  async flow(callId: string, terminalId: string): Promise<MediaFlow> {
    const child = this.#calls.get(callId)?.child;
    if (child === undefined) return { connected: false };
    const reply = await child.request<"flow">({ type: "flow", callId, terminalId });
    if (reply.type !== "flow") throw new SignetError("media.unavailable");
    return reply.flow;
  }

  calls(): readonly MediaCall[] {
    return [...this.#calls].map(([callId, { terminals }]) => ({
      callId,
      terminalIds: [...terminals.keys()],
    }));
  }

  async stats(): Promise<MediaStats> {
    const running = [...this.#active, this.#spare].filter((child) => child !== undefined);
    const replies = await Promise.allSettled(
      running.map(async (child) => ({ child, reply: await child.request<"stats">({ type: "stats" }) })),
    );
    const answered = replies.filter((result) => result.status === "fulfilled").map((result) => result.value);
    return {
      children: answered.flatMap(({ child, reply }) =>
        reply.type === "stats"
          ? [
              {
                pid: child.hello.pid,
                spare: child === this.#spare,
                cpuUs: reply.cpuUs,
                residentBytes: reply.residentBytes,
              },
            ]
          : [],
      ),
      calls: answered.flatMap(({ reply }) => (reply.type === "stats" ? reply.calls : [])),
    };
  }

  on(listener: (event: MediaEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#pingTimer);
    await this.#replenished;
    await Promise.all([...this.#active, this.#spare].map(async (child) => child?.exit()));
    this.#calls.clear();
  }

  #emit(event: MediaEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #adopt(child: ChildHandle): void {
    const { hello } = child;
    const { socketPath: _, ...config } = hello.config;
    const { active } = hello;
    const fits = hello.version === controlVersion && JSON.stringify(config) === JSON.stringify(this.#config);
    if (fits && active === undefined && this.#spare === undefined) {
      this.#keep(child);
      this.#spare = child;
    } else if (
      fits &&
      active !== undefined &&
      active.index < this.#active.length &&
      this.#active[active.index] === undefined &&
      active.udpPort === this.#portOf(active.index)
    ) {
      this.#keep(child);
      this.#active[active.index] = child;
      for (const { callId, terminalIds } of hello.calls)
        this.#calls.set(callId, { child, terminals: new Map(terminalIds.map((id) => [id, []])) });
    } else void child.exit();
  }

  #portOf(index: number): number | undefined {
    return this.#udpPort === undefined ? undefined : this.#udpPort + index;
  }

  #keep(child: ChildHandle): void {
    child.onNotice = (notice) => this.#notice(child, notice);
    child.onClose = () => this.#onClose(child);
  }

  #notice(child: ChildHandle, notice: ChildNotice): void {
    if (notice.type === "networks" || notice.type === "voices") return this.#emit(notice);
    const { type, callId, terminalId } = notice;
    if (type !== "replaced" && type !== "abandoned") return this.#emit({ type, callId, terminalId });
    const pinned = this.#calls.get(callId);
    const connections = pinned?.terminals.get(terminalId);
    if (pinned?.child !== child || connections === undefined) return;
    pinned.terminals.set(terminalId, type === "replaced" ? connections.slice(-1) : connections.slice(0, 1));
  }

  #activate(child: ChildHandle, index: number): void {
    const udpPort = this.#portOf(index);
    child.send({ type: "activate", index, ...(udpPort === undefined ? {} : { udpPort }) });
    this.#keep(child);
    this.#active[index] = child;
    if (child.closed) this.#onClose(child);
  }

  #onClose(child: ChildHandle): void {
    if (this.#closing) return;
    if (child === this.#spare) this.#spare = undefined;
    const index = this.#active.indexOf(child);
    if (index >= 0) {
      this.#active[index] = undefined;
      const callIds = [...this.#calls]
        .filter(([, pinned]) => pinned.child === child)
        .map(([callId]) => callId);
      for (const callId of callIds) this.#calls.delete(callId);
      this.#promoteSpare(index);
      this.#emit({ type: "restarted", callIds });
    }
    if (this.#active.includes(undefined)) return this.#replenish();
    this.#replenishLater();
  }

  #wantSpare(): void {
    this.#wantsSpare = true;
    this.#replenishLater();
  }

  #replenishLater(): void {
    setTimeout(() => {
      if (!this.#closing) this.#replenish();
    }, spareAfterMs).unref();
  }

  #promoteSpare(index: number): void {
    const spare = this.#spare;
    if (spare === undefined) return;
    this.#spare = undefined;
    this.#activate(spare, index);
  }

  #replenish(): void {
    this.#replenished ??= this.#startMissing().finally(() => {
      this.#replenished = undefined;
      if (!this.#closing && !this.#complete()) this.#replenish();
    });
  }

  #complete(): boolean {
    return !this.#active.includes(undefined) && (this.#spare !== undefined || !this.#wantsSpare);
  }

  /** Starts processes until every index has one, and a spare waits where one is wanted. */
  async #startMissing(): Promise<void> {
    let failures = 0;
    while (!this.#closing) {
      if (this.#complete()) break;
      try {
        const child = await startChild(this.#dir, this.#config);
        failures = 0;
        const empty = this.#active.indexOf(undefined);
        if (this.#closing) await child.exit();
        else if (empty >= 0) this.#activate(child, empty);
        else {
          this.#keep(child);
          this.#spare = child;
        }
      } catch {
        await delay(retryMs * 2 ** Math.min(failures++, 6), undefined, { ref: false });
      }
    }
  }

  #leastLoaded(): ChildHandle {
    const load = new Map<ChildHandle, number>();
    for (const child of this.#active) if (child !== undefined) load.set(child, 0);
    for (const { child, terminals } of this.#calls.values())
      load.set(child, (load.get(child) ?? 0) + terminals.size);
    let least: ChildHandle | undefined;
    for (const [child, terminals] of load)
      if (least === undefined || terminals < (load.get(least) ?? 0)) least = child;
    if (least === undefined) throw new SignetError("media.unavailable", new Error("no media process runs"));
    return least;
  }

  #forget(callId: string, pinned: PinnedCall, terminalId: string): void {
    pinned.terminals.delete(terminalId);
    if (pinned.terminals.size === 0 && this.#calls.get(callId) === pinned) this.#calls.delete(callId);
  }

  #ping(): void {
    for (const child of [...this.#active, this.#spare]) {
      if (child === undefined) continue;
      const missed = (this.#missedPings.get(child) ?? 0) + 1;
      if (missed > maxMissedPings) child.kill();
      else {
        this.#missedPings.set(child, missed);
        child.request<"stats">({ type: "stats" }).then(
          () => this.#missedPings.set(child, 0),
          () => undefined,
        );
      }
    }
  }
}
