/**
 * Finds audio that left without encryption, by what the browser says it sent and what the worker says it encrypted.
 *
 * Both are running totals. The browser's is read first: a packet is encrypted before it is sent, so at no time can more
 * have been sent than was encrypted when asked a moment later. Frames that were encrypted and never sent (dropped before
 * the connection stood) must not become room for plaintext, so the lead is cut down at each check to what may be under
 * way.
 */
export interface GuardReading {
  /** `packetsSent` without retransmissions. */
  readonly packetsSent: number;
  /** Payload bytes, `bytesSent` without retransmissions. */
  readonly payloadBytesSent: number;
  readonly framesEncrypted: number;
  readonly bytesEncrypted: number;
}

export interface GuardState {
  readonly last: GuardReading;
  /** Packets and bytes by which encryption may be ahead. */
  readonly leadPackets: number;
  readonly leadBytes: number;
}

/** A second of audio may lie between worker and network. */
const mostLeadPackets = 50;
const mostLeadBytes = mostLeadPackets * 160;

/**
 * @param emptyPackets how many packets without payload may pass by the transform; they carry nothing, and the check of
 *   bytes is as strict as ever
 */
export function initialGuard(emptyPackets: number): GuardState {
  return {
    last: { packetsSent: 0, payloadBytesSent: 0, framesEncrypted: 0, bytesEncrypted: 0 },
    leadPackets: emptyPackets,
    leadBytes: 0,
  };
}

/** @param reading sent totals taken before encrypted totals */
export function stepGuard(
  state: GuardState,
  reading: GuardReading,
): { state: GuardState; verdict: "encrypted" | "plaintext" } {
  const { last } = state;
  const leadPackets =
    state.leadPackets +
    (reading.framesEncrypted - last.framesEncrypted) -
    (reading.packetsSent - last.packetsSent);
  const leadBytes =
    state.leadBytes +
    (reading.bytesEncrypted - last.bytesEncrypted) -
    (reading.payloadBytesSent - last.payloadBytesSent);
  return {
    state: {
      last: reading,
      leadPackets: Math.min(leadPackets, mostLeadPackets),
      leadBytes: Math.min(leadBytes, mostLeadBytes),
    },
    verdict: leadPackets < 0 || leadBytes < 0 ? "plaintext" : "encrypted",
  };
}

/** Sums up the outbound streams of a sender. */
export function readSent(stats: RTCStatsReport): Pick<GuardReading, "packetsSent" | "payloadBytesSent"> {
  let packetsSent = 0;
  let payloadBytesSent = 0;
  for (const entry of stats.values() as Iterable<RTCOutboundRtpStreamStats>) {
    if (entry.type !== "outbound-rtp") continue;
    packetsSent += (entry.packetsSent ?? 0) - (entry.retransmittedPacketsSent ?? 0);
    payloadBytesSent += (entry.bytesSent ?? 0) - (entry.retransmittedBytesSent ?? 0);
  }
  return { packetsSent, payloadBytesSent };
}
