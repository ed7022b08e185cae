import { epochBitsOf, epochBitCount } from "../sframe/kid.ts";

/**
 * Which epoch's keys open a received frame, which frames wait for keys, and when keys go. Pure: keys and decryption
 * live in `FrameDecryptor`, which follows the effects.
 *
 *              epoch n                    epoch n + 1                10 s
 *   (unknown) ---------> current (n) ---------------> previous (n) -------> forgotten
 *
 *              its epoch arrives
 *   frame of a coming epoch: held -----------------------> open, in order of arrival
 *                              |  500 ms, or overtaken
 *                              +-----------------------> drop
 */
export interface EpochRingState<F> {
  /** Oldest first; the last is the current one. */
  readonly epochs: readonly RingEpoch[];
  /** In order of arrival. */
  readonly held: readonly HeldFrame<F>[];
  readonly heldBytes: number;
}

interface RingEpoch {
  readonly epoch: bigint;
  /** `Infinity` for the current one. */
  readonly forgetAtMs: number;
}

interface HeldFrame<F> {
  readonly frame: F;
  readonly epochBits: number;
  readonly lengthBytes: number;
  readonly dropAtMs: number;
}

export type EpochRingInput<F> =
  | { readonly type: "epoch"; readonly epoch: bigint }
  | { readonly type: "frame"; readonly frame: F; readonly epochBits: number; readonly lengthBytes: number }
  /** Nothing happened but the time that a `wake` asked for. */
  | { readonly type: "time" };

export type EpochRingDropReason = "expiredEpoch" | "heldTooLong" | "holdFull";

export type EpochRingEffect<F> =
  | { readonly type: "open"; readonly frame: F; readonly epoch: bigint }
  | { readonly type: "hold"; readonly frame: F }
  | { readonly type: "drop"; readonly frame: F; readonly reason: EpochRingDropReason }
  /** The keys of this epoch are to be thrown away now. */
  | { readonly type: "forget"; readonly epoch: bigint }
  /** Give the input `time` then; replaces an earlier wish. */
  | { readonly type: "wake"; readonly atMs: number };

/** Covers frames in flight and retransmitted at an epoch change; every second more is one more that a removed member could speak. */
export const keepPreviousEpochMs = 10_000;
/** A Commit reaches the slowest member within this time, or its frames are too old to be heard anyway. */
export const holdUnknownEpochMs = 500;
/** Half a second of 8 slots is 200 frames; beyond these somebody floods. */
export const maxHeldFrames = 512;
export const maxHeldBytes = 4 * 1024 * 1024;

export function initialEpochRing<F>(): EpochRingState<F> {
  return { epochs: [], held: [], heldBytes: 0 };
}

interface EpochRingStep<F> {
  readonly state: EpochRingState<F>;
  readonly effects: readonly EpochRingEffect<F>[];
}

/** @param nowMs monotonic milliseconds */
export function stepEpochRing<F>(
  state: EpochRingState<F>,
  input: EpochRingInput<F>,
  nowMs: number,
): EpochRingStep<F> {
  const effects: EpochRingEffect<F>[] = [];
  let next = expire(state, nowMs, effects);
  if (input.type === "epoch") next = enterEpoch(next, input.epoch, nowMs, effects);
  else if (input.type === "frame") next = takeFrame(next, input, nowMs, effects);
  const wakeAtMs = earliestDeadlineMs(next);
  // Repeated after `time`, since timers may fire a little early.
  if (wakeAtMs !== Infinity && (input.type === "time" || wakeAtMs !== earliestDeadlineMs(state)))
    effects.push({ type: "wake", atMs: wakeAtMs });
  return { state: next, effects };
}

function expire<F>(
  state: EpochRingState<F>,
  nowMs: number,
  effects: EpochRingEffect<F>[],
): EpochRingState<F> {
  if (earliestDeadlineMs(state) > nowMs) return state;
  for (const { epoch, forgetAtMs } of state.epochs)
    if (forgetAtMs <= nowMs) effects.push({ type: "forget", epoch });
  for (const { frame, dropAtMs } of state.held)
    if (dropAtMs <= nowMs) effects.push({ type: "drop", frame, reason: "heldTooLong" });
  const epochs = state.epochs.filter(({ forgetAtMs }) => forgetAtMs > nowMs);
  return { epochs, ...holding(state.held.filter(({ dropAtMs }) => dropAtMs > nowMs)) };
}

function enterEpoch<F>(
  state: EpochRingState<F>,
  epoch: bigint,
  nowMs: number,
  effects: EpochRingEffect<F>[],
): EpochRingState<F> {
  const current = state.epochs.at(-1);
  // An epoch never comes twice and never back: its keys would meet counters they have seen.
  if (current !== undefined && epoch <= current.epoch) return state;
  const kept: RingEpoch[] = [];
  for (const old of state.epochs) {
    // "receivers MUST remove an old epoch when a new epoch with the same low-order E bits is introduced" (RFC 9605 section 5.2)
    if (epochBitsOf(old.epoch) === epochBitsOf(epoch)) effects.push({ type: "forget", epoch: old.epoch });
    else kept.push(old === current ? { epoch: old.epoch, forgetAtMs: nowMs + keepPreviousEpochMs } : old);
  }
  const held: HeldFrame<F>[] = [];
  for (const waiting of state.held) {
    if (waiting.epochBits === epochBitsOf(epoch)) effects.push({ type: "open", frame: waiting.frame, epoch });
    else if (isComing(waiting.epochBits, epoch)) held.push(waiting);
    else effects.push({ type: "drop", frame: waiting.frame, reason: "expiredEpoch" });
  }
  return { epochs: [...kept, { epoch, forgetAtMs: Infinity }], ...holding(held) };
}

function takeFrame<F>(
  state: EpochRingState<F>,
  input: { readonly frame: F; readonly epochBits: number; readonly lengthBytes: number },
  nowMs: number,
  effects: EpochRingEffect<F>[],
): EpochRingState<F> {
  const { frame, epochBits, lengthBytes } = input;
  const known = state.epochs.findLast(({ epoch }) => epochBitsOf(epoch) === epochBits);
  const current = state.epochs.at(-1);
  if (known !== undefined) {
    effects.push({ type: "open", frame, epoch: known.epoch });
  } else if (current !== undefined && !isComing(epochBits, current.epoch)) {
    effects.push({ type: "drop", frame, reason: "expiredEpoch" });
  } else if (state.held.length >= maxHeldFrames || state.heldBytes + lengthBytes > maxHeldBytes) {
    effects.push({ type: "drop", frame, reason: "holdFull" });
  } else {
    effects.push({ type: "hold", frame });
    return {
      epochs: state.epochs,
      ...holding([...state.held, { frame, epochBits, lengthBytes, dropAtMs: nowMs + holdUnknownEpochMs }]),
    };
  }
  return state;
}

/** Of the epochs that these bits can mean, is the one nearest to `current` after it? */
function isComing(epochBits: number, current: bigint): boolean {
  const ahead = (epochBits - epochBitsOf(current) + (1 << epochBitCount)) % (1 << epochBitCount);
  return ahead > 0 && ahead < 1 << (epochBitCount - 1);
}

function holding<F>(held: readonly HeldFrame<F>[]): { held: readonly HeldFrame<F>[]; heldBytes: number } {
  return { held, heldBytes: held.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0) };
}

function earliestDeadlineMs<F>(state: EpochRingState<F>): number {
  let earliestMs = Infinity;
  for (const { forgetAtMs } of state.epochs) earliestMs = Math.min(earliestMs, forgetAtMs);
  for (const { dropAtMs } of state.held) earliestMs = Math.min(earliestMs, dropAtMs);
  return earliestMs;
}
