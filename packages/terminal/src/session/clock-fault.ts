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

/** @param serverOffMs the server's clock minus this terminal's */
export function clockFaultOf(offMs: number, serverOffMs: number): ClockFault {
  const isOwn = Math.abs(offMs - serverOffMs) < Math.abs(serverOffMs);
  return { offMs, whose: isOwn ? "own" : "theirs" };
}
