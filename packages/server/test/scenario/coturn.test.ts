/** A TURN server of others, set up as docs/self-hosting.md says: Debian's coturn takes the credentials that terminals are given, and leads to the SFU alone. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { TurnClient } from "@signet/e2e/support/turn-client.ts";

import { turnCredentials } from "../../src/media/turn-credentials.ts";
import { answered } from "../support/answered.ts";
import { callOfTwo, people } from "../support/group.ts";
import { freePort, startProgram } from "../support/programs.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";

/** @returns the port on which it speaks TURN over TCP */
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
