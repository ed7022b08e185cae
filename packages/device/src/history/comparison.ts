/** What two people read to each other who stand together, and how a history stands to the one that they compared. */
import { encodeFields, equalBytes, groupedCode, utf8 } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";

import { sha256 } from "../digest.ts";
import type { Person } from "../verified.ts";

/** One of the two, and the history that a terminal is shown of them. */
export interface ComparedHead {
  readonly userId: UserId;
  /** 32 bytes. */
  readonly head: Bytes;
}

/**
 * 32 characters of 5 bits each. A server that shows each of the two somebody else in the place of the other may choose both of these: it needs two codes that are the
 * same, among as many as it can make. So it has 160 bits, and not the 100 of a code that has to be met.
 * @returns `7K3M-Q0RT-...`, the same at both terminals, in whichever order
 */
export async function comparisonCode(
  serverOrigin: string,
  one: ComparedHead,
  other: ComparedHead,
): Promise<string> {
  const both = [one, other].toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  const digest = await sha256(
    encodeFields([
      utf8("signet/compared-heads/v1"),
      utf8(serverOrigin),
      ...both.flatMap(({ head, userId }) => [utf8(userId), head]),
    ]),
  );
  return groupedCode(digest);
}

/** `other`: what was compared is nowhere in it; an administrator brought in a device since (`recovered`); else it `holds`. */
export type ComparisonStanding = "holds" | "recovered" | "other";

/** @param head of this person's history when it was compared */
export function standingOf({ digests, recoveries }: Person, head: Bytes): ComparisonStanding {
  const sequence = digests.findIndex((digest) => equalBytes(digest, head));
  if (sequence < 0) return "other";
  return recoveries.some((recovery) => recovery > sequence) ? "recovered" : "holds";
}
