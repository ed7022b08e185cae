/** How the sound of a call travels just now. */
export interface SoundWay {
  /** UDP as it is; or over a relay, and by what that is reached. */
  readonly by: "udp" | "relayUdp" | "relayTcp" | "relayTls";
  /** To the server and back; whole ms. */
  readonly roundTripMs?: number;
  /** What was lost lately of what the server sent, 0 to 1, by hundredths. */
  readonly lost?: number;
  /** How much the time varies that packets take (RFC 3550 section 6.4.1); whole ms. */
  readonly jitterMs?: number;
}

/** As it is shown: in steps that one can tell apart. */
export const roundedWay = ({ by, jitterMs, lost, roundTripMs }: SoundWay): SoundWay => ({
  by,
  ...(roundTripMs === undefined ? {} : { roundTripMs: Math.round(roundTripMs) }),
  ...(lost === undefined ? {} : { lost: Math.round(lost * 100) / 100 }),
  ...(jitterMs === undefined ? {} : { jitterMs: Math.round(jitterMs) }),
});

export const isSameWay = (one: SoundWay | undefined, other: SoundWay | undefined): boolean =>
  one?.by === other?.by &&
  one?.roundTripMs === other?.roundTripMs &&
  one?.lost === other?.lost &&
  one?.jitterMs === other?.jitterMs;
