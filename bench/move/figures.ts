/** How long nothing was heard around each move, ms. */
export interface Silences {
  /** Of the mover, by those who stay. */
  readonly others: number[];
  /** Of those who stay, by the mover: from the last sound at the old terminal to the first one at the new one. */
  readonly mover: number[];
}

/** What a move is to cost at most, half of the time and nearly always (ms). */
const aimMs = { p50: 300, p95: 800 };

export interface Figures {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly reached: boolean;
}

export function figures(samplesMs: readonly number[]): Figures {
  const sorted = samplesMs.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? NaN);
  const [p50, p95] = [at(0.5), at(0.95)];
  return { p50, p95, max: at(1), reached: p50 <= aimMs.p50 && p95 <= aimMs.p95 };
}

export function print(what: string, heard: { readonly [By in keyof Silences]: Figures }): void {
  for (const by of ["others", "mover"] as const) {
    const { max, p50, p95, reached } = heard[by];
    const cells = [p50, p95, max].map((value) => String(value).padStart(6)).join(" ");
    const aim = `${reached ? "reached" : "missed"} (${aimMs.p50}/${aimMs.p95})`;
    console.log(`${`${what}, heard by the ${by}`.padEnd(36)} ${cells}  ${aim}`);
  }
}
