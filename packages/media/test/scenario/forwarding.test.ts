import assert from "node:assert/strict";
import { test } from "node:test";
import { MediaPeer } from "../../src/peer/index.ts";
import { isRtcp } from "../../src/rtp/header.ts";
import { buildNack } from "../../src/rtp/rtcp.ts";
import {
  freePorts,
  joinAll,
  LossyLink,
  talk,
  talkUntilHeard,
  TestTerminal,
  until,
  withEngine,
} from "../support.ts";

const timeout = 120_000;

// The library's threads keep the process alive, and its cleanup crashes at times.

test("each of three hears both others, byte for byte, in one continuous stream each", { timeout }, () =>
  withEngine({}, async (engine, events) => {
    const terminals = await joinAll(engine, "call", ["a", "b", "c"]);
    await until(() => events.filter((event) => event.type === "connected").length === 3);
    await talk(terminals, 30);
    for (const terminal of terminals) {
      await until(() => terminal.seen.length >= 60);
      const streams = [...terminal.heard().values()];
      assert.equal(streams.length, 2);
      const expected = terminals.filter((other) => other !== terminal).map((other) => other.terminalId);
      assert.deepEqual(
        streams.map((stream) => stream[0]?.payload.charAt(0) ?? "").toSorted((x, y) => x.localeCompare(y)),
        expected,
      );
      for (const stream of streams) {
        const voice = stream[0]?.payload.charAt(0) ?? "";
        assert.deepEqual(
          stream.map((packet) => packet.payload),
          Array.from({ length: 30 }, (_, i) => `${voice}:${i}:\u0000\u00ff\u0080`),
        );
        assert.deepEqual(
          stream.map((packet, i) => (packet.sequence - (stream[0]?.sequence ?? 0) - i) & 0xffff),
          Array(30).fill(0),
        );
        assert.deepEqual(
          stream.map((packet, i) => (packet.timestamp - (stream[0]?.timestamp ?? 0) - i * 960) >>> 0),
          Array(30).fill(0),
        );
        assert.deepEqual(
          stream.map((packet) => packet.level),
          Array(30).fill(30),
        );
      }
    }
    const stats = await engine.stats();
    for (const terminal of stats.calls[0]?.terminals ?? assert.fail()) {
      assert.deepEqual([terminal.packetsIn, terminal.packetsOut, terminal.packetsLost], [30, 60, 0]);
    }
  }),
);

test(
  "who goes on from another terminal is heard in the same stream, a second ahead of what came before",
  { timeout },
  () =>
    withEngine({}, async (engine, events) => {
      const [, desk, laptop, listener] = await joinAll(engine, "call", ["a", "desk", "laptop", "listener"]);
      assert.ok(desk !== undefined && laptop !== undefined && listener !== undefined);
      await until(() => events.filter((event) => event.type === "connected").length === 4);
      await talk([desk], 10);
      await until(() => listener.seen.length === 10);
      engine.leave("call", "desk", "laptop");
      await until(async () => (await engine.stats()).calls[0]?.terminals.length === 3);
      await talk([laptop], 10);
      await until(() => listener.seen.length === 20);
      assert.equal(listener.heard().size, 1);
      const [before, after] = [listener.seen[9], listener.seen[10]];
      assert.ok(before !== undefined && after !== undefined);
      assert.ok(before.payload.startsWith("desk:9:") && after.payload.startsWith("laptop:0:"));
      assert.equal((after.sequence - before.sequence) & 0xffff, 1);
      assert.ok((after.timestamp - before.timestamp) >>> 0 >= 50 * 960);
      // Nobody hears themselves, and an unknown one changes nothing.
      assert.ok(laptop.seen.every(({ payload }) => !payload.startsWith("laptop")));
      engine.leave("call", "laptop", "nobody");
      await until(async () => (await engine.stats()).calls[0]?.terminals.length === 2);
    }),
);

test(
  "a NACK is answered from the ring, a sender report with a receiver report, and the sender is asked for what it lost",
  { timeout },
  () =>
    withEngine({}, async (engine) => {
      const link = await new LossyLink().open();
      const a = new TestTerminal("a");
      const b = new TestTerminal("b");
      await a.join(engine, "call");
      await b.join(engine, "call", link);
      let toLose = [4, 5, 6];
      let passed = 0;
      link.drop = (packet) =>
        (packet.readUInt8(0) & 0xc0) === 0x80 && !isRtcp(packet) && toLose.includes(passed++);
      await talk([a], 10);
      await until(() => b.seen.length === 7);
      assert.deepEqual(
        b.seen.map((packet) => packet.payload.split(":")[1]),
        ["0", "1", "2", "3", "7", "8", "9"],
      );
      toLose = [];
      const last = b.seen[3] ?? assert.fail();
      b.seen = [];
      b.peer.sendRaw(buildNack(1, last.ssrc, last.sequence + 1, 3));
      await until(() => b.seen.length === 3);
      assert.deepEqual(
        b.seen.map((packet) => packet.payload.split(":")[1]),
        ["4", "5", "6"],
      );
      assert.deepEqual(
        b.seen.map((packet) => [
          (packet.sequence - last.sequence) & 0xffff,
          (packet.timestamp - last.timestamp) >>> 0,
          packet.level,
        ]),
        [
          [1, 960, 30],
          [2, 1920, 30],
          [3, 2880, 30],
        ],
      );

      a.rtcp = [];
      a.peer.send(Buffer.from("a:late"), { skip: 2, level: 30 });
      await until(() => a.rtcp.length === 1);
      const nack = a.rtcp[0] ?? assert.fail();
      assert.deepEqual(
        [nack.readUInt8(0), nack.readUInt8(1), nack.readUInt32BE(8)],
        [0x81, 205, a.peer.ssrc],
      );
      assert.deepEqual([nack.readUInt16BE(12), nack.readUInt16BE(14)], [a.peer.sequence - 2, 1]);

      // The packets that come late keep the place that they have in the stream.
      await until(() => b.seen.length === 4);
      a.peer.sendRaw(
        Buffer.from(a.peer.build(Buffer.from("a:found"), a.peer.sequence - 1, 0, { level: 30 })),
      );
      await until(() => b.seen.length === 5);
      assert.equal(b.seen[4]?.payload, "a:found");
      assert.equal(b.seen[4]?.sequence, (b.seen[3]?.sequence ?? 0) - 1);

      a.rtcp = [];
      const report = Buffer.alloc(28);
      report.set([0x80, 200, 0, 6]);
      report.writeUInt32BE(a.peer.ssrc, 4);
      report.writeUInt32BE(0x1122_3344, 8);
      report.writeUInt32BE(0x5566_7788, 12);
      a.peer.sendRaw(report);
      await until(() => a.rtcp.length === 1);
      const answer = a.rtcp[0] ?? assert.fail();
      assert.deepEqual(
        [answer.readUInt8(1), answer.readUInt32BE(8), answer.readUInt32BE(24)],
        [201, a.peer.ssrc, 0x3344_5566],
      );
      assert.equal(answer.readIntBE(13, 3), 1);
      const stats = (await engine.stats()).calls[0]?.terminals ?? assert.fail();
      assert.equal(stats.find((row) => row.terminalId === "b")?.nacksAnswered, 3);
      assert.equal(stats.find((row) => row.terminalId === "a")?.packetsLost, 1);
      link.close();
    }),
);

test(
  "with K + 3 senders the loudest K are heard, and a new speaker displaces the quietest",
  { timeout },
  () =>
    withEngine({ slots: 3 }, async (engine, events) => {
      const forwarded = () => {
        const last = events.findLast((event) => event.type === "voices");
        return last === undefined ? "" : last.terminalIds.toSorted().join("");
      };
      const terminals = await joinAll(engine, "call", ["a", "b", "c", "d", "e", "f"], { slots: 3 });
      const loud = (names: string) => (terminal: TestTerminal) =>
        names.includes(terminal.terminalId) ? 25 : 100;
      const listener = terminals[5] ?? assert.fail();
      const forget = () => terminals.forEach((terminal) => (terminal.seen = []));
      // Seats are given to whoever sends first; after the hold time the speakers have them.
      await talk(terminals, 70, loud("abc"));
      await talkUntilHeard(listener, "abc", terminals, loud("abc"));
      forget();
      await talk(terminals, 20, loud("abc"));
      await until(() => listener.seen.length >= 60);
      assert.equal(listener.voices(), "abc");
      assert.equal(forwarded(), "abc");
      const told = events.length;
      assert.equal(listener.heard().size, 3);
      // Nobody hears themselves.
      assert.equal(terminals[0]?.voices(), "bc");
      const slots = new Map(listener.seen.map((packet) => [packet.payload.charAt(0), packet.ssrc]));

      await talkUntilHeard(listener, "bce", terminals, loud("bce"));
      forget();
      await talk(terminals, 20, loud("bce"));
      await until(() => listener.seen.length >= 60);
      assert.equal(listener.voices(), "bce");
      assert.equal(forwarded(), "bce");
      assert.ok(events.length > told);
      // Whoever did not hear it, as a server that was started again, hears it soon.
      events.length = 0;
      await until(async () => {
        await talk(terminals, 10, loud("bce"));
        return forwarded() === "bce";
      });
      const now = new Map(listener.seen.map((packet) => [packet.payload.charAt(0), packet.ssrc]));
      assert.deepEqual(
        [now.get("b"), now.get("c"), now.get("e")],
        [slots.get("b"), slots.get("c"), slots.get("a")],
      );
    }),
);

test(
  "with K + 1 people everybody has a slot of their own, and leaving stops the forwarding",
  { timeout },
  () =>
    withEngine({ slots: 3 }, async (engine) => {
      const terminals = await joinAll(engine, "call", ["a", "b", "c", "d"], { slots: 3 });
      // Levels do not matter then: silence is forwarded as well.
      await talk(terminals, 10, () => 127);
      const [a, b, , d] = terminals;
      assert.ok(a && b && d);
      await until(() => terminals.every((terminal) => terminal.seen.length === 30));
      const slots = new Map(a.seen.map((packet) => [packet.payload.charAt(0), packet.ssrc]));
      engine.leave("call", "c");
      // The media process has done what it was told once it answers: what is said from here on comes after it.
      assert.equal((await engine.stats()).calls[0]?.terminals.length, 3);
      terminals.forEach((terminal) => (terminal.seen = []));
      await talk(terminals, 10);
      await until(() => a.seen.length === 20 && b.seen.length === 20 && d.seen.length === 20);
      assert.equal(a.voices(), "bd");
      const after = new Map(a.seen.map((packet) => [packet.payload.charAt(0), packet.ssrc]));
      assert.deepEqual([after.get("b"), after.get("d")], [slots.get("b"), slots.get("d")]);
      assert.deepEqual(engine.calls(), [{ callId: "call", terminalIds: ["a", "b", "d"] }]);

      engine.endCall("call");
      assert.deepEqual((await engine.stats()).calls, []);
      terminals.forEach((terminal) => (terminal.seen = []));
      await talk(terminals, 5);
      await engine.stats();
      assert.deepEqual(
        terminals.map((terminal) => terminal.seen.length),
        [0, 0, 0, 0],
      );
    }),
);

test("calls do not hear each other, and a second offer replaces the first connection", { timeout }, () =>
  withEngine({ children: 2 }, async (engine) => {
    const [a, b] = await joinAll(engine, "one", ["a", "b"]);
    const [c, d] = await joinAll(engine, "two", ["c", "d"]);
    assert.ok(a && b && c && d);
    await talk([a, b, c, d], 10);
    await until(() => [a, b, c, d].every((terminal) => terminal.seen.length === 10));
    assert.deepEqual([a.voices(), b.voices(), c.voices(), d.voices()], ["b", "a", "d", "c"]);
    const children = (await engine.stats()).children.filter((child) => !child.spare);
    assert.equal(children.length, 2);

    const again = new TestTerminal("a");
    await again.join(engine, "one");
    b.seen = [];
    await talk([a, again, b], 10);
    await until(() => b.seen.length === 10 && again.seen.length === 10);
    assert.deepEqual(engine.calls()[0]?.terminalIds, ["a", "b"]);
    // The slot goes on where it was, without a gap in its numbers.
    assert.equal(new Set(b.seen.map((packet) => packet.ssrc)).size, 1);
    assert.deepEqual(
      b.seen.map((packet, i) => (packet.sequence - (b.seen[0]?.sequence ?? 0) - i) & 0xffff),
      Array(10).fill(0),
    );
  }),
);

test("one UDP port for all, IPv6, port ranges and announced addresses", { timeout }, async () => {
  const portsOf = (answer: string): Set<string> =>
    new Set(
      [...answer.matchAll(/^a=candidate:\S+ 1 UDP \d+ (?:127\.0\.0\.1|::1) (\d+) typ host/gm)].map(
        (match) => match[1] ?? "",
      ),
    );
  const shared = await freePorts(1);
  await withEngine(
    { udpPort: shared, announcedAddresses: ["203.0.113.9", "2001:db8::9"] },
    async (engine) => {
      const a = new TestTerminal("a");
      const b = new TestTerminal("b");
      const answers = [await a.join(engine, "call"), await b.join(engine, "call")];
      for (const answer of answers) {
        assert.deepEqual([...portsOf(answer)], [String(shared)]);
        for (const announced of ["203\\.0\\.113\\.9", "2001:db8::9"])
          assert.match(
            answer,
            new RegExp(`^a=candidate:\\S+ 1 UDP \\d+ ${announced} ${shared} typ host\\r$`, "m"),
          );
      }
      await talk([a, b], 5);
      await until(() => a.seen.length === 5 && b.seen.length === 5);
    },
  );
  await withEngine({ listenAddress: "::1", udpPort: await freePorts(1, "::1") }, async (engine) => {
    const [a, b] = await joinAll(engine, "call", ["a", "b"], { address: "::1" });
    assert.ok(a && b);
    await talk([a, b], 5);
    await until(() => a.seen.length === 5 && b.seen.length === 5);
  });
  const first = await freePorts(10);
  await withEngine({ portRange: [first, first + 9] }, async (engine) => {
    const ports = new Set<string>();
    for (const name of ["a", "b"])
      for (const port of portsOf(await new TestTerminal(name).join(engine, "call"))) ports.add(port);
    assert.equal(ports.size, 2);
    for (const port of ports) assert.ok(Number(port) >= first && Number(port) <= first + 9);
  });
});

test("refused offers leave everything as it is", { timeout }, () =>
  withEngine({ slots: 2 }, async (engine) => {
    const [a, b] = await joinAll(engine, "call", ["a", "b"], { slots: 2 });
    assert.ok(a && b);
    const refused = async (offerSdp: string, code: string): Promise<void> =>
      assert.rejects(engine.join({ callId: "call", terminalId: "a", offerSdp }), { code });
    await refused("", "media.badOffer");
    await refused("v=0\r\n\u0000", "media.badOffer");
    const greedy = new MediaPeer({ slots: 3 });
    await refused(await greedy.offer(), "media.tooManySlots");
    greedy.close();
    await assert.rejects(engine.join({ callId: "other", terminalId: "x", offerSdp: "nonsense" }), {
      code: "media.badOffer",
    });
    assert.deepEqual(engine.calls(), [{ callId: "call", terminalIds: ["a", "b"] }]);
    await talk([a, b], 5);
    await until(() => a.seen.length === 5 && b.seen.length === 5);
  }),
);
