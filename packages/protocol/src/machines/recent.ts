/** What happened within a time that just went by. Pure. */
export const minuteMs = 60_000;

export const within = (timesMs: readonly number[] = [], nowMs: number, spanMs: number): readonly number[] =>
  timesMs.filter((atMs) => nowMs - atMs < spanMs);
