import assert from "node:assert/strict";
import { test } from "node:test";

import { addressesOf } from "../../src/node/probe-media.ts";

test("the addresses of a description: UDP, each once, IPv6 in brackets", () => {
  const sdp = [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=candidate:1 1 UDP 2114977791 192.0.2.7 40000 typ host",
    "a=candidate:1 1 udp 2114977791 192.0.2.7 40000 typ host",
    "a=candidate:2 1 UDP 2122187007 2001:db8::7 40001 typ host",
    "a=candidate:3 1 TCP 1518280447 192.0.2.8 9 typ host tcptype active",
    "a=candidate:4 2 UDP 1518280447 192.0.2.9 40003 typ host",
    "",
  ].join("\r\n");
  assert.deepEqual(addressesOf(sdp), ["192.0.2.7:40000", "[2001:db8::7]:40001"]);
  assert.deepEqual(addressesOf("v=0\r\n"), []);
});
