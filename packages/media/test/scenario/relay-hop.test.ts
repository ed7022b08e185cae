/** A terminal whose UDP does not reach the SFU, with the real engine and the relay of this server between them. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";

import { MediaPeer } from "../../src/peer/index.ts";
import type { TurnFailure } from "../../src/peer/index.ts";
import { RelayHop } from "../../src/peer/relay-hop.ts";
import { RelayWays } from "../../src/peer/relay-ways.ts";
import type { MediaEngine } from "../../src/index.ts";
import { openRelay } from "../relay-support.ts";
import { joinAll, readPacket, until, withEngine } from "../support.ts";

/** For documents alone (RFC 5737): nothing is there. */
const nowhere = "192.0.2.1";

/** The SFU is not told where the peer is, and the peer is told only an address of the SFU that leads nowhere. */
async function withoutUdp(engine: MediaEngine, terminalId: string, peer: MediaPeer): Promise<string> {
  const offerSdp = (await peer.offer()).replaceAll(/^a=candidate:.*\r\n/gm, "");
  const { answerSdp } = await engine.join({ callId: "call", terminalId, offerSdp });
  const shown = answerSdp.replaceAll(/^a=candidate:.* 127\.0\.0\.1 .*\r\n/gm, "");
  assert.match(shown, new RegExp(`^a=candidate:.* ${nowhere} `, "m"));
  return shown;
}

const withAnnounced = (run: (engine: MediaEngine) => Promise<void>): Promise<void> =>
  withEngine({ announcedAddresses: [nowhere] }, run);

const relaysOf = (relay: Awaited<ReturnType<typeof openRelay>>, terminalId: string) => () => {
  const { urls, ...credentials } = relay.grant("call", terminalId);
  return Promise.resolve([{ urls: [urls], ...credentials }]);
};

/** For `localhost`, and trusted here from now on where it is to be. */
async function certificateFor(t: TestContext, isTrusted: boolean): Promise<{ cert: string; key: string }> {
  const folder = mkdtempSync(join(tmpdir(), "signet-hop-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const { tlsCert, tlsKey } = await writeServerCertificate(folder, 30);
  const cert = readFileSync(tlsCert, "utf8");
  if (isTrusted) setDefaultCACertificates([...getCACertificates(), cert]);
  return { cert, key: readFileSync(tlsKey, "utf8") };
}

for (const by of ["relayTcp", "relayTls"] as const)
  test(`both ways over the relay, with one who has UDP: ${by}`, async (t) => {
    const options = by === "relayTls" ? { tls: await certificateFor(t, true) } : {};
    await withAnnounced(async (engine) => {
      const relay = await openRelay(engine, options);
      t.after(() => relay.close());
      const [anna] = await joinAll(engine, "call", ["anna"]);
      const heard: string[] = [];
      const states: string[] = [];
      const peer = new MediaPeer({
        slots: 2,
        relays: relaysOf(relay, "ben"),
        onRtp: (packet) => heard.push(readPacket(packet).payload),
        onState: (state) => states.push(state),
      });
      t.after(() => peer.close());
      await peer.accept(await withoutUdp(engine, "ben", peer));
      assert.equal(peer.way, by);
      assert.equal(anna?.peer.way, "udp");
      await until(async () => {
        peer.send(Buffer.from("ben"), { level: 30 });
        anna?.peer.send(Buffer.from("anna"), { level: 30 });
        await new Promise((resolve) => setTimeout(resolve, 20));
        return anna?.voices() === "b" && heard.length > 0;
      });
      assert.deepEqual([...new Set(heard)], ["anna"]);

      // The relay goes, and what went by it is over at once: ICE alone would not say so.
      relay.relay.close();
      await until(() => states.includes("failed"));
      anna?.peer.close();
    });
  });

/** At an address of this machine. */
async function socketAt(t: TestContext, address: string, port = 0): Promise<Socket> {
  const socket = createSocket("udp4");
  t.after(() => socket.close());
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}

test("a hop stands for eight addresses of the SFU, and for no more", async (t) => {
  for (const named of [8, 9]) {
    const addresses = Array.from({ length: named }, (_, place) => ({
      address: "127.0.0.1",
      port: 40_001 + place,
    }));
    const relay = await openRelay({ connectionsOf: () => [{ addresses, icePassword: "" }] });
    t.after(() => relay.close());
    const { urls: url, ...credentials } = relay.grant("call", "ben");
    const hop = await RelayHop.open(
      { url, ...credentials, localPort: 9, onClosed: () => undefined },
      addresses,
    );
    t.after(() => hop.close());
    assert.equal(hop.addresses.length, 8);
  }
});

test("what others on this machine send to the hop goes nowhere", async (t) => {
  const sfu = await socketAt(t, "127.0.0.1");
  const arrived: string[] = [];
  sfu.on("message", (data, from) => {
    arrived.push(data.toString());
    sfu.send(data, from.port, from.address);
  });
  const peer = sfu.address();
  const relay = await openRelay({ connectionsOf: () => [{ addresses: [peer], icePassword: "" }] });
  t.after(() => relay.close());
  const { urls: url, ...credentials } = relay.grant("call", "ben");
  const own = await socketAt(t, "127.0.0.1");
  const { port: localPort } = own.address();
  const hop = await RelayHop.open({ url, ...credentials, localPort, onClosed: () => undefined }, [peer]);
  t.after(() => hop.close());
  const port = hop.addresses[0]?.port ?? assert.fail();
  const sent = async (from: Socket, words: string): Promise<void> => {
    await new Promise<unknown>((done) => from.send(words, port, "127.0.0.1", done));
  };
  await sent(await socketAt(t, "127.0.0.1"), "another port");
  // Somebody else may have the same port at another address of the machine.
  await sent(await socketAt(t, "127.0.0.2", localPort), "another address");
  const echo = once(own, "message");
  await sent(own, "own");
  assert.equal(String((await echo)[0]), "own");
  assert.deepEqual(arrived, ["own"]);
});

test("relays are asked for when UDP has had a second, and not once there is a connection", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let asked = 0;
  const begin = () =>
    new RelayWays({
      relays: async () => {
        asked += 1;
        return [];
      },
      localAddress: undefined,
      localPort: 1,
      peers: [],
      onAddress: () => undefined,
      onFailure: () => undefined,
      onGone: () => undefined,
    });
  begin();
  t.mock.timers.tick(999);
  assert.equal(asked, 0);
  t.mock.timers.tick(1);
  assert.equal(asked, 1);
  begin().settle("udp");
  t.mock.timers.tick(60_000);
  assert.equal(asked, 1);
});

test("tried at once, UDP carries the sound where it gets through, and the relay is let go", async (t) => {
  await withEngine({}, async (engine) => {
    const relay = await openRelay(engine);
    t.after(() => relay.relay.close());
    let asked = 0;
    const relays = () => {
      asked++;
      return relaysOf(relay, "ben")();
    };
    const peer = new MediaPeer({ slots: 1, allAtOnce: true, relays });
    t.after(() => peer.close());
    const offerSdp = await peer.offer();
    await peer.accept((await engine.join({ callId: "call", terminalId: "ben", offerSdp })).answerSdp);
    assert.equal(asked, 1);
    await until(() => relay.relay.allocations === 0);
    assert.equal(peer.way, "udp");
  });
});

test("why there is no way by the relay", async (t) => {
  await withAnnounced(async (engine) => {
    const relay = await openRelay(engine);
    t.after(() => relay.close());
    const unknown = await openRelay(engine, { tls: await certificateFor(t, false) });
    t.after(() => unknown.close());
    const otherName = await openRelay(engine, { tls: await certificateFor(t, true) });
    t.after(() => otherName.close());
    const granted = relaysOf(relay, "ben");
    const cases = [
      ["refused", { credential: "wrong" }],
      ["unreachable", { urls: ["turn:127.0.0.1:1?transport=tcp"] }],
      ["unreachable", { urls: ["turn:127.0.0.1:1?transport=udp"] }],
      ["unreachable", { urls: [`turns:localhost:${relay.port}?transport=tcp`] }],
      ["unreachable", { urls: ["turns:localhost?transport=udp"] }],
      ["untrusted", { urls: [unknown.grant("call", "ben").urls] }],
      ["untrusted", { urls: [`turns:127.0.0.1:${otherName.port}?transport=tcp`] }],
    ] as const;
    const tried = cases.map(async ([why, change], index) => {
      const relays = async () => (await granted()).map((server) => ({ ...server, ...change }));
      const failures: TurnFailure[] = [];
      const peer = new MediaPeer({ slots: 1, relays, onRelayFailure: (failure) => failures.push(failure) });
      t.after(() => peer.close());
      const accepted = peer.accept(await withoutUdp(engine, `ben${index}`, peer));
      accepted.catch(() => undefined);
      await until(() => failures.length > 0);
      assert.deepEqual(failures, [why]);
      assert.equal(peer.way, undefined);
      peer.close();
      await assert.rejects(accepted);
    });
    await Promise.all(tried);
  });
});
