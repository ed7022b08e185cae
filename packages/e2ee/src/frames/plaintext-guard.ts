/**
 * Finds audio that left without encryption, by what the browser says it sent and what the worker says it encrypted.
 *
 * Both are running totals. The browser's is read first: a packet is encrypted before it is sent, so at no time can more
 * have been sent than was encrypted when asked a moment later. On a busy machine that moment can be seconds long, and the
 * worker then rightly far ahead. Frames that were encrypted and never sent (dropped before the connection stood) must not
 * become room for plaintext, though: what was encrypted long before and is not sent yet is given up.
 */
export interface GuardReading {
  /** When the browser was asked; monotonic milliseconds. */
  readonly askedAtMs: number;
  /** When the worker had answered. */
  readonly countedAtMs: number;
  /** `packetsSent` without retransmissions. */
  readonly packetsSent: number;
  /** Payload bytes, `bytesSent` without retransmissions. */
  readonly payloadBytesSent: number;
  readonly framesEncrypted: number;
  readonly bytesEncrypted: number;
}

export interface GuardState {
  readonly emptyPackets: number;
  /** Younger than {@link longestWayMs}, and the last one that is not; oldest first. */
  readonly readings: readonly GuardReading[];
  /** Encrypted, and given up. */
  readonly framesLost: number;
  readonly bytesLost: number;
}

/** From the worker to the network; longer gives plaintext more room after frames were lost, shorter blames a busy machine. */
const longestWayMs = 5_000;

/**
 * @param emptyPackets how many packets without payload may pass by the transform; they carry nothing, and the check of
 *   bytes is as strict as ever
 */
export function initialGuard(emptyPackets: number): GuardState {
  return { emptyPackets, readings: [], framesLost: 0, bytesLost: 0 };
}

/** @param reading sent totals taken before encrypted totals */
export function stepGuard(
  state: GuardState,
  reading: GuardReading,
): { state: GuardState; verdict: "encrypted" | "plaintext" } {
  const { emptyPackets } = state;
  const dueAt = state.readings.findLastIndex(
    ({ countedAtMs }) => countedAtMs <= reading.askedAtMs - longestWayMs,
  );
  const due = state.readings[dueAt] ?? { framesEncrypted: 0, bytesEncrypted: 0 };
  const framesLost = Math.max(state.framesLost, due.framesEncrypted - reading.packetsSent);
  const bytesLost = Math.max(state.bytesLost, due.bytesEncrypted - reading.payloadBytesSent);
  const isEncrypted =
    reading.packetsSent <= reading.framesEncrypted - framesLost + emptyPackets &&
    reading.payloadBytesSent <= reading.bytesEncrypted - bytesLost;
  return {
    state: {
      emptyPackets,
      readings: [...state.readings.slice(Math.max(0, dueAt)), reading],
      framesLost,
      bytesLost,
    },
    verdict: isEncrypted ? "encrypted" : "plaintext",
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
