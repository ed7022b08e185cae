import { effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { SeenPresence, Terminal, UserId } from "@signet/terminal";

/** What is to be seen of `people` now; somebody of whom nothing is known yet is not in it. */
export function watchPresence(
  terminal: Terminal,
  self: ReadonlySignal<UserId | undefined>,
  people: ReadonlySignal<readonly { readonly userId: UserId }[]>,
): ReadonlySignal<ReadonlyMap<UserId, SeenPresence>> {
  const seen = signal<ReadonlyMap<UserId, SeenPresence>>(new Map());
  let watchedIds = "";
  let stop: (() => void) | undefined;
  effect(() => {
    const userIds = self.value === undefined ? [] : people.value.map((person) => person.userId);
    const wanted = userIds.join(" ");
    // What is written of them changes, too.
    if (wanted === watchedIds) return;
    watchedIds = wanted;
    stop?.();
    seen.value = new Map();
    stop = wanted === "" ? undefined : terminal.watchPresence(userIds, (now) => (seen.value = now));
  });
  return seen;
}
