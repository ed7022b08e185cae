/**
 * What one receiver says that it missed of one slot, as far as that is the network between: what was missing already when it was sent on, it cannot
 * have. Pure; covers the time from the first report on.
 */
export class ReportedLoss {
  /** Packets that reports cover, and those of them that did not come. */
  sent = 0;
  lost = 0;
  #before: { readonly sent: number; readonly missing: number } | undefined;

  /**
   * @param cumulativeLost of the report (RFC 3550 section 6.4.1)
   * @param sent in the slot so far, each packet once
   * @param holes numbers of the slot that were never sent
   */
  report(cumulativeLost: number, sent: number, holes: number): void {
    const missing = cumulativeLost - holes;
    const before = this.#before;
    // What is on the way when a report is made comes a little later or earlier: only the most that was missing counts, or that would add up.
    this.#before = { sent, missing: Math.max(missing, before?.missing ?? missing) };
    if (before === undefined) return;
    this.sent += sent - before.sent;
    // More than was sent cannot be lost, whatever it says.
    this.lost += Math.min(sent - before.sent, Math.max(0, missing - before.missing));
  }
}
