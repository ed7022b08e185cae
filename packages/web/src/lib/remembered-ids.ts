import { UserId } from "@signet/terminal";

import { readStored, writeStored } from "./storage.ts";

/** User IDs that signed in from this browser profile, last one first. */
export function loadRememberedIds(): readonly UserId[] {
  const stored = readStored("userIds");
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((one: unknown) => {
    const parsed = UserId.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

export function rememberId(remembered: readonly UserId[], userId: UserId): readonly UserId[] {
  const next = [userId, ...remembered.filter((one) => one !== userId)].slice(0, 5);
  writeStored("userIds", next);
  return next;
}
