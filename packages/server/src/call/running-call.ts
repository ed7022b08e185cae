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

/** Of the form in which the inputs stand in a log. */
const logVersion = 1;

/** The first input of a call's log. */
export interface CallStart {
  readonly type: "start";
  /** Of the log that it begins. Without one it was written before logs said it, in the form of version 1. */
  readonly version?: number;
  readonly invite: CallServerState["invite"];
  readonly terminalId: Parameters<typeof startCall>[0]["terminalId"];
  readonly people: readonly InvitedPerson[];
  readonly times: CallTimes;
}

export type LoggedInput = CallStart | CallServerInput;

export const toStored = (input: LoggedInput, atMs: number): StoredInput => ({
  atMs,
  input: encodeStored(input.type === "start" ? { ...input, version: logVersion } : input),
});

/**
 * A call's state by its logged inputs. The machine is pure, so the same inputs at the same times lead to the same state;
 * the effects were performed when they happened.
 * @returns undefined for a log that does not begin with the call's start
 * @throws NewerDataError
 */
export function replay(
  stored: StoredCall,
): { readonly state: CallServerState; readonly wakeAtMs: number | undefined } | undefined {
  let state: CallServerState | undefined;
  let effects: readonly CallServerEffect[] = [];
  for (const { atMs, input: text } of stored.inputs) {
    const input = decodeStored(text) as LoggedInput;
    if (input.type === "start") {
      const { version = logVersion, ...start } = input;
      if (version > logVersion) throw new NewerDataError();
      ({ state, effects } = startCall(start, atMs));
    } else if (state === undefined) return undefined;
    else ({ state, effects } = stepCall(state, input, atMs));
  }
  return state === undefined ? undefined : { state, wakeAtMs: wakeAtMs(effects) };
}

/** Each step names the next deadline anew; a step without one has none. */
export function wakeAtMs(effects: readonly CallServerEffect[]): number | undefined {
  return effects.findLast((effect) => effect.type === "wakeAt")?.atMs;
}
