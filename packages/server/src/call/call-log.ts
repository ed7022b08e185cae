import { loggable } from "@signet/protocol";
import type { CallId } from "@signet/protocol";
import type { Logger } from "pino";

import type { Store } from "../store/store.ts";
import { toStored } from "./call-replay.ts";
import type { LoggedInput } from "./call-replay.ts";

/**
 * What the calls are logged in, so that a later run can take them up. One that cannot be written does not end a call that stands: who is in
 * it has keys and audio without the log. It goes on without one from there, and what was written of it, which tells half of it, is
 * deleted as soon as that is possible.
 */
export class CallLog {
  readonly #store: Store;
  readonly #log: Logger;
  /** Calls that go on without a log. */
  readonly #unlogged = new Set<CallId>();
  /** Calls of which something is written that must not be taken up. */
  readonly #stale = new Set<CallId>();
  #tidying: Promise<void> | undefined;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /**
   * Writes are made in the order of the calls to these methods.
   * @returns whether the input is durable, as soon as that is known
   */
  async append(callId: CallId, input: LoggedInput, nowMs: number): Promise<boolean> {
    if (this.#unlogged.has(callId)) return false;
    try {
      await this.#store.appendCallInputs(callId, [toStored(input, nowMs)]);
      return true;
    } catch (error) {
      if (!this.#unlogged.has(callId))
        this.#log.error({ err: error, call: loggable(callId) }, "the log of a call cannot be written");
      this.#unlogged.add(callId);
      this.#stale.add(callId);
      return false;
    }
  }

  /** The call is over. Never rejects: what cannot be deleted now will be. */
  async delete(callId: CallId): Promise<void> {
    this.#unlogged.delete(callId);
    this.#stale.add(callId);
    await this.#deleteOne(callId);
  }

  /** To be called now and then: deletes what could not be deleted before. */
  tidy(): Promise<void> {
    return (this.#tidying ??= this.#deleteAll().finally(() => {
      this.#tidying = undefined;
    }));
  }

  async #deleteAll(): Promise<void> {
    for (const callId of this.#stale) if (!(await this.#deleteOne(callId))) return;
  }

  async #deleteOne(callId: CallId): Promise<boolean> {
    try {
      await this.#store.deleteCallInputs(callId);
      this.#stale.delete(callId);
      return true;
    } catch {
      return false;
    }
  }
}
