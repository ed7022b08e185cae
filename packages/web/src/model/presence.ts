import { effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Terminal, UserId } from "@signet/terminal";

/** Who of `people` can be reached now; somebody of whom nothing is known yet is not in it. */
export function watchReachable(
  terminal: Terminal,
  self: ReadonlySignal<UserId | undefined>,
  people: ReadonlySignal<readonly { readonly userId: UserId }[]>,
): ReadonlySignal<ReadonlyMap<UserId, boolean>> {
  const reachable = signal<ReadonlyMap<UserId, boolean>>(new Map());
  let watchedIds = "";
  let stop: (() => void) | undefined;
  effect(() => {
    const userIds = self.value === undefined ? [] : people.value.map((person) => person.userId);
    const wanted = userIds.join(" ");
    // What is written of them changes, too.
    if (wanted === watchedIds) return;
    watchedIds = wanted;
    stop?.();
    reachable.value = new Map();
    stop = wanted === "" ? undefined : terminal.watchPresence(userIds, (now) => (reachable.value = now));
  });
  return reachable;
}
