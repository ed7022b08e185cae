/** The relay before a real SFU: what it carries, and for whom. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { checkResult, connectivityCheck, TurnClient } from "@signet/e2e/support/turn-client.ts";
import fc from "fast-check";
import type { MediaEngine } from "../../src/index.ts";
import { MediaPeer } from "../../src/peer/index.ts";
import { readLocalTransport } from "../../src/sdp/answer.ts";
import {
  attributeOf,
  buildStun,
  parseStun,
  stunAttributes,
  stunMethods,
} from "../../src/turn/stun-message.ts";
import { openRelay, standIn } from "../relay-support.ts";
import type { TestRelay } from "../relay-support.ts";
import { until, withEngine } from "../support.ts";

/** A terminal that offered and was answered, and connects in no way of its own. */
async function answered(t: TestContext, engine: MediaEngine, terminalId: string, callId = "call") {
  const peer = new MediaPeer({ slots: 8, address: "127.0.0.1" });
  t.after(() => peer.close());
  const offerSdp = (await peer.offer()).replaceAll(/^a=candidate:.*\r\n/gm, "");
  const { answerSdp } = await engine.join({ callId, terminalId, offerSdp });
  const [, ufrag = ""] = /a=ice-ufrag:(\S+)/.exec(offerSdp) ?? [];
  const sfu = readLocalTransport(answerSdp);
  const connection = engine.connectionsOf(callId, terminalId)[0] ?? assert.fail();
  const address = connection.addresses.find(({ address }) => address === "127.0.0.1") ?? assert.fail();
  return { connection, address, username: `${sfu.iceUfrag}:${ufrag}`, password: sfu.icePwd };
}
type Answered = Awaited<ReturnType<typeof answered>>;

/** What the SFU says to it over UDP. */
async function checked(check: Buffer, port: number): Promise<number> {
  const socket = createSocket("udp4");
  try {
    socket.send(check, port, "127.0.0.1");
    for (;;) {
      const [data] = (await once(socket, "message")) as [Buffer];
      const result = checkResult(data);
      if (result !== undefined) return result;
    }
  } finally {
    socket.close();
  }
}

/** With an allocation and a channel to the terminal's own connection. */
async function connected(relay: TestRelay, terminal: Answered, terminalId: string): Promise<TurnClient> {
  const client = await TurnClient.connect(relay.port, relay.grant("call", terminalId));
  assert.equal(await client.allocate(), 0);
  assert.equal(await client.bind(0x4000, terminal.address), 0);
  return client;
}

const withRelay = (
  t: TestContext,
  options: Parameters<typeof openRelay>[1],
  run: (engine: MediaEngine, relay: TestRelay) => Promise<void>,
): Promise<void> =>
  withEngine({ announcedAddresses: ["203.0.113.7", "2001:DB8::7"] }, async (engine) => {
    const relay = await openRelay(engine, options);
    t.after(() => relay.close());
    await run(engine, relay);
  });

test("a check with a tie-breaker of zero is mended on the way", async (t) => {
  await withRelay(t, {}, async (engine, relay) => {
    const terminal = await answered(t, engine, "alice");
    assert.equal(
      await checked(connectivityCheck(terminal, 0n), terminal.address.port),
      400,
      "libjuice takes zero: the mend in tie-breaker.ts can go",
    );
    const client = await connected(relay, terminal, "alice");
    assert.equal(await client.check(0x4000, connectivityCheck(terminal, 0n)), 0);
    assert.equal(await client.check(0x4000, connectivityCheck(terminal, 7n)), 0);
  });
});

test("the announced address of the SFU leads to it as the own one does", async (t) => {
  await withRelay(t, {}, async (engine, relay) => {
    const terminal = await answered(t, engine, "alice");
    const announced = { address: "203.0.113.7", port: terminal.address.port };
    assert.deepEqual(
      terminal.connection.addresses.map(({ address }) => address).filter((one) => !one.startsWith("127.")),
      ["203.0.113.7", "2001:db8::7"],
    );
    const client = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
    assert.equal(await client.allocate(), 0);
    assert.equal(await client.permit(announced), 0);
    client.send(announced, connectivityCheck(terminal, 7n));
    const frame = await client.frame();
    assert.ok(frame?.type === "message");
    const indication = parseStun(frame.bytes)!;
    const data = attributeOf(indication, stunAttributes.data)!;
    assert.equal(checkResult(data), 0);
    assert.equal(await client.permit({ address: "2001:db8::7", port: announced.port }), 443);
  });
});

test("strangers get nothing: nobody's credentials, another one's password, and none", async (t) => {
  await withRelay(t, {}, async (engine, relay) => {
    await answered(t, engine, "alice");
    const alice = relay.grant("call", "alice");
    const bob = relay.grant("call", "bob");
    for (const credentials of [
      { username: "nobody", credential: "sesame" },
      { ...alice, credential: bob.credential },
      { ...alice, credential: "" },
    ]) {
      const client = await TurnClient.connect(relay.port, credentials);
      assert.equal(await client.allocate(), 401);
      assert.equal(await client.permit({ address: "127.0.0.1", port: 1 }), undefined);
      assert.ok(client.isClosed);
    }
    assert.equal(relay.relay.allocations, 0);
  });
});

test("a terminal reaches its own connection, and not those of others, nor anything else", async (t) => {
  await withRelay(t, {}, async (engine, relay) => {
    const [alice, bob] = [await answered(t, engine, "alice"), await answered(t, engine, "bob")];
    const client = await connected(relay, alice, "alice");
    assert.equal(await client.bind(0x4001, bob.address), 403);
    assert.equal(await client.permit({ address: "127.0.0.2", port: alice.address.port }), 403);
    assert.equal(await client.bind(0x4001, { address: "127.0.0.1", port: relay.port }), 403);
    // Before the SFU answered there is nothing to reach.
    const early = await TurnClient.connect(relay.port, relay.grant("call", "carol"));
    assert.equal(await early.allocate(), 0);
    assert.equal(await early.permit(alice.address), 403);
    const carol = await answered(t, engine, "carol");
    assert.equal(await early.permit(carol.address), 0);
    engine.leave("call", "carol");
    assert.equal(await early.permit(carol.address), 403);
  });
});

test("a relayed connection is reached until another one has taken its place, and no longer", async (t) => {
  await withRelay(t, {}, async (engine, relay) => {
    const peer = new MediaPeer({ slots: 8, address: "127.0.0.1" });
    const { answerSdp } = await engine.join({
      callId: "call",
      terminalId: "alice",
      offerSdp: await peer.offer(),
    });
    await peer.accept(answerSdp);
    await until(async () => (await engine.flow("call", "alice")).connected);
    const [former] = engine.connectionsOf("call", "alice");
    const address = former?.addresses.find((each) => each.address === "127.0.0.1") ?? assert.fail();
    const client = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
    assert.equal(await client.allocate(), 0);
    assert.equal(await client.bind(0x4000, address), 0);

    const next = new MediaPeer({ slots: 8, address: "127.0.0.1" });
    const answer = await engine.join({ callId: "call", terminalId: "alice", offerSdp: await next.offer() });
    const newest = engine.connectionsOf("call", "alice").at(-1);
    const other = newest?.addresses.find((each) => each.address === "127.0.0.1") ?? assert.fail();
    assert.equal(await client.bind(0x4000, address), 0, "the one that serves is renewed");
    assert.equal(await client.bind(0x4001, other), 0);
    await next.accept(answer.answerSdp);
    await until(() => engine.connectionsOf("call", "alice").length === 1);
    assert.equal(await client.bind(0x4000, address), 403);
    assert.equal(await client.bind(0x4001, other), 0);
    for (const each of [peer, next]) each.close();
  });
});

test("what others on this machine send to the socket of an allocation goes nowhere", async (t) => {
  await withRelay(t, {}, async (engine, relay) => {
    const terminal = await answered(t, engine, "alice");
    const client = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
    assert.equal(await client.allocate(), 0);
    const relayed = client.relayed();
    assert.equal(await client.bind(0x4000, terminal.address), 0);
    const stranger = createSocket("udp4");
    t.after(() => stranger.close());
    const sent = relay.relay.bytesToTerminals;
    for (let i = 0; i < 10; i++)
      await new Promise<unknown>((done) => stranger.send("noise", relayed.port, "127.0.0.1", done));
    assert.equal(await client.check(0x4000, connectivityCheck(terminal, 7n)), 0);
    assert.ok(relay.relay.bytesToTerminals - sent < 200, "the answer to the check, and no more");
  });
});

test("an allocation ends when its terminal has no part in the call any more", async (t) => {
  await withRelay(t, {}, async (engine, relay) => {
    const client = await connected(relay, await answered(t, engine, "alice"), "alice");
    relay.relay.tick();
    assert.equal(relay.relay.allocations, 1);
    relay.ended.add("alice");
    relay.relay.tick();
    assert.equal(await client.frame(), undefined);
    assert.equal(relay.relay.allocations, 0);
  });
});

test("who says nothing, half a message, or nothing whole is gone after ten seconds", async (t) => {
  await withRelay(t, {}, async (_engine, relay) => {
    const allocate = buildStun({
      method: stunMethods.allocate,
      class: "request",
      transactionId: Buffer.alloc(12),
      attributes: [],
    });
    const closed: Promise<unknown>[] = [];
    for (const begin of [Buffer.alloc(0), allocate.subarray(0, 1), allocate.subarray(0, 12)]) {
      const socket = connect(relay.port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket.write(begin);
      closed.push(once(socket, "close"));
    }
    const whole = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
    assert.equal(await whole.allocate(), 0);
    relay.later(9_000);
    relay.relay.tick();
    assert.equal(await Promise.race([...closed, Promise.resolve("open")]), "open");
    relay.later(1_001);
    relay.relay.tick();
    await Promise.all(closed);
    assert.equal(relay.relay.allocations, 1);
  });
});

test("a terminal has its bytes, and when they are used up what more it sends is lost, until it earned some", async (t) => {
  // So few that a machine that stands still for seconds earns nothing that counts.
  await withRelay(t, { limits: { bytesPerSecond: 20, burstBytes: 10_000 } }, async (engine, relay) => {
    const terminal = await answered(t, engine, "alice");
    const client = await connected(relay, terminal, "alice");
    const before = relay.relay.bytesFromTerminals;
    const sound = Buffer.alloc(1_000, 0x80);
    for (let i = 0; i < 30; i++) client.sendChannel(0x4000, sound);
    await until(() => relay.refusals.filter((reason) => reason === "tooFast").length >= 20);
    const passed = relay.relay.bytesFromTerminals - before;
    assert.ok(passed >= 8_000 && passed <= 10_000, String(passed));
    relay.later(60_000);
    assert.equal(await client.check(0x4000, connectivityCheck(terminal, 7n)), 0);
  });
});

test("packets of nothing are paid for, too: the server works for each", async (t) => {
  const { address, media } = await standIn(t);
  const relay = await openRelay(
    { connectionsOf: () => [{ addresses: [address], icePassword: "" }] },
    { limits: { bytesPerSecond: 1_000, burstBytes: 10_000 } },
  );
  t.after(() => relay.close());
  const client = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
  assert.equal(await client.allocate(), 0);
  const relayed = client.relayed();
  assert.equal(await client.bind(0x4000, address), 0);
  const refused = (): number => relay.refusals.filter((reason) => reason === "tooFast").length;
  for (let i = 0; i < 500; i++) client.sendChannel(0x4000, Buffer.alloc(0));
  await until(() => refused() >= 400);
  relay.later(60_000);
  // The other way, too.
  await until(async () => {
    for (let i = 0; i < 20; i++) media.send(Buffer.alloc(0), relayed.port, relayed.address);
    await new Promise(setImmediate);
    return refused() >= 500;
  });
});

test("what goes by a channel is lost once its connection is over, and what comes from its port, whoever has that now", async (t) => {
  const { address, media } = await standIn(t);
  let connections = [{ addresses: [address], icePassword: "" }];
  const relay = await openRelay({ connectionsOf: () => connections });
  t.after(() => relay.close());
  const client = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
  assert.equal(await client.allocate(), 0);
  const relayed = client.relayed();
  assert.equal(await client.bind(0x4000, address), 0);
  const heard: string[] = [];
  media.on("message", (data) => heard.push(data.toString()));
  client.sendChannel(0x4000, Buffer.from("before"));
  await until(() => heard.length > 0);
  connections = [];
  client.sendChannel(0x4000, Buffer.from("after"));
  // Answered behind it.
  assert.equal(await client.bind(0x4000, address), 403);
  media.send(Buffer.from("to whom"), relayed.port, relayed.address);
  media.send(Buffer.from("last"), address.port, address.address);
  await until(() => heard.includes("last"));
  assert.deepEqual(heard, ["before", "last"]);
  assert.equal(relay.relay.bytesToTerminals, 0);
});

test("what a terminal does not read is lost, and does not wait in memory; who asks without end and reads nothing is cut off", async (t) => {
  const { address, media } = await standIn(t);
  const limits = { unreadBytes: 4_096, bytesPerSecond: 1e9, burstBytes: 1e9 };
  const relay = await openRelay(
    { connectionsOf: () => [{ addresses: [address], icePassword: "" }] },
    { limits },
  );
  t.after(() => relay.close());
  const client = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
  assert.equal(await client.allocate(), 0);
  const relayed = client.relayed();
  assert.equal(await client.bind(0x4000, address), 0);
  client.socket.pause();
  await until(async () => {
    for (let i = 0; i < 100; i++) media.send(Buffer.alloc(1_400), relayed.port, relayed.address);
    await new Promise(setImmediate);
    return relay.refusals.includes("tooSlow");
  });
  relay.relay.tick();
  assert.equal(relay.relay.allocations, 1, "it may read again");
  client.socket.write(client.sealed(stunMethods.refresh));
  await until(() => relay.relay.allocations === 0);
});

/** Bytes that are nearly TURN, and others. */
const malformed = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 120 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(
      fc.constantFrom(0x0001, 0x0003, 0x0004, 0x0008, 0x0009, 0x0016, 0x0103, 0x0113, 0x3fff, 0x4000, 0x4fff),
      fc.nat(0xffff),
      fc.uint8Array({ maxLength: 100 }),
      fc.boolean(),
    )
    .map(([type, length, rest, fits]) => {
      const bytes = Buffer.alloc(20 + rest.length);
      bytes.writeUInt16BE(type, 0);
      bytes.writeUInt16BE(fits ? rest.length & ~3 : length, 2);
      bytes.writeUInt32BE(0x2112_a442, 4);
      bytes.set(rest, 20);
      return bytes;
    }),
);

test(
  "ten thousand malformed messages, of strangers and within an allocation, take nothing with them",
  { timeout: 120_000 },
  async (t) => {
    await withRelay(t, { limits: { bytesPerSecond: 1e9, burstBytes: 1e9 } }, async (engine, relay) => {
      const terminal = await answered(t, engine, "alice");
      const quiet = await connected(relay, terminal, "alice");
      const bob = await answered(t, engine, "bob");
      const seed = 20_261_129;
      const samples = fc.sample(malformed, { numRuns: 10_000, seed });
      let client: TurnClient | undefined;
      for (const [index, bytes] of samples.entries()) {
        if (client === undefined || client.isClosed)
          client =
            index % 2 === 0
              ? await connected(relay, bob, "bob")
              : await TurnClient.connect(relay.port, { username: "nobody", credential: "sesame" });
        client.socket.write(bytes);
        if (index % 4 === 0) await new Promise(setImmediate);
      }
      client?.socket.destroy();
      assert.equal(await quiet.check(0x4000, connectivityCheck(terminal, 7n)), 0, `seed ${seed}`);
      await until(() => relay.relay.allocations === 1);
    });
  },
);
