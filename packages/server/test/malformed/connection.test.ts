/** Sockets and messages that break the rules. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";

import { seededRandom } from "@signet/e2e/support/seeded-random.ts";
import { maxMessageBytes, neededFeatures, ownFeatures, toBase64Url } from "@signet/protocol";
import { WebSocket } from "ws";

import { people } from "../support/group.ts";
import { helloOf } from "../support/hello.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer } from "../support/test-server.ts";
import { newCallId, TestTerminal, user } from "../support/test-terminal.ts";

test("hello comes first, once, and in this version", async (t) => {
  const server = await startTestServer(t);
  const terminal = await TestTerminal.open(server);
  assert.equal(await terminal.refusal("session.challenge", {}), "protocol.helloRequired");
  const { terminalId, key } = terminal;
  const hello = { terminalId, terminalKey: key.publicKey };
  const info = await terminal.hello();
  assert.equal(info.serverOrigin, server.origin);
  assert.deepEqual(info.limits, {
    callMembers: 100,
    messageBytes: 524_288,
    slots: 8,
    ringMs: 45_000,
    bindingMs: 43_200_000,
  });
  assert.equal(await terminal.refusal("session.hello", helloOf(hello)), "protocol.helloRepeated");

  const newer = await TestTerminal.open(server);
  const closed = newer.closed();
  const answer = await newer.askRaw("session.hello", { version: 2, other: "fields" });
  assert.equal(answer.kind === "error" && answer.code, "protocol.version");
  assert.equal(await closed, 4005);
});

const released = (name: string): object => {
  const file = new URL(`../../../protocol/test/released/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { request: { body: object } }).request.body;
};

test("a terminal of version 0.1 is told at hello that it is another version, by a code that it has words for", async (t) => {
  const server = await startTestServer(t);
  const older = await TestTerminal.open(server);
  const closed = older.closed();
  const answer = await older.askRaw("session.hello", released("hello-0.1"));
  assert.equal(answer.kind === "error" && answer.code, "protocol.version");
  assert.equal(await closed, 4005);
  for (const missing of neededFeatures) {
    const terminal = await TestTerminal.open(server);
    const features = ownFeatures.filter((feature) => feature !== missing);
    const code = await terminal.askRaw("session.hello", { ...released("hello-0.1"), features });
    assert.equal(code.kind === "error" && code.code, "protocol.version", missing);
  }
});

test("features that the server does not know are none of its business; it names its own, but for guests where none are let in", async (t) => {
  const server = await startTestServer(t);
  const withoutGuests = ownFeatures.filter((feature) => feature !== "guests");
  for (const features of [ownFeatures, [...ownFeatures, "later", "constructor"], neededFeatures]) {
    const terminal = await TestTerminal.open(server);
    const answer = await terminal.askRaw("session.hello", { ...released("hello-1"), features });
    assert.ok(answer.kind === "reply");
    assert.deepEqual((answer.body as { features: unknown }).features, withoutGuests);
  }
});

test("before sign-in there is nothing but signing in", async (t) => {
  const server = await startTestServer(t);
  const terminal = await TestTerminal.connect(server);
  const callId = newCallId();
  const proof = {
    transcript: Uint8Array.of(1),
    signature: { kind: "terminal", signature: new Uint8Array(64) },
  } as const;
  await changesNothing(server, async () => {
    assert.equal(
      await terminal.refusal("directory.lookup", { userIds: [user("alice")] }),
      "auth.signInRequired",
    );
    assert.equal(
      await terminal.refusal("presence.watch", { userIds: [user("alice")] }),
      "auth.signInRequired",
    );
    assert.equal(await terminal.refusal("call.request", { proof }), "auth.signInRequired");
    assert.equal(
      await terminal.refusal("call.join", { proof, keyPackage: Uint8Array.of(1) }),
      "auth.signInRequired",
    );
    assert.equal(await terminal.refusal("call.decline", { proof }), "auth.signInRequired");
    assert.equal(await terminal.refusal("call.sync", { callId, epoch: 0, number: 0 }), "auth.signInRequired");
    assert.equal(await terminal.refusal("media.offer", { callId, sdp: "v=0" }), "auth.signInRequired");
    assert.equal(await terminal.refusal("sign-in.begin", { userId: user("nobody") }), "user.unknown");
    assert.equal(await terminal.refusal("session.resume", { proof }), "proof.malformed");
  });
});

test("unknown types and wrong bodies get an error and the connection goes on; what is no JSON ends it", async (t) => {
  const server = await startTestServer(t);
  const terminal = await TestTerminal.connect(server);
  const unknown = await terminal.askRaw("call.takeOver", {});
  assert.equal(unknown.kind === "error" && unknown.code, "protocol.unknownType");
  const prototype = await terminal.askRaw("__proto__", {});
  assert.equal(prototype.kind === "error" && prototype.code, "protocol.unknownType");
  const wrong = await terminal.askRaw("sign-in.begin", { userId: "alice", more: 1 });
  assert.equal(wrong.kind === "error" && wrong.code, "protocol.badMessage");
  await terminal.request("session.ping", {});
  const closed = terminal.closed();
  terminal.socket.send("{");
  assert.equal(await closed, 4000);
  assert.deepEqual(terminal.faults, ["protocol.badJson"]);
  const binary = await TestTerminal.open(server);
  const binaryClosed = binary.closed();
  binary.socket.send(Buffer.from('{"id":1,"type":"session.ping","body":{}}'));
  assert.equal(await binaryClosed, 4000);
});

/** Of so many bytes, and with a field too much. */
function messageOf(bytes: number): string {
  const around = JSON.stringify({ id: 9, type: "session.ping", body: { padding: "" } }).length;
  return JSON.stringify({ id: 9, type: "session.ping", body: { padding: "x".repeat(bytes - around) } });
}

test("before sign-in a message has at most 128 KiB, after it 512 KiB", async (t) => {
  const server = await startTestServer(t);
  for (const [isSignedIn, mostBytes] of [
    [false, 131_072],
    [true, maxMessageBytes],
  ] as const) {
    const terminal = await TestTerminal.connect(server);
    if (isSignedIn) await terminal.register("alice", await softwareDevice());
    terminal.socket.send(messageOf(mostBytes));
    await terminal.request("session.ping", {});
    assert.deepEqual(terminal.faults, []);
    const closed = terminal.closed();
    terminal.socket.send(messageOf(mostBytes + 1));
    assert.equal(await closed, 4001);
    assert.deepEqual(terminal.faults, ["protocol.tooLarge"]);
  }
});

test("a message of 512 KiB is refused as too large, one of a megabyte ends the connection as well", async (t) => {
  const server = await startTestServer(t);
  const terminal = await TestTerminal.connect(server);
  const closed = terminal.closed();
  terminal.socket.send(
    JSON.stringify({ id: 1, type: "session.ping", body: { padding: "x".repeat(maxMessageBytes) } }),
  );
  assert.equal(await closed, 4001);
  assert.deepEqual(terminal.faults, ["protocol.tooLarge"]);
  const huge = await TestTerminal.connect(server);
  const hugeClosed = huge.closed();
  huge.socket.send("x".repeat(1_000_000));
  assert.equal(await hugeClosed, 1009);
});

test("10,000 random messages change nothing, and each is answered", async (t) => {
  const seed = Number(process.env["SIGNET_SEED"] ?? randomBytes(4).readUInt32LE());
  t.diagnostic(`SIGNET_SEED=${seed}`);
  const next = seededRandom(seed);
  const random = (n: number): number => Math.floor(next() * n);
  const server = await startTestServer(t, { limits: { messageBurst: 20_000 } });
  const [alice] = await people(server, "alice", "bob");
  const { terminalId } = alice;
  const pieces = [
    "{",
    "}",
    "[",
    "null",
    '"id":1',
    '"type":"call.commit"',
    ":",
    ",",
    '"body":{}',
    "\u0000",
    "9e99",
    `"${terminalId}"`,
  ];
  // Too few pieces for a whole message.
  const garbled = (): string => Array.from({ length: 6 }, () => pieces[random(pieces.length)]).join("");
  const types = ["register.finish", "call.commit", "session.hello", "session.resume", "toString", ""];
  const wellFormed = (id: number): string => {
    const type = types[random(types.length)] || "x".repeat(random(65));
    const noise = Uint8Array.from({ length: random(256) }, () => random(256));
    const body = random(3) === 0 ? [] : { proof: toBase64Url(noise), callId: terminalId, epoch: random(256) };
    return JSON.stringify({ id, type, body });
  };
  await changesNothing(server, async () => {
    let answers = 0;
    let closes = 0;
    for (let i = 0; i < 100; i++) {
      const terminal = await TestTerminal.open(server);
      const ids: number[] = [];
      const all = new Promise<void>((resolve) => {
        terminal.socket.on("message", (data: Buffer) => {
          const { id, error } = JSON.parse(data.toString()) as { id?: number; error?: unknown };
          if (id !== undefined && error !== undefined && ids.push(id) === 99) resolve();
        });
      });
      for (let id = 0; id < 99; id++) terminal.socket.send(wellFormed(id));
      await all;
      assert.deepEqual(
        ids,
        Array.from({ length: 99 }, (_, id) => id),
      );
      answers += ids.length;
      // What is garbled ends the connection, so it comes last.
      terminal.socket.send(garbled());
      assert.equal(await terminal.closed(), 4000);
      assert.deepEqual(terminal.faults, ["protocol.badJson"]);
      closes += 1;
    }
    assert.equal(answers + closes, 10_000);
  });
  await alice.request("session.ping", {});
  assert.doesNotMatch(server.log(), /"level":"(error|fatal)"/);
});

test("a terminal that sends too fast is cut off", async (t) => {
  const server = await startTestServer(t, { limits: { messageBurst: 20, messagesPerSecond: 1 } });
  const terminal = await TestTerminal.connect(server);
  const closed = terminal.closed();
  for (let id = 100; id < 130; id++)
    terminal.socket.send(JSON.stringify({ id, type: "session.ping", body: {} }));
  assert.equal(await closed, 4002);
  assert.deepEqual(terminal.faults, ["protocol.tooFast"]);
});

test("a socket without hello is closed, and a silent peer is given up", async (t) => {
  const server = await startTestServer(t, { limits: { helloMs: 50 } });
  const terminal = await TestTerminal.open(server);
  const closed = terminal.closed();
  assert.equal(await closed, 4004);
  assert.deepEqual(terminal.faults, ["protocol.helloTimeout"]);

  const strict = await startTestServer(t, { limits: { silenceMs: 3_000 } });
  const [alice, bob] = await people(strict, "alice", "bob");
  await alice.request("presence.watch", { userIds: [user("bob")] });
  // Bob's machine is gone: nothing answers the pings any more.
  bob.socket.pause();
  const gone = await alice.event("presence.changed");
  assert.deepEqual(gone, { userId: "bob", reachable: false });
  // Alice answered hers.
  await alice.request("session.ping", {});
});

test("a thousand half-open sockets do not keep a person out, and the server closes each", async (t) => {
  const server = await startTestServer(t, { limits: { headMs: 2_000 } });
  const closed = await Promise.all(
    Array.from({ length: 1_000 }, async (_, i) => {
      const socket = connect(server.port, "127.0.0.1");
      t.after(() => socket.destroy());
      socket.on("error", () => undefined);
      // Reads, as it would otherwise not see the end.
      socket.resume();
      await once(socket, "connect");
      // Some send nothing, some a part of a request.
      if (i % 2 === 1) socket.write("GET /ws HTTP/1.1\r\nhost: localhost\r\n");
      return { socket, end: new Promise<void>((resolve) => socket.on("close", () => resolve())) };
    }),
  );
  const terminal = await TestTerminal.connect(server);
  await terminal.register("alice", await softwareDevice());
  const healthy = await fetch(`http://127.0.0.1:${server.port}/healthz`);
  assert.deepEqual(await healthy.json(), { status: "ok" });
  await Promise.all(closed.map(({ end }) => end));
  // Who is through the door is not measured by that.
  await terminal.request("session.ping", {});
});

test("a thousand sockets that never introduce themselves are closed, each told why", async (t) => {
  const server = await startTestServer(t, { limits: { helloMs: 2_000, strangersPerAddress: 1_000 } });
  const codes = await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`);
      socket.on("error", () => undefined);
      const [code] = (await once(socket, "close")) as [number];
      return code;
    }),
  );
  assert.deepEqual(new Set(codes), new Set([4004]));
  const terminal = await TestTerminal.connect(server);
  await terminal.register("alice", await softwareDevice());
});

const refusedAt = async (server: {
  readonly port: number;
}): Promise<readonly [number, readonly string[]]> => {
  const terminal = await TestTerminal.open(server);
  return [await terminal.closed(), terminal.faults];
};

test("connections are bounded", async (t) => {
  const server = await startTestServer(t, { limits: { connections: 2 } });
  await people(server, "alice", "bob");
  assert.deepEqual(await refusedAt(server), [4003, ["protocol.tooManyConnections"]]);
});

test("only the server's own pages and programs may connect", async (t) => {
  const server = await startTestServer(t);
  const attempt = async (origin: string | undefined, path = "/ws"): Promise<number> => {
    const socket = new WebSocket(
      `ws://127.0.0.1:${server.port}${path}`,
      origin === undefined ? {} : { origin },
    );
    return new Promise((resolve) => {
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.on("open", () => {
        socket.close();
        resolve(101);
      });
    });
  };
  assert.equal(await attempt(server.origin), 101);
  assert.equal(await attempt(undefined), 101);
  assert.equal(await attempt("https://evil.example"), 403);
  assert.equal(await attempt("null"), 403);
  assert.equal(await attempt(`http://localhost:${server.port + 1}`), 403);
  assert.equal(await attempt(server.origin, "/other"), 404);
});

test("peers that reset the connection while their upgrade is refused do no harm", async (t) => {
  const server = await startTestServer(t);
  const request = `GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\norigin: https://evil.example\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString("base64")}\r\n\r\n`;
  for (let i = 0; i < 40; i++) {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    // Half of them are gone before the refusal is written, half when it arrives.
    socket.write(request);
    if (i % 2 === 0) await once(socket, "data");
    socket.resetAndDestroy();
    await once(socket, "close");
  }
  const terminal = await TestTerminal.connect(server);
  await terminal.register("alice", await softwareDevice());
  assert.doesNotMatch(server.log(), /"level":"(warn|error|fatal)"/);
});

test("a reader that does not keep up is cut off", async (t) => {
  const server = await startTestServer(t, { limits: { unreadBytes: 1_000_000, messageBurst: 100_000 } });
  const [alice, bob] = await people(server, "alice", "bob");
  await alice.request("presence.watch", { userIds: [user("bob")] });
  bob.socket.pause();
  // Bob asks and never reads the answers.
  const lookup = JSON.stringify({
    id: 1,
    type: "directory.lookup",
    body: { userIds: Array.from({ length: 256 }, () => "alice") },
  });
  const ask = setInterval(() => {
    for (let i = 0; i < 20; i++) bob.socket.send(lookup);
  }, 5);
  assert.equal((await alice.event("presence.changed")).reachable, false);
  clearInterval(ask);
});
