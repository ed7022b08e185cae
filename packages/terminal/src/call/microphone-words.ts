/** Whether those in a call can be heard, by their own signed words: this terminal says so of itself, and hears the others. */
import { hasFeature, mayBeIn, MicrophoneWord } from "@signet/protocol";
import type { CallId, FoldedCallList, SaidMicrophone, UserId } from "@signet/protocol";

import { signedWord } from "./signed-word.ts";
import type { MicrophoneState } from "../state.ts";
import type { CallContext } from "./call-entry.ts";
import type { VerifiedCall } from "./verify-call.ts";

/** Between two words (ms): whoever plays with the button says the last of it. */
const paceMs = 500;
/** After a refusal, at most. */
const slowestMs = 32_000;
/**
 * How one comes in is said so long after it (ms), and so much later at most: while many are let in, keys come first, and each of them
 * would hear it of all others. Who changes it meanwhile says so at once.
 */
const settleMs = 3_000;
const spreadMs = 2_000;
/** What is heard within so long is shown together (ms): after many came in each says how. */
const togetherMs = 50;

export interface HeardMicrophone {
  readonly state: MicrophoneWord;
  /** By the clock of the terminal that said it. */
  readonly saidAtMs: number;
}

export interface MicrophoneWordsOptions {
  readonly context: CallContext;
  readonly call: VerifiedCall;
  /** Who may be in it now. */
  readonly list: () => FoldedCallList;
  /** @param heard the latest of everybody */
  readonly onHeard: (heard: ReadonlyMap<UserId, HeardMicrophone>) => void;
}

export class MicrophoneWords {
  readonly #options: MicrophoneWordsOptions;
  readonly #callId: CallId;
  readonly #selfId: UserId;
  readonly #heard = new Map<UserId, HeardMicrophone>();
  /** The latest of each that is not looked at yet: so many at once cost no more than one. */
  readonly #waiting = new Map<UserId, SaidMicrophone>();
  readonly #looking = new Set<UserId>();
  #own: MicrophoneWord | undefined;
  /** What the others know; undefined when that is not sure. Who says nothing can be heard. */
  #said: MicrophoneWord | undefined = "on";
  #isTelling = false;
  #delayMs = paceMs;
  #cancel: (() => void) | undefined;
  #cancelSettling: (() => void) | undefined;
  #cancelShowing: (() => void) | undefined;
  #isIn = false;
  /** Of how one came in: the time for it has come. */
  #isSettled = false;
  #isOver = false;

  constructor(options: MicrophoneWordsOptions) {
    this.#options = options;
    this.#callId = options.call.callProof.transcript.callId as CallId;
    this.#selfId = options.context.session.requirePerson().userId;
  }

  own(state: MicrophoneState): void {
    if (state.status === "starting") return;
    if (this.#own !== undefined) this.#isSettled = true;
    // Where the system or a switch on it keeps it silent, the others hear as little as of one that is muted here.
    this.#own = state.status === "unavailable" ? "none" : state.silent === true ? "muted" : state.status;
    this.#tell();
  }

  /** This terminal holds the key of the call. */
  entered(): void {
    if (this.#isIn || this.#isOver) return;
    this.#isIn = true;
    const { environment } = this.#options.context;
    this.#cancelSettling = environment.after(settleMs + Math.floor(environment.random() * spreadMs), () => {
      this.#isSettled = true;
      this.#tell();
    });
    this.#begin();
  }

  /** Anew: what was said on the connection before may not have arrived, and the server may have forgotten it. */
  connected(): void {
    if (!this.#isIn || this.#isOver) return;
    if (this.#said !== "on" || this.#isTelling) this.#said = undefined;
    this.#cancel?.();
    this.#isTelling = false;
    this.#delayMs = paceMs;
    this.#begin();
  }

  close(): void {
    this.#isOver = true;
    this.#cancelSettling?.();
    this.#cancelShowing?.();
    this.#cancel?.();
  }

  /** Somebody said it, as the server says. */
  async heard(said: SaidMicrophone): Promise<void> {
    const { userId } = said;
    if (userId === this.#selfId || !mayBeIn(this.#options.list(), userId)) return;
    this.#waiting.set(userId, said);
    if (this.#looking.has(userId)) return;
    this.#looking.add(userId);
    for (let next = this.#take(userId); next !== undefined; next = this.#take(userId)) await this.#look(next);
    this.#looking.delete(userId);
  }

  #take(userId: UserId): SaidMicrophone | undefined {
    const next = this.#waiting.get(userId);
    this.#waiting.delete(userId);
    return this.#isOver ? undefined : next;
  }

  /** Counts only where a terminal signed it that the person's device vouches for, for this call, later than what counts so far. */
  async #look(said: SaidMicrophone): Promise<void> {
    const { call, context } = this.#options;
    const { directory, environment } = context;
    const { userId } = said;
    const word = await signedWord(
      "microphone",
      said,
      { callId: this.#callId },
      {
        serverOrigin: call.serverOrigin,
        directory,
        nowMs: environment.nowMs(),
      },
    );
    const state = MicrophoneWord.safeParse(word?.state);
    if (word === undefined || !state.success || this.#isOver) return;
    const { issuedAtMs: saidAtMs } = word;
    if (saidAtMs < (this.#heard.get(userId)?.saidAtMs ?? 0)) return;
    const heard = { state: state.data, saidAtMs };
    this.#heard.set(userId, heard);
    this.#cancelShowing ??= environment.after(togetherMs, () => {
      this.#cancelShowing = undefined;
      this.#options.onHeard(new Map(this.#heard));
    });
  }

  #begin(): void {
    const { link, server } = this.#options.context.session;
    if (!hasFeature(server.features, "microphones")) return;
    void link.ask("call.microphones", { callId: this.#callId }, (answer) => {
      if (answer.ok) for (const said of answer.body.said) void this.heard(said);
    });
    this.#tell();
  }

  #tell(): void {
    const state = this.#own;
    if (!this.#isIn || !this.#isSettled || this.#isOver) return;
    if (this.#isTelling || state === undefined || state === this.#said) return;
    const { session } = this.#options.context;
    if (!hasFeature(session.server.features, "microphones")) return;
    this.#isTelling = true;
    session
      .signWithTerminalKey((fields) => ({ purpose: "microphone", ...fields, callId: this.#callId, state }))
      .then(
        (proof) => {
          if (this.#isOver) return;
          void session.link.ask("call.microphone", { proof }, (answer) => {
            if (answer.ok) this.#said = state;
            this.#delayMs = answer.ok ? paceMs : Math.min(this.#delayMs * 2, slowestMs);
            this.#tellLater();
          });
        },
        // Signed out: there is nothing to say any more.
        () => undefined,
      );
  }

  #tellLater(): void {
    this.#cancel?.();
    if (this.#isOver) return;
    this.#cancel = this.#options.context.environment.after(this.#delayMs, () => {
      this.#isTelling = false;
      this.#tell();
    });
  }
}
