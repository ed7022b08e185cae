/** What one terminal's network did so far. */
export interface LinkCounts {
  /** Packets on the way to the SFU, and those of them that did not come, or only since they were asked for. */
  readonly sent: number;
  readonly lostSent: number;
  /** The same of those on the way from it; lost are those that the terminal asked for. */
  readonly received: number;
  readonly lostReceived: number;
  /** The same by what the terminal reports (RFC 3550 section 6.4): lost are those that did not come at all, asked for or not. */
  readonly reported: number;
  readonly lostReported: number;
}

/** From here on words go missing in spite of all that mends loss. */
const poorShare = 0.2;
/** Clearly less: what was told does not flicker. */
const goodShare = 0.12;
/** Looks that count together, and packets that say something: of 250 a second's luck makes no fifth out of a tenth. */
const looks = 5;
const fewest = 100;

/** Whether a terminal's network is poor, either way: of the last seconds, and not before there were as many. Pure; a look each second is its only clock. */
export class NetworkHealth {
  isPoor = false;
  /** The share that got lost on the way to the terminal, 0 to 1, as far as is known. */
  lostOnTheWay = 0;
  readonly #latest: LinkCounts[] = [];

  /** @param counts since the terminal came */
  look(counts: LinkCounts): void {
    const latest = this.#latest;
    latest.push(counts);
    const before = latest.length > looks ? latest.shift() : undefined;
    if (before === undefined) return;
    const sent = shareOf(counts.lostSent - before.lostSent, counts.sent - before.sent);
    const received = shareOf(counts.lostReceived - before.lostReceived, counts.received - before.received);
    const reported = shareOf(counts.lostReported - before.lostReported, counts.reported - before.reported);
    this.lostOnTheWay = Math.max(received ?? 0, reported ?? 0);
    const known = [sent, received, reported].filter((share) => share !== undefined);
    // Where nothing comes at all nothing is learnt: that is told by who waits for it.
    if (known.length === 0) return;
    const most = Math.max(...known);
    if (most >= poorShare) this.isPoor = true;
    else if (most < goodShare) this.isPoor = false;
  }
}

const shareOf = (lost: number, all: number): number | undefined => (all < fewest ? undefined : lost / all);
