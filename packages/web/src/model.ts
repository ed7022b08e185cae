/** What the views share: the terminal's state as a signal, what the person does, and what this profile remembers. */
import { batch, computed, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { SignetError } from "@signet/terminal";
import type { CallId, ErrorCode, Terminal, TerminalState, UserId } from "@signet/terminal";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import { announcements } from "./lib/announcements.ts";
import { callerOf, loadPeople, mergePeople, peopleOfCall, storePeople } from "./lib/people.ts";
import type { KnownPerson } from "./lib/people.ts";
import { addRecent, loadRecents, storeRecents } from "./lib/recents.ts";
import type { RecentCall } from "./lib/recents.ts";
import { loadRememberedIds, rememberId } from "./lib/remembered-ids.ts";

/** What the person started and what has not come back yet. Only one such thing goes on at a time. */
export type Pending =
  | { readonly type: "register"; readonly step: 1 | 2 }
  | { readonly type: "signIn" | "release" | "call" | "leave" | "end" }
  | { readonly type: "answer" | "decline"; readonly callId: CallId };

/** What the last action failed with, and where it is shown. */
export interface Failure {
  readonly action: Pending["type"];
  readonly error: SignetError;
  /** `directory.keyChanged`, `certificate.*`: whose key or certificate. */
  readonly userIds: readonly UserId[];
}

export type Model = ReturnType<typeof createModel>;

export function createModel(terminal: Terminal) {
  const state = signal<TerminalState>(terminal.state);
  const pending = signal<Pending | undefined>(undefined);
  const failure = signal<Failure | undefined>(undefined);
  const people = signal<readonly KnownPerson[]>([]);
  const recents = signal<readonly RecentCall[]>([]);
  const rememberedIds = signal(loadRememberedIds());
  const reachable = signal<ReadonlyMap<UserId, boolean>>(new Map());
  /** Everybody who was ever in the current or last call. */
  const wereThere = signal<ReadonlySet<UserId>>(new Set());
  const announcement = signal("");
  let abort: AbortController | undefined;
  let stopPresence: (() => void) | undefined;
  let watchedIds = "";

  const session = computed(() => state.value.session);
  const self = computed(() => (session.value.status === "signedIn" ? session.value.userId : undefined));

  function watchPresence(): void {
    const ids = people.peek().map((person) => person.userId);
    const wanted = self.peek() === undefined ? "" : ids.join(" ");
    if (wanted === watchedIds) return;
    watchedIds = wanted;
    stopPresence?.();
    stopPresence = wanted === "" ? undefined : terminal.watchPresence(ids, (now) => (reachable.value = now));
  }

  function setPeople(userId: UserId, next: readonly KnownPerson[]): void {
    people.value = next;
    storePeople(userId, next);
    watchPresence();
  }

  function take(next: TerminalState): void {
    const before = state.peek();
    batch(() => {
      state.value = next;
      const said = announcements(before, next);
      if (said.length > 0) announcement.value = said.join(" ");
      takeSession(before, next);
      takeCalls(before, next);
    });
  }

  function takeSession(before: TerminalState, next: TerminalState): void {
    const was = before.session.status === "signedIn" ? before.session.userId : undefined;
    const is = next.session.status === "signedIn" ? next.session.userId : undefined;
    if (is === was) return;
    if (is !== undefined) {
      rememberedIds.value = rememberId(rememberedIds.peek(), is);
      people.value = loadPeople(is);
      recents.value = loadRecents(is);
    }
    reachable.value = new Map();
    watchPresence();
  }

  function takeCalls(before: TerminalState, next: TerminalState): void {
    const userId = self.peek();
    const { call } = next;
    const isNewCall = call !== undefined && call.callId !== before.call?.callId;
    if (call !== undefined) {
      const there = new Set(isNewCall ? [] : wereThere.peek());
      for (const person of call.participants) if (person.state === "joined") there.add(person.userId);
      if (isNewCall || there.size !== wereThere.peek().size) wereThere.value = there;
    }
    if (userId === undefined) return;
    const rings = next.ringing.filter((one) => !before.ringing.some((old) => old.callId === one.callId));
    const endsNow = call?.phase === "ended" && (isNewCall || before.call?.phase !== "ended");
    // A call that was over before adds nobody, so that who was forgotten stays so.
    const goesOn = call !== undefined && (call.phase !== "ended" || endsNow);
    const met = [...rings.map(callerOf), ...(goesOn ? peopleOfCall(call) : [])];
    const merged = mergePeople(people.peek(), met);
    if (merged !== people.peek()) setPeople(userId, merged);
    if (endsNow) {
      recents.value = addRecent(recents.peek(), call);
      storeRecents(userId, recents.peek());
    }
  }

  /** Runs one action at a time; what it rejects with is shown where the action stands. */
  async function run(
    what: Pending,
    action: (signal: AbortSignal) => Promise<void>,
    userIds: readonly UserId[] = [],
  ): Promise<boolean> {
    abort?.abort();
    const controller = new AbortController();
    abort = controller;
    batch(() => {
      pending.value = what;
      failure.value = undefined;
    });
    const finish = (): boolean => {
      if (abort !== controller) return false;
      abort = undefined;
      pending.value = undefined;
      return true;
    };
    try {
      await action(controller.signal);
      finish();
      return true;
    } catch (caught) {
      const error = caught instanceof SignetError ? caught : new SignetError("server.internal", caught);
      const about = isAboutSomebody(error.code) ? refusedAmong(userIds, error.code) : [];
      // Given up by the person: nothing to explain.
      const givenUp = controller.signal.aborted;
      if (finish() && !givenUp) failure.value = { action: what.type, error, userIds: about };
      return false;
    }
  }

  /** The error does not say whose entry was refused; the warnings that came before it do. */
  function refusedAmong(userIds: readonly UserId[], code: ErrorCode): readonly UserId[] {
    if (userIds.length <= 1) return userIds;
    const refused = terminal.state.warnings.filter((warning) => warning.code === code);
    return userIds.filter((userId) => refused.some((warning) => warning.userId === userId));
  }

  terminal.subscribe(take);

  return {
    terminal,
    state: state as ReadonlySignal<TerminalState>,
    session,
    self,
    pending: pending as ReadonlySignal<Pending | undefined>,
    failure: failure as ReadonlySignal<Failure | undefined>,
    people: people as ReadonlySignal<readonly KnownPerson[]>,
    recents: recents as ReadonlySignal<readonly RecentCall[]>,
    rememberedIds: rememberedIds as ReadonlySignal<readonly UserId[]>,
    reachable: reachable as ReadonlySignal<ReadonlyMap<UserId, boolean>>,
    wereThere: wereThere as ReadonlySignal<ReadonlySet<UserId>>,
    announcement,

    /** Gives up the touch that is waited for. */
    cancel: () => {
      const controller = abort;
      abort = undefined;
      controller?.abort();
      pending.value = undefined;
    },
    dismissFailure: () => {
      failure.value = undefined;
    },
    register: (input: { userId: UserId; displayName: string; inviteCode?: string }) =>
      run({ type: "register", step: 1 }, (signal) =>
        terminal.register({
          ...input,
          signal,
          onTouch: (step) => {
            if (!signal.aborted) pending.value = { type: "register", step };
          },
        }),
      ),
    signIn: (userId: UserId) => run({ type: "signIn" }, (signal) => terminal.signIn({ userId, signal })),
    release: () => run({ type: "release" }, () => terminal.release()),
    call: (userIds: readonly UserId[]) =>
      run({ type: "call" }, (signal) => terminal.call(userIds, signal), userIds),
    answer: (callId: CallId, from: UserId) =>
      run({ type: "answer", callId }, (signal) => terminal.answer(callId, signal), [from]),
    decline: (callId: CallId) => run({ type: "decline", callId }, () => terminal.decline(callId)),
    leave: () => run({ type: "leave" }, () => terminal.leave()),
    endForAll: () => run({ type: "end" }, () => terminal.endForAll()),
    forgetPerson: (userId: UserId) => {
      const owner = self.peek();
      if (owner === undefined) return;
      setPeople(
        owner,
        people.peek().filter((person) => person.userId !== userId),
      );
    },
    clearRecents: () => {
      const owner = self.peek();
      recents.value = [];
      if (owner !== undefined) storeRecents(owner, []);
    },
  };
}

const isAboutSomebody = (code: ErrorCode): boolean =>
  code === "directory.keyChanged" || code.startsWith("certificate.");

const ModelContext = createContext<Model | undefined>(undefined);
export const ModelProvider = ModelContext.Provider;

export function useModel(): Model {
  const model = useContext(ModelContext);
  if (model === undefined) throw new Error("rendered outside of the app");
  return model;
}
