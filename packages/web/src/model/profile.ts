/** What this browser profile remembers: who signed in here, and of whoever is signed in the people and the calls. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { CallView, UserId } from "@signet/terminal";

import { loadPeople, mergePeople, storePeople } from "../lib/people.ts";
import type { KnownPerson } from "../lib/people.ts";
import { addRecent, loadRecents, storeRecents } from "../lib/recents.ts";
import type { RecentCall } from "../lib/recents.ts";
import { loadRememberedIds, rememberId } from "../lib/remembered-ids.ts";

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

  return {
    rememberedIds: rememberedIds as ReadonlySignal<readonly UserId[]>,
    people: people as ReadonlySignal<readonly KnownPerson[]>,
    recents: recents as ReadonlySignal<readonly RecentCall[]>,
    open: (userId: UserId) => {
      rememberedIds.value = rememberId(rememberedIds.peek(), userId);
      people.value = loadPeople(userId);
      recents.value = loadRecents(userId);
    },
    meet: (met: readonly KnownPerson[]) => {
      const merged = mergePeople(people.peek(), met);
      if (merged !== people.peek()) setPeople(merged);
    },
    forgetPerson: (userId: UserId) => setPeople(people.peek().filter((person) => person.userId !== userId)),
    keepCall: (call: CallView) => {
      const owner = self.peek();
      if (owner === undefined) return;
      recents.value = addRecent(recents.peek(), call);
      storeRecents(owner, recents.peek());
    },
    clearRecents: () => {
      const owner = self.peek();
      recents.value = [];
      if (owner !== undefined) storeRecents(owner, []);
    },
  };
}
