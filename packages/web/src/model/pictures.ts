/** Pictures that people chose of themselves, as the page shows them: asked for when they come into view, and of nobody who is not verified. */
import { computed, effect, signal, untracked } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Terminal, TerminalState, UserId } from "@signet/terminal";

/** Of so many people within {@link keptMs}: calls and people come out of the same share at the server. */
const mostPictured = 256;
const atOnce = 16;
/** For so long nobody is asked for again, whatever becomes of the connection. */
const keptMs = 3_600_000;

export function createPictures(
  terminal: Terminal,
  state: ReadonlySignal<TerminalState>,
  self: ReadonlySignal<UserId | undefined>,
) {
  /** Addresses within this page. */
  const urls = signal<ReadonlyMap<UserId, string>>(new Map());
  /** When each was asked for; of one request it is one object. */
  const asked = new Map<UserId, { readonly atMs: number }>();
  /** Came into view, and were not asked for yet. */
  const wanted = new Set<UserId>();
  let isAsking = false;

  function put(userIds: readonly UserId[], found: Awaited<ReturnType<Terminal["pictures"]["of"]>>): void {
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
  }

  function forget(userIds: readonly UserId[]): void {
    for (const userId of userIds) {
      asked.delete(userId);
      wanted.delete(userId);
    }
    put(userIds, new Map());
  }

  /** @returns whether there was an answer */
  async function ask(userIds: readonly UserId[]): Promise<boolean> {
    const asking = { atMs: Date.now() };
    for (const userId of userIds) asked.set(userId, asking);
    const found = await terminal.pictures.of(userIds).catch(() => undefined);
    // Not of whom something else became known meanwhile.
    const still = userIds.filter((userId) => asked.get(userId) === asking);
    if (found !== undefined) put(still, found);
    // Without a connection, or at a server that keeps none: as before, and initials.
    else
      for (const userId of still) {
        asked.delete(userId);
        wanted.add(userId);
      }
    return found !== undefined;
  }

  const isThere = computed(() => state.value.connection.status === "online" && self.value !== undefined);

  /** What comes into view together is asked for together. */
  async function askAll(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    await Promise.resolve();
    let isAnswered = true;
    while (isAnswered && wanted.size > 0 && isThere.peek()) {
      const userIds = [...wanted].slice(0, atOnce);
      for (const userId of userIds) wanted.delete(userId);
      isAnswered = await ask(userIds);
    }
    isAsking = false;
  }

  function want(userId: UserId): void {
    const sinceMs = Date.now() - keptMs;
    const last = asked.get(userId);
    if (last !== undefined && last.atMs > sinceMs) return;
    if (asked.size + wanted.size >= mostPictured)
      forget([...asked].filter(([, { atMs }]) => atMs <= sinceMs).map(([one]) => one));
    if (asked.size + wanted.size >= mostPictured) return;
    wanted.add(userId);
    void askAll();
  }

  /** What is known of them counts no more. */
  function anew(userId: UserId): void {
    const isOld = asked.has(userId) || wanted.has(userId);
    forget([userId]);
    if (isOld) want(userId);
  }
  terminal.pictures.watch(anew);

  effect(() => {
    if (isThere.value) untracked(() => void askAll());
  });
  /** What one person is shown is not shown to the next one. */
  effect(() => {
    if (self.value === undefined) untracked(() => forget([...asked.keys(), ...wanted]));
  });
  /** Of a key that the person decides to trust it is the picture of before no more. */
  const changed = computed(() => (state.value.changedKeys ?? []).map(({ userId }) => userId).join(" "));
  let before: readonly UserId[] = [];
  effect(() => {
    const now = changed.value.split(" ").filter((userId): userId is UserId => userId !== "");
    const all = new Set([...before, ...now]);
    const different = [...all].filter((userId) => before.includes(userId) !== now.includes(userId));
    before = now;
    untracked(() => different.forEach(anew));
  });

  return {
    /** Their picture came into view, or its place. */
    wantPicture: want,
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
