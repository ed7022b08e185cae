/**
 * The shell around the pure call machine: logs each input durably, steps the machine, performs its effects.
 *
 *   verified request, connection event, timer
 *        |
 *        v
 *   step (in memory, at once) --> log (durable) --> effects, in the order of the steps
 *
 * The state moves on at once, so that "busy" and "one call at a time" hold between two requests; what follows from it
 * leaves the server only when the input that led to it is durable, or when it is known that it cannot be (call-log.ts).
 */
import {
  askCall,
  freeTerminals,
  guestsOf,
  isBusyFor,
  isRinging,
  isWaiting,
  loggable,
  startCall,
  stepCall,
  takesPart,
  withEntry,
} from "@signet/protocol";
import type {
  BindingEndReason,
  CallId,
  CallQuestion,
  CallReply,
  CallServerEffect,
  CallServerInput,
  CallServerState,
  DeviceId,
  DirectoryEntryIn,
  TerminalId,
  UserId,
} from "@signet/protocol";
import type { MediaEngine } from "@signet/media";
import type { Logger } from "pino";

import type { ServerMetrics } from "../metrics.ts";
import type { PersonShares } from "../person-shares.ts";
import type { BoundDevice, SessionListener, Sessions } from "../registry/sessions.ts";
import { isNewerData } from "../store/newer-data.ts";
import type { Store, StoredCall } from "../store/store.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Answer } from "../ws/answer.ts";
import { CallLog } from "./call-log.ts";
import { charged } from "./charged.ts";
import type { MissedCalls } from "./missed-calls.ts";
import { performEffect } from "./perform-effect.ts";
import { replay, wakeAtMs } from "./call-replay.ts";
import type { CallStart, LoggedInput, Replayed } from "./call-replay.ts";
import { RunningCalls } from "./running-calls.ts";
import type { CallsToAsk, RunningCall } from "./running-calls.ts";

type Member = CallServerState["members"] extends ReadonlyMap<UserId, infer M> ? M : never;
type Respond = (answer: Answer<CallReply>) => void;

export interface CallProcessorOptions {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly media: MediaEngine;
  readonly missed: Pick<MissedCalls, "note">;
  readonly metrics: ServerMetrics;
  /** Bytes of replies. */
  readonly replies: PersonShares;
  /** Asks terminals of a person to come that are not there. */
  readonly wake: (userId: UserId, callerId: UserId, untilMs: number) => void;
  readonly log: Logger;
  readonly clock: () => number;
}

/** A `call` proof is taken for two minutes after it was signed, by a clock that may be two minutes behind. */
const overMs = 4 * 60_000;

export class CallProcessor implements SessionListener {
  readonly #options: CallProcessorOptions;
  readonly #callLog: CallLog;
  readonly #running = new RunningCalls();
  /** When calls ended lately: their request, sent again by a terminal that was away, must not start them anew. */
  readonly #over = new Map<CallId, number>();

  constructor(options: CallProcessorOptions) {
    this.#options = options;
    this.#callLog = new CallLog(options.store, options.log);
  }

  isEngaged(userId: UserId): boolean {
    return this.#running.isEngaged(userId);
  }

  get running(): CallsToAsk {
    return this.#running;
  }

  /**
   * Takes up the calls of an earlier run. Its terminals have no connection yet: those that do not come back within a minute
   * have left. A call of an earlier version is over.
   * @throws NewerDataError before anything is changed
   */
  async load(): Promise<void> {
    const { clock, log, media, store } = this.#options;
    const logs = (await store.callInputs()).map((stored) => ({ stored, replayed: this.#replay(stored) }));
    for (const { stored, replayed } of logs) {
      const { callId } = stored;
      if (replayed.type !== "call" || replayed.state.ended !== undefined) {
        const why =
          replayed.type === "older"
            ? "a call of an earlier version ends: its terminals have to load this version"
            : "dropped the log of a call that cannot be taken up";
        log.warn({ call: loggable(callId) }, why);
        await store.deleteCallInputs(callId);
        continue;
      }
      const { state, wakeAtMs: wakeMs } = replayed;
      const call: RunningCall = { callId, state, wakeAtMs: wakeMs, settled: Promise.resolve() };
      this.#running.add(call);
      for (const member of call.state.members.values()) await this.#takeUp(call, member);
      // The log has their histories as they were when they were called, or answered.
      for (const userId of call.state.members.keys()) {
        const entry = await store.entryOf(userId);
        if (entry !== undefined) call.state = withEntry(call.state, entry);
      }
      log.info({ call: loggable(callId) }, "took up a running call");
    }
    // Who was in a call that was not taken up.
    for (const call of this.#running.all) this.#tellCallers(call);
    await this.tick(clock());
    for (const { callId } of media.calls()) {
      if (this.#running.get(callId as CallId) === undefined) media.endCall(callId);
    }
  }

  /** Nobody is connected yet, and a binding may have ended in the moment before the end of the earlier run. */
  async #takeUp(call: RunningCall, { connected, ring, terminalId, userId }: Member): Promise<void> {
    const { sessions } = this.#options;
    const reason = sessions.of(userId).length > 0 ? "takenOver" : "released";
    for (const each of new Set([
      ...(ring?.terminalIds ?? []),
      ...(terminalId === undefined ? [] : [terminalId]),
    ])) {
      const isBound = sessions.atTerminal(each)?.stored.userId === userId;
      if (!isBound) await this.#step(call, { type: "unbound", userId, terminalId: each, reason });
      else if (connected && each === terminalId)
        await this.#step(call, { type: "disconnected", userId, terminalId });
    }
  }

  /** @param respond gets the one answer, once it is durable and before what follows from it */
  start(start: CallStart, respond: Respond): Promise<void> {
    const { clock, log, metrics } = this.#options;
    const { callId } = start.invite;
    const isOver = this.#over.has(callId);
    if (isOver || this.#running.get(callId) !== undefined) {
      respond(refuse(isOver ? "call.notFound" : "call.exists"));
      return Promise.resolve();
    }
    const nowMs = clock();
    const { state, effects } = startCall(start, nowMs);
    const call: RunningCall = { callId, state, wakeAtMs: wakeAtMs(effects), settled: Promise.resolve() };
    this.#running.add(call);
    metrics.callsStarted.inc();
    log.info({ call: loggable(callId), members: start.people.length }, "call started");
    this.#options.missed.note(undefined, state);
    const settled = this.#settle(call, start, nowMs, effects, respond);
    this.#tellCallers(call);
    return settled;
  }

  /** @param respond as in {@link start}; `call.notFound` when there is no such call */
  submit(callId: CallId, input: CallServerInput, respond: Respond): Promise<void> {
    const call = this.#running.get(callId);
    if (call === undefined) {
      // Over already: whoever wants out of it is out.
      const isOut = ["leave", "end", "decline", "moveEnd"].includes(input.type);
      respond(isOut ? accept({}) : refuse("call.notFound"));
      return Promise.resolve();
    }
    return this.#step(call, input, respond);
  }

  /** What is only asked, so that nothing has to be logged. @param respond as in {@link submit} */
  ask(callId: CallId, question: CallQuestion, respond: Respond): Promise<void> {
    const call = this.#running.get(callId);
    if (call === undefined) {
      respond(refuse("call.notFound"));
      return Promise.resolve();
    }
    return this.#perform(call, askCall(call.state, question), Promise.resolve(), respond);
  }

  connected(userId: UserId, terminalId: TerminalId): void {
    const isFree = freeTerminals(this.#running.statesOf(userId), userId, [terminalId]).length > 0;
    for (const call of this.#running.of(userId)) {
      if (isRinging(call.state, userId) && (!isFree || !this.#knowsGuests(call, terminalId))) continue;
      void this.#step(call, { type: "connected", userId, terminalId });
      // Most calls of a person who connects only ring, or are over for them: those need no look at the media.
      if (takesPart(call.state, terminalId) && !this.#hasMedia(call, terminalId))
        this.#offerAnew(call, terminalId);
    }
  }

  disconnected(userId: UserId, terminalId: TerminalId): void {
    for (const call of this.#running.of(userId))
      void this.#step(call, { type: "disconnected", userId, terminalId });
  }

  /** Whoever is shown a call of this person from now on is shown their history as it is. */
  historyChanged(entry: DirectoryEntryIn): void {
    for (const call of this.#running.of(entry.userId)) call.state = withEntry(call.state, entry);
  }

  unbound({ userId, terminalId, deviceId }: BoundDevice, reason: BindingEndReason): void {
    // Where it was taken over, and can follow, what is said there goes on until the call is moved.
    const endpoint = reason === "takenOver" ? this.#options.sessions.endpointAt(terminalId) : undefined;
    const goesOn = endpoint?.hasFeature("moves") === true ? { goesOn: deviceId as DeviceId } : {};
    for (const call of this.#running.of(userId))
      void this.#step(call, { type: "unbound", userId, terminalId, reason, ...goesOn });
  }

  /** What goes on there on the account of who was there before is over. */
  gaveWay({ userId, terminalId }: BoundDevice): void {
    for (const call of this.#running.of(userId))
      void this.#step(call, { type: "moveEnd", userId, terminalId });
  }

  deviceEnded(userId: UserId, deviceId: DeviceId, reason: BindingEndReason): void {
    for (const call of this.#running.of(userId))
      void this.#step(call, { type: "deviceEnded", userId, deviceId, reason });
  }

  /** The media process of these calls is new: who takes part has to offer again. */
  mediaRestarted(callIds: readonly string[]): void {
    for (const id of callIds) {
      const call = this.#running.get(id as CallId);
      for (const { terminalId } of call?.state.members.values() ?? []) {
        if (call !== undefined && terminalId !== undefined) this.#offerAnew(call, terminalId);
      }
    }
  }

  /** Whether the terminal can read who is in the call. */
  #knowsGuests({ state }: RunningCall, terminalId: TerminalId): boolean {
    if (guestsOf(state.said).length === 0) return true;
    return this.#options.sessions.endpointAt(terminalId)?.hasFeature("guests") === true;
  }

  #hasMedia({ callId }: RunningCall, terminalId: TerminalId): boolean {
    return this.#options.media
      .calls()
      .some((call) => call.callId === callId && call.terminalIds.includes(terminalId));
  }

  #offerAnew({ callId, state }: RunningCall, terminalId: TerminalId): void {
    if (!takesPart(state, terminalId)) return;
    this.#options.sessions.endpointAt(terminalId)?.send({ type: "media.restarted", body: { callId } });
  }

  async tick(nowMs: number): Promise<void> {
    for (const [callId, endedAtMs] of this.#over) if (nowMs >= endedAtMs + overMs) this.#over.delete(callId);
    const due = this.#running.all.filter((call) => call.wakeAtMs !== undefined && nowMs >= call.wakeAtMs);
    await Promise.all([this.#callLog.tidy(), ...due.map((call) => this.#step(call, { type: "tick" }))]);
  }

  /** Resolves when what was begun is durable and performed. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.all.map((call) => call.settled));
  }

  /** A log that cannot be read must not keep the server from starting; one of a newer version does. @throws NewerDataError */
  #replay(stored: StoredCall): Replayed {
    try {
      return replay(stored);
    } catch (error) {
      if (isNewerData(error)) throw error;
      this.#options.log.error(
        { err: error, call: loggable(stored.callId) },
        "the log of a call cannot be read",
      );
      return { type: "incomplete" };
    }
  }

  #step(call: RunningCall, input: CallServerInput, respond?: Respond): Promise<void> {
    const nowMs = this.#options.clock();
    const step = stepCall(call.state, input, nowMs);
    const before = call.state;
    const { state } = step;
    const effects =
      input.type === "connected" ? charged(this.#options.replies, input, step.effects) : step.effects;
    if (state === before) return this.#perform(call, effects, Promise.resolve(), respond);
    const { size } = before.members;
    call.state = state;
    if (state.members.size !== size) this.#running.peopleChanged(call);
    call.wakeAtMs = wakeAtMs(effects);
    this.#options.missed.note(before, state);
    const settled = this.#settle(call, input, nowMs, effects, respond);
    this.#tellCallers(call, before);
    return settled;
  }

  /** Who came into this call, or is out of it: whoever calls them elsewhere is told, and whoever sees that they are there. */
  #tellCallers({ state }: RunningCall, before?: CallServerState): void {
    for (const [userId, member] of state.members) {
      if (before?.members.get(userId) !== member || state.ended !== undefined)
        this.#options.sessions.personChanged(userId);
      const calls = this.#running.of(userId);
      for (const other of calls) {
        if (!isRinging(other.state, userId)) continue;
        const others = calls.flatMap((call) => (call === other ? [] : [call.state]));
        const isEngaged = isBusyFor(others, userId, other.state.initiatorId);
        if (isEngaged !== isWaiting(other.state, userId))
          void this.#step(other, { type: "engaged", userId, isEngaged });
      }
    }
  }

  #settle(
    call: RunningCall,
    input: LoggedInput,
    nowMs: number,
    effects: readonly CallServerEffect[],
    respond?: Respond,
  ): Promise<void> {
    const { callId, state } = call;
    // Written in one order with all else, so that awaiting them in turn performs the effects in that order.
    if (state.ended === undefined) {
      const written = this.#callLog.append(callId, input, nowMs);
      // Nobody is in a call that is only asked for: it had better not begin.
      return this.#perform(call, effects, written, respond, input.type === "start");
    }
    this.#running.delete(call);
    this.#over.set(callId, nowMs);
    return this.#perform(call, effects, this.#callLog.delete(callId), respond);
  }

  /** After all that was to be done before, and when it is known whether what led to it is written. */
  #perform(
    call: RunningCall,
    effects: readonly CallServerEffect[],
    written: Promise<unknown>,
    respond?: Respond,
    isStart = false,
  ): Promise<void> {
    const before = call.settled;
    const run = async (): Promise<void> => {
      await before.catch(() => undefined);
      if ((await written) === false && isStart) {
        respond?.(refuse("server.storage"));
        await this.#abandon(call);
        return;
      }
      for (const effect of effects) {
        try {
          performEffect(call, effect, this.#options, respond);
        } catch (error) {
          // The others, and all later steps, do not depend on it.
          const { callId } = call;
          this.#options.log.error(
            { err: error, call: loggable(callId), effect: effect.type },
            "effect failed",
          );
        }
      }
    };
    call.settled = run();
    return call.settled;
  }

  /** A call whose start cannot be written did not begin: nobody was rung. */
  async #abandon(call: RunningCall): Promise<void> {
    this.#running.delete(call);
    for (const userId of call.state.members.keys()) this.#options.sessions.personChanged(userId);
    await this.#callLog.delete(call.callId);
  }
}
