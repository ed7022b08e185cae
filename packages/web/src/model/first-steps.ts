/** Whether the first steps stand on the home page, and which are done: of the person who is signed in, in this browser. */
import { computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { TerminalState, UserId } from "@signet/terminal";

import { firstSteps, isKeptStep, isNew, stepsDone } from "../lib/first-steps.ts";
import type { FirstStep } from "../lib/first-steps.ts";
import { readStored, writeStored } from "../lib/storage.ts";

const choiceOf = (userId: UserId): string => `firstSteps.${userId}`;
const doneOf = (userId: UserId): string => `firstStepsDone.${userId}`;

/** Begun: they were shown to somebody new, and stay until all are done, over each load of the page. */
type Choice = "away" | "wanted" | "begun";

function keptOf(userId: UserId | undefined): ReadonlySet<FirstStep> {
  const stored = userId === undefined ? undefined : readStored(doneOf(userId));
  return new Set(Array.isArray(stored) ? stored.filter(isKeptStep) : []);
}

export function createFirstSteps(
  state: ReadonlySignal<TerminalState>,
  self: ReadonlySignal<UserId | undefined>,
  echo: ReadonlySignal<{ readonly userId: UserId } | undefined>,
) {
  const hasTestedSound = signal(readStored("testedSound") === true);
  /** Counts the choices. */
  const changes = signal(0);
  /** To whom they were shown since the page was opened: they stay until they are put away, so that one sees the end. */
  let shownTo: UserId | undefined;
  const keep = (choice: Choice): void => {
    const userId = self.peek();
    if (userId !== undefined) writeStored(choiceOf(userId), choice);
    changes.value += 1;
  };
  /** As the page has it, where the browser keeps nothing. */
  const added = signal<{ readonly of?: UserId; readonly steps: ReadonlySet<FirstStep> }>({
    steps: new Set(),
  });
  const kept = computed(() => (added.value.of === self.value ? added.value.steps : keptOf(self.value)));
  const done = computed(() =>
    stepsDone({
      personal: state.value.personal,
      echo: echo.value?.userId,
      hasTestedSound: hasTestedSound.value,
      kept: kept.value,
    }),
  );
  const choice = computed(() => {
    void changes.value;
    return self.value && readStored(choiceOf(self.value));
  });
  const isShown = computed((): boolean => {
    const userId = self.value;
    if (userId === undefined || choice.value === "away") return false;
    if (choice.value === "wanted" || shownTo === userId) return true;
    return choice.value === "begun"
      ? firstSteps.some((step) => !done.value.has(step))
      : isNew(state.value.personal, done.value);
  });
  effect(() => {
    const userId = self.value;
    if (userId === undefined) return;
    const news = [...done.value].filter((step) => isKeptStep(step) && !kept.value.has(step));
    if (news.length > 0) {
      // Another tab may have kept others since.
      const steps = new Set([...keptOf(userId), ...kept.value, ...news]);
      writeStored(doneOf(userId), [...steps]);
      added.value = { of: userId, steps };
    }
  });
  return {
    firstStepsShown: isShown,
    firstStepsDone: done,
    /** They stand on the page. */
    beginFirstSteps: (): void => {
      shownTo = self.peek();
      if (choice.peek() === undefined) keep("begun");
    },
    putFirstStepsAway: () => keep("away"),
    wantFirstSteps: () => keep("wanted"),
    soundTested: (): void => {
      hasTestedSound.value = true;
      writeStored("testedSound", true);
    },
  };
}
