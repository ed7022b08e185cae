import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";

import type { MediaProvider } from "@signet/terminal";
import type { Page } from "playwright-core";

interface Way {
  cut: "both" | "up" | "down" | undefined;
}

/** Leads a terminal's audio through a relay on loopback that loses and delays packets as the test wants; ICE and DTLS always pass at once. */
export class LossyWay {
  /** Whether a packet from the SFU is lost. */
  drop: (packet: Buffer) => boolean = () => false;
  /** Whether one to the SFU is. */
  dropSent: (packet: Buffer) => boolean = () => false;
  /** How long a packet takes either way, ms. */
  delayMs: () => number = () => 0;
  /** What becomes of the SFU's answer besides. */
  rewrite: (answer: string) => string = (answer) => answer;
  dropped = 0;
  droppedSent = 0;
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

  /** Each connection that the page makes from now on goes over this way. Before the page is opened. */
  async aroundPage(page: Page): Promise<void> {
    await page.exposeFunction("signetTestRedirect", (answer: string) => this.redirect(answer));
    await page.addInitScript(() => {
      const { signetTestRedirect } = globalThis as unknown as {
        signetTestRedirect: (answer: string) => Promise<string>;
      };
      const set = RTCPeerConnection.prototype.setRemoteDescription;
      RTCPeerConnection.prototype.setRemoteDescription = async function (
        this: RTCPeerConnection,
        { type, sdp = "" }: RTCSessionDescriptionInit,
      ) {
        await Reflect.apply(set, this, [{ type, sdp: await signetTestRedirect(sdp) }]);
      };
    });
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
      if (isMedia(packet) && this.dropSent(packet)) this.droppedSent++;
      else this.#later(packet, () => far.send(packet, sfuPort, "127.0.0.1"));
    });
    far.on("message", (packet) => {
      if (way.cut === "both" || (way.cut === "down" && isMedia(packet))) return;
      if (isMedia(packet) && this.drop(packet)) this.dropped++;
      else this.#later(packet, () => near.send(packet, terminalPort, "127.0.0.1"));
    });
    return this.rewrite(answer).replaceAll(
      / 127\.0\.0\.1 \d+ typ host/g,
      ` 127.0.0.1 ${near.address().port} typ host`,
    );
  }

  #later(packet: Buffer, send: () => void): void {
    const delayMs = isMedia(packet) ? this.delayMs() : 0;
    if (delayMs <= 0) return send();
    setTimeout(() => {
      try {
        send();
      } catch {
        // The way was closed meanwhile.
      }
    }, delayMs).unref();
  }
}

/** RTP and RTCP have version 2 in the first two bits (RFC 7983). */
const isMedia = (packet: Buffer): boolean => (packet[0] ?? 0) >> 6 === 2;
