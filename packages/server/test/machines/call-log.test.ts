/** What stands in the log of a call leads to the call that was, for all that it can hold; and logs as released versions wrote them. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { replay } from "../../src/call/call-replay.ts";
import type { LoggedInput } from "../../src/call/call-replay.ts";
import { NewerDataError } from "../../src/store/newer-data.ts";
import type { StoredCall, StoredInput } from "../../src/store/store.ts";
import { loggedCall, outline } from "../support/logged-call.ts";
import { newCallId } from "../support/test-terminal.ts";

const storedCall = (inputs: readonly StoredInput[]): StoredCall => ({
  callId: newCallId(),
  inputs: [...inputs],
});

/** Whether a log of the call above holds one: an input that is new does not compile here until it is named. */
const held: { [T in LoggedInput["type"]]: boolean } = {
  start: false,
  join: false,
  move: false,
  moveEnd: false,
  decline: false,
  leave: false,
  end: false,
  invite: false,
  remove: false,
  host: false,
  vouch: false,
  letIn: false,
  ringRefused: false,
  commit: false,
  refuse: false,
  rejoin: false,
  judge: false,
  offerGroupInfo: false,
  refuseGiver: false,
  connected: false,
  disconnected: false,
  unbound: false,
  deviceEnded: false,
  engaged: false,
  tick: false,
};

test("after each input, of every type that there is, the log leads to exactly the state that was", () => {
  for (const { type, log, state, wakeAtMs } of loggedCall()) {
    assert.deepEqual(replay(storedCall(log)), { type: "call", state, wakeAtMs }, type);
    held[type] = true;
  }
  assert.deepEqual(
    Object.entries(held).filter(([, isHeld]) => !isHeld),
    [],
  );
});

interface ReleasedLog {
  readonly inputs: readonly StoredInput[];
  /** What it leads to. */
  readonly outline: unknown;
}
const released = new URL("../released/call-log-5.json", import.meta.url);

test("a log of version 5 leads to the call that it led to, and is written today as it was", () => {
  const { log, state } = [...loggedCall()].at(-2)!;
  const today: ReleasedLog = { inputs: log, outline: outline(state) };
  // Only for as long as no release has written it. From then on another form, or another state, is another version.
  if (process.env["UPDATE_RELEASED"] === "1")
    writeFileSync(released, `${JSON.stringify(today, undefined, 2)}\n`);
  const kept = JSON.parse(readFileSync(released, "utf8")) as ReleasedLog;
  assert.deepEqual(kept, JSON.parse(JSON.stringify(today)));
  const replayed = replay(storedCall(kept.inputs));
  assert.ok(replayed.type === "call");
  assert.deepEqual(outline(replayed.state), kept.outline);
});

/** The log with this version in place of its own. */
function ofVersion(version: number | undefined): StoredCall {
  const [first, ...others] = [...loggedCall()].at(-2)!.log;
  const { version: _own, ...start } = JSON.parse(first!.input) as { readonly version: number };
  const input = JSON.stringify({ ...start, ...(version === undefined ? {} : { version }) });
  return storedCall([{ ...first!, input }, ...others]);
}

test("a log of a version before is not taken for one of today; one of a later version is no reason to lose it", () => {
  for (const version of [undefined, 1, 2, 3, 4])
    assert.deepEqual(replay(ofVersion(version)), { type: "older" });
  assert.equal(replay(ofVersion(5)).type, "call");
  for (const version of [6, 1000]) assert.throws(() => replay(ofVersion(version)), NewerDataError);
});

test("a log that does not begin with the start of its call is no call", () => {
  const { log } = [...loggedCall()].at(-2)!;
  for (const inputs of [[], log.slice(1), log.slice(5)])
    assert.deepEqual(replay(storedCall(inputs)), { type: "incomplete" });
});
