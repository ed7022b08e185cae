import type { ResolutionRule, ResolutionState } from "@signet/protocol";

import { catalogue } from "./language.ts";

/** Beside a resolution. */
export const resolutionStateWords = (state: ResolutionState): string => catalogue().resolutions.states[state];

/** Whose approval it takes, as a clause. */
export function resolutionRuleWords(
  { needed, type, userIds }: ResolutionRule,
  nameOf: (userId: string) => string = (userId) => userId,
): string {
  const { all, named, some } = catalogue().resolutions;
  if (type === "named") return named(catalogue().list(userIds.map(nameOf)));
  return type === "all" ? all(userIds.length) : some(needed, userIds.length);
}
