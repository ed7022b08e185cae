import { TokenBucket } from "@signet/protocol";
import { frameMs } from "@signet/protocol/voice";

import { extendSequence } from "../rtp/missing-packets.ts";
import { PacketRing } from "../rtp/packet-ring.ts";
import { ResendBudget } from "../rtp/resend-budget.ts";
import { readRtcp } from "../rtp/rtcp.ts";

/** Asked for later, it would come too late to be played. */
const usefulMs = 500;
/** At once, as much as the SFU asks for of one stream; in the long run as many as are sent: who asks for all over and over doubles the load at most. */
const mostAtOnce = 51;

/** What a terminal sent lately, encrypted as it was, for whoever asks again (RFC 4585). Pure; time comes from the caller. */
export class SentPackets {
  readonly #ring = new PacketRing();
  readonly #asks = new ResendBudget();
  readonly #budget: TokenBucket;
  #highest = 0;

  /** @param nowMs monotonic milliseconds */
  constructor(nowMs: number) {
    this.#budget = new TokenBucket(1000 / frameMs, mostAtOnce, nowMs);
  }

  /** @param packet copied */
  sent(packet: Buffer): void {
    // The ring holds no numbers below zero.
    const near = this.#highest === 0 ? 0x1_0000 : this.#highest;
    this.#highest = extendSequence(near, packet.readUInt16BE(2));
    this.#ring.put(this.#highest, packet);
  }

  /** @param rtcp from the SFU @returns packets to send again as they are; valid until the next `sent` */
  askedFor(rtcp: Buffer, ssrc: number, nowMs: number): Buffer[] {
    const found: Buffer[] = [];
    readRtcp(rtcp, {
      onNack: (mediaSsrc, sequence) => {
        if (mediaSsrc !== ssrc) return;
        const extended = extendSequence(this.#highest, sequence);
        if ((this.#highest - extended) * frameMs > usefulMs) return;
        const packet = this.#ring.get(extended);
        if (packet === undefined || !this.#asks.take(ssrc, sequence, nowMs)) return;
        if (this.#budget.take(nowMs)) found.push(packet);
      },
    });
    return found;
  }
}
