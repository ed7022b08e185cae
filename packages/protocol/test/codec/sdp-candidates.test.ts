import assert from "node:assert/strict";
import { test } from "node:test";

import { withoutNamedCandidates } from "../../src/index.ts";

const candidate = (address: string, transport = "UDP"): string =>
  `a=candidate:1 1 ${transport} 2113937151 ${address} 40000 typ host\r\n`;
const answer = (...lines: string[]): string =>
  `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n${lines.join("")}a=end-of-candidates\r\na=mid:0\r\n`;

test("candidates with an address stay as they are", () => {
  for (const address of ["192.0.2.1", "10.0.0.255", "2001:db8::1", "::1", "::ffff:192.0.2.1", "fe80::1"]) {
    const sdp = answer(candidate(address), candidate(address, "udp"));
    assert.equal(withoutNamedCandidates(sdp), sdp);
  }
  const bare = answer(candidate("192.0.2.1")).replaceAll("\r\n", "\n");
  assert.equal(withoutNamedCandidates(bare), bare);
  assert.equal(withoutNamedCandidates("no SDP"), "no SDP");
});

test("candidates that name a host, or another transport, are taken out, and nothing else", () => {
  const kept = candidate("192.0.2.1");
  const taken = [
    ...[
      "attacker.example",
      "4f3a1b2c.local",
      "localhost",
      "a.b",
      "192.0.2.1.example",
      "1.2.3",
      "0x7f000001",
    ].map((name) => candidate(name)),
    ...["fe80::1%eth0", "2001:db8::1.example", "face", "[::1]", ""].map((name) => candidate(name)),
    candidate("192.0.2.1", "TCP"),
    candidate("192.0.2.1", "attacker.example"),
    candidate("attacker.example").toUpperCase().replace("A=CANDIDATE", "a=CANDIDATE"),
    candidate("attacker.example").replace("\r\n", "\n"),
    "a=candidate:\r\n",
  ];
  for (const line of taken) {
    assert.equal(withoutNamedCandidates(answer(line, kept, line)), answer(kept), line);
  }
});
