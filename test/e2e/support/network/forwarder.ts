/**
 * A program: everything that arrives at one port of UDP and one of TCP goes on to the same ports of another machine, late. The kernels that the
 * tests meet have nothing that delays. `node forwarder.ts '{ ForwarderOptions }'`.
 */
import { createSocket } from "node:dgram";
import type { Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

export interface ForwarderOptions {
  readonly to: string;
  readonly tcp: number;
  readonly udp: number;
  /** Each way. */
  readonly delayMs: number;
  /** A packet of UDP is late by up to so much more, so that it comes behind later ones. */
  readonly jitterMs: number;
}

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? "") as ForwarderOptions;
  await Promise.all([forwardUdp(options), forwardTcp(options)]);
  // For whoever waits until it is there.
  process.stdout.write("forwarding\n");
}

async function forwardUdp({ delayMs, jitterMs, to, udp }: ForwarderOptions): Promise<void> {
  const near = createSocket("udp6").bind(udp, "::");
  const fars = new Map<string, UdpSocket>();
  const later = (send: () => void): void => void setTimeout(send, delayMs + Math.random() * jitterMs);
  near.on("message", (packet, from) => {
    const name = `${from.address} ${from.port}`;
    let far = fars.get(name);
    if (far === undefined) {
      far = createSocket(to.includes(":") ? "udp6" : "udp4").bind();
      far.on("error", isLost);
      far.on("message", (answer) => later(() => near.send(answer, from.port, from.address)));
      fars.set(name, far);
    }
    const there = far;
    later(() => there.send(packet, udp, to));
  });
  await once(near, "listening");
  near.on("error", isLost);
}

/** What cannot be sent on is lost like any packet, and no reason to forward nothing more. */
function isLost(): void {}

async function forwardTcp({ delayMs, tcp, to }: ForwarderOptions): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: tcp, host: to, allowHalfOpen: true });
    late(near, far, delayMs);
    late(far, near, delayMs);
  }).listen(tcp, "::");
  await once(server, "listening");
}

function late(from: Socket, to: Socket, delayMs: number): void {
  from.setNoDelay(true);
  from.on("data", (chunk) => void setTimeout(() => to.write(chunk), delayMs));
  from.on("end", () => void setTimeout(() => to.end(), delayMs));
  from.on("error", () => to.destroy());
  from.on("close", () => void setTimeout(() => to.destroy(), delayMs));
}
