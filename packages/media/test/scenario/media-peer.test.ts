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
