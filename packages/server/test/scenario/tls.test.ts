/** The server's own certificate: taken over when its files change, and told of before it ends. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";

import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";
import type { ServerCertificateFiles } from "@signet/e2e/support/server-certificate.ts";
import { WebSocket } from "ws";

import { startTestServer, tempDir } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";

const dayMs = 86_400_000;

async function shownBy({ port }: TestServer): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

const fingerprintOf = ({ tlsCert }: ServerCertificateFiles): string =>
  new X509Certificate(readFileSync(tlsCert)).fingerprint256;

/** How often the log has these words, once that is `count` times or more. */
async function logged(server: TestServer, words: string, count: number): Promise<number> {
  for (;;) {
    const found = server.log().split(words).length - 1;
    if (found >= count) return found;
    await new Promise(setImmediate);
  }
}

test("changed files are taken over once they belong together, and connections go on", async (t) => {
  const dir = tempDir(t);
  const [first, second] = [await writeServerCertificate(dir, 30), await writeServerCertificate(dir, 60)];
  const files = { tlsCert: join(dir, "cert.pem"), tlsKey: join(dir, "key.pem") };
  copyFileSync(first.tlsCert, files.tlsCert);
  copyFileSync(first.tlsKey, files.tlsKey);
  const server = await startTestServer(t, files);
  assert.equal(await shownBy(server), fingerprintOf(first));
  const socket = new WebSocket(`wss://localhost:${server.port}/ws`, {
    rejectUnauthorized: false,
    origin: server.origin,
  });
  t.after(() => socket.terminate());
  await once(socket, "open");

  copyFileSync(second.tlsCert, files.tlsCert);
  await logged(server, "are not a certificate and its key: the former ones hold", 1);
  assert.equal(await shownBy(server), fingerprintOf(first), "a certificate without its key");
  writeFileSync(files.tlsCert, "words");
  await logged(server, "are not a certificate and its key: the former ones hold", 2);
  assert.equal(await shownBy(server), fingerprintOf(first), "no certificate");
  rmSync(files.tlsCert);
  symlinkSync(files.tlsCert, files.tlsCert);
  await logged(server, "are not a certificate and its key: the former ones hold", 3);
  assert.equal(await shownBy(server), fingerprintOf(first), "a link to itself");
  rmSync(files.tlsCert);

  copyFileSync(second.tlsCert, files.tlsCert);
  copyFileSync(second.tlsKey, files.tlsKey);
  await logged(server, "TLS certificate taken over", 1);
  assert.equal(await shownBy(server), fingerprintOf(second));
  socket.ping();
  await once(socket, "pong");
  assert.equal(socket.readyState, WebSocket.OPEN, "what was connected before");
});

test("a certificate that ends soon, has ended, or has not begun is told of at start and each day", async (t) => {
  const soon = "the TLS certificate expires soon";
  const over = "the TLS certificate has expired";
  const early = "the TLS certificate is not valid yet";
  let offsetMs = 0;
  let looks = 0;
  const server = await startTestServer(t, {
    ...(await writeServerCertificate(tempDir(t), 15)),
    clock: () => {
      looks += 1;
      return Date.now() + offsetMs;
    },
  });
  /** The server has looked at the time some more times. */
  const later = async (): Promise<void> => {
    for (const before = looks; looks < before + 20;) await new Promise(setImmediate);
  };
  await later();
  assert.doesNotMatch(server.log(), /TLS certificate/, "15 days are enough");
  offsetMs = 2 * dayMs;
  await logged(server, soon, 1);
  await later();
  assert.equal(await logged(server, soon, 1), 1, "once a day");
  assert.match(server.log(), /"days":13/);
  offsetMs = 3 * dayMs;
  await logged(server, soon, 2);
  offsetMs = 16 * dayMs;
  assert.equal(await logged(server, over, 1), 1);
  assert.match(server.log(), /"level":"error"[^\n]*has expired/);
  assert.equal(await logged(server, soon, 2), 2);
  const behind = await startTestServer(t, {
    ...(await writeServerCertificate(tempDir(t), 15)),
    clock: () => Date.now() - 401 * dayMs,
  });
  assert.equal(await logged(behind, early, 1), 1);

  const expired = await startTestServer(t, await writeServerCertificate(tempDir(t), -2));
  assert.equal(await logged(expired, over, 1), 1, "at start");
});
