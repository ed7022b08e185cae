import { FrameDecryptor, importFrameEpoch } from "@signet/e2ee";
import type { OpenResult } from "@signet/e2ee";
import { MediaPeer, newRtpHeader, parseRtp } from "@signet/media/peer";
import type { Bytes } from "@signet/protocol";
import type { CallMedia, MediaInput, MediaProvider } from "@signet/terminal";
import { createDecoder } from "libopus-wasm";

import { eventually } from "./wait.ts";

interface Packet {
  /** What stood behind the RTP header: as its sender's terminal gave it to the connection. */
  readonly payload: Bytes;
  readonly opened: Promise<OpenResult>;
}

interface OpenedPacket {
  readonly payload: Bytes;
  readonly data: Bytes;
  readonly leaf: number;
}

/** Media of a member who keeps what the SFU forwards instead of playing it, and can tell what the keys make of it. */
export class MediaTap implements MediaProvider {
  /** UDP port of the SFU on the latest connection. */
  remotePort = 0;
  #packets: Packet[] = [];

  start(input: MediaInput): CallMedia {
    const decryptor = new FrameDecryptor();
    const header = newRtpHeader();
    const streams = new Map<number, ReturnType<FrameDecryptor["stream"]>>();
    let peer: MediaPeer | undefined;
    const connect = async (): Promise<void> => {
      peer?.close();
      peer = new MediaPeer({
        slots: input.slots,
        address: "127.0.0.1",
        onRtp: (packet) => {
          if (!parseRtp(packet, header)) return;
          const stream = streams.get(header.ssrc) ?? decryptor.stream();
          streams.set(header.ssrc, stream);
          const payload: Bytes = Uint8Array.from(packet.subarray(header.payloadOffset));
          this.#packets.push({ payload, opened: stream.open(payload) });
        },
      });
      const answer = await input.exchange(await peer.offer());
      this.remotePort = Number(/ 127\.0\.0\.1 (\d+) typ host/.exec(answer)?.[1]);
      await peer.accept(answer);
    };
    return {
      setEpoch: async (secret) => void decryptor.setEpoch(await importFrameEpoch(secret)),
      connect: () => void connect().catch(() => undefined),
      hearWord: () => undefined,
      setMuted: () => undefined,
      setMicrophone: () => Promise.resolve(),
      microphoneLevel: () => 0,
      close() {
        peer?.close();
        decryptor.close();
      },
    };
  }

  /** The next packets to come, and what was opened of them with the call's keys. */
  async capture(count: number): Promise<{ payloads: Bytes[]; opened: OpenedPacket[] }> {
    this.#packets = [];
    await eventually("packets", () => this.#packets.length >= count);
    const packets = this.#packets.slice(0, count);
    const opened: OpenedPacket[] = [];
    for (const packet of packets) {
      const result = await packet.opened;
      if (result.type === "opened")
        opened.push({ payload: packet.payload, data: result.data, leaf: result.leaf });
    }
    return { payloads: packets.map(({ payload }) => payload), opened };
  }
}

/** 20 ms each; what is no Opus is left out. */
export async function decodeOpus(packets: readonly Bytes[]): Promise<Int16Array[]> {
  const decoder = await createDecoder({ channels: 1 });
  const frames: Int16Array[] = [];
  for (const packet of packets) {
    try {
      frames.push(decoder.decode(packet).subarray(0, 960));
    } catch {
      // Not Opus.
    }
  }
  decoder.free();
  return frames;
}
