/** One server at a time on a data directory, and what a second one says. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { StartError } from "../../src/index.ts";
import { kill, spawnServer } from "../support/child-server.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";

const saysWhoUsesIt =
  (pid: number | undefined, dataDir: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof StartError);
    assert.equal(error.message, `another server (pid ${pid}) uses ${dataDir}`);
    assert.match(error.hint, /stop it first, or start this one with another --data and another --port/);
    return true;
  };

test("a second server on the same data is told who has it, on the same port and on another; after a kill nothing is in the way", async (t) => {
  const dataDir = tempDir(t);
  const first = await spawnServer(t, dataDir);
  const media = readdirSync(join(dataDir, "media"));
  for (const port of [first.port, 0])
    await assert.rejects(startTestServer(t, { dataDir, port }), saysWhoUsesIt(first.process.pid, dataDir));
  // Only those that ran before: the spare one of the first may have come up since.
  const left = new Set(readdirSync(join(dataDir, "media")));
  assert.ok(media.length > 0);
  assert.deepEqual(
    media.filter((socket) => !left.has(socket)),
    [],
    "the first one's media processes are left alone",
  );
  const health = await fetch(`http://localhost:${first.port}/healthz`);
  assert.equal(health.status, 200);
  await kill(first);
  const again = await startTestServer(t, { dataDir, port: first.port });
  assert.equal(again.port, first.port);
});

test("two servers in one process take turns as well", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { dataDir });
  await assert.rejects(startTestServer(t, { dataDir }), saysWhoUsesIt(process.pid, dataDir));
  await first.close();
  await startTestServer(t, { dataDir, port: first.port });
});

test("a port that is taken is said before the media processes start, and the data is free again", async (t) => {
  const dataDir = tempDir(t);
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await assert.rejects(startTestServer(t, { dataDir, port }), (error) => {
    assert.ok(error instanceof StartError);
    assert.equal(error.message, `port ${port} is in use`);
    return true;
  });
  assert.equal(existsSync(join(dataDir, "media")), false);
  // It let go of the data again.
  await startTestServer(t, { dataDir });
});
