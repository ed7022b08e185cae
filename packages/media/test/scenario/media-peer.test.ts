/** A terminal's audio connection that is closed while it is being made: whoever waits for it is told. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { MediaPeer } from "../../src/peer/index.ts";
import { withEngine } from "../support.ts";

test("closed while it gathers addresses, or before, it makes no offer", async () => {
  const peer = new MediaPeer({ slots: 1, address: "127.0.0.1" });
  const offer = peer.offer();
  peer.close();
  await assert.rejects(offer, /connection closed/);
  await assert.rejects(peer.offer(), /connection closed/);
  await assert.rejects(peer.accept(""), /connection closed/);
});

test("the SFU begins the DTLS handshake, since the end that knows first would begin too early", () =>
  withEngine({}, async (engine) => {
    const peer = new MediaPeer({ slots: 2, address: "127.0.0.1" });
    const offerSdp = await peer.offer();
    const { answerSdp } = await engine.join({ callId: "call", terminalId: "anna", offerSdp });
    assert.deepEqual(new Set(answerSdp.match(/^a=setup:.*$/gm)), new Set(["a=setup:active"]));
    await peer.accept(answerSdp);
    peer.close();
  }));

test("an answer that is none is refused, and closing afterwards harms nobody", async () => {
  const peer = new MediaPeer({ slots: 1, address: "127.0.0.1" });
  await peer.offer();
  await assert.rejects(peer.accept("no SDP"));
  peer.close();
  // What is rejected and not waited for would end the process about now.
  await new Promise((resolve) => setImmediate(resolve));
});

/** A port on this machine, and how many datagrams came to it. */
async function listener(t: TestContext) {
  const socket = createSocket("udp4");
  t.after(() => socket.close());
  let count = 0;
  socket.on("message", () => (count += 1));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { port: socket.address().port, socket, heard: () => count };
}

test("an answer's candidates that name a host are not looked up", async (t) => {
  const [named, numeric] = [await listener(t), await listener(t)];
  const peer = new MediaPeer({ slots: 1, address: "127.0.0.1" });
  t.after(() => peer.close());
  const offer = await peer.offer();
  const candidate = (place: number, host: string, port: number): string =>
    `a=candidate:${place} 1 UDP ${2_113_937_151 - place} ${host} ${port} typ host`;
  // As an SFU would answer, but for the one that names a host; it comes first, and has the higher priority.
  const answer = offer
    .replace(/^a=candidate:.*\r\n/gm, "")
    .replaceAll("a=setup:passive", "a=setup:active")
    .replace("a=sendonly", "a=recvonly")
    .replace(/^a=mid:0\r\n/m, (line) =>
      [
        line.trimEnd(),
        candidate(1, "localhost", named.port),
        candidate(2, "127.0.0.1", numeric.port),
        "",
      ].join("\r\n"),
    );
  const accepted = peer.accept(answer);
  accepted.catch(() => undefined);
  // The checks of both would go out in turns.
  for (let count = 0; count < 4; count++) await once(numeric.socket, "message");
  assert.equal(named.heard(), 0);
});
