/** A TURN server of others, set up as docs/self-hosting.md says: Debian's coturn takes the credentials that terminals are given, and leads to the SFU alone. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { TurnClient } from "@signet/e2e/support/turn-client.ts";
import { MediaPeer } from "@signet/media/peer";
import { stunMethods } from "@signet/media/turn";

import { turnCredentials } from "../../src/media/turn-credentials.ts";
import { answered } from "../support/answered.ts";
import { callOfTwo, people } from "../support/group.ts";
import { freePort, startProgram } from "../support/programs.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";

/** @returns the port on which it speaks TURN over TCP and UDP */
async function startCoturn(t: TestContext, secret: string): Promise<number> {
  const port = await freePort();
  const dir = tempDir(t);
  const words =
    `--listening-ip 127.0.0.1 --listening-port ${port} --relay-ip 127.0.0.1 --realm turn.example.org ` +
    `--use-auth-secret --static-auth-secret ${secret} --no-tls --no-dtls --no-cli --no-multicast-peers ` +
    "--denied-peer-ip=0.0.0.0-255.255.255.255 --allowed-peer-ip=127.0.0.1 --allow-loopback-peers " +
    `--log-file ${join(dir, "log")} --pidfile ${join(dir, "pid")} --userdb ${join(dir, "users")}`;
  await startProgram(t, "turnserver", words.split(" "), port);
  return port;
}

test(
  "coturn takes the credentials that terminals are given, and no others, and leads to the SFU",
  { timeout: 60_000 },
  async (t) => {
    const port = await startCoturn(t, "north");
    const turnSecretFile = join(tempDir(t), "turn-secret");
    writeFileSync(turnSecretFile, "north\n");
    const urls = [`turn:127.0.0.1:${port}?transport=tcp`];
    const server = await startTestServer(t, { turnUrls: urls, turnSecretFile, relay: "off" });
    const [alice, bob] = await people(server, "alice", "bob");
    const callId = await callOfTwo(alice, bob);
    const { relays } = await alice.request("media.relays", { callId });
    const [relay] = relays;
    assert.ok(relay !== undefined && relays.length === 1);
    assert.deepEqual(relay.urls, urls);
    const connected = async (credentials: { username: string; credential: string }): Promise<TurnClient> => {
      const client = await TurnClient.connect(port, credentials);
      t.after(() => void client.socket.destroy());
      return client;
    };
    const client = await connected(relay);
    assert.equal(await client.allocate(), 0);
    const check = await answered(t, alice, callId, client);
    assert.equal(await client.check(0x4000, check), 0);
    assert.equal(await client.permit({ address: "127.0.0.2", port: 80 }), 403);

    const inAnHour = Date.now() + 3_600_000;
    for (const wrong of [
      { username: relay.username, credential: "north" },
      turnCredentials("south", inAnHour),
      turnCredentials("north", Date.now() - 60_000),
    ])
      assert.equal(await (await connected(wrong)).allocate(), 401);
    assert.equal(await (await connected(turnCredentials("north", inAnHour))).allocate(), 0);
  },
);

/** Before coturn's UDP: what asks for an allocation or a channel gets lost the first time. */
async function loseFirst(t: TestContext, to: number) {
  const outside = createSocket("udp4");
  const inside = createSocket("udp4");
  t.after(() => outside.close());
  t.after(() => inside.close());
  const lost = new Set<string>();
  let tell: () => void = () => undefined;
  const refreshed = new Promise<void>((resolve) => (tell = resolve));
  let from = 0;
  outside.on("message", (data, { port }) => {
    from = port;
    const transaction = data.subarray(8, 20).toString("hex");
    const method = data.readUInt16BE(0);
    if (method === stunMethods.refresh) tell();
    const passes = method !== stunMethods.allocate && method !== stunMethods.channelBind;
    if (passes || lost.has(transaction)) inside.send(data, to, "127.0.0.1");
    else lost.add(transaction);
  });
  inside.on("message", (data) => outside.send(data, from, "127.0.0.1"));
  outside.bind(0, "127.0.0.1");
  await once(outside, "listening");
  return { port: outside.address().port, refreshed };
}

test(
  "the command line reaches the SFU over coturn by UDP, also where packets get lost, and leaves nothing behind",
  { timeout: 60_000 },
  async (t) => {
    const port = await startCoturn(t, "north");
    const server = await startTestServer(t, { relay: "off" });
    const [alice] = await people(server, "alice");
    const credentials = turnCredentials("north", Date.now() + 3_600_000);
    const lossy = await loseFirst(t, port);
    const relays = async () => [{ urls: [`turn:127.0.0.1:${lossy.port}`], ...credentials }];
    const peer = new MediaPeer({ slots: 1, address: "127.0.0.1", relays, relaysOnly: true });
    t.after(() => peer.close());
    const { sdp } = await alice.request("media.probe", { sdp: await peer.offer() });
    await peer.accept(sdp);
    assert.equal(peer.way, "relayUdp");
    peer.close();
    // Four minutes before it would be renewed: it ends.
    await lossy.refreshed;
  },
);
