import { randomBytes } from "node:crypto";
import type { MediaFlow, MediaTerminalStats } from "../engine.ts";
import { newRtpHeader } from "../rtp/header.ts";
import { NetworkHealth } from "../rtp/network-health.ts";
import type { LinkCounts } from "../rtp/network-health.ts";
import { ReportedLoss } from "../rtp/reported-loss.ts";
import type { ReceptionReport } from "../rtp/rtcp.ts";
import { ResendBudget } from "../rtp/resend-budget.ts";
import { RtpSource } from "../rtp/source.ts";
import { SlotWriter } from "../rtp/slot-writer.ts";
import { VoiceBudget } from "../rtp/voice-budget.ts";
import { receivingMedia, sendingMedia } from "../sdp/offer.ts";
import type { Offer } from "../sdp/offer.ts";
import type { Connection } from "./connection.ts";

/** One slot of one receiver, with who is heard in it. */
export interface Slot {
  readonly receiver: Terminal;
  readonly writer: SlotWriter;
  readonly reportedLoss: ReportedLoss;
  owner: Terminal | undefined;
}

/** One terminal in a call, with one connection; a new offer makes a new one. */
export class Terminal {
  readonly terminalId: string;
  readonly slots: readonly Slot[];
  /** SSRC of our receiver reports and NACKs. */
  readonly reporterSsrc = randomUint32();
  readonly source: RtpSource;
  readonly resendBudget = new ResendBudget();
  readonly health = new NetworkHealth();
  readonly voiceBudget = new VoiceBudget();
  readonly header = newRtpHeader();
  connection: Connection | undefined;
  /** The slots of others that carry this terminal's audio. */
  targets: Slot[] = [];
  reportedMs = -Infinity;
  /** Of the last packet with sound; `Infinity` before the first one: who never sent has not fallen quiet. */
  receivedMs = Infinity;
  sentMs = Infinity;
  toldQuiet = false;
  packetsIn = 0;
  bytesIn = 0;
  packetsOut = 0;
  bytesOut = 0;
  nacksAnswered = 0;
  nacksUnanswered = 0;
  /** Packets that it asked for and that it had been sent: each once. */
  #lostOnTheWay = 0;
  /** By slot and sequence number, the latest of them. */
  readonly #asked = new Float64Array(256).fill(-1);
  /** Of streams before the one that there is. */
  #before = { sent: 0, lost: 0 };
  #sum = this.#before;
  #streamId = 0;

  constructor(terminalId: string, offer: Offer) {
    this.terminalId = terminalId;
    this.source = new RtpSource(sendingMedia(offer).levelId);
    const used = new Set<number>([0, this.reporterSsrc]);
    this.slots = receivingMedia(offer).map((part) => {
      let ssrc = randomUint32();
      while (used.has(ssrc)) ssrc = randomUint32();
      used.add(ssrc);
      const format = {
        ssrc,
        payloadType: part.opusPayloadType,
        midId: part.midId,
        mid: part.mid,
        levelId: part.levelId,
      };
      // RFC 3711 section 3.3.1: a start in the lower half, so that losing the first packets cannot hide a wrap-around.
      const start = { sequence: randomUint32() & 0x7fff, timestamp: randomUint32() };
      const writer = new SlotWriter(format, start);
      return { receiver: this, writer, reportedLoss: new ReportedLoss(), owner: undefined };
    });
  }

  received(bytes: number, nowMs: number): void {
    this.packetsIn++;
    this.bytesIn += bytes;
    this.receivedMs = nowMs;
    this.toldQuiet = false;
  }

  sent(bytes: number, nowMs: number): void {
    this.packetsOut++;
    this.bytesOut += bytes;
    this.sentMs = nowMs;
  }

  flow(nowMs: number): MediaFlow {
    return {
      connected: this.connection?.connected === true,
      ...(this.sentMs === Infinity ? {} : { sentAgoMs: Math.round(nowMs - this.sentMs) }),
      ...(this.receivedMs === Infinity ? {} : { receivedAgoMs: Math.round(nowMs - this.receivedMs) }),
    };
  }

  /** It missed this packet of a slot, which it had been sent. */
  missed(ssrc: number, sequence: number): void {
    const ask = ssrc * 0x1_0000 + sequence;
    const at = (ssrc + sequence) & 255;
    if (this.#asked[at] === ask) return;
    this.#asked[at] = ask;
    this.#lostOnTheWay++;
  }

  /** It says what came of a slot. */
  reported({ cumulativeLost, ssrc }: ReceptionReport): void {
    const slot = this.slots.find(({ writer }) => writer.format.ssrc === ssrc);
    slot?.reportedLoss.report(cumulativeLost, slot.writer.placed, slot.writer.holes);
  }

  /** Once a second. */
  lookAtNetwork(): void {
    this.health.look(this.#linkCounts());
  }

  #linkCounts(): LinkCounts {
    const { stream } = this.source;
    const now = stream?.counts ?? { sent: 0, lost: 0 };
    // Another stream begins to count anew: what the one before counted last is kept as it was.
    if (stream !== undefined && stream.streamId !== this.#streamId) {
      this.#before = this.#sum;
      this.#streamId = stream.streamId;
    }
    this.#sum = { sent: this.#before.sent + now.sent, lost: this.#before.lost + now.lost };
    return {
      sent: this.#sum.sent,
      lostSent: this.#sum.lost,
      received: this.packetsOut - this.nacksAnswered,
      lostReceived: this.#lostOnTheWay,
      reported: this.slots.reduce((sum, { reportedLoss }) => sum + reportedLoss.sent, 0),
      lostReported: this.slots.reduce((sum, { reportedLoss }) => sum + reportedLoss.lost, 0),
    };
  }

  stats(): MediaTerminalStats {
    return {
      terminalId: this.terminalId,
      connected: this.connection?.connected ?? false,
      packetsIn: this.packetsIn,
      bytesIn: this.bytesIn,
      packetsLost: this.source.stream?.lost() ?? 0,
      packetsOut: this.packetsOut,
      bytesOut: this.bytesOut,
      nacksAnswered: this.nacksAnswered,
      nacksUnanswered: this.nacksUnanswered,
    };
  }
}

function randomUint32(): number {
  return randomBytes(4).readUInt32BE(0);
}
