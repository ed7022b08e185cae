/** Pictures that people chose of themselves, as the page shows them: asked for when they come into view, and of nobody who is not verified. */
import { computed, effect, signal, untracked } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Terminal, TerminalState, UserId } from "@signet/terminal";

/** Of so many people within {@link keptMs}: calls and people come out of the same share at the server. */
const mostPictured = 256;
const atOnce = 16;
/** For so long nobody is asked for again, whatever becomes of the connection: only once for each call that they are in. */
const keptMs = 3_600_000;

/** Who is in which call here, or rings: text, as states change with each word that is spoken. */
function placesInCalls({ call, ringing }: TerminalState): string {
  const all = call === undefined || call.phase === "ended" ? [] : [call];
  return [
    ...all.flatMap(({ callId, participants }) => participants.map(({ userId }) => `${callId} ${userId}`)),
    ...ringing.map(({ callId, from }) => `${callId} ${from.userId}`),
  ].join("\n");
}

const userIn = (place: string): UserId => place.slice(place.indexOf(" ") + 1) as UserId;

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

  /** Of a call that begins is what they chose since: where it was chosen, nothing tells. What was given stays until then. */
  const inCalls = computed(() => placesInCalls(state.value));
  let seenInCalls: ReadonlySet<string> = new Set();
  effect(() => {
    const places = inCalls.value.split("\n").filter((place) => place !== "");
    const came = places.filter((place) => !seenInCalls.has(place));
    seenInCalls = new Set(places);
    for (const userId of came.map(userIn)) if (asked.has(userId)) wanted.add(userId);
    if (came.length > 0) untracked(() => void askAll());
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
