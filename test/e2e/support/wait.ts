import { setTimeout as delay } from "node:timers/promises";

/** How long tests wait for anything (ms): on a busy machine long enough, so that it only ends tests that would fail anyway. */
export const patienceMs = 60_000;

/** Waits until `look` gives something. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = patienceMs,
): Promise<T> {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > untilMs) throw new Error(`waited in vain: ${what}`);
    await delay(100);
  }
}
