/** Pictures that people chose of themselves, as the page shows them: asked for of those whom it shows, and of nobody who is not verified. */
import { computed, effect, signal, untracked } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Terminal, TerminalState, UserId } from "@signet/terminal";

export function createPictures(
  terminal: Terminal,
  state: ReadonlySignal<TerminalState>,
  self: ReadonlySignal<UserId | undefined>,
  people: ReadonlySignal<readonly { readonly userId: UserId }[]>,
) {
  /** Addresses within this page. */
  const urls = signal<ReadonlyMap<UserId, string>>(new Map());
  const asked = new Set<UserId>();

  async function ask(userIds: readonly UserId[]): Promise<void> {
    for (const userId of userIds) asked.add(userId);
    try {
      const found = await terminal.pictures.of(userIds);
      const next = new Map(urls.peek());
      for (const userId of userIds) {
        const former = next.get(userId);
        if (former !== undefined) URL.revokeObjectURL(former);
        const bytes = found.get(userId);
        if (bytes === undefined) next.delete(userId);
        // The kind is ours: nothing that came says what it is taken for.
        else next.set(userId, URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })));
      }
      urls.value = next;
    } catch {
      // Without a connection, or at a server that keeps none: initials.
    }
  }

  const isThere = computed(() => state.value.connection.status === "online" && self.value !== undefined);
  const shown = computed(() => {
    const { call, ringing } = state.value;
    const verified = call?.participants.filter(({ verification }) => verification !== undefined) ?? [];
    const own = self.value === undefined ? [] : [self.value];
    const all = [...people.value, ...ringing.map(({ from }) => from), ...verified];
    return [...new Set([...own, ...all.map(({ userId }) => userId)])].join(" ");
  });
  effect(() => {
    const wanted = shown.value.split(" ") as UserId[];
    if (!isThere.value) return asked.clear();
    const open = wanted.filter((userId) => !asked.has(userId));
    if (open.length > 0) untracked(() => void ask(open));
    return undefined;
  });

  return {
    /** undefined where there is none, or their key changed and the person has not decided. */
    pictureOf: (userId: UserId): string | undefined =>
      state.value.changedKeys?.some((changed) => changed.userId === userId) === true
        ? undefined
        : urls.value.get(userId),
    /** It was chosen anew, or taken away. */
    lookAtOwnPicture: async (): Promise<void> => {
      const own = self.peek();
      if (own !== undefined) await ask([own]);
    },
  };
}
