/** What the views share: the terminal's state as a signal, what the person does, and what this profile remembers. */
import { batch, computed, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { isGuestId, nobodyWasThere, noteWhoIsThere } from "@signet/terminal";
import type { CallId, Terminal, TerminalState, UserId } from "@signet/terminal";
import { afterOneAnother } from "@signet/words";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import { announcements } from "./lib/announcements.ts";
import { isTalkKeySetting } from "./lib/talk-key.ts";
import { forgetEverything } from "./lib/forget.ts";
import type { Linked } from "./lib/linked-code.ts";
import { keepLeft } from "./lib/kept-before.ts";
import { loadRememberedIds, rememberId } from "./lib/remembered-ids.ts";
import { noShell } from "./lib/shell.ts";
import type { Shell } from "./lib/shell.ts";
import { createBlocking } from "./model/blocking.ts";
import { createActions } from "./model/actions.ts";
import { createEcho } from "./model/echo.ts";
import { createGuestLink } from "./model/guest-link.ts";
import { createFirstSteps } from "./model/first-steps.ts";
import { createJoining } from "./model/joining.ts";
import { createLinkedCall } from "./model/linked-call.ts";
import { createMessages } from "./model/messages.ts";
import { createPlace } from "./model/place.ts";
import { takeOverKept } from "./model/kept-before.ts";
import { watchOtherTabs } from "./model/other-tabs.ts";
import { createPeople } from "./model/people.ts";
import { watchPresence } from "./model/presence.ts";
import { createPictures } from "./model/pictures.ts";
import { createWaking } from "./model/waking.ts";

export type Model = ReturnType<typeof createModel>;

/** @param linked of the address that the page was opened with */
export function createModel(
  terminal: Terminal,
  linked: Linked = { code: "", lettingIn: "" },
  shell: Shell = noShell,
) {
  const state = signal<TerminalState>(terminal.state);
  /** Everybody who was ever in the current or last call. */
  const there = signal(nobodyWasThere);
  const announcement = signal("");
  /** For a device at this machine, from the link that was opened; empty where there is none. */
  const enteredCode = signal(linked.code);
  /** Of another terminal that lets this one in, from the link that was opened; empty where there is none. */
  const linkedLettingIn = signal(linked.lettingIn);
  /** From the screen of somebody with whom the person compares. */
  const linkedComparison = signal(linked.comparison);
  /** For an administrator, from the link that was opened. */
  const linkedRecovery = signal(linked.recovery);
  const session = computed(() => state.value.session);
  const self = computed(() => {
    const now = session.value;
    // Nothing in this browser is a guest's.
    return now.status === "signedIn" && !isGuestId(now.userId) ? now.userId : undefined;
  });
  const rememberedIds = signal(loadRememberedIds());
  const people = createPeople(terminal, state, self, announcement);
  const blocking = createBlocking(terminal, state, self, { announcement, nameOf: people.nameOf });
  const lookForKept = takeOverKept(terminal);
  const isForgetting = signal(false);
  let isLeaving = false;

  /** A missed call and what was left after it come one after the other: outside of a call neither takes the place of the other before it was heard. */
  let saidOutside = "";
  function say(words: string, { call }: TerminalState): void {
    const former = announcement.peek();
    const isOutside = call === undefined;
    announcement.value =
      isOutside && former !== "" && former === saidOutside ? afterOneAnother(former, words) : words;
    saidOutside = isOutside ? announcement.peek() : "";
  }

  function take(next: TerminalState): void {
    const before = state.peek();
    // A server that was away may have come back with another version.
    if (before.connection.status !== "online" && next.connection.status === "online") shell.look();
    const was = self.peek();
    let is = was;
    batch(() => {
      state.value = next;
      const said = announcements(before, next, isTalkKeySetting());
      if (said.length > 0) say(afterOneAnother(...said), next);
      is = self.peek();
      if (is !== undefined && is !== was) rememberedIds.value = rememberId(rememberedIds.peek(), is);
      there.value = noteWhoIsThere(there.peek(), next.call);
    });
    // The state changes with each word that is spoken: only a page that goes looks for its call.
    const left = isLeaving
      ? next.personal?.history.find(({ callId }) => callId === next.call?.callId)
      : undefined;
    if (is !== undefined && left !== undefined) keepLeft(is, left);
    lookForKept(next);
    // Who signs in begins anew: what was before may be another person's.
    if (self.peek() !== undefined && before.session.status === "signedOut" && next.call?.phase === "ended")
      terminal.dismissCall();
  }

  terminal.subscribe(take);

  const actions = createActions(terminal);
  const joining = createJoining(state, actions);
  const waking = createWaking(
    terminal,
    self,
    shell,
    computed(() => state.value.personal?.settings),
  );
  const echo = createEcho(terminal, state, self);
  const isInCall = computed(() => state.value.call !== undefined && state.value.call.phase !== "ended");
  return {
    /** Whether whoever runs the server wants guests in calls. */
    letsGuestsIn: computed(() => state.value.server?.features?.includes("guests") === true),
    ...createPlace(isInCall, self),
    ...createLinkedCall(),
    ...createFirstSteps(state, self, echo.echo),
    ...echo,
    terminal,
    /** The page goes, and with it this terminal: its last call has to be in the history all the same. */
    leaving: () => {
      isLeaving = true;
    },
    /** With it goes what warns of the same that ended the call. */
    dismissSummary: () => {
      const { call, warnings } = terminal.state;
      const end = call?.end?.type === "failed" ? call.end : undefined;
      for (const { id, code, userId } of warnings)
        if (code === end?.code && userId === end.userId) terminal.dismissWarning(id);
      terminal.dismissCall();
    },
    state: state as ReadonlySignal<TerminalState>,
    session,
    self,
    wereThere: computed(() => there.value.userIds),
    announcement,
    enteredCode,
    linkedLettingIn,
    linkedRecovery,
    linkedComparison,
    ...actions,
    ...joining,
    /** Who calls back has seen that they missed it. */
    callBack: async (callId: CallId, userIds: readonly UserId[]): Promise<void> => {
      if (await joining.call(userIds)) people.seeMissed(callId);
    },
    release: async () => {
      await waking.beforeRelease();
      return actions.release();
    },
    /** It takes seconds where another tab holds what is to go. */
    isForgetting: isForgetting as ReadonlySignal<boolean>,
    /** Signs out, deletes all that this browser keeps, and loads the page as if it were the first time. */
    forgetAll: async () => {
      isForgetting.value = true;
      await waking.beforeRelease();
      await waking.turnOffForAll().catch(() => undefined);
      await terminal.release().catch(() => undefined);
      terminal.close();
      await forgetEverything();
      location.replace("/");
    },
    ...people,
    ...createMessages(terminal, announcement),
    ...createGuestLink(terminal, state, announcement),
    ...createPictures(terminal, state, self),
    ...blocking,
    /** Blocked first: where that fails the call still rings, and it is said there. */
    declineAndBlock: async (callId: CallId, userId: UserId): Promise<void> => {
      const isDone = await blocking.block(userId);
      const isRinging = state.peek().ringing.some((ring) => ring.callId === callId);
      if (isDone && isRinging) await actions.decline(callId);
    },
    rememberedIds: rememberedIds as ReadonlySignal<readonly UserId[]>,
    newer: shell.newer,
    loadAnew: () => shell.loadAnew(),
    waking,
    otherTabs: watchOtherTabs(terminal),
    presence: watchPresence(terminal, self, people.people),
  };
}

const ModelContext = createContext<Model | undefined>(undefined);
export const ModelProvider = ModelContext.Provider;

export function useModel(): Model {
  const model = useContext(ModelContext);
  if (model === undefined) throw new Error("rendered outside of the app");
  return model;
}
