/** Room for allocations: who has how many, and when they are none any more. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { TurnClient } from "@signet/e2e/support/turn-client.ts";
import { stunAttributes, stunMethods } from "../../src/turn/stun-message.ts";
import { openRelay, standIn } from "../relay-support.ts";
import type { TestRelay } from "../relay-support.ts";
import { until } from "../support.ts";

async function withoutSfu(t: TestContext, options: Parameters<typeof openRelay>[1]): Promise<TestRelay> {
  const relay = await openRelay({ connectionsOf: () => [] }, options);
  t.after(() => relay.close());
  return relay;
}

test(
  "of a thousand allocations of one terminal there are eight, and room for others",
  { timeout: 60_000 },
  async (t) => {
    const relay = await withoutSfu(t, { limits: { allocations: 9 } });
    const results = new Map<number | undefined, number>();
    const clients: TurnClient[] = [];
    const grant = relay.grant("call", "alice");
    for (let asked = 0; asked < 1_000; asked++) {
      const client = await TurnClient.connect(relay.port, grant);
      const result = await client.allocate();
      results.set(result, (results.get(result) ?? 0) + 1);
      if (result === 0) clients.push(client);
      else client.socket.destroy();
    }
    assert.deepEqual(
      [...results],
      [
        [0, 8],
        [486, 992],
      ],
    );
    const other = await TurnClient.connect(relay.port, relay.grant("call", "bob"));
    assert.equal(await other.allocate(), 0);
    const third = await TurnClient.connect(relay.port, relay.grant("call", "carol"));
    assert.equal(await third.allocate(), 508);
    clients[0]?.socket.destroy();
    await until(() => relay.relay.allocations === 8);
    assert.equal(await third.allocate(), 0);
  },
);

test("whether there is room is known without a look at the others", async (t) => {
  const relay = await withoutSfu(t, {});
  const looks: number[] = [];
  for (let asked = 0; asked < 40; asked++) {
    const client = await TurnClient.connect(relay.port, relay.grant("call", `terminal-${asked % 10}`));
    const before = relay.looks();
    assert.equal(await client.allocate(), 0);
    looks.push(relay.looks() - before);
  }
  assert.deepEqual(new Set(looks), new Set([looks[0]]));
});

test("what no socket is to be had for takes no room", async (t) => {
  const relay = await withoutSfu(t, {
    limits: { allocations: 1, allocationsPerTerminal: 1 },
    listenAddress: "203.0.113.7",
  });
  const client = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
  for (let tries = 0; tries < 3; tries++) assert.equal(await client.allocate(), 508);
  assert.equal(relay.relay.allocations, 0);
  const other = await TurnClient.connect(relay.port, relay.grant("call", "alice"));
  assert.equal(await other.allocate(), 508, "and not 486");
});

/** Whether nobody has the port any more. */
async function isFree(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  try {
    socket.bind(port, "127.0.0.1");
    await once(socket, "listening");
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

async function allocated(t: TestContext) {
  const { address, media } = await standIn(t);
  const relay = await openRelay(
    { connectionsOf: () => [{ addresses: [address], icePassword: "" }] },
    { limits: { unreadBytes: 4_096, bytesPerSecond: 1e9, burstBytes: 1e9, allocationsPerTerminal: 1 } },
  );
  t.after(() => relay.close());
  const grant = relay.grant("call", "alice");
  const client = await TurnClient.connect(relay.port, grant);
  assert.equal(await client.allocate(), 0);
  const relayed = client.relayed();
  assert.equal(await client.bind(0x4000, address), 0);
  const next = await TurnClient.connect(relay.port, grant);
  assert.equal(await next.allocate(), 486);
  return { client, grant, media, next, relay, relayed };
}

test("an allocation that is given back leaves its port and its room", async (t) => {
  const { client, next, relay, relayed } = await allocated(t);
  const lifetime = { type: stunAttributes.lifetime, value: Buffer.alloc(4) };
  assert.equal(await client.ask(stunMethods.refresh, () => [lifetime]), 0);
  assert.equal(relay.relay.allocations, 0);
  assert.equal(await next.allocate(), 0);
  assert.equal(await client.frame(), undefined, "closed");
  await until(() => isFree(relayed.port));
});

test("so does one that ran out, also where the terminal stays and reads nothing", async (t) => {
  const { client, grant, media, relay, relayed } = await allocated(t);
  client.socket.pause();
  await until(async () => {
    for (let i = 0; i < 100; i++) media.send(Buffer.alloc(1_400), relayed.port, relayed.address);
    await new Promise(setImmediate);
    return relay.refusals.includes("tooSlow");
  });
  relay.later(500_000);
  relay.relay.tick();
  assert.equal(relay.relay.allocations, 1);
  relay.later(100_000);
  relay.relay.tick();
  assert.equal(relay.relay.allocations, 0);
  await until(() => isFree(relayed.port));
  const next = await TurnClient.connect(relay.port, grant);
  assert.equal(await next.allocate(), 0);
  // What it did not read is not waited for.
  relay.relay.tick();
  client.socket.resume();
  await until(() => client.isClosed);
});
