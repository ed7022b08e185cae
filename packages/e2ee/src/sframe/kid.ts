/**
 * The KID of MLS-keyed SFrame (RFC 9605 section 5.2): `KID = (context << (S + E)) + (leaf << E) + (epoch mod 2^E)`.
 *
 * `E` = 8. It bounds how many epochs may be alive at once, and receivers keep an epoch 10 s after the next one: with
 * E = 4, 16 Commits in 10 s (a large call being answered) would reach back to a living epoch, with 8 it takes 256. It
 * also tells a frame of a coming epoch (hold it) from one of an epoch that is gone (drop it). The price is one byte per
 * frame, 50 B/s per voice, for leaves below 16.
 *
 * `S` = 12, fixed, where the RFC takes the least that holds the group: a constant spares both ends from agreeing on the
 * size at which it changes, and with context 0 the KID is the same number either way. Turn up when calls outgrow 4,096 leaves.
 *
 * `context` is chosen by the sender. Each encryptor that a terminal has in a call has its own, so that a restarted one, whose counter
 * starts at zero again, never meets a nonce of the one before it.
 */
export interface KidParts {
  readonly context: number;
  readonly leaf: number;
  /** The low {@link epochBitCount} bits of the epoch. */
  readonly epochBits: number;
}

export const epochBitCount = 8;
const leafBitCount = 12;

/** Leaf indices a KID can carry are below this. */
export const maxLeaves = 1 << leafBitCount;
/** Contexts are below this; a receiver refuses more, since each makes it derive a key. */
export const maxContexts = 256;
/** Of a terminal's first encryptor in a call: with any other one there may be frames before its own. */
export const firstContext = 0;

/** @returns the low bits of `epoch` that a KID carries */
export function epochBitsOf(epoch: bigint): number {
  return Number(BigInt.asUintN(epochBitCount, epoch));
}

/** @throws RangeError when a part is out of its range */
export function encodeKid({ context, leaf, epochBits }: KidParts): bigint {
  if (!within(context, maxContexts) || !within(leaf, maxLeaves) || !within(epochBits, 1 << epochBitCount)) {
    throw new RangeError(`no KID for context ${context}, leaf ${leaf}, epoch bits ${epochBits}`);
  }
  return (
    (BigInt(context) << BigInt(leafBitCount + epochBitCount)) |
    (BigInt(leaf) << BigInt(epochBitCount)) |
    BigInt(epochBits)
  );
}

/** @returns undefined when the context is one that no sender of ours uses */
export function decodeKid(kid: bigint): KidParts | undefined {
  const context = kid >> BigInt(leafBitCount + epochBitCount);
  if (context >= BigInt(maxContexts)) return undefined;
  return {
    context: Number(context),
    leaf: Number(BigInt.asUintN(leafBitCount, kid >> BigInt(epochBitCount))),
    epochBits: Number(BigInt.asUintN(epochBitCount, kid)),
  };
}

function within(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit;
}

let contextsHandedOut = 0;

/** A context that no other encryptor of this process has, until it wraps after {@link maxContexts}. */
export function nextSenderContext(): number {
  return contextsHandedOut++ % maxContexts;
}
