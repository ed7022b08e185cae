/** A terminal's audio connection that is closed while it is being made: whoever waits for it is told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { MediaPeer } from "../../src/peer/index.ts";

test("closed while it gathers addresses, or before, it makes no offer", async () => {
  const peer = new MediaPeer({ slots: 1, address: "127.0.0.1" });
  const offer = peer.offer();
  peer.close();
  await assert.rejects(offer, /connection closed/);
  await assert.rejects(peer.offer(), /connection closed/);
  await assert.rejects(peer.accept(""), /connection closed/);
});

test("an answer that is none is refused, and closing afterwards harms nobody", async () => {
  const peer = new MediaPeer({ slots: 1, address: "127.0.0.1" });
  await peer.offer();
  await assert.rejects(peer.accept("no SDP"));
  peer.close();
  // What is rejected and not waited for would end the process about now.
  await new Promise((resolve) => setImmediate(resolve));
});
