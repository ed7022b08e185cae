/** The calls that go on, and who is in them or invited: what is asked of them without changing them. */
import { encodeMessage, inviteFor, isEngaged, isRinging, mostCalls, takesPart } from "@signet/protocol";
import type { CallId, CallInviteIn, CallServerState, TerminalId, UserId } from "@signet/protocol";

/** Of calls that one sign-in names: about 20 of a hundred people each. Several sign-ins in a minute leave most of a person's share. */
export const mostInviteBytes = 2 * 1024 * 1024;

export interface RunningCall {
  readonly callId: CallId;
  state: CallServerState;
  wakeAtMs: number | undefined;
  /** Resolves when all effects so far were performed. */
  settled: Promise<void>;
}

export class RunningCalls {
  readonly #calls = new Map<CallId, RunningCall>();
  /** The calls in which a person is the initiator or invited. */
  readonly #byUser = new Map<UserId, Set<RunningCall>>();

  get size(): number {
    return this.#calls.size;
  }

  get all(): readonly RunningCall[] {
    return [...this.#calls.values()];
  }

  get(callId: CallId): RunningCall | undefined {
    return this.#calls.get(callId);
  }

  add(call: RunningCall): void {
    this.#calls.set(call.callId, call);
    this.peopleChanged(call);
  }

  /** Somebody may have been brought into it. */
  peopleChanged(call: RunningCall): void {
    for (const userId of call.state.members.keys()) {
      const calls = this.#byUser.get(userId) ?? new Set();
      calls.add(call);
      this.#byUser.set(userId, calls);
    }
  }

  /** Once it is over; another one of its ID may begin. */
  delete(call: RunningCall): void {
    if (this.#calls.get(call.callId) !== call) return;
    this.#calls.delete(call.callId);
    for (const userId of call.state.members.keys()) {
      const calls = this.#byUser.get(userId);
      calls?.delete(call);
      if (calls?.size === 0) this.#byUser.delete(userId);
    }
  }

  /** In which this person is the initiator or invited; also when some of them end meanwhile. */
  of(userId: UserId): readonly RunningCall[] {
    return [...(this.#byUser.get(userId) ?? [])];
  }

  stateOf(callId: CallId): CallServerState | undefined {
    return this.#calls.get(callId)?.state;
  }

  isEngaged(userId: UserId): boolean {
    return this.of(userId).some(({ state }) => isEngaged(state, userId));
  }

  /** Of the calls in which this person is the initiator or invited. */
  statesOf(userId: UserId): readonly CallServerState[] {
    return this.of(userId).map(({ state }) => state);
  }

  /** How many calls ring for this person. Who was blocked must not make them busy for others. */
  ringsFor(userId: UserId): number {
    const rings = this.of(userId).filter(({ state }) => isRinging(state, userId));
    return rings.filter(({ state }) => state.members.get(userId)?.hidden !== true).length;
  }

  /** How many calls that this person started still ring somewhere. */
  ringsBy(userId: UserId): number {
    const started = this.of(userId).filter(({ state }) => state.initiatorId === userId);
    return started.filter(({ state }) => [...state.members.keys()].some((member) => isRinging(state, member)))
      .length;
  }

  /**
   * Calls that go on without this person and that they may join, the latest: no terminal reads more. Who invites somebody to large calls must
   * not use up what they have of replies, nor make of a sign-in one that nobody can read: the latest one, and what fits beside it.
   */
  invitesFor(userId: UserId): CallInviteIn[] {
    const invites: CallInviteIn[] = [];
    let bytes = 0;
    for (const { state } of this.of(userId).toReversed()) {
      const invite = inviteFor(state, userId);
      if (invite === undefined) continue;
      const { length } = encodeMessage(invite);
      if (invites.length > 0 && bytes + length > mostInviteBytes) continue;
      bytes += length;
      invites.unshift(invite);
      if (invites.length === mostCalls) break;
    }
    return invites;
  }

  /** Terminals in the calls that this person is in, theirs among them. */
  terminalsWith(userId: UserId): readonly TerminalId[] {
    const calls = this.statesOf(userId).filter((state) => isEngaged(state, userId));
    return calls.flatMap(({ members }) =>
      [...members.values()].flatMap(({ terminalId }) => terminalId ?? []),
    );
  }

  takesPart(callId: CallId, terminalId: TerminalId): boolean {
    const state = this.stateOf(callId);
    return state !== undefined && takesPart(state, terminalId);
  }
}

/** As whoever only asks sees them. */
export type CallsToAsk = Omit<RunningCalls, "all" | "get" | "add" | "peopleChanged" | "delete" | "of">;
