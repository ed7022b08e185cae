/** What people see by what the server sent: where a call rings, and who may be sent what. */
import assert from "node:assert/strict";

import type {
  CallServerEffect,
  CallServerInput,
  CallServerState,
  ServerEvent,
  TerminalId,
  UserId,
} from "@signet/protocol";

import { terminalId } from "../fixtures.ts";

/** Which terminals show that it rings, as far as they can know, after this step. */
export function screensAfter(
  screens: ReadonlySet<TerminalId>,
  input: CallServerInput | undefined,
  effects: readonly CallServerEffect[],
): ReadonlySet<TerminalId> {
  const after = new Set(screens);
  if (
    input !== undefined &&
    ["join", "decline", "ringRefused"].includes(input.type) &&
    "terminalId" in input
  ) {
    // They stop by themselves when the answer is taken.
    if (!effects.some(({ type }) => type === "refuse")) after.delete(input.terminalId);
  }
  for (const effect of effects) {
    if (effect.type !== "send") continue;
    for (const to of effect.to) {
      if (effect.event.type === "call.ring") after.add(to);
      if (effect.event.type === "call.ringEnded") assert.ok(after.delete(to), "it does not ring there");
    }
  }
  return after;
}

const owned = new Map<UserId, readonly TerminalId[]>();
function terminalsOf(userId: UserId): readonly TerminalId[] {
  const known = owned.get(userId) ?? [1, 2].map((n) => terminalId(`${userId}-${n}`));
  owned.set(userId, known);
  return known;
}

/** It rings exactly where the call says so, at terminals of that person. */
export function checkRings({ ended, members }: CallServerState, screens: ReadonlySet<TerminalId>): void {
  let ringing = 0;
  for (const { ring, userId } of members.values()) {
    if (ended !== undefined || ring?.phase !== "ringing") continue;
    for (const at of ring.terminalIds) assert.ok(terminalsOf(userId).includes(at) && screens.has(at));
    ringing += new Set(ring.terminalIds).size;
    assert.equal(new Set(ring.terminalIds).size, ring.terminalIds.length);
  }
  assert.equal(screens.size, ringing);
}

/** Nobody is at another terminal than before while theirs is there, but by the Commit of a move that was asked for there. */
export function checkPlaces(before: CallServerState, state: CallServerState, input: CallServerInput): void {
  for (const { connected, move, terminalId: at, userId } of before.members.values()) {
    const now = state.members.get(userId)?.terminalId;
    const isMoved = input.type === "rejoin" && move !== undefined && now === move.terminalId;
    if (connected && now !== undefined && !isMoved) assert.equal(now, at);
  }
}

/** Who may be sent this, in this step. */
export function checkReceiver(
  input: CallServerInput,
  event: ServerEvent,
  to: TerminalId,
  { before, state }: { readonly before: CallServerState; readonly state: CallServerState },
): void {
  const at = ({ members }: CallServerState) =>
    [...members.values()].find((member) => member.terminalId === to);
  if (event.type === "call.welcome") {
    // To whom this Commit admits, or again to whom an earlier one admitted.
    const receiver = at(before);
    assert.ok(
      receiver?.state === "joining" || (input.type === "connected" && receiver?.welcome !== undefined),
    );
  }
  if (event.type === "call.committed") assert.notEqual(at(before)?.leaf, undefined);
  if (event.type === "call.commitNeeded") {
    const receiver = at(state);
    assert.ok(receiver?.leaf !== undefined && receiver.connected);
    assert.equal(event.body.task, before.tasks + 1);
  }
}
