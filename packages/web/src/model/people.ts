/** One's own people, groups and calls, which belong to the person and not to this browser: what is shown of them, and what is done with them. */
import { batch, computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { SignetError, isGuestId, mostLookedUp } from "@signet/terminal";
import type {
  AddedCall,
  CallId,
  ErrorCode,
  GroupId,
  ListedGroup,
  ListedPerson,
  PersonFields,
  Terminal,
  TerminalState,
  UserId,
} from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

import { seenWith } from "../lib/history.ts";
import { lastTalksIn, namesIn, shownPeople } from "../lib/people.ts";
import type { ShownPerson } from "../lib/people.ts";
import { localFailure } from "./actions.ts";

export interface Undo {
  /** Where it happened. */
  readonly list: "people" | "groups";
  /** What happened. */
  readonly text: () => string;
  readonly restore: () => void;
}

/** Who was in a group when the person began to change it, and who is to be. */
export interface MemberChange {
  readonly from: ReadonlySet<UserId>;
  readonly to: ReadonlySet<UserId>;
}

const nobody: readonly ListedPerson[] = [];
const noGroups: readonly ListedGroup[] = [];
const noCalls: readonly AddedCall[] = [];

/**
 * @param self who is signed in: whose people and calls these are
 * @param announcement said to those who hear the page
 */
export function createPeople(
  terminal: Terminal,
  state: ReadonlySignal<TerminalState>,
  self: ReadonlySignal<UserId | undefined>,
  announcement: Signal<string>,
) {
  const { personal } = terminal;
  // The state changes with each word that is spoken, these seldom.
  const listed = computed(() => state.value.personal?.people ?? nobody);
  const groups = computed(() => state.value.personal?.groups ?? noGroups);
  const history = computed(() => state.value.personal?.history ?? noCalls);
  const { ask, names } = createNames(terminal, state, self, { listed, history });
  const lastTalks = computed(() => lastTalksIn(history.value));
  const people = computed(() => shownPeople(listed.value, names.value, lastTalks.value));

  /** The last thing that was taken out of a list, and how it comes back. */
  const undo = signal<Undo | undefined>(undefined);
  /** Why the last change was refused. */
  const refused = signal<ErrorCode | undefined>(undefined);

  // What was of one person is nothing for the next.
  effect(() => {
    void self.value;
    undo.value = undefined;
    refused.value = undefined;
  });

  async function change(act: () => Promise<unknown>): Promise<boolean> {
    batch(() => {
      undo.value = undefined;
      refused.value = undefined;
    });
    try {
      await act();
      return true;
    } catch (caught) {
      refused.value = (caught instanceof SignetError ? caught : localFailure(caught)).code;
      return false;
    }
  }

  async function changeUndoably(
    act: () => Promise<unknown>,
    { list, restore, text }: Omit<Undo, "restore"> & { readonly restore: () => Promise<unknown> },
  ): Promise<boolean> {
    const isDone = await change(act);
    if (isDone) undo.value = { list, text, restore: () => void change(restore) };
    return isDone;
  }

  const nameOf = (userId: UserId): string =>
    names.value.get(userId) ?? listed.value.find((one) => one.userId === userId)?.name ?? userId;

  /** Anybody can choose a name: where nothing else says whom it means, the user ID stands beside it. */
  const wholeNameOf = (userId: UserId): string => {
    const name = nameOf(userId);
    return name === userId ? userId : texts().people.withId(name, userId);
  };

  const putPerson = (userId: UserId, fields: Partial<PersonFields> = {}): Promise<void> => {
    const name = names.peek().get(userId);
    return personal.putPerson(userId, { ...(name === undefined ? {} : { name }), ...fields });
  };

  /** With all that was written of them. */
  async function restorePerson({ groupIds, userId, ...person }: ShownPerson): Promise<void> {
    const { displayName: _shown, lastTalk: _talk, ...fields } = person;
    await personal.putPerson(userId, fields);
    for (const groupId of groupIds) await personal.putInGroup(userId, groupId, true);
  }

  /** What another terminal changed meanwhile stays. */
  async function putMembers(groupId: GroupId, { from, to }: MemberChange): Promise<void> {
    for (const { userId } of listed.peek()) {
      const isIn = to.has(userId);
      if (isIn !== from.has(userId)) await personal.putInGroup(userId, groupId, isIn);
    }
  }

  return {
    people,
    groups,
    history,
    nameOf,
    wholeNameOf,
    /** Those whom nobody is on this server, before a touch is spent on them. */
    unknownAmong: ask,
    undo: undo as ReadonlySignal<Undo | undefined>,
    refused: refused as ReadonlySignal<ErrorCode | undefined>,
    /** What they call themselves by now. @returns false where the server knows of nobody with that user ID */
    askName: async (userId: UserId): Promise<boolean> => (await ask([userId])).length === 0,
    /** Of these, those who are not on the list. */
    strangersAmong: (userIds: readonly UserId[]): readonly UserId[] => {
      const known = new Set(listed.value.map(({ userId }) => userId));
      // A guest is gone with their call.
      return userIds.filter((userId) => !known.has(userId) && !isGuestId(userId));
    },
    addPeople: async (userIds: readonly UserId[]): Promise<void> => {
      const isDone = await change(async () => {
        for (const userId of userIds) await putPerson(userId);
      });
      if (isDone) announcement.value = texts().people.areAdded(listOfNames(userIds.map(nameOf)));
    },
    writePerson: (userId: UserId, fields: Partial<PersonFields>): Promise<boolean> =>
      change(() => putPerson(userId, fields)),
    putInGroup: (userId: UserId, groupId: GroupId, isIn: boolean): Promise<boolean> =>
      change(() => personal.putInGroup(userId, groupId, isIn)),
    removePerson: (person: ShownPerson): Promise<boolean> =>
      changeUndoably(() => personal.removePerson(person.userId), {
        list: "people",
        text: () => texts().people.isRemoved(person.displayName),
        restore: () => restorePerson(person),
      }),
    /** @param groupId of one that there is; undefined for a new one */
    writeGroup: (groupId: GroupId | undefined, name: string, members: MemberChange): Promise<boolean> =>
      change(async () => {
        if (groupId !== undefined) await personal.nameGroup(groupId, name);
        await putMembers(groupId ?? (await personal.addGroup(name)), members);
      }),
    /** Who is in it stays so, unseen, and is in it again when its name is back. */
    removeGroup: ({ groupId, name }: ListedGroup): Promise<boolean> =>
      changeUndoably(() => personal.removeGroup(groupId), {
        list: "groups",
        text: () => texts().people.isGroupRemoved(name),
        restore: () => personal.nameGroup(groupId, name),
      }),
    clearHistory: async (): Promise<void> => {
      if (await change(() => personal.clearHistory())) announcement.value = texts().history.isCleared;
    },
    /** What was missed is marked no more. @param callId of one that is called back; undefined for all */
    seeMissed: (callId?: CallId): void => {
      terminal.seeMissed(callId === undefined ? undefined : [callId]);
      const { personal: now } = state.peek();
      if (now === undefined) return;
      const call = now.history.find((one) => one.callId === callId);
      const untilMs =
        callId === undefined ? now.history[0]?.startedAtMs : call && seenWith(call, { personal: now });
      if (untilMs === undefined || untilMs <= (now.settings.seenUntilMs ?? 0)) return;
      void change(() => personal.changeSettings({ seenUntilMs: untilMs }));
    },
  };
}

interface Named {
  readonly listed: ReadonlySignal<readonly ListedPerson[]>;
  readonly history: ReadonlySignal<readonly AddedCall[]>;
}

/** What people are called, as their devices signed it: seen in calls, or asked for once. What is new of somebody on the list is written there. */
function createNames(
  terminal: Terminal,
  state: ReadonlySignal<TerminalState>,
  self: ReadonlySignal<UserId | undefined>,
  { history, listed }: Named,
) {
  const names = signal<ReadonlyMap<UserId, string>>(new Map());
  const asked = new Set<UserId>();

  function learn(heard: ReadonlyMap<UserId, string>): void {
    const before = names.peek();
    const news = [...heard].filter(([userId, name]) => before.get(userId) !== name);
    if (news.length === 0) return;
    names.value = new Map([...before, ...news]);
    // Only now: what is heard no more may be older than what another terminal wrote.
    for (const [userId, name] of news) {
      const person = listed.peek().find((one) => one.userId === userId);
      if (person !== undefined && person.name !== name)
        void terminal.personal.putPerson(userId, { name }).catch(() => undefined);
    }
  }

  /** @returns those whom nobody is. Whoever cannot be asked for now is none of them */
  async function ask(userIds: readonly UserId[]): Promise<readonly UserId[]> {
    for (const userId of userIds) asked.add(userId);
    try {
      const found = await terminal.lookup(userIds);
      learn(
        new Map(
          found.flatMap(({ displayName, userId }) =>
            displayName === undefined ? [] : [[userId, displayName] as const],
          ),
        ),
      );
      return found.flatMap(({ entry, refused, userId }) =>
        entry === undefined && refused === undefined ? [userId] : [],
      );
    } catch {
      for (const userId of userIds) asked.delete(userId);
      return [];
    }
  }

  effect(() => learn(namesIn(state.value)));

  const isThere = computed(() => state.value.connection.status === "online" && self.value !== undefined);
  effect(() => {
    if (!isThere.value) return asked.clear();
    const unnamed = listed.value.flatMap(({ name, userId }) => (name === undefined ? [userId] : []));
    // Who answered for a guest may be nobody whom one talked to, as oneself.
    const inHistory = history.value.flatMap(({ guests = [], userIds }) => [
      ...userIds,
      ...guests.flatMap(({ invitedBy }) => invitedBy ?? []),
    ]);
    const onList = new Set(listed.value.map(({ userId }) => userId));
    const wanted = new Set([...unnamed, ...inHistory.filter((userId) => !onList.has(userId))]);
    const open = [...wanted].filter((userId) => !asked.has(userId) && !names.peek().has(userId));
    if (open.length > 0) void ask(open.slice(0, mostLookedUp));
  });

  return { names: names as ReadonlySignal<ReadonlyMap<UserId, string>>, ask };
}
