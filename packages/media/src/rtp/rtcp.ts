/** What is read of RTCP (RFC 3550 section 6, RFC 4585 section 6.2.1). */
export interface RtcpHandler {
  /** @param ntpMiddle middle 32 bits of the sender's NTP time, to be returned as "last SR" */
  onSenderReport?(ssrc: number, ntpMiddle: number): void;
  /** Called for each packet asked for. */
  onNack?(mediaSsrc: number, sequence: number): void;
  /** Called for each report of what was received. */
  onReception?(report: ReceptionReport): void;
}

const senderReport = 200;
const receiverReport = 201;
const transportFeedback = 205;
const genericNack = 1;
/** Of one report block; and as many as a part can say that it has. */
const reportBytes = 24;
const mostReports = 31;

/**
 * Walks a compound packet and reports what it knows; unknown parts are skipped.
 * @returns false when a length does not fit; parts before it have been reported
 */
export function readRtcp(packet: Buffer, handler: RtcpHandler): boolean {
  let at = 0;
  while (at < packet.length) {
    if (at + 4 > packet.length) return false;
    const first = packet.readUInt8(at);
    if (first >> 6 !== 2) return false;
    const count = first & 0x1f;
    const type = packet.readUInt8(at + 1);
    const end = at + 4 + packet.readUInt16BE(at + 2) * 4;
    if (end > packet.length) return false;
    if (type === senderReport && end >= at + 28) {
      handler.onSenderReport?.(
        packet.readUInt32BE(at + 4),
        ((packet.readUInt16BE(at + 10) << 16) | packet.readUInt16BE(at + 12)) >>> 0,
      );
      readReceptions(packet, at + 28, end, count, handler);
    } else if (type === receiverReport) {
      readReceptions(packet, at + 8, end, count, handler);
    } else if (type === transportFeedback && count === genericNack && end >= at + 12) {
      const mediaSsrc = packet.readUInt32BE(at + 8);
      for (let item = at + 12; item + 4 <= end; item += 4) {
        const sequence = packet.readUInt16BE(item);
        const more = packet.readUInt16BE(item + 2);
        handler.onNack?.(mediaSsrc, sequence);
        for (let bit = 0; bit < 16; bit++) {
          if ((more & (1 << bit)) !== 0) handler.onNack?.(mediaSsrc, (sequence + 1 + bit) & 0xffff);
        }
      }
    }
    at = end;
  }
  return true;
}

/** @param end of the part @param count of the blocks, as its header says */
function readReceptions(
  packet: Buffer,
  first: number,
  end: number,
  count: number,
  handler: RtcpHandler,
): void {
  for (let at = first; at + reportBytes <= Math.min(end, first + count * reportBytes); at += reportBytes)
    handler.onReception?.(readReception(packet, at));
}

/** One report block of a sender or receiver report (RFC 3550 section 6.4.1). */
export interface ReceptionReport {
  readonly ssrc: number;
  /** Lost since the last report, in 1/256. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  /** RTP clock units. */
  readonly jitter: number;
  readonly lastSenderReport: number;
  /** Units of 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
}

function readReception(packet: Buffer, at: number): ReceptionReport {
  return {
    ssrc: packet.readUInt32BE(at),
    fractionLost: packet.readUInt8(at + 4),
    cumulativeLost: packet.readIntBE(at + 5, 3),
    highestSequence: packet.readUInt32BE(at + 8),
    jitter: packet.readUInt32BE(at + 12),
    lastSenderReport: packet.readUInt32BE(at + 16),
    delaySinceLastSenderReport: packet.readUInt32BE(at + 20),
  };
}

/** Without reports of what was received (RFC 3550 section 6.4.1). @param sent.ntpMiddle the rest of the NTP time is zero */
export function buildSenderReport(
  ssrc: number,
  sent: {
    readonly ntpMiddle: number;
    readonly timestamp: number;
    readonly packets: number;
    readonly bytes: number;
  },
): Buffer {
  const packet = Buffer.alloc(28);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(senderReport, 1);
  packet.writeUInt16BE(6, 2);
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt16BE(sent.ntpMiddle >>> 16, 10);
  packet.writeUInt16BE(sent.ntpMiddle & 0xffff, 12);
  packet.writeUInt32BE(sent.timestamp >>> 0, 16);
  packet.writeUInt32BE(sent.packets >>> 0, 20);
  packet.writeUInt32BE(sent.bytes >>> 0, 24);
  return packet;
}

/** @param reports at most 31, more are cut off */
export function buildReceiverReport(reporterSsrc: number, ...reports: readonly ReceptionReport[]): Buffer {
  const told = reports.slice(0, mostReports);
  const packet = Buffer.allocUnsafe(8 + told.length * reportBytes);
  packet.writeUInt8(0x80 | told.length, 0);
  packet.writeUInt8(receiverReport, 1);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(reporterSsrc, 4);
  for (const [index, report] of told.entries()) writeReception(packet, 8 + index * reportBytes, report);
  return packet;
}

function writeReception(packet: Buffer, at: number, report: ReceptionReport): void {
  packet.writeUInt32BE(report.ssrc, at);
  packet.writeUInt8(report.fractionLost, at + 4);
  // Signed 24 bits: duplicates can make it negative.
  packet.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, report.cumulativeLost)), at + 5, 3);
  packet.writeUInt32BE(report.highestSequence >>> 0, at + 8);
  packet.writeUInt32BE(report.jitter >>> 0, at + 12);
  packet.writeUInt32BE(report.lastSenderReport, at + 16);
  packet.writeUInt32BE(report.delaySinceLastSenderReport, at + 20);
}

/** Asks for `count` packets from `firstSequence` on (RFC 4585 section 6.2.1); at most 17 fit one item, more are cut off. */
export function buildNack(
  reporterSsrc: number,
  mediaSsrc: number,
  firstSequence: number,
  count: number,
): Buffer {
  const packet = Buffer.allocUnsafe(16);
  packet.writeUInt8(0x80 | genericNack, 0);
  packet.writeUInt8(transportFeedback, 1);
  packet.writeUInt16BE(3, 2);
  packet.writeUInt32BE(reporterSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  packet.writeUInt16BE(firstSequence & 0xffff, 12);
  packet.writeUInt16BE((1 << (Math.min(count, 17) - 1)) - 1, 14);
  return packet;
}
