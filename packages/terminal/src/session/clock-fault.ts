/** A clock that is so far off that a signature by the right device cannot be told from an old one. */
export interface ClockFault {
  /** The clock that the caller signed by, minus this terminal's, ms. */
  readonly offMs: number;
  /**
   * Which of the two the server's own time speaks against. Only for the words of a warning: a server can say any time, and nothing holds
   * or rings by it.
   */
  readonly whose: "own" | "theirs";
}

/**
 * @param serverOffMs the server's clock minus this terminal's
 * @param waitedMostMs how long what the caller signed may have waited before it came here: so far in the past is no clock
 */
export function clockFaultOf(offMs: number, serverOffMs: number, waitedMostMs: number): ClockFault {
  const byServerMs = offMs - serverOffMs;
  const theirOffMs = byServerMs > 0 ? byServerMs : Math.max(0, -byServerMs - waitedMostMs);
  const isOwn = theirOffMs < Math.abs(serverOffMs);
  return { offMs, whose: isOwn ? "own" : "theirs" };
}
