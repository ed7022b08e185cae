/** Drives the machine of a media connection in tests, and names what goes in and comes out of it. */
import assert from "node:assert/strict";

import type { ErrorCode, ReplyBody } from "@signet/protocol";

import { startMediaConnection } from "../../src/media/media-connection-state.ts";
import type {
  MediaConnectionEffect,
  MediaConnectionInput,
  MediaConnectionState,
} from "../../src/media/media-connection-state.ts";
import { stepMediaConnection } from "../../src/media/media-connection.ts";

/** Drives the machine, and keeps what it wanted. */
export class Driver {
  state: MediaConnectionState = startMediaConnection();
  nowMs = 1_000;

  /** @returns what it wants now, without the wakes */
  give(input: MediaConnectionInput): readonly MediaConnectionEffect[] {
    const step = stepMediaConnection(this.state, input, this.nowMs);
    this.state = step.state;
    const wakes = step.effects.filter(({ type }) => type === "wake");
    if (this.state.dueAtMs !== Infinity && wakes.length > 0)
      assert.deepEqual(wakes, [{ type: "wake", atMs: this.state.dueAtMs }]);
    return step.effects.filter(({ type }) => type !== "wake");
  }

  /** Lets the time come that it waits for. */
  due(): readonly MediaConnectionEffect[] {
    assert.notEqual(this.state.dueAtMs, Infinity, "it waits for nothing");
    this.nowMs = this.state.dueAtMs;
    return this.give({ type: "time" });
  }

  /** How long it wants to wait from now. */
  get waitMs(): number {
    return this.state.dueAtMs - this.nowMs;
  }

  /** Counts every 250 ms, and nothing more comes. @returns what it wanted meanwhile */
  quiet(ms: number, packets: number, { attempt = 1, expected = true } = {}): MediaConnectionEffect[] {
    const effects: MediaConnectionEffect[] = [];
    for (let passedMs = 0; passedMs < ms; passedMs += 250) {
      this.nowMs += 250;
      effects.push(...this.give(counted(attempt, packets, expected)));
    }
    return effects;
  }

  /** In doubt, since nothing comes any more on attempt 1. */
  static doubting(): Driver {
    const driver = Driver.standing();
    driver.give(counted(1, 100));
    assert.deepEqual(driver.quiet(2_000, 100), [ask(1)]);
    return driver;
  }

  /** Connected, by attempt 1. */
  static standing(): Driver {
    const driver = new Driver();
    driver.give({ type: "connect" });
    driver.give({ type: "answered", attempt: 1 });
    driver.give({ type: "connected", attempt: 1 });
    return driver;
  }
}

export const open = (attempt: number, replaceFrames = false) =>
  ({ type: "open", attempt, replaceFrames }) as const;
export const openBeside = (attempt: number, beside: number) => ({ ...open(attempt), beside }) as const;
export const use = (attempt: number) => ({ type: "use", attempt }) as const;
export const show = (status: "connecting" | "restarting" | "connected") =>
  ({ type: "show", shown: { status } }) as const;
export const showWhy = (code: ErrorCode) =>
  ({ type: "show", shown: { status: "connecting", code } }) as const;
export const ask = (number: number) => ({ type: "ask", ask: number }) as const;
export const signal = { type: "signal" } as const;
export const shownDoubt = (code: ErrorCode) =>
  ({ type: "show", shown: { status: "reconnecting", code } }) as const;
export const unreached = shownDoubt("media.serverUnreached");
export const counted = (attempt: number, packets: number, expected = true, held = 0) =>
  ({ type: "counted", attempt, packets, held, expected }) as const;
export const told = (number: number, flow?: ReplyBody<"media.flow">, sends = true) =>
  ({ type: "told", ask: number, flow, sends }) as const;
/** Everything comes through, as the SFU sees it. */
export const whole = { connected: true, sentAgoMs: 10, receivedAgoMs: 10 } as const;
/** The SFU has nothing to send. */
export const idle = { connected: true, sentAgoMs: 2_400, receivedAgoMs: 10 } as const;
export const framesFailed = { type: "failed", code: "frames.workerFailed" } as const;
