/** How a terminal's audio connection comes back; the same in a browser and without. */
import { SignetError } from "@signet/protocol";

/** Between two attempts to connect, ms: at first at once, since a replaced media process is ready by then. */
const retryMs = [0, 250, 500, 1_000, 2_000, 5_000];

/** ICE may recover from a short break by itself. */
export const disconnectedGraceMs = 2_000;

/** @param failures attempts in a row that failed before */
export function retryAfterMs(failures: number): number {
  return retryMs[Math.min(failures, retryMs.length - 1)] ?? 0;
}

/** Whether another attempt would fail the same way. */
export function isFinal(error: unknown): error is SignetError {
  if (!(error instanceof SignetError)) return false;
  return (
    error.code.startsWith("frames.") ||
    error.code === "media.badOffer" ||
    error.code === "media.tooManySlots" ||
    error.code === "call.notFound" ||
    error.code === "call.notMember"
  );
}
