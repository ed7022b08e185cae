import { effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Terminal, UserId } from "@signet/terminal";

import type { KnownPerson } from "../lib/people.ts";

/** Who of `people` can be reached now; somebody of whom nothing is known yet is not in it. */
export function watchReachable(
  terminal: Terminal,
  self: ReadonlySignal<UserId | undefined>,
  people: ReadonlySignal<readonly KnownPerson[]>,
): ReadonlySignal<ReadonlyMap<UserId, boolean>> {
  const reachable = signal<ReadonlyMap<UserId, boolean>>(new Map());
  let watchedIds = "";
  let stop: (() => void) | undefined;
  effect(() => {
    const userIds = self.value === undefined ? [] : people.value.map((person) => person.userId);
    const wanted = userIds.join(" ");
    // The people also change when somebody of them calls again.
    if (wanted === watchedIds) return;
    watchedIds = wanted;
    stop?.();
    reachable.value = new Map();
    stop = wanted === "" ? undefined : terminal.watchPresence(userIds, (now) => (reachable.value = now));
  });
  return reachable;
}
