/** For how long somebody else was there: a call goes on while one is alone in it. */
export interface Together {
  /** Without the time since `togetherSinceMs`. */
  readonly togetherMs: number;
  readonly togetherSinceMs?: number;
}

/** @param isTogether whether the group holds somebody else from now on */
export function withTogether<T extends Together>(before: T, isTogether: boolean, nowMs: number): T {
  const { togetherSinceMs, ...rest } = before;
  if (isTogether) return { ...before, togetherSinceMs: togetherSinceMs ?? nowMs };
  const lastMs = togetherSinceMs === undefined ? 0 : Math.max(0, nowMs - togetherSinceMs);
  return { ...rest, togetherMs: before.togetherMs + lastMs } as T;
}
