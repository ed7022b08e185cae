/** A load process: terminals without a browser, which send and count. Started by ../sfu.ts. */
import { MediaPeer } from "@signet/media/peer";

import { AnsweringPeer } from "./answering-peer.ts";
import { delayStepMs, delaySteps, type LoadAnswer, type LoadReport, type LoadRequest } from "./load-wire.ts";

/** As Opus at 32 kb/s with SFrame: 20 ms each. */
const payloadBytes = 100;
const packetMs = 20;
const talkingLevel = 25;

interface Stream {
  first: number;
  last: number;
  received: number;
}

const peers = new Map<string, MediaPeer | AnsweringPeer>();
const timers = new Map<string, NodeJS.Timeout>();
/** By receiver and talker. */
const streams = new Map<string, Map<number, Stream>>();
let delays = new Uint32Array(delaySteps);
let counting = false;

function nowMs(): number {
  // The monotonic clock of the machine, the same in all processes.
  return Number(process.hrtime.bigint()) / 1e6;
}

function receiver(peer: string): (packet: Buffer) => void {
  const own = new Map<number, Stream>();
  streams.set(peer, own);
  return (packet) => {
    const type = packet.readUInt8(1) & 0x7f;
    if (!counting || packet.length < payloadBytes || (type >= 64 && type <= 95)) return;
    const at = packet.length - payloadBytes;
    const talker = packet.readUInt32BE(at);
    const count = packet.readUInt32BE(at + 4);
    const step = Math.floor((nowMs() - packet.readDoubleBE(at + 8)) / delayStepMs);
    const bin = Math.max(0, Math.min(step, delaySteps - 1));
    delays[bin] = (delays[bin] ?? 0) + 1;
    let stream = own.get(talker);
    if (stream === undefined) own.set(talker, (stream = { first: count, last: count, received: 0 }));
    stream.received++;
    stream.first = Math.min(stream.first, count);
    stream.last = Math.max(stream.last, count);
  };
}

function talk(peer: string, talker: number): void {
  const sender = peers.get(peer);
  if (!(sender instanceof MediaPeer)) throw new Error("only terminals that offer can talk");
  const payload = Buffer.alloc(payloadBytes, 0xa5);
  payload.writeUInt32BE(talker, 0);
  let count = 0;
  let next = nowMs() + ((talker * 7) % packetMs);
  const tick = (): void => {
    payload.writeUInt32BE(count++, 4);
    payload.writeDoubleBE(nowMs(), 8);
    sender.send(payload, { level: talkingLevel });
    next += packetMs;
    timers.set(peer, setTimeout(tick, Math.max(0, next - nowMs())));
  };
  timers.set(peer, setTimeout(tick, Math.max(0, next - nowMs())));
}

function report(): LoadReport {
  let received = 0;
  let lost = 0;
  for (const own of streams.values()) {
    for (const stream of own.values()) {
      received += stream.received;
      lost += stream.last - stream.first + 1 - stream.received;
    }
  }
  return { received, lost, delays: [...delays] };
}

/** Connections under way, so that "accept" need not wait for them. */
const connecting = new Map<string, Promise<void>>();

function find<Kind>(peer: string, kind: abstract new (...args: never[]) => Kind): Kind {
  const found = peers.get(peer);
  if (!(found instanceof kind)) throw new Error(`no such peer: ${peer}`);
  return found;
}

async function handle(request: LoadRequest): Promise<Omit<LoadAnswer, "request">> {
  switch (request.type) {
    case "offer": {
      const peer = new MediaPeer({ slots: request.slots, onRtp: receiver(request.peer) });
      peers.set(request.peer, peer);
      return { sdp: await peer.offer() };
    }
    case "accept": {
      const connected = find(request.peer, MediaPeer).accept(request.answerSdp);
      // Whoever asks for "connected" hears of a failure.
      connected.catch(() => undefined);
      connecting.set(request.peer, connected);
      return {};
    }
    case "answer": {
      const peer = new AnsweringPeer(receiver(request.peer));
      peers.set(request.peer, peer);
      connecting.set(request.peer, peer.connected);
      return { sdp: await peer.answer(request.offerSdp) };
    }
    case "connected":
      await connecting.get(request.peer);
      return {};
    case "talk":
      for (const { peer, talker } of request.peers) talk(peer, talker);
      return {};
    case "begin":
      for (const own of streams.values()) own.clear();
      delays = new Uint32Array(delaySteps);
      counting = true;
      return {};
    case "end":
      counting = false;
      return { report: report() };
    case "clear":
      for (const timer of timers.values()) clearTimeout(timer);
      for (const peer of peers.values()) peer.close();
      for (const map of [timers, peers, streams, connecting]) map.clear();
      return {};
  }
}

async function answer({ request, ...message }: LoadRequest & { request: number }): Promise<void> {
  let result: Omit<LoadAnswer, "request">;
  try {
    result = await handle(message);
  } catch (error) {
    result = { error: error instanceof Error ? error.message : String(error) };
  }
  process.send?.({ request, ...result } satisfies LoadAnswer);
}

process.on("message", (message) => void answer(message as LoadRequest & { request: number }));
process.on("disconnect", () => process.exit());
