/** Below this the meter shows nothing: a quiet room. */
const floorDb = -55;

/** Root mean square, 0 to 1, as a share of the meter's length, 0 to 1: ears hear by the logarithm. */
export function meterShare(rms: number): number {
  if (rms <= 0) return 0;
  const db = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (db - floorDb) / -floorDb));
}
