import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";

import type { MediaProvider } from "@signet/terminal";

interface Way {
  cut: "both" | "up" | "down" | undefined;
}

/** Leads a terminal's audio through a relay on loopback that loses packets as the test wants. */
export class LossyWay {
  /** Whether a packet from the SFU is lost; ICE and DTLS always pass. */
  drop: () => boolean = () => false;
  dropped = 0;
  /** Of ways that are made from now on; default whole. */
  cutLater: Way["cut"];
  /** Of the latest connection. */
  sfuPort = 0;
  readonly #ways: Way[] = [];
  readonly #sockets: Socket[] = [];

  /** The same media over this way. */
  around(media: MediaProvider): MediaProvider {
    return {
      start: (input) =>
        media.start({
          ...input,
          exchange: async (offer) => this.redirect(await input.exchange(offer)),
        }),
    };
  }

  /** Nothing comes through any more by the ways that there are; new ones are whole. In one direction ICE and DTLS still do. */
  cut(directions: Way["cut"]): void {
    for (const way of this.#ways) way.cut = directions;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  /** @returns the SFU's answer as a terminal on this way has to have it */
  async redirect(answer: string): Promise<string> {
    const sfuPort = Number(/ 127\.0\.0\.1 (\d+) typ host/.exec(answer)?.[1]);
    this.sfuPort = sfuPort;
    const near = createSocket("udp4").bind(0, "127.0.0.1");
    const far = createSocket("udp4").bind(0, "127.0.0.1");
    this.#sockets.push(near, far);
    await Promise.all([once(near, "listening"), once(far, "listening")]);
    let terminalPort = 0;
    const way: Way = { cut: this.cutLater };
    this.#ways.push(way);
    near.on("message", (packet, from) => {
      terminalPort = from.port;
      if (way.cut === "both" || (way.cut === "up" && isMedia(packet))) return;
      far.send(packet, sfuPort, "127.0.0.1");
    });
    far.on("message", (packet) => {
      if (way.cut === "both" || (way.cut === "down" && isMedia(packet))) return;
      if (isMedia(packet) && this.drop()) this.dropped++;
      else near.send(packet, terminalPort, "127.0.0.1");
    });
    return answer.replaceAll(/ 127\.0\.0\.1 \d+ typ host/g, ` 127.0.0.1 ${near.address().port} typ host`);
  }
}

/** RTP and RTCP have version 2 in the first two bits (RFC 7983). */
const isMedia = (packet: Buffer): boolean => (packet[0] ?? 0) >> 6 === 2;
