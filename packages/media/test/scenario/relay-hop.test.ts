/** A terminal whose UDP does not reach the SFU, with the real engine and the relay of this server between them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { MediaPeer } from "../../src/peer/index.ts";
import type { TurnFailure } from "../../src/peer/index.ts";
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

test("both ways over the relay, with one who has UDP", async (t) => {
  await withAnnounced(async (engine) => {
    const relay = await openRelay(engine);
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
    assert.equal(peer.way, "tcp");
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
  begin().settle();
  t.mock.timers.tick(60_000);
  assert.equal(asked, 1);
});

test("why there is no way by the relay", async (t) => {
  await withAnnounced(async (engine) => {
    const relay = await openRelay(engine);
    t.after(() => relay.close());
    const granted = relaysOf(relay, "ben");
    for (const [why, change] of [
      ["refused", { credential: "wrong" }],
      ["unreachable", { urls: ["turn:127.0.0.1:1?transport=tcp"] }],
    ] as const) {
      const relays = async () => (await granted()).map((server) => ({ ...server, ...change }));
      const failures: TurnFailure[] = [];
      const peer = new MediaPeer({ slots: 1, relays, onRelayFailure: (failure) => failures.push(failure) });
      t.after(() => peer.close());
      const accepted = peer.accept(await withoutUdp(engine, "ben", peer));
      accepted.catch(() => undefined);
      await until(() => failures.length > 0);
      assert.deepEqual(failures, [why]);
      assert.equal(peer.way, undefined);
      peer.close();
      await assert.rejects(accepted);
    }
  });
});
