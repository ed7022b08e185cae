/** The call that this terminal is in or was in last, and the one that it changes to. */
import { SignetError } from "@signet/protocol";
import type { CallId } from "@signet/protocol";

import { isCallingAlone } from "./alone.ts";
import type { CallContext } from "./call-entry.ts";
import type { CallSession } from "./call-session.ts";

type OpenCall = (context: CallContext) => Promise<CallSession>;

/** That is answered while the own call still rings. */
interface NextCall {
  readonly call: CallSession;
  /** Settled when this terminal holds its key, or is refused. */
  readonly entered: PromiseWithResolvers<void>;
}

interface CurrentCallListener {
  changed(): void;
  /** The call that is shown; not one that was left for another. */
  ended(call: CallSession): void;
}

export class CurrentCall {
  readonly #context: Omit<CallContext, "onChange">;
  readonly #listener: CurrentCallListener;
  #now: CallSession | undefined;
  #latest: CallSession | undefined;
  /** As the session was told. */
  #inCall = false;
  #next: NextCall | undefined;
  #isOpening = false;

  constructor(context: Omit<CallContext, "onChange">, listener: CurrentCallListener) {
    this.#context = context;
    this.#listener = listener;
  }

  /** Until it is dismissed. */
  get now(): CallSession | undefined {
    return this.#now;
  }

  /** Until the next one. @throws SignetError `call.notMember` where there was none */
  get latest(): CallSession {
    this.#latest = this.#now ?? this.#latest;
    if (this.#latest === undefined) throw new SignetError("call.notMember");
    return this.#latest;
  }

  /** @throws SignetError `call.notMember` where this terminal is in none */
  get ongoing(): CallSession {
    if (this.#now === undefined || this.#now.ended) throw new SignetError("call.notMember");
    return this.#now;
  }

  /** What the server may speak of. */
  get all(): readonly CallSession[] {
    return [this.#next?.call, this.#now].filter((call) => call !== undefined);
  }

  isIn(callId: CallId): boolean {
    return this.of(callId) !== undefined;
  }

  /** The one that goes on: what is said of one call must not be done in the other. */
  of(callId: CallId): CallSession | undefined {
    return this.all.find((call) => call.callId === callId && !call.ended);
  }

  /** @throws SignetError */
  async start(open: OpenCall): Promise<void> {
    if (this.#now !== undefined && !this.#now.ended) throw new SignetError("call.inCall");
    await this.#open(open, (call) => {
      this.#now = call;
      call.start();
      this.#tell();
    });
  }

  /**
   * Whoever only calls so far can answer somebody instead. The own call ends once this terminal is in the other one, and not before.
   * @throws SignetError when it cannot come into it, `call.answeredYours` for one
   */
  async answer(open: OpenCall, signal: AbortSignal | undefined): Promise<void> {
    if (this.#now === undefined || !isCallingAlone(this.#now.view)) return this.start(open);
    await this.#open(open, async (call) => {
      const entered = Promise.withResolvers<void>();
      const giveUp = (): void => void call.leave();
      this.#next = { call, entered };
      signal?.addEventListener("abort", giveUp);
      call.start("later");
      await entered.promise.finally(() => signal?.removeEventListener("abort", giveUp));
    });
  }

  /** The call that goes on is left for this one, once that is opened. @throws SignetError */
  async switchTo(open: OpenCall): Promise<void> {
    await this.#open(open, async (call) => {
      const muted = isMuted(this.#now);
      await this.#now?.leave();
      this.#now = call;
      call.start(muted ? "muted" : "now");
      this.#tell();
    });
  }

  /** @returns whether there was one, which is over */
  dismiss(): boolean {
    if (this.#now?.ended !== true) return false;
    this.#latest = this.#now;
    this.#now = undefined;
    return true;
  }

  /** One at a time: each is a touch. */
  async #open(open: OpenCall, then: (call: CallSession) => void | Promise<void>): Promise<void> {
    if (this.#isOpening) throw new SignetError("call.inCall");
    this.#isOpening = true;
    try {
      const call = await open({ ...this.#context, onChange: () => this.#changed(call) });
      await then(call);
    } finally {
      this.#isOpening = false;
    }
  }

  #changed(call: CallSession): void {
    if (call === this.#next?.call) return this.#nextChanged(this.#next);
    if (call !== this.#now) return;
    if (call.ended) this.#listener.ended(call);
    this.#tell();
  }

  #tell(): void {
    const inCall = this.all.some((call) => !call.ended);
    if (inCall !== this.#inCall) this.#context.session.setInCall(inCall);
    this.#inCall = inCall;
    this.#listener.changed();
  }

  #nextChanged({ call, entered }: NextCall): void {
    const { refusal } = call;
    if (refusal !== undefined) {
      this.#next = undefined;
      entered.reject(new SignetError(refusal));
    } else if (call.isKeyed) {
      const own = this.#now;
      this.#next = undefined;
      this.#now = call;
      void own?.leave();
      call.beginSound({ muted: isMuted(own) });
      entered.resolve();
      this.#tell();
    }
  }
}

/** Whoever did not want to be heard in one call is not heard in the next either, and be it that nobody could hear them there. */
const isMuted = (call: CallSession | undefined): boolean =>
  call?.sound.isMuted === true || call?.view.microphone.status === "muted";
