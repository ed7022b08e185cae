import assert from "node:assert/strict";
import { test } from "node:test";

import { slotSsrcsOf } from "../../src/peer/index.ts";

const part = (...lines: string[]): string => ["m=audio 9 UDP/TLS/RTP/SAVPF 111", ...lines, ""].join("\r\n");
const receiving = part("a=recvonly", "a=mid:0");
const slot = (ssrc: number | string): string => part("a=sendonly", `a=ssrc:${ssrc} cname:sfu`);

test("one SSRC for each part that the SFU sends, in order", () => {
  assert.deepEqual(
    slotSsrcsOf(["v=0\r\n", receiving, slot(7), slot(0xffff_ffff)].join("")),
    [7, 0xffff_ffff],
  );
  assert.deepEqual(slotSsrcsOf(`v=0\r\n${receiving}`), []);
});

test("a slot without an SSRC, or with another slot's, is refused", () => {
  for (const slots of [[part("a=sendonly")], [slot(0x1_0000_0000)], [slot("x")], [slot(7), slot(7)]])
    assert.throws(() => slotSsrcsOf(["v=0\r\n", receiving, ...slots].join("")), /SSRC of its own/);
});
