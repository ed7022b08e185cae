import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { TestContext } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";

import { startServer } from "../../src/index.ts";
import type { RunningServer, ServerOptions } from "../../src/index.ts";

/** Something that can be cleaned up after: a test, or a suite's `after`. */
export interface Cleanup {
  after(run: () => Promise<void> | void): void;
}

const endings = new WeakMap<Cleanup, (() => Promise<void> | void)[]>();

/** Cleans up with the test, the last first: `after` alone would delete a folder before the server ends that writes to it. */
export function atEnd(test: Cleanup, run: () => Promise<void> | void): void {
  const known = endings.get(test);
  if (known !== undefined) {
    known.push(run);
    return;
  }
  const runs = [run];
  endings.set(test, runs);
  test.after(async () => {
    for (const each of runs.toReversed()) await each();
  });
}

export function tempDir(test: Cleanup): string {
  const dir = mkdtempSync(join(tmpdir(), "signet-"));
  atEnd(test, () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Where terminals find it. */
export interface ServerPlace {
  readonly port: number;
  readonly origin?: string;
}

export interface TestServer extends RunningServer {
  /** Moves the server's clock; devices and terminals of the test keep theirs. */
  setClock(offsetMs: number): void;
  /** Everything that was logged. */
  log(): string;
}

/** A real server on a free port of the loopback interface, with one media process. */
export async function startTestServer(
  test: Cleanup | TestContext,
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const dataDir = options.dataDir ?? tempDir(test);
  let offsetMs = 0;
  let logged = "";
  const logStream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  const server = await startServer({
    port: 0,
    clock: () => Date.now() + offsetMs,
    sweepMs: 25,
    logLevel: "debug",
    logStream,
    ...options,
    dataDir,
    media: { children: 1, listenAddress: "127.0.0.1", ...options.media },
  });
  atEnd(test, () => server.close());
  return {
    ...server,
    setClock: (value) => {
      offsetMs = value;
    },
    log: () => logged,
  };
}

export const softwareDevice = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "ES256" });
