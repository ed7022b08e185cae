/** A terminal that offers again keeps the connection that it has until the new one is connected. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { MediaEngine, MediaEvent } from "../../src/index.ts";
import { Call } from "../../src/child/call.ts";
import { MediaPeer } from "../../src/peer/index.ts";
import { TestTerminal, joinAll, talk, until, warmUp, withEngine } from "../support.ts";

const timeout = 60_000;

/** Offers for this terminal, is answered, and does not connect. */
async function offered(engine: Pick<MediaEngine, "join">, terminalId: string): Promise<MediaPeer> {
  const peer = new MediaPeer({ slots: 8, address: "127.0.0.1" });
  const offerSdp = (await peer.offer()).replaceAll(/^a=candidate:.*\r\n/gm, "");
  await engine.join({ callId: "call", terminalId, offerSdp });
  return peer;
}

const portsOf = (engine: MediaEngine, terminalId: string): number[] =>
  engine.connectionsOf("call", terminalId).flatMap(({ addresses }) => {
    const own = addresses.find(({ address }) => address === "127.0.0.1");
    return own === undefined ? [] : [own.port];
  });

test(
  "the former connection serves until the new one is connected, which then goes on in its place",
  { timeout },
  () =>
    withEngine({}, async (engine) => {
      const [a, b, c] = await joinAll(engine, "call", ["a", "b", "c"]);
      assert.ok(a && b && c);
      await warmUp([a, b, c]);
      const [former] = portsOf(engine, "a");

      const peer = await offered(engine, "a");
      assert.equal(portsOf(engine, "a").length, 2, "a relay leads to both");
      assert.equal(portsOf(engine, "a")[0], former);
      await talk([a, b, c], 10);
      await until(() => [a, b, c].every(({ seen }) => seen.length === 20));
      assert.deepEqual([a.voices(), b.voices(), c.voices()], ["bc", "ac", "ab"]);
      const ssrcs = new Set(b.seen.map(({ ssrc }) => ssrc));

      const events: MediaEvent[] = [];
      engine.on((event) => events.push(event));
      const seen: string[] = [];
      const again = new MediaPeer({
        slots: 8,
        address: "127.0.0.1",
        onRtp: (packet) => seen.push(packet.toString("latin1")),
      });
      const { answerSdp } = await engine.join({
        callId: "call",
        terminalId: "a",
        offerSdp: await again.offer(),
      });
      assert.equal(portsOf(engine, "a").length, 2, "the one that waited is over");
      await again.accept(answerSdp);
      await until(() => events.some(({ type }) => type === "connected"));
      await until(() => portsOf(engine, "a").length === 1);
      assert.notEqual(portsOf(engine, "a")[0], former);
      assert.deepEqual(engine.calls(), [{ callId: "call", terminalIds: ["a", "b", "c"] }]);
      b.seen = [];
      await until(async () => {
        again.send(Buffer.from("a:again"), { level: 30 });
        await talk([b, c], 1);
        return (
          b.voices() === "ac" &&
          seen.some((text) => text.includes("b:")) &&
          seen.some((text) => text.includes("c:"))
        );
      });
      assert.deepEqual(
        new Set(b.seen.map(({ ssrc }) => ssrc)),
        ssrcs,
        "for the others the voice stays in its slot",
      );
      for (const each of [peer, again]) each.close();
    }),
);

test("who has left does not come back by an offer that waited", { timeout }, () =>
  withEngine({}, async (engine) => {
    const [a, b] = await joinAll(engine, "call", ["a", "b"]);
    assert.ok(a && b);
    const waiting = new MediaPeer({ slots: 8, address: "127.0.0.1" });
    const offerSdp = await waiting.offer();
    const { answerSdp } = await engine.join({ callId: "call", terminalId: "a", offerSdp });
    engine.leave("call", "a");
    assert.deepEqual(portsOf(engine, "a"), []);
    const connecting = waiting.accept(answerSdp);
    // The process answers in order: what it was told before has happened.
    await engine.stats();
    waiting.close();
    await assert.rejects(connecting);
    assert.deepEqual(
      (await engine.stats()).calls[0]?.terminals.map(({ terminalId }) => terminalId),
      ["b"],
    );
  }),
);

test(
  "an offer that is not connected after 15 s is over, and the former connection goes on",
  { timeout },
  async (t) => {
    const told: string[] = [];
    const config = { slots: 8, listenAddress: "127.0.0.1", udpPort: undefined, portRange: undefined };
    const call = new Call({ ...config, announcedAddresses: [], ipv6: false }, ({ type }) => {
      // Whose sound goes to the others is another matter.
      if (type !== "voices") told.push(type);
    });
    const join = async (input: { terminalId: string; offerSdp: string }) => {
      const { answerSdp, beside } = await call.join(input.terminalId, input.offerSdp);
      assert.equal(beside, told.length > 0);
      return { answerSdp };
    };
    const a = new TestTerminal("a");
    await a.connect(async (offerSdp) => (await join({ terminalId: "a", offerSdp })).answerSdp);
    await until(() => told.length === 1);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const peers = [await offered({ join }, "a"), await offered({ join }, "a")];
    t.mock.timers.tick(14_999);
    assert.deepEqual(told, ["connected"]);
    t.mock.timers.tick(1);
    assert.deepEqual(told, ["connected", "abandoned"], "the one that another took the place of is not told");
    t.mock.timers.reset();
    assert.equal(call.flow("a").connected, true);
    a.peer.send(Buffer.from("a"), { level: 30 });
    await until(() => call.flow("a").receivedAgoMs !== undefined);
    call.close();
    for (const peer of [a.peer, ...peers]) peer.close();
  },
);

test(
  "what came and went is known of each, and who falls quiet after it had sent is told once",
  { timeout },
  () =>
    withEngine({}, async (engine) => {
      const quiet: string[] = [];
      engine.on((event) => {
        if (event.type === "quiet") quiet.push(event.terminalId);
      });
      const [a, b, listener] = await joinAll(engine, "call", ["a", "b", "l"]);
      assert.ok(a && b && listener);
      await talk([a, b], 5);
      await until(async () => (await engine.flow("call", "l")).sentAgoMs !== undefined);
      const flow = await engine.flow("call", "l");
      assert.deepEqual(Object.keys(flow).toSorted(), ["connected", "sentAgoMs"]);
      assert.equal(flow.connected, true);
      assert.deepEqual(await engine.flow("call", "nobody"), { connected: false });
      assert.deepEqual(await engine.flow("none", "a"), { connected: false });
      await until(async () => {
        await talk([b], 1);
        return quiet.length > 0;
      });
      assert.deepEqual(quiet, ["a"]);
      const { receivedAgoMs = 0, sentAgoMs = Infinity } = await engine.flow("call", "a");
      assert.ok(receivedAgoMs >= 2_000 && sentAgoMs < receivedAgoMs);
      await talk([a], 1);
      await until(() => quiet.length >= 3);
      assert.deepEqual(quiet.toSorted(), ["a", "a", "b"], "again after it was heard, and not who never sent");
    }),
);
