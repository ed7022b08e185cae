import assert from "node:assert/strict";
import { test } from "node:test";

import type { ErrorCode } from "@signet/protocol";
import type { TerminalState } from "@signet/terminal";

import { withoutTries } from "../../src/output/connection-events.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { inCall } from "../support/states.ts";

const connecting: TerminalState = { ...inCall, connection: { status: "connecting" } };
const online: TerminalState = { ...inCall, connection: { status: "online" } };
const offline = (code: ErrorCode, retryAtMs: number): TerminalState => ({
  ...inCall,
  connection: { status: "offline", code, retryAtMs },
});

test("a lost connection is told once, however often it is tried to connect, and again for another reason", () => {
  const told: string[] = [];
  let last = online;
  for (const now of [
    offline("connection.lost", 1),
    connecting,
    offline("connection.lost", 2),
    connecting,
    offline("server.stopping", 3),
    connecting,
    online,
    offline("connection.lost", 4),
  ]) {
    const state = withoutTries(last, now);
    for (const event of eventsBetween(last, state))
      told.push(event.event === "offline" ? event.code : event.event);
    last = state;
  }
  assert.deepEqual(told, ["connection.lost", "server.stopping", "online", "connection.lost"]);
});
