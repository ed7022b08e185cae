import { setTimeout as delay } from "node:timers/promises";

/** Waits until `look` gives something. The limit only ends tests that would fail anyway. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = 60_000,
): Promise<T> {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > untilMs) throw new Error(`waited in vain: ${what}`);
    await delay(100);
  }
}
