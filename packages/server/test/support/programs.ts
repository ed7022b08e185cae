/** Programs of others that listen on a port. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { atEnd } from "./test-server.ts";
import type { Cleanup } from "./test-server.ts";

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Resolves when it listens on `port`; it ends with the test. */
export async function startProgram(
  test: Cleanup,
  command: string,
  options: readonly string[],
  port: number,
): Promise<void> {
  const child = spawn(command, options, { stdio: "ignore" });
  const ended = once(child, "exit");
  atEnd(test, async () => {
    child.kill("SIGTERM");
    await ended;
  });
  for (;;) {
    assert.equal(child.exitCode, null, `${command} ended`);
    const socket = connect(port, "127.0.0.1");
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await delay(50);
  }
}
