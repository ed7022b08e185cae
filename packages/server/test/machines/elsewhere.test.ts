/** What a person is told of their running call: who vouches for the terminal there, and nobody else who is signed in at it by now. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { UserId } from "@signet/protocol";

import { elsewhereOf } from "../../src/call/elsewhere.ts";
import type { Session } from "../../src/registry/sessions.ts";
import { loggedCall } from "../support/logged-call.ts";
import { newTerminalId } from "../support/test-terminal.ts";

test("the binding of the terminal that they are in it with goes along, and not that of who is signed in there now", () => {
  const [bob, cyd] = ["bob", "cyd"] as UserId[];
  const step = [...loggedCall()].find(({ state }) => state.members.get(bob!)?.leaf !== undefined);
  assert.ok(step);
  const proof = {
    transcript: new Uint8Array(1),
    signature: { kind: "software", signature: new Uint8Array(64) },
  };
  const told = (userId: UserId) => {
    const session = { stored: { userId, proof } } as unknown as Session;
    return elsewhereOf(
      step.state,
      { userId: bob!, terminalId: newTerminalId() },
      { atTerminal: () => session },
    );
  };
  assert.deepEqual(told(bob!)?.binding, proof);
  const other = told(cyd!);
  assert.ok(other !== undefined && !("binding" in other));
});
