/** What strangers can take up: sockets, time and memory, before anybody has signed in. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { WebSocket } from "ws";

import { TrustedProxies } from "../../src/http/client-address.ts";
import { defaultLimits } from "../../src/limits.ts";
import { accept } from "../../src/ws/answer.ts";
import type { Answer } from "../../src/ws/answer.ts";
import { Gateway } from "../../src/ws/gateway.ts";
import { people } from "../support/group.ts";
import { helloOf } from "../support/hello.ts";
import { softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

/** A terminal that only says hello. @param address of the loopback network, or what a proxy says */
async function hello(
  t: TestContext,
  server: TestServer,
  { localAddress = "127.0.0.1", forwardedFor }: { localAddress?: string; forwardedFor?: string } = {},
) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, {
    localAddress,
    headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
  });
  t.after(() => socket.terminate());
  const errors: string[] = [];
  socket.on("message", (text: Buffer) => {
    const { error } = JSON.parse(text.toString("utf8")) as { error?: { code: string } };
    if (error !== undefined) errors.push(error.code);
  });
  const closed = once(socket, "close").then(([code]) => ({ code: code as number, errors }));
  await once(socket, "open");
  const answered = once(socket, "message");
  const terminalKey = randomBytes(32).toString("base64url");
  const terminalId = randomBytes(16).toString("base64url");
  socket.send(JSON.stringify({ id: 1, type: "session.hello", body: helloOf({ terminalId, terminalKey }) }));
  await answered;
  return { socket, closed, isOpen: () => socket.readyState === WebSocket.OPEN };
}

/** A connection that asks for nothing, or never ends its request. */
async function plain(t: TestContext, server: TestServer, text = "", localAddress = "127.0.0.1") {
  const socket = connect({ port: server.port, host: "127.0.0.1", localAddress });
  t.after(() => socket.destroy());
  socket.on("error", () => undefined);
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await once(socket, "connect");
  if (text !== "") socket.write(text);
  return { socket, closed };
}

const full = { code: 4003, errors: ["protocol.tooManyConnections"] };

test("when strangers fill the server, the oldest makes room and a person gets in", async (t) => {
  // What is looked at only now and then does not help.
  const server = await startTestServer(t, { limits: { strangers: 5 }, sweepMs: 3_600_000 });
  const [alice] = await people(server, "alice");
  const crowd = [];
  for (let i = 0; i < 5; i++) crowd.push(await hello(t, server));
  const bob = await TestTerminal.connect(server);
  assert.deepEqual(await crowd[0]?.closed, full);
  await bob.register("bob", await softwareDevice());
  // Bob is none of them any more: the place that he leaves is free.
  const next = await hello(t, server);
  const last = await hello(t, server);
  assert.deepEqual(await crowd[1]?.closed, full);
  assert.ok(next.isOpen() && last.isOpen() && crowd.slice(2).every(({ isOpen }) => isOpen()));
  await alice.request("directory.lookup", { userIds: [user("bob")] });
});

test("who was signed in and is no more counts again", async (t) => {
  const server = await startTestServer(t, { limits: { strangers: 2, strangerMs: 300_000 } });
  const [alice] = await people(server, "alice");
  const closed = alice.closed();
  await alice.request("binding.release", { proof: await alice.releaseProof() });
  // From when the server looks next she is a stranger, and makes room when she has been there longest.
  let others = 0;
  while ((await Promise.race([closed, delay(5, -1)])) === -1) {
    await hello(t, server);
    others += 1;
    assert.ok(others < 2_000);
  }
  assert.equal(await closed, 4003);
});

test("connections for pages count as well: they can fill it as little as half a request", async (t) => {
  const server = await startTestServer(t, { limits: { strangers: 4 } });
  const pages = [
    await plain(t, server),
    await plain(t, server, "GET / HTTP/1.1\r\nhost: localhost\r\n"),
    await plain(t, server, "GET /ws HTTP/1.1\r\n"),
    await plain(t, server, "\x16\x03\x01"),
  ];
  await (await TestTerminal.connect(server)).register("alice", await softwareDevice());
  await pages[0]?.closed;
  const page = await fetch(`${server.origin}/healthz`);
  assert.equal(page.status, 200);
});

test("each address has its share: its own oldest makes room, the others stay", async (t) => {
  const server = await startTestServer(t, { limits: { strangers: 100, strangersPerAddress: 3 } });
  const other = await hello(t, server, { localAddress: "127.0.0.2" });
  const crowd = [];
  for (let i = 0; i < 3; i++) crowd.push(await hello(t, server));
  assert.ok(
    crowd.every(({ isOpen }) => isOpen()),
    "three are not too many",
  );
  await hello(t, server);
  assert.deepEqual(await crowd[0]?.closed, full);
  assert.ok(other.isOpen() && crowd.slice(1).every(({ isOpen }) => isOpen()));
});

test("behind a trusted proxy the share is that of whom it names; nobody else's word counts", async (t) => {
  const limits = { strangers: 100, strangersPerAddress: 2 };
  const server = await startTestServer(t, { limits, trustedProxies: ["127.0.0.2", "127.0.0.3/32"] });
  const viaProxy = (forwardedFor: string) => hello(t, server, { localAddress: "127.0.0.2", forwardedFor });
  const neighbour = await viaProxy("198.51.100.2");
  const one = await viaProxy("198.51.100.1");
  // The left is what the client wrote itself.
  const two = await viaProxy("203.0.113.7, 198.51.100.1");
  const three = await viaProxy("203.0.113.8, 198.51.100.1, 127.0.0.3");
  assert.deepEqual(await one.closed, full);
  assert.ok(neighbour.isOpen() && two.isOpen() && three.isOpen());
  // IPv6: a whole /64 is one.
  const six = await viaProxy("2001:db8::1");
  await viaProxy("2001:db8::ffff:2");
  await viaProxy("2001:db8:0:0:1::");
  assert.deepEqual(await six.closed, full);

  // Who is no proxy cannot take another's share, nor have many.
  const liars = [];
  for (let i = 0; i < 3; i++) liars.push(await hello(t, server, { forwardedFor: `192.0.2.${i}` }));
  assert.deepEqual(await liars[0]?.closed, full);
  assert.ok(two.isOpen());
});

test("a proxy's connections that carry no terminal are not of one address", async (t) => {
  const limits = { strangers: 100, strangersPerAddress: 2, strangerMs: 300 };
  const server = await startTestServer(t, { limits, trustProxy: true });
  const kept = await plain(t, server);
  for (let i = 0; i < 3; i++) await plain(t, server);
  const timed = await hello(t, server, { forwardedFor: "198.51.100.1" });
  assert.equal((await timed.closed).code, 4006);
  assert.ok(!kept.socket.destroyed);
});

test("who does not sign in is disconnected after a while; who does is not", async (t) => {
  const server = await startTestServer(t, { limits: { strangerMs: 1_500 } });
  const [alice] = await people(server, "alice");
  const [stranger, half] = [await hello(t, server), await plain(t, server, "GET / HTTP/1.1\r\n")];
  assert.deepEqual(await stranger.closed, { code: 4006, errors: ["protocol.signInTimeout"] });
  await half.closed;
  await alice.request("directory.lookup", { userIds: [user("alice")] });
});

test("of signed-in terminals there are as many as connections; a stranger makes room for the last of them", async (t) => {
  const server = await startTestServer(t, { limits: { connections: 3 } });
  await people(server, "alice", "bob");
  const stranger = await hello(t, server);
  await (await TestTerminal.connect(server)).register("carol", await softwareDevice());
  assert.deepEqual(await stranger.closed, full);
  const late = await TestTerminal.open(server);
  assert.equal(await late.closed(), 4003);
});

/** A frame of text, unmasked bytes: the mask is zero (RFC 6455 section 5.2). @param first opcode 1 for text, 0 for what follows */
function frame(payload: number, { isFirst = true, isLast = false, sent = payload } = {}): Buffer {
  const head = Buffer.alloc(14);
  head[0] = (isLast ? 0x80 : 0) | (isFirst ? 1 : 0);
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(payload), 2);
  return Buffer.concat([head, Buffer.alloc(sent, 0x20)]);
}

/** The TCP socket of a terminal that said hello, so that half a message can be sent. */
async function half(t: TestContext, server: TestServer) {
  const terminal = await hello(t, server);
  const { _socket: socket } = terminal.socket as unknown as { _socket: Socket };
  return { ...terminal, write: (bytes: Buffer) => socket.write(bytes) };
}

const tooLarge = { code: 4001, errors: ["protocol.tooLarge"] };

test("an unfinished message of a stranger is bounded while it arrives", async (t) => {
  const server = await startTestServer(t);
  // One large frame, of which 136 kB come.
  const large = await half(t, server);
  large.write(frame(500_000, { sent: 136_000 }));
  assert.deepEqual(await large.closed, tooLarge);
  // Many fragments of a message without an end.
  const fragments = await half(t, server);
  for (let i = 0; i < 34; i++) fragments.write(frame(4_000, { isFirst: i === 0 }));
  assert.deepEqual(await fragments.closed, tooLarge);
  // Fragments of a byte or nothing cost more than they weigh.
  for (const size of [0, 1]) {
    const tiny = await half(t, server);
    for (let i = 0; i < 257; i++) tiny.write(frame(size, { isFirst: i === 0 }));
    assert.ok([1008, 4001].includes((await tiny.closed).code));
  }
  // What is just allowed arrives in pieces, and is answered when it is whole.
  const slow = await half(t, server);
  const message = JSON.stringify({ id: 7, type: "session.ping", body: {} }).padEnd(131_072, " ");
  const [head] = [frame(131_072, { isLast: true, sent: 0 })];
  const answered = once(slow.socket, "message");
  slow.write(head);
  for (let at = 0; at < message.length; at += 2_000) {
    slow.write(Buffer.from(message.slice(at, at + 2_000)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [reply] = (await answered) as [Buffer];
  assert.equal((JSON.parse(reply.toString("utf8")) as { id: number }).id, 7);
});

test("a message in many tiny pieces is bounded by their number", async (t) => {
  const server = await startTestServer(t);
  const trickle = await half(t, server);
  trickle.write(frame(100_000, { sent: 0 }));
  let sent = 0;
  const closed = trickle.closed.then(({ code }) => code);
  // Each piece by itself: the next is sent when the one before has gone out.
  while ((await Promise.race([closed, delay(1, 0)])) === 0) {
    trickle.write(Buffer.from(" "));
    sent += 1;
    assert.ok(sent < 20_000);
  }
  assert.equal(await closed, 4001);
});

test(
  "a closing socket is bounded as well: it ends when its peer neither answers nor stops",
  { timeout: 20_000 },
  async (t) => {
    const server = await startTestServer(t);
    const key = randomBytes(16).toString("base64");
    const upgrade = `GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`;
    const rude = await plain(t, server, upgrade);
    await once(rude.socket, "data");
    // No JSON ends the connection, and the end is not answered. The library alone would wait for half a minute.
    rude.socket.write(frame(1, { isLast: true }));
    await once(rude.socket, "data");
    for (let i = 0; i < 40 && !rude.socket.destroyed; i++)
      rude.socket.write(frame(4_000, { isFirst: i === 0 }));
    await rude.closed;
  },
);

test("after sign-in a message of 512 KiB arrives in pieces", async (t) => {
  const server = await startTestServer(t);
  const [alice] = await people(server, "alice");
  const { _socket: socket } = alice.socket as unknown as { _socket: Socket };
  const answered = once(alice.socket, "message");
  socket.write(frame(524_288, { isLast: true, sent: 0 }));
  const message = JSON.stringify({ id: 900, type: "session.ping", body: {} }).padEnd(524_288, " ");
  for (let at = 0; at < message.length; at += 1_400) {
    socket.write(Buffer.from(message.slice(at, at + 1_400)));
    if (at % 14_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const [reply] = (await answered) as [Buffer];
  assert.equal((JSON.parse(reply.toString("utf8")) as { id: number }).id, 900);
});

test("what comes while a request is worked on waits at the sender's", async (t) => {
  const shell = {
    ...defaultLimits,
    isPairing: () => false,
    isSignedIn: () => true,
    onReply: () => undefined,
    onRefusal: () => assert.fail(),
    onFault: () => assert.fail(),
  };
  const requests: ((answer: Answer) => void)[] = [];
  const gateway = new Gateway({
    originOf: () => "http://localhost",
    limits: defaultLimits,
    proxies: new TrustedProxies([]),
    shell: {
      ...shell,
      // One is worked on for as long as the test wants; who only says hello is answered.
      handle: async (_connection, { type }, respond) => {
        if (type === "session.ping")
          await new Promise<void>((resolve) => requests.push((answer) => resolve(respond(answer))));
        else respond(accept({}));
      },
    },
    onClose: () => undefined,
    onRefusal: () => assert.fail(),
  });
  const server = createServer();
  const carriers: Socket[] = [];
  server.on("connection", (socket) => carriers.push(socket));
  gateway.listen(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    gateway.cut();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const busy = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  await once(busy, "open");
  const other = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  await once(other, "open");
  const [carrier] = carriers;
  assert.ok(carrier !== undefined);
  const replies: number[] = [];
  busy.on("message", (text: Buffer) =>
    replies.push((JSON.parse(text.toString("utf8")) as { id: number }).id),
  );
  const ids = Array.from({ length: 20 }, (_, id) => id);
  for (const id of ids)
    busy.send(JSON.stringify({ id, type: "session.ping", body: {} }).padEnd(100_000, " "));
  for (const id of ids) {
    // The server has been through its sockets once more when it answers here.
    other.send(JSON.stringify({ id, type: "session.challenge", body: {} }));
    await once(other, "message");
  }
  assert.ok(carrier.bytesRead < 500_000, `${carrier.bytesRead} bytes were read`);
  for (const id of ids) {
    while (requests.length === 0) await delay(1);
    requests.shift()?.(accept({ serverTimeMs: id }));
  }
  while (replies.length < ids.length) await delay(1);
  assert.deepEqual(replies, ids);
});

test("requests that do not wait for the answer to the one before end the connection", async (t) => {
  const webRoot = tempDir(t);
  writeFileSync(join(webRoot, "index.html"), "x".repeat(200_000));
  const server = await startTestServer(t, { webRoot });
  const { socket, closed } = await plain(t, server);
  const ask = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
  // One after the other, on one connection, they are answered.
  for (let i = 0; i < 3; i++) {
    socket.write(ask("/healthz"));
    let answer = "";
    while (!answer.includes('"ok"')) answer += String((await once(socket, "data"))[0]);
  }
  const openFiles = (): number => readdirSync("/proc/self/fd").length;
  const before = openFiles();
  socket.write(ask("/index.html").repeat(1_000));
  while ((await Promise.race([closed.then(() => "closed"), delay(1, "open")])) === "open")
    assert.ok(openFiles() < before + 100, "each request opened a file");
});

test("a signed-in terminal that pings and reads nothing is cut off", async (t) => {
  const server = await startTestServer(t, { limits: { unreadBytes: 65_536 } });
  const [alice] = await people(server, "alice");
  const { _socket: socket } = alice.socket as unknown as { _socket: Socket };
  socket.pause();
  // What is sent to a closed socket is an error of its own.
  alice.socket.on("error", () => undefined);
  const closed = new Promise<string>((resolve) => socket.on("close", () => resolve("closed")));
  const ping = Buffer.alloc(6 + 125);
  ping.set([0x89, 0x80 | 125]);
  const pings = Buffer.concat(Array.from({ length: 1_000 }, () => ping));
  let sentBytes = 0;
  // Systems hold some megabytes before anything waits in the server.
  while ((await Promise.race([closed, delay(1, "open")])) === "open") {
    if (socket.writableLength === 0) {
      socket.write(pings);
      sentBytes += pings.length;
    }
    assert.ok(sentBytes < 200_000_000, "pongs without end wait for it");
  }
});
