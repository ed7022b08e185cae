/** The relay on the port of the page, beside HTTP and WebSocket, or on one of its own. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { connect as connectTls } from "node:tls";

import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";
import { TurnClient } from "@signet/e2e/support/turn-client.ts";
import { MediaPeer } from "@signet/media/peer";
import { stunMethods } from "@signet/media/turn";
import type { CallId, Relay } from "@signet/protocol";

import type { ServerOptions } from "../../src/index.ts";
import { answered } from "../support/answered.ts";
import { callOfTwo, people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import type { TestTerminal } from "../support/test-terminal.ts";

async function openSocket(t: TestContext, port: number, isSecure: boolean): Promise<Socket> {
  const at = { port, host: "127.0.0.1" };
  const socket = isSecure ? connectTls({ ...at, rejectUnauthorized: false }) : connectTcp(at);
  t.after(() => void socket.destroy());
  await once(socket, isSecure ? "secureConnect" : "connect");
  return socket;
}

/** What the socket gets until it is closed. */
async function heardOn(socket: Socket): Promise<string> {
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  if (!socket.closed) await once(socket, "close");
  return heard;
}

const only = (relays: readonly Relay[]): Relay => {
  assert.equal(relays.length, 1);
  return relays[0] ?? assert.fail();
};

const relayFor = async (terminal: TestTerminal, callId?: CallId): Promise<Relay> =>
  only((await terminal.request("media.relays", callId === undefined ? {} : { callId })).relays);

function placeOf({ urls }: Relay): { readonly port: number; readonly isSecure: boolean } {
  const [, scheme, port] = /^(turns?):localhost:(\d+)\?transport=tcp$/.exec(urls[0] ?? "") ?? assert.fail();
  return { port: Number(port), isSecure: scheme === "turns" };
}

async function clientFor(t: TestContext, relay: Relay): Promise<TurnClient> {
  const { isSecure, port } = placeOf(relay);
  return new TurnClient(await openSocket(t, port, isSecure), relay);
}

async function allocated(t: TestContext, relay: Relay): Promise<TurnClient> {
  const client = await clientFor(t, relay);
  assert.equal(await client.allocate(), 0);
  return client;
}

const secure = async (t: TestContext): Promise<Partial<ServerOptions>> =>
  writeServerCertificate(tempDir(t), 30);

for (const way of ["plain", "TLS"] as const)
  test(`HTTP, WebSocket and TURN are on one port at once: ${way}`, async (t) => {
    const isSecure = way === "TLS";
    const server = await startTestServer(t, isSecure ? await secure(t) : {});
    const [alice, bob] = await people(server, "alice", "bob");
    const callId = await callOfTwo(alice, bob);
    const relay = await relayFor(alice, callId);
    assert.deepEqual(placeOf(relay), { port: server.port, isSecure });
    const client = await allocated(t, relay);
    const check = await answered(t, alice, callId, client);
    const asked = async (socket: Socket, pieces: readonly string[]): Promise<string> => {
      const heard = heardOn(socket);
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise(setImmediate);
      }
      return heard;
    };
    const request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    for (const pieces of [[request], request.split(/(?=[^])/), ["\r\n", request]]) {
      const [page, pong, result] = await Promise.all([
        openSocket(t, server.port, isSecure).then((socket) => asked(socket, pieces)),
        bob.request("session.ping", {}),
        client.check(0x4000, check),
      ]);
      assert.match(page, /^HTTP\/1\.1 200 OK\r\n[^]*\{"status":"ok"\}$/);
      assert.ok(pong.serverTimeMs > 0);
      assert.equal(result, 0);
    }
    // On a connection that goes on, one after the other.
    const socket = await openSocket(t, server.port, isSecure);
    for (let i = 0; i < 3; i++) {
      socket.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
      assert.match(((await once(socket, "data")) as [Buffer])[0].toString(), /^HTTP\/1\.1 200/);
    }
  });

test("who connects and says nothing, or begins a message of TURN, is gone after a while", async (t) => {
  for (const tls of [{}, await secure(t)]) {
    const server = await startTestServer(t, { ...tls, limits: { headMs: 200, helloMs: 200 } });
    const isSecure = "tlsCert" in tls;
    for (const begin of ["", "\u0000", "\u0000\u0003\u0000", "G"]) {
      const socket = await openSocket(t, server.port, isSecure);
      if (begin !== "") socket.write(begin);
      await heardOn(socket);
    }
  }
});

test("credentials begin nothing after two minutes, and what began goes on", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const relay = await relayFor(alice, callId);
  assert.ok(Math.abs(relay.expiresAtMs - Date.now() - 120_000) < 60_000);
  const early = await allocated(t, relay);
  const nowMs = (): number => Date.now();
  server.setClock(relay.expiresAtMs - nowMs() - 1_500);
  await allocated(t, relay);
  server.setClock(relay.expiresAtMs - nowMs() + 1);
  assert.equal(await (await clientFor(t, relay)).allocate(), 401);
  assert.equal(await early.ask(stunMethods.refresh, () => []), 0);
});

test("a terminal has the credentials that it asked for last, four of them, and nobody else has them", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const first = await relayFor(alice, callId);
  const bobs = await relayFor(bob, callId);
  for (let i = 0; i < 3; i++) await relayFor(alice, callId);
  await allocated(t, first);
  const last = await relayFor(alice, callId);
  assert.equal(await (await clientFor(t, first)).allocate(), 401);
  await allocated(t, last);
  assert.equal(await (await clientFor(t, { ...last, credential: bobs.credential })).allocate(), 401);
});

for (const [how, leave] of [
  [
    "leaves the call",
    (bob, callId) =>
      bob.statement("leave", callId, "left").then((proof) => bob.request("call.leave", { proof })),
  ],
  ["signs out", (bob) => bob.releaseProof().then((proof) => bob.request("binding.release", { proof }))],
  [
    "is lost for longer than a call waits",
    (bob, _callId, server) => bob.close().then(() => server.setClock(31_000)),
  ],
] as readonly (readonly [
  string,
  (bob: TestTerminal, callId: CallId, server: TestServer) => Promise<unknown>,
])[])
  test(`what is relayed for a terminal ends when it ${how}`, async (t) => {
    const server = await startTestServer(t);
    const [alice, bob, carol] = await people(server, "alice", "bob", "carol");
    const callId = await callOfTwo(alice, bob, [carol.userId ?? ""]);
    const relay = await relayFor(bob, callId);
    const client = await allocated(t, relay);
    await leave(bob, callId, server);
    assert.equal(await client.frame(), undefined);
    assert.equal(await (await clientFor(t, relay)).allocate(), 401);
  });

test("a terminal has so many allocations, and the server in all", async (t) => {
  const limits = { relayAllocations: 3, relayAllocationsPerTerminal: 2 };
  const server = await startTestServer(t, { limits });
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const [alices, bobs] = [await relayFor(alice, callId), await relayFor(bob, callId)];
  const first = await allocated(t, alices);
  await allocated(t, alices);
  assert.equal(await (await clientFor(t, alices)).allocate(), 486);
  await allocated(t, bobs);
  assert.equal(await (await clientFor(t, bobs)).allocate(), 508);
  first.socket.destroy();
  // The server sees it in its own time.
  while ((await (await clientFor(t, alices)).allocate()) !== 0);
});

test("a probe goes over the relay, too, until the credentials for it end", async (t) => {
  const server = await startTestServer(t, { limits: { probeMs: 3_600_000 } });
  const [alice] = await people(server, "alice");
  const client = await allocated(t, await relayFor(alice));
  const peer = new MediaPeer({ slots: 8, address: "127.0.0.1" });
  t.after(() => peer.close());
  const { sdp } = await alice.request("media.probe", { sdp: await peer.offer() });
  const port = Number(/ 127\.0\.0\.1 (\d+) typ host/.exec(sdp)?.[1]);
  assert.equal(await client.permit({ address: "127.0.0.1", port }), 0);
  server.setClock(121_000);
  assert.equal(await client.frame(), undefined);
});

test("who is relayed is no stranger, and strangers do not push them out", async (t) => {
  const server = await startTestServer(t, { limits: { strangersPerAddress: 3 } });
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const client = await allocated(t, await relayFor(alice, callId));
  const stranger = await clientFor(t, { ...(await relayFor(bob, callId)), credential: "sesame" });
  assert.equal(await stranger.allocate(), 401);
  for (let i = 0; i < 6; i++) await openSocket(t, server.port, false);
  assert.equal(await stranger.frame(), undefined);
  assert.equal(await client.ask(stunMethods.refresh, () => []), 0);
});

test("the relay has a port of its own where it is given one: the page's has HTTP alone then, and this one TURN alone", async (t) => {
  for (const tls of [{}, await secure(t)]) {
    const server = await startTestServer(t, { ...tls, relay: { port: 0 } });
    const isSecure = "tlsCert" in tls;
    const [alice, bob] = await people(server, "alice", "bob");
    const callId = await callOfTwo(alice, bob);
    const relay = await relayFor(alice, callId);
    const place = placeOf(relay);
    assert.equal(place.isSecure, isSecure);
    assert.notEqual(place.port, server.port);
    const client = await allocated(t, relay);
    assert.equal(await client.check(0x4000, await answered(t, alice, callId, client)), 0);
    const web = await openSocket(t, server.port, isSecure);
    web.write(client.sealed(stunMethods.allocate));
    assert.match(await heardOn(web), /^HTTP\/1\.1 400 /);
    const turn = await openSocket(t, place.port, isSecure);
    turn.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert.equal(await heardOn(turn), "");
  }
});

test("connections to both ports from one port of a terminal are two, and neither is counted as the other", async (t) => {
  const server = await startTestServer(t, { relay: { port: 0 }, limits: { strangersPerAddress: 3 } });
  const [alice, bob] = await people(server, "alice", "bob");
  const relay = await relayFor(alice, await callOfTwo(alice, bob));
  // One that is free just now.
  const listener = createTcpServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port: localPort } = listener.address() as AddressInfo;
  await new Promise((done) => listener.close(done));
  const from = async (port: number): Promise<Socket> => {
    const socket = connectTcp({ port, host: "127.0.0.1", localAddress: "127.0.0.1", localPort });
    t.after(() => void socket.destroy());
    await once(socket, "connect");
    return socket;
  };
  const client = new TurnClient(await from(placeOf(relay).port), relay);
  const web = await from(server.port);
  assert.equal(await client.allocate(), 0);
  for (let i = 0; i < 6; i++) await openSocket(t, server.port, false);
  assert.equal(await heardOn(web), "", "a stranger, and the first to make room");
  assert.equal(await client.ask(stunMethods.refresh, () => []), 0);
});

test("a port of its own that somebody has is said at the start", async (t) => {
  const { port } = await startTestServer(t);
  await assert.rejects(startTestServer(t, { relay: { port } }), /port \d+ is in use/);
});

test("without a relay nobody is told of one, and TURN is no HTTP; so behind a proxy that was not told otherwise", async (t) => {
  const proxied = { trustProxy: true, origin: "http://localhost" };
  for (const [options, count] of [
    [{ relay: "off" }, 0],
    [proxied, 0],
    [{ ...proxied, relay: "web" }, 1],
  ] as const) {
    const server = await startTestServer(t, options);
    const [alice] = await people(server, "alice");
    assert.equal((await alice.request("media.relays", {})).relays.length, count);
    const socket = await openSocket(t, server.port, false);
    socket.write(Buffer.from("000300002112a442000000000000000000000000", "hex"));
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.equal(answer.toString("latin1").startsWith("HTTP/1.1 400 "), count === 0);
  }
});

test("metrics tell of the relay, and the log says nothing of credentials", async (t) => {
  const server = await startTestServer(t);
  const metrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const relay = await relayFor(alice, callId);
  const client = await allocated(t, relay);
  const check = await answered(t, alice, callId, client);
  assert.equal(await client.check(0x4000, check), 0);
  const text = await metrics();
  assert.match(text, /^signet_relay_allocations 1$/m);
  assert.match(text, new RegExp(`^signet_relay_received_bytes_total ${check.length}$`, "m"));
  assert.match(text, /^signet_relay_sent_bytes_total [1-9]\d*$/m);
  assert.match(text, /^signet_relay_refusals_total\{reason="401"\} 1$/m);
  for (const secret of [relay.username, relay.credential, client.nonce])
    assert.ok(!server.log().includes(secret) && !text.includes(secret));
});
