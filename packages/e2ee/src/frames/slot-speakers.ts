import type { SlotSpeaker } from "./worker-messages.ts";

/** Between two reports of one slot; keeps a server that mixes frames of two leaves from flooding the page. */
const leastGapMs = 100;
/** A slot without frames for this long has no speaker; longer than any pause of the network that audio survives. */
const quietAfterMs = 1_500;

interface Slot {
  leaf: number;
  epoch: bigint;
  heardAtMs: number;
  reportedAtMs: number;
  reported: string;
}

/** Decides when the page is told whose frames a slot carries: on every change, and when a slot falls quiet. */
export class SlotSpeakers {
  readonly #slots = new Map<string, Slot & Pick<SlotSpeaker, "connection" | "slot">>();

  /** @returns what to report now, if anything */
  heard(
    connection: number,
    slot: number,
    leaf: number,
    epoch: bigint,
    nowMs: number,
  ): SlotSpeaker | undefined {
    const key = `${connection}/${slot}`;
    let entry = this.#slots.get(key);
    if (entry === undefined) {
      entry = { connection, slot, leaf, epoch, heardAtMs: nowMs, reportedAtMs: -Infinity, reported: "" };
      this.#slots.set(key, entry);
    }
    entry.leaf = leaf;
    entry.epoch = epoch;
    entry.heardAtMs = nowMs;
    const reported = `${leaf}/${epoch}`;
    if (reported === entry.reported || nowMs - entry.reportedAtMs < leastGapMs) return undefined;
    entry.reported = reported;
    entry.reportedAtMs = nowMs;
    return { connection, slot, leaf, epoch };
  }

  /** @returns the slots that have fallen quiet since the last call */
  quiet(nowMs: number): SlotSpeaker[] {
    const reports: SlotSpeaker[] = [];
    for (const [key, { connection, slot, heardAtMs }] of this.#slots) {
      if (nowMs - heardAtMs < quietAfterMs) continue;
      this.#slots.delete(key);
      reports.push({ connection, slot, leaf: undefined, epoch: undefined });
    }
    return reports;
  }
}
