/** How far ahead of the clock here may be what somebody signed in a call. */
import { clockToleranceMs } from "@signet/device";

/**
 * The server, and the member who commits, each take what their clock is behind of by the tolerance. Who follows the Commit is behind of the same clock by twice as much
 * at most: that of whoever signed, and the own, differ so far. Less, and members whose clocks are late would refuse what an honest one took, who would be put
 * out; more would let a dishonest pair date further ahead.
 * @param follows a Commit brought it
 */
export const aheadMs = (follows: boolean): number => (follows ? 2 : 1) * clockToleranceMs;
