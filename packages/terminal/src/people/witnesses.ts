/** Whether witnesses of this terminal's own choice saw the log that it is shown (docs/decisions/079-witnesses.md). */
import { openCheckpoint, verifyConsistency } from "@signet/directory";
import type { Checkpoint, VerifierKey } from "@signet/directory";
import { toBase64Url } from "@signet/protocol";
import type { Bytes, ReplyBody } from "@signet/protocol";

export interface RequiredWitnesses {
  /** Of those who are trusted here, whatever others a server names. */
  readonly keys: readonly VerifierKey[];
  /** How many of them have to have seen the log. */
  readonly least: number;
}

/**
 * How old a cosignature may be (s): for so long a server could go on from what was cosigned in two ways, and a witness may be away. Servers ask for a
 * new one every quarter of that.
 */
const oldestS = 3_600;
/** How far the clock of a witness may be ahead (s). */
const aheadS = 300;

type Cosigned = NonNullable<ReplyBody<"directory.prove">["cosigned"]>;

/**
 * How many of the witnesses cosigned what this checkpoint is, or goes on from, and did so lately. A key counts once, under however many names.
 * @param shown signed by the log
 * @param note the same, with whatever others signed
 */
export async function countWitnesses(
  shown: Checkpoint,
  note: string,
  cosigned: Cosigned,
  logKey: VerifierKey,
  { keys }: RequiredWitnesses,
  nowMs: number,
): Promise<number> {
  const counted = new Set<string>();
  const all: readonly { readonly checkpoint: string; readonly consistencyProof: readonly Bytes[] }[] = [
    { checkpoint: note, consistencyProof: [] },
    ...cosigned,
  ];
  for (const { checkpoint, consistencyProof } of all) {
    const opened = await openCheckpoint(checkpoint, logKey, keys);
    if (!opened.ok || !verifyConsistency(opened.checkpoint, shown, consistencyProof)) continue;
    for (const { key, timeS = 0 } of opened.cosignatures) {
      const ageS = nowMs / 1_000 - timeS;
      if (ageS <= oldestS && ageS >= -aheadS) counted.add(toBase64Url(key.publicKey));
    }
  }
  return counted.size;
}
