/** The server's own certificate: taken over when its files change, and told of before it ends. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
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

  copyFileSync(second.tlsCert, files.tlsCert);
  copyFileSync(second.tlsKey, files.tlsKey);
  await logged(server, "TLS certificate taken over", 1);
  assert.equal(await shownBy(server), fingerprintOf(second));
  socket.ping();
  await once(socket, "pong");
  assert.equal(socket.readyState, WebSocket.OPEN, "what was connected before");
  const old = connect({
    port: server.port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT:@SECLEVEL=0",
  });
  const [error] = await once(old, "error");
  assert.match(
    String((error as NodeJS.ErrnoException).code),
    /ERR_SSL|ECONNRESET/,
    "no older TLS than before",
  );
});

test("a certificate that ends soon, has ended, or has not begun is told of at start and each day", async (t) => {
  const soon = "the TLS certificate expires soon";
  const over = "the TLS certificate has expired";
  const early = "the TLS certificate is not valid yet";
  const server = await startTestServer(t, await writeServerCertificate(tempDir(t), 15));
  assert.doesNotMatch(server.log(), /TLS certificate/, "15 days are enough");
  server.setClock(2 * dayMs);
  assert.equal(await logged(server, soon, 1), 1);
  assert.match(server.log(), /"days":13/);
  server.setClock(3 * dayMs);
  assert.equal(await logged(server, soon, 2), 2, "once a day");
  server.setClock(16 * dayMs);
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
