import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";

import { deviceAtHand } from "../../src/index.ts";
import type { TerminalState } from "../../src/index.ts";
import { createNodeTerminal, until } from "../../src/node/index.ts";

const device = await createSoftwareKey({ algorithm: "EdDSA" });

test("what is no address of a server is refused", async () => {
  for (const server of [
    "",
    "localhost",
    "localhost:8080",
    "ftp://localhost",
    "ws://localhost:8080",
    "http://",
  ])
    await assert.rejects(createNodeTerminal({ server, device }), { code: "connection.badAddress" }, server);
});

test("a terminal connects by itself, with a device or with where one comes from, and says when it cannot", async () => {
  for (const server of ["http://127.0.0.1:9", "http://127.0.0.1:9/some/page?query"]) {
    for (const source of [device, deviceAtHand(device)]) {
      const terminal = await createNodeTerminal({ server, device: source });
      const { connection } = await until(terminal, (state) => state.connection.status === "offline");
      assert.deepEqual(connection.status === "offline" && connection.code, "connection.lost");
      terminal.close();
    }
  }
});

function fakeTerminal(first: TerminalState["connection"]["status"]) {
  const listeners = new Set<(state: TerminalState) => void>();
  const stateOf = (status: string) => ({ connection: { status } }) as unknown as TerminalState;
  let state = stateOf(first);
  return {
    terminal: {
      get state() {
        return state;
      },
      subscribe(listener: (state: TerminalState) => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    listeners,
    become(status: string) {
      state = stateOf(status);
      for (const listener of listeners) listener(state);
    },
  };
}
const isOnline = (state: TerminalState): boolean => state.connection.status === "online";

test("until resolves at once, or when it becomes so, with that state; and stops listening", async () => {
  const now = fakeTerminal("online");
  assert.equal(await until(now.terminal, isOnline), now.terminal.state);
  assert.equal(now.listeners.size, 0);
  const later = fakeTerminal("connecting");
  const waiting = until(later.terminal, isOnline);
  later.become("offline");
  later.become("online");
  const { connection } = await waiting;
  assert.equal(connection.status, "online");
  assert.equal(later.listeners.size, 0);
});

test("until gives up after its time, by its signal, or when the test throws; and stops listening", async () => {
  const { terminal, listeners, become } = fakeTerminal("connecting");
  await assert.rejects(until(terminal, isOnline, { timeoutMs: 10 }), { code: "connection.timeout" });
  await assert.rejects(
    until(terminal, isOnline, { signal: AbortSignal.abort(new Error("enough")) }),
    /enough/,
  );
  const controller = new AbortController();
  const aborted = until(terminal, isOnline, { signal: controller.signal });
  controller.abort(new Error("no more"));
  await assert.rejects(aborted, /no more/);
  const throwing = until(terminal, ({ connection }) => {
    if (connection.status === "offline") throw new Error("offline");
    return false;
  });
  become("offline");
  await assert.rejects(throwing, /offline/);
  assert.equal(listeners.size, 0);
});
