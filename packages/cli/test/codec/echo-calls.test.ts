/** Which calls an echo takes, and when it leaves them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { CallView, IncomingCall, Participant, TerminalState } from "@signet/terminal";

import { isForOne, leaveAfter, leaveCompany } from "../../src/run/echo-calls.ts";
import { anna, ben, call, carla, inCall } from "../support/states.ts";

/** A terminal whose states are told by hand. */
function terminal() {
  const listeners: ((state: TerminalState) => void)[] = [];
  const left: string[] = [];
  return {
    left,
    subscribe: (listener: (state: TerminalState) => void) => {
      listeners.push(listener);
      return () => true;
    },
    leave: () => Promise.resolve(void left.push("left")),
    is: (phase: CallView["phase"], participants: readonly Participant[], callId = call.callId) => {
      for (const tell of listeners) tell({ ...inCall, call: { ...call, phase, participants, callId } });
    },
  };
}

test("who calls alone is answered; a call with others in it is not, nor one that another person started", () => {
  const others = [{ ...ben, isCaller: false }] as unknown as IncomingCall["others"];
  assert.equal(isForOne({ others: [] }), true);
  assert.equal(isForOne({ others }), false);
  const startedBy = ben as unknown as NonNullable<IncomingCall["startedBy"]>;
  assert.equal(isForOne({ others: [], startedBy }), false);
});

test("a call into which somebody is brought is left, once, when it rings at them already; who is gone is nobody", () => {
  const echo = terminal();
  leaveCompany(echo);
  echo.is("active", [anna, ben]);
  echo.is("active", [anna, ben, { ...carla, state: "left" }]);
  assert.deepEqual(echo.left, []);
  echo.is("active", [anna, ben, { ...carla, state: "ringing" }]);
  echo.is("active", [anna, ben, carla]);
  assert.deepEqual(echo.left, ["left"]);
  echo.is("active", [anna, ben, carla], "next" as CallView["callId"]);
  assert.deepEqual(echo.left, ["left", "left"]);
});

const inSeconds = (t: TestContext, seconds: number): void => t.mock.timers.tick(seconds * 1_000);

test("who never lets it come into the call holds it no longer than who talks", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const phases of [["joining"], ["joining", "active"]] as const) {
    const echo = terminal();
    leaveAfter(echo, 60);
    for (const phase of phases) echo.is(phase, [anna, ben]);
    inSeconds(t, 59);
    echo.is(phases.at(-1)!, [anna, ben]);
    assert.deepEqual(echo.left, []);
    inSeconds(t, 1);
    assert.deepEqual(echo.left, ["left"]);
  }
});

test("each call has its time to itself", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const echo = terminal();
  leaveAfter(echo, 60);
  echo.is("active", [anna, ben]);
  inSeconds(t, 50);
  echo.is("ended", [anna, ben]);
  echo.is("joining", [anna, ben], "next" as CallView["callId"]);
  inSeconds(t, 59);
  assert.deepEqual(echo.left, []);
  inSeconds(t, 1);
  assert.deepEqual(echo.left, ["left"]);
});
