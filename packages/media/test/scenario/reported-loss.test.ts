/** What somebody does not get is known by their reports, also where they ask for nothing again, and the voices that they hear are protected for it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { RoundTrip, buildReceiverReport, slotSsrcsOf } from "../../src/peer/index.ts";
import { TestTerminal, talk, until, withEngine } from "../support.ts";

const timeout = 120_000;

test(
  "a third is missed by the one: their network is poor, and the other is told to protect its voice, and no more",
  { timeout },
  () =>
    withEngine({}, async (engine, events) => {
      const [a, b] = [new TestTerminal("a"), new TestTerminal("b")];
      await a.join(engine, "call");
      const [ssrc = 0] = slotSsrcsOf(await b.join(engine, "call"));
      let lastLost = 0;
      const trip = new RoundTrip(a.peer.ssrc, (lost) => (lastLost = lost));
      /** Half a second of talk, then the reports of both. */
      const talkAndReport = async (lostOf: (sent: number) => number): Promise<void> => {
        await talk([a], 25);
        a.peer.sendRaw(trip.report(a.peer.timestamp, performance.now()));
        const report = {
          ssrc,
          cumulativeLost: lostOf(b.seen.length),
          fractionLost: 85,
          highestSequence: 0,
          jitter: 0,
          lastSenderReport: 0,
          delaySinceLastSenderReport: 0,
        };
        b.peer.sendRaw(buildReceiverReport(b.peer.ssrc, report));
        for (const packet of a.rtcp.splice(0)) trip.heard(packet, performance.now());
      };
      const isPoor = (): boolean =>
        events.some((event) => event.type === "networks" && event.poor.join() === "b");
      await until(async () => {
        await talkAndReport((sent) => Math.floor(sent / 3));
        return isPoor() && lastLost > 0;
      });
      assert.equal(lastLost, 25 / 256);
      // Whoever says that all is lost takes no more from others.
      for (let i = 0; i < 3; i++) await talkAndReport((sent) => 0x70_0000 + sent);
      assert.equal(lastLost, 25 / 256);
    }),
);
