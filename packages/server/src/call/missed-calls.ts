import {
  UserId,
  decodeTranscript,
  encodeMessage,
  loggable,
  missedBy,
  missedInvite,
  mostMissedCalls,
} from "@signet/protocol";
import type { CallId, CallInviteIn, CallServerState, TerminalId } from "@signet/protocol";
import type { Logger } from "pino";

import type { Directory } from "../registry/directory.ts";
import type { Store } from "../store/store.ts";

/** Of one answer: one call at least, with the entry of who called. */
const mostAnswerBytes = 1024 * 1024;
/** How often what was kept for long enough is looked for (ms). */
const sweepMs = 60_000;

export interface MissedCallsOptions {
  readonly store: Store;
  readonly directory: Pick<Directory, "personOf">;
  /** Whether a terminal has a connection. */
  readonly isThere: (terminalId: TerminalId) => boolean;
  readonly log: Logger;
  readonly clock: () => number;
  /** For how long a call is kept; 0: none is. */
  readonly keptMs: number;
  /** Of one caller: for one person, and for all together. */
  readonly perPair: number;
  readonly perCaller: number;
  /** Unanswered calls of one caller after which they may still leave a message. */
  readonly openPerCaller: number;
  /** Of a call as it is kept; a larger one is not. */
  readonly mostBytes: number;
}

/** Calls that people missed, each until a terminal of theirs has it, or its time is over. */
export class MissedCalls {
  readonly #options: MissedCallsOptions;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: MissedCallsOptions) {
    this.#options = options;
  }

  get keptMs(): number {
    return this.#options.keptMs;
  }

  /**
   * A call went on from one state to the next: whoever missed it by that, or knows of it now. To be called before the step is logged: writes are
   * made in their order, so that what a later run takes up as over was kept.
   * @param before undefined where it begins
   */
  note(before: CallServerState | undefined, after: CallServerState): void {
    if (this.#options.keptMs === 0) return;
    const { isThere, clock, log, mostBytes, openPerCaller, perCaller, perPair, store } = this.#options;
    const { known, missed } = missedBy(before, after);
    const { callId } = after;
    const failed = (error: unknown): void =>
      log.error({ err: error, call: loggable(callId) }, "missed calls cannot be kept");
    for (const userId of known) {
      void store.missed.known(userId, after.invite).catch(failed);
      void store.messages.close(userId, after.invite).catch(failed);
    }
    if (missed.length === 0) return;
    const call = missedInvite(after);
    if (encodeMessage(call).length > mostBytes) return;
    const atMs = clock();
    const bounds = { perPair, perCaller, perPerson: mostMissedCalls };
    const unanswered = missed.map(({ userId, callerId, rangAt }) => ({
      userId,
      callerId,
      atMs,
      call,
      rangAt,
    }));
    // Also after what rang to the end where somebody could have heard it: the caller may say what it was about.
    void store.messages.open(unanswered, openPerCaller).catch(failed);
    const away = unanswered.filter(({ rangAt }) => !rangAt.some(isThere));
    if (away.length > 0) void store.missed.keep(away, bounds).catch(failed);
  }

  /**
   * Oldest first, as much as goes into one answer. `next`: where to go on.
   * @param isReadable whether the terminal that asks can read it; what it cannot stays for another one
   */
  async of(
    userId: UserId,
    after: number,
    isReadable: (call: Omit<CallInviteIn, "initiator">) => boolean,
  ): Promise<{ calls: CallInviteIn[]; next?: number }> {
    const { clock, directory, keptMs, store } = this.#options;
    const calls: CallInviteIn[] = [];
    if (keptMs === 0) return { calls };
    let [bytes, last] = [0, after];
    for (const { call, callerId, position } of await store.missed.of(userId, clock() - keptMs, after)) {
      const initiator = (await directory.personOf(initiatorOf(call) ?? callerId))?.history;
      if (initiator !== undefined && isReadable(call)) {
        const invite = { ...call, initiator };
        bytes += encodeMessage(invite).length;
        if (calls.length > 0 && bytes > mostAnswerBytes) return { calls, next: last };
        calls.push(invite);
      }
      last = position;
    }
    return { calls };
  }

  taken(userId: UserId, callIds: readonly CallId[]): Promise<readonly CallId[]> {
    return this.#options.store.missed.delete(userId, callIds);
  }

  async tick(nowMs: number): Promise<void> {
    if (nowMs < this.#sweptAtMs + sweepMs) return;
    this.#sweptAtMs = nowMs;
    await this.#options.store.missed.deleteBefore(nowMs - this.#options.keptMs);
  }
}

/** Whose call it is; who brought somebody in may be another. */
export function initiatorOf({ proof }: Omit<CallInviteIn, "initiator">): UserId | undefined {
  const transcript = decodeTranscript(proof.transcript);
  return transcript?.purpose === "call" ? UserId.safeParse(transcript.userId).data : undefined;
}
