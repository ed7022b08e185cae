/** A terminal's end of TURN, before the relay of this server: whom it reaches, for how long, and what it says of what it does not reach. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { TurnClient } from "../../src/peer/turn-client.ts";
import type { TurnClientOptions } from "../../src/peer/turn-client.ts";
import { TurnError, turnAddressOf } from "../../src/peer/turn-transport.ts";
import { openRelay } from "../relay-support.ts";
import { until } from "../support.ts";

/** A relay that leads to a socket which says everything back, and to nothing else. */
async function scene(t: TestContext) {
  const echo = createSocket("udp4");
  t.after(() => echo.close());
  echo.on("message", (data, from) => echo.send(data, from.port, from.address));
  echo.bind(0, "127.0.0.1");
  await once(echo, "listening");
  const peer = { address: "127.0.0.1", port: echo.address().port };
  const relay = await openRelay({ connectionsOf: () => [{ addresses: [peer], icePassword: "" }] });
  t.after(() => relay.close());
  const heard: string[] = [];
  let closed = 0;
  const options = (more: Partial<TurnClientOptions> = {}): TurnClientOptions => {
    const { urls: url, username, credential } = relay.grant("call", "terminal");
    return {
      url,
      username,
      credential,
      onData: (channel, data) => heard.push(`${channel.toString(16)} ${data.toString()}`),
      onClosed: () => void (closed += 1),
      ...more,
    };
  };
  return { relay, peer, heard, options, closed: () => closed };
}

const failsAs = (why: TurnError["why"]) => (error: unknown) =>
  error instanceof TurnError && error.why === why;

test("what is sent to a peer comes back from it, and nobody else is reached", async (t) => {
  const { heard, options, peer } = await scene(t);
  const client = await TurnClient.allocate(options());
  t.after(() => client.close());
  await assert.rejects(client.bind({ address: "127.0.0.1", port: peer.port + 1 }), failsAs("refused"));
  const channel = await client.bind(peer);
  for (const text of ["one", "more", "", "five5"]) client.send(channel, Buffer.from(text));
  await until(() => heard.length === 4);
  assert.deepEqual(heard, ["4001 one", "4001 more", "4001 ", "4001 five5"]);
});

test("nonce, allocation and channels are renewed before they end", async (t) => {
  const { heard, options, peer, relay } = await scene(t);
  const client = await TurnClient.allocate(options({ renewEveryMs: 20 }));
  t.after(() => client.close());
  const channel = await client.bind(peer);
  const others = await TurnClient.allocate(options());
  t.after(() => others.close());
  const othersChannel = await others.bind(peer);
  // All of the first hour is over for whoever did not ask again.
  relay.later(3_600_000);
  await until(() => {
    client.send(channel, Buffer.from("still"));
    return heard.length > 0;
  });
  heard.length = 0;
  others.send(othersChannel, Buffer.from("too late"));
  await until(() => {
    client.send(channel, Buffer.from("still"));
    return heard.length > 5;
  });
  assert.ok(heard.every((text) => text.endsWith("still")));
});

test("a wrong credential, one that is not known any more, and a port at which nobody is", async (t) => {
  const { options, relay } = await scene(t);
  await assert.rejects(TurnClient.allocate(options({ credential: "wrong" })), failsAs("refused"));
  await assert.rejects(TurnClient.allocate(options({ username: "1780000000:gone" })), failsAs("refused"));
  relay.close();
  await assert.rejects(TurnClient.allocate(options()), failsAs("unreachable"));
});

test("whoever never answers, or answers with something else than TURN, is not waited for", async (t) => {
  const { options } = await scene(t);
  for (const [words, within] of [
    ["", 50],
    ["HTTP/1.1 400 Bad Request\r\n\r\n", 60_000],
  ] as const) {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(words);
    }).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const url = `turn:127.0.0.1:${(server.address() as AddressInfo).port}?transport=tcp`;
    await assert.rejects(
      TurnClient.allocate(options({ url, answerWithinMs: within })),
      failsAs("unreachable"),
    );
  }
});

test("that the relay is gone is told once, and not to whoever closed it", async (t) => {
  const { closed, options, peer, relay } = await scene(t);
  const client = await TurnClient.allocate(options());
  await client.bind(peer);
  const own = await TurnClient.allocate(options());
  own.close();
  relay.relay.close();
  await until(() => closed() > 0);
  await assert.rejects(client.bind(peer), failsAs("unreachable"));
  assert.equal(closed(), 1);
});

test("which servers are spoken to", () => {
  assert.deepEqual(turnAddressOf("turns:calls.example.org"), {
    host: "calls.example.org",
    port: 5349,
    by: "tls",
  });
  assert.deepEqual(turnAddressOf("TURN:[2001:db8::1]:443?transport=tcp"), {
    host: "2001:db8::1",
    port: 443,
    by: "tcp",
  });
  for (const url of ["turn:192.0.2.1", "turn:192.0.2.1:3478?transport=udp"])
    assert.deepEqual(turnAddressOf(url), { host: "192.0.2.1", port: 3478, by: "udp" }, url);
  assert.equal(turnAddressOf("turns:192.0.2.1?transport=udp"), undefined);
});
