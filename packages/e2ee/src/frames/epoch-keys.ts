/** What the frame layer needs to know of one MLS epoch. */
export interface FrameEpoch {
  readonly epoch: bigint;
  /** `MLS-Exporter("SFrame 1.0 Base Key", "", 16)` (RFC 9605 section 5.2), by `importBaseKey`; not extractable. */
  readonly baseKey: CryptoKey;
  /** Leaf indices of all members in this epoch; frames of other leaves are refused. */
  readonly leaves: readonly number[];
  readonly ownLeaf: number;
}
