/** Ways to the echo: straight, and over relays. */
import { createHmac, randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";

import { TurnClient } from "@signet/media/peer";
import type { TransportAddress } from "@signet/media/peer";

/** Of every user at Signet's relay, and the secret of coturn. */
export const credential = "bench";

/** One terminal's connection to the echo. */
export interface Flow {
  send(data: Buffer): void;
  close(): void;
}

export type OpenFlow = (peer: TransportAddress, heard: (data: Buffer) => void) => Promise<Flow>;

export const straight: OpenFlow = async (peer, heard) => {
  const socket = createSocket("udp4");
  socket.on("message", heard);
  socket.connect(peer.port, peer.address);
  await once(socket, "connect");
  return { send: (data) => socket.send(data), close: () => void socket.close() };
};

/** @param isOutside whether the server wants credentials that are made of a secret */
export const over =
  (url: string, isOutside: boolean): OpenFlow =>
  async (peer, heard) => {
    const username = `${Math.floor(Date.now() / 1000) + 3_600}:${randomUUID()}`;
    const client = await TurnClient.allocate({
      url,
      username,
      credential: isOutside ? createHmac("sha1", credential).update(username).digest("base64") : credential,
      onData: (_channel, data) => heard(data),
      onClosed: () => {
        throw new Error(`${url} closed the connection`);
      },
    });
    const channel = await client.bind(peer);
    return { send: (data) => client.send(channel, data), close: () => client.close() };
  };

/** Of all threads of a process since its start, microseconds. */
export function cpuUsOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const ns = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]),
  );
  return ns.reduce((sum, value) => sum + value, 0) / 1_000;
}
