/** Whom the person blocks, as the server keeps it: asked for at each sign-in and each time that the connection is back, since another terminal may have changed it. */
import { batch, computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { SignetError } from "@signet/terminal";
import type { ErrorCode, Terminal, TerminalState, UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { localFailure } from "./actions.ts";

export type Blocked =
  | { readonly status: "asking" }
  /** In the order in which they were blocked. */
  | { readonly status: "known"; readonly userIds: readonly UserId[] }
  | { readonly status: "unknown"; readonly code: ErrorCode };

/** Why somebody could not be blocked, or unblocked. */
export interface BlockFailure {
  readonly userId: UserId;
  readonly code: ErrorCode;
}

/** @param announcement said to those who hear the page */
export function createBlocking(
  { blocking }: Terminal,
  state: ReadonlySignal<TerminalState>,
  self: ReadonlySignal<UserId | undefined>,
  { announcement, nameOf }: { announcement: Signal<string>; nameOf: (userId: UserId) => string },
) {
  const blocked = signal<Blocked>({ status: "asking" });
  const blockFailure = signal<BlockFailure | undefined>(undefined);
  const isThere = computed(() => self.value !== undefined && state.value.connection.status === "online");
  /** Counts sign-ins and changes: what was asked for before says nothing of what is now. */
  let asked = 0;

  async function ask(): Promise<void> {
    const mine = ++asked;
    let next: Blocked;
    try {
      next = { status: "known", userIds: await blocking.list() };
    } catch (caught) {
      next = { status: "unknown", code: codeOf(caught) };
    }
    if (mine === asked) blocked.value = next;
  }

  // What was of one person is nothing for the next.
  effect(() => {
    void self.value;
    asked += 1;
    batch(() => {
      blocked.value = { status: "asking" };
      blockFailure.value = undefined;
    });
  });
  effect(() => {
    if (isThere.value) void ask();
  });

  async function change(userId: UserId, isBlocked: boolean): Promise<boolean> {
    const whose = self.peek();
    blockFailure.value = undefined;
    try {
      await (isBlocked ? blocking.block(userId) : blocking.unblock(userId));
    } catch (caught) {
      if (whose === self.peek()) blockFailure.value = { userId, code: codeOf(caught) };
      return false;
    }
    if (whose !== self.peek()) return false;
    announcement.value = (isBlocked ? texts().blocking.isBlockedNow : texts().blocking.isUnblockedNow)(
      nameOf(userId),
    );
    await ask();
    return true;
  }

  return {
    blocked: blocked as ReadonlySignal<Blocked>,
    blockFailure: blockFailure as ReadonlySignal<BlockFailure | undefined>,
    forgetBlockFailure: () => {
      blockFailure.value = undefined;
    },
    block: (userId: UserId): Promise<boolean> => change(userId, true),
    unblock: (userId: UserId): Promise<boolean> => change(userId, false),
  };
}

const codeOf = (caught: unknown): ErrorCode =>
  (caught instanceof SignetError ? caught : localFailure(caught)).code;

/** @returns undefined where it is not known */
export const isBlockedIn = (blocked: Blocked, userId: UserId): boolean | undefined =>
  blocked.status === "known" ? blocked.userIds.includes(userId) : undefined;
