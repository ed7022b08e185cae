import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { isIPv6 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startMedia } from "../src/index.ts";
import type { MediaEngine, MediaEvent, MediaOptions } from "../src/index.ts";
import { audioLevelByte, newRtpHeader, parseRtp } from "../src/rtp/header.ts";
import { MediaPeer, peerLevelId } from "../src/peer/index.ts";

/** What one packet tells, copied out of it. */
export interface Seen {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly level: number;
  readonly payload: string;
}

export function readPacket(packet: Buffer): Seen {
  const header = newRtpHeader();
  assert.ok(parseRtp(packet, header));
  const { ssrc, sequence, timestamp, marker } = header;
  return {
    ssrc,
    sequence,
    timestamp,
    marker,
    level: audioLevelByte(packet, header, peerLevelId),
    payload: packet.subarray(header.payloadOffset).toString("latin1"),
  };
}

/** A connected peer with what it received. */
export class TestTerminal {
  readonly terminalId: string;
  readonly peer: MediaPeer;
  seen: Seen[] = [];
  rtcp: Buffer[] = [];

  constructor(terminalId: string, options: { slots?: number; address?: string } = {}) {
    this.terminalId = terminalId;
    this.peer = new MediaPeer({
      slots: options.slots ?? 8,
      address: options.address ?? "127.0.0.1",
      onRtp: (packet) => this.seen.push(readPacket(packet)),
      onRtcp: (packet) => this.rtcp.push(Buffer.from(packet)),
    });
  }

  /** Offers, and connects to what answers. */
  async connect(exchange: (offerSdp: string) => Promise<string>): Promise<string> {
    const answerSdp = await exchange(await this.peer.offer());
    await this.peer.accept(answerSdp);
    return answerSdp;
  }

  /** @param through where the way to the SFU leads; default straight */
  async join(engine: MediaEngine, callId: string, through?: LossyLink): Promise<string> {
    const connected = new Promise<void>((resolve) => {
      const stop = engine.on((event) => {
        if (event.type !== "connected" || event.callId !== callId || event.terminalId !== this.terminalId)
          return;
        stop();
        resolve();
      });
    });
    const answer = await this.connect(async (offer) => {
      const offerSdp = through === undefined ? offer : offer.replaceAll(/^a=candidate:.*\r\n/gm, "");
      const { answerSdp } = await engine.join({ callId, terminalId: this.terminalId, offerSdp });
      return through === undefined ? answerSdp : through.redirect(answerSdp);
    });
    // The SFU sends nothing before it knows, too.
    await connected;
    return answer;
  }

  /** Payloads heard per SSRC. */
  heard(): Map<number, Seen[]> {
    const streams = new Map<number, Seen[]>();
    for (const packet of this.seen) streams.set(packet.ssrc, [...(streams.get(packet.ssrc) ?? []), packet]);
    return streams;
  }

  /** First characters of the payloads: who was heard. */
  voices(): string {
    return [...new Set(this.seen.map((packet) => packet.payload.charAt(0)))].toSorted().join("");
  }
}

export async function joinAll(
  engine: MediaEngine,
  callId: string,
  names: readonly string[],
  options: { slots?: number; address?: string } = {},
): Promise<TestTerminal[]> {
  const terminals: TestTerminal[] = [];
  for (const name of names) {
    const terminal = new TestTerminal(name, options);
    await terminal.join(engine, callId);
    terminals.push(terminal);
  }
  return terminals;
}

/** Talks until all hear all, and forgets what was heard so far. */
export async function warmUp(terminals: readonly TestTerminal[]): Promise<void> {
  const others = terminals.length - 1;
  await until(async () => {
    await talk(terminals, 1);
    return terminals.every((terminal) => terminal.heard().size === others);
  });
  // What is still on its way comes before this.
  const last = (payload: string): boolean => payload.endsWith(":warm");
  for (const { peer, terminalId } of terminals) peer.send(Buffer.from(`${terminalId}:warm`), { level: 30 });
  await until(() =>
    terminals.every(({ seen }) => seen.filter(({ payload }) => last(payload)).length === others),
  );
  for (const terminal of terminals) terminal.seen = [];
}

/** Talks until `listener` hears these voices and no other. */
export async function talkUntilHeard(
  listener: TestTerminal,
  voices: string,
  terminals: readonly TestTerminal[],
  level: (terminal: TestTerminal) => number,
): Promise<void> {
  await until(async () => {
    listener.seen = [];
    await talk(terminals, 10, level);
    return listener.voices() === voices;
  });
}

/**
 * The first of `count` UDP ports in a row that nobody has: below those that systems give out by themselves (from 16,000 or
 * 32,768 on), which another test may get at any moment.
 */
export async function freePorts(count: number, address = "127.0.0.1"): Promise<number> {
  for (;;) {
    const first = randomInt(10_000, 16_000 - count);
    const ports = Array.from({ length: count }, (_, i) => first + i);
    if ((await Promise.all(ports.map((port) => isFree(port, address)))).every(Boolean)) return first;
  }
}

async function isFree(port: number, address: string): Promise<boolean> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  try {
    const bound = once(socket, "listening");
    socket.bind(port, address);
    await bound;
    return true;
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "EADDRINUSE");
    return false;
  } finally {
    socket.close();
  }
}

/** Everybody sends `count` packets, 20 ms apart, with the first letter of their name, a count and some bytes. */
export async function talk(
  terminals: readonly TestTerminal[],
  count: number,
  level: (terminal: TestTerminal) => number = () => 30,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    for (const terminal of terminals)
      terminal.peer.send(Buffer.from(`${terminal.terminalId}:${i}:\u0000\u00ff\u0080`, "latin1"), {
        level: level(terminal),
      });
    await delay(20);
  }
}

/** A way over loopback on which packets from the SFU get lost as the test wants. */
export class LossyLink {
  /** Tells whether a packet from the SFU is lost; sees the RTP header, the rest is encrypted. */
  drop: (packet: Buffer) => boolean = () => false;
  readonly #near = createSocket("udp4");
  readonly #far = createSocket("udp4");
  #sfuPort = 0;
  #peerPort = 0;

  async open(): Promise<this> {
    for (const socket of [this.#near, this.#far])
      await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    this.#near.on("message", (packet, from) => {
      this.#peerPort = from.port;
      this.#far.send(packet, this.#sfuPort, "127.0.0.1");
    });
    this.#far.on("message", (packet) => {
      if (!this.drop(packet)) this.#near.send(packet, this.#peerPort, "127.0.0.1");
    });
    return this;
  }

  redirect(answerSdp: string): string {
    this.#sfuPort = Number(/ 127\.0\.0\.1 (\d+) typ host/.exec(answerSdp)?.[1]);
    return answerSdp.replaceAll(
      / 127\.0\.0\.1 \d+ typ host/g,
      ` 127.0.0.1 ${this.#near.address().port} typ host`,
    );
  }

  close(): void {
    this.#near.close();
    this.#far.close();
  }
}

/** Waits until `probe` holds; the test runner's own limit ends a wait in vain. */
export async function until(probe: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await probe())) await delay(10);
}

/** An engine on loopback in a directory of its own; ended with the test. */
export async function withEngine(
  options: Partial<MediaOptions>,
  run: (engine: MediaEngine, events: MediaEvent[], runtimeDir: string) => Promise<void>,
): Promise<void> {
  const runtimeDir = mkdtempSync(join(tmpdir(), "signet-media-"));
  const engine = await startMedia({ runtimeDir, children: 1, listenAddress: "127.0.0.1", ...options });
  const events: MediaEvent[] = [];
  engine.on((event) => events.push(event));
  try {
    await run(engine, events, runtimeDir);
  } finally {
    await engine.close();
    rmSync(runtimeDir, { recursive: true });
  }
}
