/** Whether the first steps stand on the home page, and which are done: of the person who is signed in, in this browser. */
import { computed, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { TerminalState, UserId } from "@signet/terminal";

import { isNew, stepsDone } from "../lib/first-steps.ts";
import { readStored, writeStored } from "../lib/storage.ts";

const placeOf = (userId: UserId): string => `firstSteps.${userId}`;

export function createFirstSteps(
  state: ReadonlySignal<TerminalState>,
  self: ReadonlySignal<UserId | undefined>,
) {
  const hasTestedSound = signal(readStored("testedSound") === true);
  /** Counts what is kept. */
  const kept = signal(0);
  /** Who was shown them since the page was opened: they stay until they are put away, so that one sees the end. */
  let shownTo: UserId | undefined;
  const keep = (value: "away" | "wanted"): void => {
    const userId = self.peek();
    if (userId !== undefined) writeStored(placeOf(userId), value);
    kept.value += 1;
  };
  const echo = computed(() => {
    const named = state.value.server?.echo;
    return named === self.value ? undefined : named;
  });
  return {
    firstStepsShown: computed((): boolean => {
      void kept.value;
      const userId = self.value;
      const choice = userId && readStored(placeOf(userId));
      if (userId === undefined || choice === "away") return false;
      const isShown = choice === "wanted" || shownTo === userId || isNew(state.value.personal);
      if (isShown) shownTo = userId;
      return isShown;
    }),
    firstStepsDone: computed(() =>
      stepsDone({
        personal: state.value.personal,
        echo: echo.value,
        hasTestedSound: hasTestedSound.value,
      }),
    ),
    echo,
    putFirstStepsAway: () => keep("away"),
    wantFirstSteps: () => keep("wanted"),
    soundTested: (): void => {
      hasTestedSound.value = true;
      writeStored("testedSound", true);
    },
  };
}
