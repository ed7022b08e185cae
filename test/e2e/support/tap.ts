import { importFrameEpoch } from "@signet/e2ee";
import type { FrameEpoch } from "@signet/e2ee";
import { MediaPeer } from "@signet/media/peer";
import type { Bytes } from "@signet/protocol";
import type { MediaProvider } from "@signet/terminal";

/** The media of a headless terminal that says nothing and keeps all that the server forwards to it, as it came. */
export class Tap {
  /** Payloads of the RTP packets, in order of arrival. */
  readonly payloads: Bytes[] = [];
  /** Every epoch that the terminal was in. */
  readonly epochs: FrameEpoch[] = [];
  #peer: MediaPeer | undefined;
  readonly media: MediaProvider = {
    start: ({ slots, exchange, onConnection, onMicrophone }) => {
      onMicrophone({ status: "unavailable", code: "media.noMicrophone" });
      return {
        setEpoch: async (secret) => void this.epochs.push(await importFrameEpoch(secret)),
        connect: () => {
          this.#peer?.close();
          const peer = new MediaPeer({
            slots,
            address: "127.0.0.1",
            onRtp: (packet) => this.payloads.push(payloadOf(packet)),
          });
          this.#peer = peer;
          void peer
            .offer()
            .then(exchange)
            .then((sdp) => peer.accept(sdp))
            .then(() => onConnection({ status: "connected" }));
        },
        hearWord: () => undefined,
        setMuted: () => undefined,
        setMicrophone: () => Promise.resolve(),
        microphoneLevel: () => 0,
        close: () => {
          this.#peer?.close();
          this.#peer = undefined;
        },
      };
    },
  };
}

/** What follows the RTP header (RFC 3550 section 5.1) and its extension. */
function payloadOf(packet: Buffer): Bytes {
  const first = packet.readUInt8(0);
  let offset = 12 + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) offset += 4 + packet.readUInt16BE(offset + 2) * 4;
  return new Uint8Array(packet.subarray(offset));
}
