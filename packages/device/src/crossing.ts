/** Two people who call each other at the same moment. */
import type { Transcript } from "@signet/protocol";

import { clockToleranceMs } from "./transcript-check.ts";

/**
 * Whether two `call` proofs of two people say the same of each other: each called the other one, and nobody else, about the same time. Then each of
 * them is the answer to the other, and nobody has to touch a device for it.
 */
export function crosses(one: Transcript<"call">, other: Transcript<"call">): boolean {
  return (
    one.callId !== other.callId &&
    callsOnly(one, other.userId) &&
    callsOnly(other, one.userId) &&
    Math.abs(one.issuedAtMs - other.issuedAtMs) <= clockToleranceMs
  );
}

const callsOnly = ({ memberUserIds }: Transcript<"call">, userId: string): boolean =>
  memberUserIds.length === 1 && memberUserIds[0] === userId;
