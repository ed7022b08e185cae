/** Who gives back what one says, where the server names somebody for it, and whether they are there: they are a person as others, whom somebody has to run. */
import { computed } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Terminal, TerminalState, UserId } from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

import { watchPresence } from "./presence.ts";

export interface Echo {
  readonly userId: UserId;
  /** By the word of the server; undefined before it said so. Who is not registered is away, too. */
  readonly isRunning: boolean | undefined;
}

export function createEcho(
  terminal: Terminal,
  state: ReadonlySignal<TerminalState>,
  self: ReadonlySignal<UserId | undefined>,
) {
  const named = computed(() => {
    const userId = state.value.server?.echo;
    return userId === self.value ? undefined : userId;
  });
  const watched = computed(() => (named.value === undefined ? [] : [{ userId: named.value }]));
  const presence = watchPresence(terminal, self, watched);
  return {
    /** undefined where there is none, or oneself is it */
    echo: computed((): Echo | undefined => {
      const userId = named.value;
      if (userId === undefined) return undefined;
      const seen = presence.value.get(userId);
      return { userId, isRunning: seen === undefined ? undefined : seen !== "away" };
    }),
    /** That nobody has these user IDs: an echo that nobody registered was not spelt wrongly. */
    noOneHas: (userIds: readonly UserId[]): string => {
      const [only] = userIds;
      return userIds.length === 1 && only !== undefined && only === named.value
        ? texts().sound.echoNotRunning(only)
        : texts().common.noOneHasId(listOfNames(userIds));
    },
  };
}
