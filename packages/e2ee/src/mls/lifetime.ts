import { type Lifetime } from "ts-mls";

/** Longest accepted span of a KeyPackage. A binding lasts 12 h at most; nothing needs a longer one. */
export const maxLifetimeMs = 24 * 60 * 60_000;

/** How far two clocks may differ, as for proofs (design section 4). */
export const clockToleranceMs = 2 * 60_000;

/** Starts the tolerance early, because the library's own check at the committer knows no tolerance. */
export function newLifetime(nowMs: number): Lifetime {
  const notBefore = Math.floor((nowMs - clockToleranceMs) / 1000);
  return { notBefore: BigInt(notBefore), notAfter: BigInt(notBefore + maxLifetimeMs / 1000) };
}

/** RFC 9420 section 7.2: both ends in seconds since 1970, inclusive. An unbounded span is refused however it lies. */
export function lifetimeHolds({ notBefore, notAfter }: Lifetime, nowMs: number): boolean {
  const span = notAfter - notBefore;
  if (span < 0n || span > BigInt(maxLifetimeMs / 1000)) return false;
  return (
    notBefore * 1000n <= BigInt(Math.floor(nowMs + clockToleranceMs)) &&
    notAfter * 1000n >= BigInt(Math.floor(nowMs - clockToleranceMs))
  );
}
