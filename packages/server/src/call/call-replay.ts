import { startCall, stepCall } from "@signet/protocol";
import type {
  CallServerEffect,
  CallServerInput,
  CallServerState,
  InvitedPerson,
  CallTimes,
} from "@signet/protocol";

import { NewerDataError } from "../store/newer-data.ts";
import { decodeStored, encodeStored } from "../store/stored-json.ts";
import type { StoredCall, StoredInput } from "../store/store.ts";

/**
 * Of the form in which the inputs stand in a log, and of what the machine makes of them. A log of an earlier version is not read: the same
 * inputs would lead to another state than the one that its terminals know, and this version does not talk to those.
 */
const logVersion = 5;

/** The first input of a call's log. */
export interface CallStart {
  readonly type: "start";
  /** Of the log that it begins. Absent in those of version 0.1. */
  readonly version?: number;
  readonly invite: CallServerState["invite"];
  readonly callDigest: Parameters<typeof startCall>[0]["callDigest"];
  readonly terminalId: Parameters<typeof startCall>[0]["terminalId"];
  readonly people: readonly InvitedPerson[];
  readonly times: CallTimes;
}

export type LoggedInput = CallStart | CallServerInput;

export const toStored = (input: LoggedInput, atMs: number): StoredInput => ({
  atMs,
  input: encodeStored(input.type === "start" ? { ...input, version: logVersion } : input),
});

export type Replayed =
  | { readonly type: "call"; readonly state: CallServerState; readonly wakeAtMs: number | undefined }
  /** It cannot be taken up, since it was written by an earlier version; or does not begin with the call's start. */
  | { readonly type: "older" | "incomplete" };

/**
 * A call's state by its logged inputs. The machine is pure, so the same inputs at the same times lead to the same state;
 * the effects were performed when they happened.
 * @throws NewerDataError
 */
export function replay(stored: StoredCall): Replayed {
  let state: CallServerState | undefined;
  let effects: readonly CallServerEffect[] = [];
  for (const { atMs, input: text } of stored.inputs) {
    const input = decodeStored(text) as LoggedInput;
    if (input.type === "start") {
      const { version = 1, ...start } = input;
      if (version > logVersion) throw new NewerDataError();
      if (version < logVersion) return { type: "older" };
      ({ state, effects } = startCall(start, atMs));
    } else if (state === undefined) return { type: "incomplete" };
    else ({ state, effects } = stepCall(state, input, atMs));
  }
  return state === undefined ? { type: "incomplete" } : { type: "call", state, wakeAtMs: wakeAtMs(effects) };
}

/** Each step names the next deadline anew; a step without one has none. */
export function wakeAtMs(effects: readonly CallServerEffect[]): number | undefined {
  return effects.findLast((effect) => effect.type === "wakeAt")?.atMs;
}
