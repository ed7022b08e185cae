/**
 * How a voice is protected against loss: what the encoder expects of it, and how many bits it takes. Pure.
 *
 * More loss, more redundancy (RFC 6716 section 2.1.7): a share of each packet says again, coarsely, what the one before said. Beyond one packet in ten the way
 * may be too narrow, and fewer bits are the only thing that helps there; redundancy goes on, at the cost of how the voice sounds.
 */
export interface Protection {
  /** What Opus is told to expect. */
  readonly packetLossPercent: number;
  readonly bitrateBps: number;
}

interface Step extends Protection {
  readonly from: number;
}

/** From `from` on, of all packets. Below 1 % concealment alone does; a little is kept up, since a report comes seconds after the loss. */
const steps: readonly [Step, ...Step[]] = [
  { from: 0, packetLossPercent: 5, bitrateBps: 32_000 },
  { from: 0.02, packetLossPercent: 10, bitrateBps: 32_000 },
  { from: 0.07, packetLossPercent: 20, bitrateBps: 32_000 },
  { from: 0.15, packetLossPercent: 30, bitrateBps: 24_000 },
  { from: 0.3, packetLossPercent: 40, bitrateBps: 20_000 },
];
/** Reports of 2 s in a row that have to be better before there is less: loss comes in bursts. */
const calmReports = 4;
/** A step is left for the one below where it is surely less than its share. */
const clearlyBelow = 0.8;

export interface ProtectionState {
  readonly step: number;
  /** Reports in a row that would do with less. */
  readonly calm: number;
}

export const startProtection: ProtectionState = { step: 1, calm: 0 };

export const protectionOf = ({ step }: ProtectionState): Protection => {
  const { bitrateBps, packetLossPercent } = steps[step] ?? steps[0];
  return { bitrateBps, packetLossPercent };
};

/** @param lost of what was sent since the report before, 0 to 1. More protection at once, less step by step. */
export function stepProtection({ step, calm }: ProtectionState, lost: number): ProtectionState {
  const wanted = steps.findLastIndex(({ from }) => lost >= from);
  if (wanted > step) return { step: wanted, calm: 0 };
  if (step === 0 || lost >= (steps[step] ?? steps[0]).from * clearlyBelow) return { step, calm: 0 };
  return calm + 1 < calmReports ? { step, calm: calm + 1 } : { step: step - 1, calm: 0 };
}
