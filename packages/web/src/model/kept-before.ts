import type { Terminal, TerminalState, UserId } from "@signet/terminal";

import { forgetKeptBefore, keptBefore } from "../lib/kept-before.ts";

/**
 * Takes over what this browser kept of whoever is signed in before it belonged to the person, once what they removed at other terminals is known, or
 * cannot be for now: it stays removed also where that becomes known later. And forgets it here as soon as it cannot be lost. Where that fails it stays, and is tried again when the page is opened anew.
 * @returns to be told of each state
 */
export function takeOverKept(terminal: Terminal): (state: TerminalState) => void {
  let looked: UserId | undefined;
  let taken: UserId | undefined;

  async function takeOver(owner: UserId): Promise<void> {
    const kept = keptBefore(owner);
    if (kept === undefined) return;
    await terminal.personal.takeOver(kept);
    taken = owner;
    look(terminal.state);
  }

  function look({ personal, session }: TerminalState): void {
    if (session.status !== "signedIn" || personal === undefined) {
      looked = undefined;
      return;
    }
    const { carrying, isInMemory } = personal;
    const { userId } = session;
    if (carrying.status !== "pending" && looked !== userId) {
      looked = userId;
      void takeOver(userId).catch(() => undefined);
    }
    if (taken !== userId || (isInMemory === true && carrying.status !== "carried")) return;
    taken = undefined;
    forgetKeptBefore(userId);
  }

  return look;
}
