/** As events tell how long something is: whole seconds. */
export const inSeconds = (durationMs: number): number => Math.round(durationMs / 1_000);
