/** What this browser profile remembers: who signed in here, and of whoever is signed in the people and the calls. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { CallView, UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { loadPeople, mergePeople, storePeople } from "../lib/people.ts";
import type { KnownPerson } from "../lib/people.ts";
import { addRecent, loadRecents, storeRecents } from "../lib/recents.ts";
import type { RecentCall } from "../lib/recents.ts";
import { loadRememberedIds, rememberId } from "../lib/remembered-ids.ts";

export interface Undo {
  readonly list: "people" | "recents";
  /** What happened. */
  readonly text: () => string;
  readonly restore: () => void;
}

/** @param self who is signed in: whose people and calls these are */
export function createProfile(self: ReadonlySignal<UserId | undefined>) {
  const rememberedIds = signal(loadRememberedIds());
  const people = signal<readonly KnownPerson[]>([]);
  const recents = signal<readonly RecentCall[]>([]);

  function setPeople(next: readonly KnownPerson[]): void {
    const owner = self.peek();
    if (owner === undefined) return;
    people.value = next;
    storePeople(owner, next);
  }

  function setRecents(next: readonly RecentCall[]): void {
    const owner = self.peek();
    recents.value = next;
    if (owner !== undefined) storeRecents(owner, next);
  }

  const once = (restore: () => void) => (): void => {
    restore();
    undo.value = undefined;
  };

  /** The last thing that was taken out of a list, and how it comes back. */
  const undo = signal<Undo | undefined>(undefined);

  return {
    undo: undo as ReadonlySignal<Undo | undefined>,
    rememberedIds: rememberedIds as ReadonlySignal<readonly UserId[]>,
    people: people as ReadonlySignal<readonly KnownPerson[]>,
    recents: recents as ReadonlySignal<readonly RecentCall[]>,
    open: (userId: UserId) => {
      undo.value = undefined;
      rememberedIds.value = rememberId(rememberedIds.peek(), userId);
      people.value = loadPeople(userId);
      recents.value = loadRecents(userId);
    },
    meet: (met: readonly KnownPerson[]) => {
      const merged = mergePeople(people.peek(), met);
      if (merged !== people.peek()) setPeople(merged);
    },
    forgetPerson: (userId: UserId) => {
      const before = people.peek();
      setPeople(before.filter((person) => person.userId !== userId));
      const forgotten = before.filter((person) => person.userId === userId);
      // Who was met meanwhile stays.
      const restore = (): void => {
        const isBack = people.peek().some((person) => person.userId === userId);
        if (!isBack) setPeople(mergePeople(people.peek(), forgotten));
      };
      undo.value = { list: "people", text: () => texts().home.isForgotten(userId), restore: once(restore) };
    },
    keepCall: (call: CallView) => {
      if (self.peek() !== undefined) setRecents(addRecent(recents.peek(), call));
    },
    clearRecents: () => {
      const before = recents.peek();
      setRecents([]);
      const restore = (): void => setRecents([...recents.peek(), ...before]);
      undo.value = { list: "recents", text: () => texts().home.isCleared, restore: once(restore) };
    },
  };
}
