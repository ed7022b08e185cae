/** Requests under names that are not this server's, and handshakes that are never finished. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";

import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";

import { isOwnHost } from "../../src/http/own-host.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";

const status = (port: number, path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, headers });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });

const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

test("another name is refused on every path, by page and by socket", async (t) => {
  const server = await startTestServer(t, { webRoot: tempDir(t) });
  const { port } = server;
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, "localhost", "127.0.0.2", `[::1]:${port}`]) {
    assert.equal(await status(port, "/healthz", { host }), 200, host);
    assert.equal(await status(port, "/metrics", { host }), 200, host);
    assert.equal(await status(port, "/ws", { ...upgrade, host }), 101, host);
  }
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "localhost.evil.example",
    "evil.localhost.example",
    "127.0.0.1.evil.example",
    "192.0.2.1",
    "[2001:db8::1]",
    "0.0.0.0",
    "localhost@evil.example",
    "a b",
  ]) {
    for (const path of ["/", "/healthz", "/metrics", "/assets/x.js", "/nothing"])
      assert.equal(await status(port, path, { host }), 421, `${host} ${path}`);
    assert.equal(await status(port, "/ws", { ...upgrade, host }), 421, host);
  }
});

test("the name of the origin is this server's, wherever it listens; another server's is not", async (t) => {
  const { port } = await startTestServer(t, { origin: "https://calls.example.org" });
  for (const host of ["calls.example.org", "CALLS.example.org:443", `127.0.0.1:${port}`])
    assert.equal(await status(port, "/healthz", { host }), 200, host);
  for (const host of ["example.org", "calls.example.org.evil.example", "xcalls.example.org"])
    assert.equal(await status(port, "/healthz", { host }), 421, host);
});

test("who opened another name is told the right one, as text", async (t) => {
  const { port } = await startTestServer(t, { origin: "https://calls.example.org" });
  const asked = request({ port, host: "127.0.0.1", path: "/", headers: { host: "wrong.example" } });
  const [response] = (await once(asked.end(), "response")) as [IncomingMessage];
  assert.match(response.headers["content-type"] ?? "", /^text\/plain/);
  const text = (await response.toArray()).join("");
  assert.equal(text, "this server has another name: open https://calls.example.org\n");
});

test("an address is this server's where it was reached under it", () => {
  const origin = "https://calls.example.org";
  assert.ok(isOwnHost("192.0.2.1:8080", origin, "192.0.2.1"));
  assert.ok(isOwnHost("192.0.2.1", origin, "::ffff:192.0.2.1"));
  assert.ok(isOwnHost("[2001:db8::1]:80", origin, "2001:db8:0:0::1"));
  assert.ok(!isOwnHost("192.0.2.2", origin, "192.0.2.1"));
  assert.ok(!isOwnHost("[2001:db8::2]", origin, "2001:db8::1"));
  assert.ok(!isOwnHost("192.0.2.1", origin, undefined));
  assert.ok(!isOwnHost(undefined, origin, "192.0.2.1"));
  assert.ok(!isOwnHost("", origin, "192.0.2.1"));
});

test("half a TLS hello does not hold a socket", { timeout: 30_000 }, async (t) => {
  const { tlsCert, tlsKey } = await writeServerCertificate(tempDir(t), 30);
  const server = await startTestServer(t, { tlsCert, tlsKey, limits: { headMs: 500 } });
  const socket = connect(server.port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => undefined);
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await once(socket, "connect");
  // The head of a ClientHello of 512 bytes, and nothing after it.
  socket.write(Buffer.from("160301020001000001fc0303", "hex"));
  await closed;
});
