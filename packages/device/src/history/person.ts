/** Questions about a person whose history was folded. */
import { encodeStatement, equalBytes } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ProofIn } from "@signet/protocol";

import { sha256 } from "../digest.ts";
import type { Person, PersonDevice } from "../verified.ts";

export const countsNow = ({ revoked }: PersonDevice): boolean => revoked === undefined;

/** The digest of the last statement. 32 bytes. */
export function headOf({ digests }: Person): Bytes {
  const head = digests.at(-1);
  if (head === undefined) throw new RangeError("a person without statements");
  return head;
}

/** What the digest of a statement is of: label and proofs, with the signatures. 32 bytes. */
export const statementDigest = (proofs: readonly ProofIn[]): Promise<Bytes> =>
  sha256(encodeStatement(proofs));

/** The head that a history has as it is stated, whether it holds or not. 32 bytes. */
export const statedHead = ({
  proof,
  statements,
}: Pick<DirectoryEntryIn, "proof" | "statements">): Promise<Bytes> =>
  statementDigest(statements.at(-1)?.proofs ?? [proof]);

/** The devices that counted when the history ended with the statement of this digest; undefined when it never did. */
export function devicesAt({ devices, digests }: Person, head: Bytes): readonly PersonDevice[] | undefined {
  const sequence = digests.findIndex((digest) => equalBytes(digest, head));
  if (sequence < 0) return undefined;
  return devices.filter(
    ({ addedBySequence, revoked }) =>
      addedBySequence <= sequence && (revoked === undefined || revoked.bySequence > sequence),
  );
}

/** When an administrator recovered the person last, and who: it stays in the history for good. */
export function lastRecovery({ devices, recoveries }: Person) {
  const sequence = recoveries.at(-1);
  const device = devices.find(({ addedBySequence }) => addedBySequence === sequence);
  return device?.addedBy === undefined ? undefined : { atMs: device.addedAtMs, by: device.addedBy };
}

/** What somebody remembers of a history. */
export interface RememberedHead {
  readonly sequence: number;
  readonly digest: Bytes;
}

/**
 * How a history stands to the one that was seen before: it is the `same`; the person's own devices `continued` it; an administrator
 * brought in a device since (`recovered`); it ends before what was seen (`shortened`); or it is an `other` one.
 */
export type Continuation = "same" | "continued" | "recovered" | "shortened" | "other";

export function continuationOf({ digests, recoveries }: Person, seen: RememberedHead): Continuation {
  const digest = digests[seen.sequence];
  if (digest === undefined) return "shortened";
  if (!equalBytes(digest, seen.digest)) return "other";
  if (recoveries.some((sequence) => sequence > seen.sequence)) return "recovered";
  return digests.length === seen.sequence + 1 ? "same" : "continued";
}
