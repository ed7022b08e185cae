import assert from "node:assert/strict";
import type { TestContext } from "node:test";

import { connectivityCheck } from "@signet/e2e/support/turn-client.ts";
import type { TurnClient } from "@signet/e2e/support/turn-client.ts";
import { MediaPeer } from "@signet/media/peer";
import type { CallId } from "@signet/protocol";

import type { TestTerminal } from "./test-terminal.ts";

/** Offers without a way of its own, and binds a channel to what the SFU answers. @returns a check for it */
export async function answered(t: TestContext, terminal: TestTerminal, callId: CallId, client: TurnClient) {
  const peer = new MediaPeer({ slots: 8, address: "127.0.0.1" });
  t.after(() => peer.close());
  const offer = (await peer.offer()).replaceAll(/^a=candidate:.*\r\n/gm, "");
  const { sdp } = await terminal.request("media.offer", { callId, sdp: offer });
  const of = (text: string, name: string): string =>
    new RegExp(`^a=${name}:(\\S+)`, "m").exec(text)?.[1] ?? assert.fail(name);
  const port = Number(/ 127\.0\.0\.1 (\d+) typ host/.exec(sdp)?.[1]);
  assert.equal(await client.bind(0x4000, { address: "127.0.0.1", port }), 0);
  const username = `${of(sdp, "ice-ufrag")}:${of(offer, "ice-ufrag")}`;
  return connectivityCheck({ username, password: of(sdp, "ice-pwd") }, 7n);
}
