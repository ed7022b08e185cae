import type { GroupMember, ProofState } from "@signet/e2ee";
import { hasFeature } from "@signet/protocol";

import type { Participant } from "../state.ts";

type Voices = ReadonlyMap<string, NonNullable<Participant["voice"]>>;

export function withProof(known: Voices | undefined, userId: string, state: ProofState): Voices {
  const voices = new Map(known);
  if (state === "proven") voices.delete(userId);
  else voices.set(userId, state);
  return voices;
}

/** Whose voices nothing can prove: by their own leaves, which no server can change; or all, where the server passes no words on. */
export function unprovableAmong(
  members: readonly GroupMember[],
  features: readonly string[] | undefined,
): ReadonlySet<string> {
  const passesOn = hasFeature(features, "spoke");
  return new Set(members.filter(({ proves }) => !passesOn || !proves).map(({ userId }) => userId));
}
