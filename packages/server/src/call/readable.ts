/** Calls with guests, and terminals of before: what an event names they pass over, but a reply with a guest's ID they cannot read at all. */
import { decodeTranscript, isGuestId } from "@signet/protocol";
import type { CallInviteIn } from "@signet/protocol";

import type { Endpoint } from "../registry/endpoint.ts";

/** Whether a terminal can be told of this call: nobody in it is a guest, or waits to be one, or the terminal knows what that is. */
export const isReadable = (
  { members, statements = [] }: Pick<CallInviteIn, "members" | "statements">,
  at: Pick<Endpoint, "hasFeature"> | undefined,
): boolean =>
  at?.hasFeature("guests") === true ||
  (!members.some(({ userId }) => isGuestId(userId)) &&
    !statements.some(({ proof }) => decodeTranscript(proof.transcript)?.purpose === "vouch"));
