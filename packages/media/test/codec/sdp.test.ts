import assert from "node:assert/strict";
import { test } from "node:test";
import { answerCandidates, buildAnswer, readLocalTransport } from "../../src/sdp/answer.ts";
import { parseOffer, receivingMedia, reducedOffer, sendingMedia } from "../../src/sdp/offer.ts";
import { chromiumOffer, firefoxOffer } from "./fixtures.ts";

const transport = {
  iceUfrag: "abcd",
  icePwd: "0123456789012345678901",
  fingerprint: "sha-256 AA:BB",
  setup: "passive",
  candidates: ["candidate:1 1 UDP 2114977791 192.0.2.1 5000 typ host"],
};

test("Chromium's offer is read", () => {
  const offer = parseOffer(chromiumOffer);
  assert.deepEqual(offer.media, [
    { kind: "audio", role: "send", mid: "0", opusPayloadType: 111, midId: 4, levelId: 1 },
    { kind: "audio", role: "receive", mid: "1", opusPayloadType: 111, midId: 4, levelId: 1 },
    { kind: "audio", role: "receive", mid: "2", opusPayloadType: 111, midId: 4, levelId: 1 },
  ]);
  assert.equal(offer.iceUfrag, "XuqG");
  assert.equal(offer.setup, "actpass");
  assert.match(offer.fingerprint, /^sha-256 64:27:/);
});

test("Firefox's offer is read", () => {
  const offer = parseOffer(firefoxOffer);
  assert.deepEqual(sendingMedia(offer), {
    kind: "audio",
    role: "send",
    mid: "0",
    opusPayloadType: 109,
    midId: 3,
    levelId: 1,
  });
  assert.equal(receivingMedia(offer).length, 1);
  assert.match(offer.fingerprint, /^sha-256 64:27:/);
  assert.match(reducedOffer(offer), /^a=rtpmap:109 opus\/48000\/2\r$/m);
});

test("the library sees one part only", () => {
  const reduced = reducedOffer(parseOffer(chromiumOffer));
  assert.equal(reduced.match(/^m=/gm)?.length, 1);
  assert.match(reduced, /^a=mid:0\r\na=sendrecv\r$/m);
  // The SFU sends nothing to addresses that a terminal names.
  assert.match(chromiumOffer, /^a=candidate:/m);
  assert.doesNotMatch(reduced, /candidate/);
});

test("the answer mirrors the offer, with a source for each slot", () => {
  const answer = buildAnswer(parseOffer(chromiumOffer), transport, [11, 22]);
  const [session = "", ...parts] = answer.split(/(?=^m=)/m);
  assert.match(session, /^a=group:BUNDLE 0 1 2\r$/m);
  assert.deepEqual(
    parts.map((part) => /^a=(sendonly|recvonly)\r$/m.exec(part)?.[1]),
    ["recvonly", "sendonly", "sendonly"],
  );
  assert.deepEqual(
    parts.map((part) => /^a=ssrc:(\d+) /m.exec(part)?.[1]),
    [undefined, "11", "22"],
  );
  assert.deepEqual(
    parts.map((part) => part.includes("a=candidate:")),
    [true, false, false],
  );
  for (const part of parts) {
    assert.match(part, /^a=rtcp-fb:111 nack\r$/m);
    assert.match(part, /^a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r$/m);
    assert.doesNotMatch(part, /transport-cc/);
  }
});

test("video and stopped parts are refused with port 0 and stay outside the bundle", () => {
  const more =
    chromiumOffer +
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:v\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n";
  const answer = buildAnswer(parseOffer(more), transport, [11, 22]);
  assert.match(
    answer,
    /^m=video 0 UDP\/TLS\/RTP\/SAVPF 96\r\nc=IN IP4 0\.0\.0\.0\r\na=mid:v\r\na=inactive\r$/m,
  );
  assert.match(answer, /^a=group:BUNDLE 0 1 2\r$/m);
});

test("announced addresses come beside the local ones, for each port", () => {
  const local = [
    "candidate:1 1 UDP 2114977791 192.0.2.1 5000 typ host",
    "candidate:2 1 UDP 2116026111 fd00::2 5000 typ host",
    "candidate:3 1 TCP 1 192.0.2.1 9 typ host tcptype active",
  ];
  assert.deepEqual(answerCandidates(local, [], true), local.slice(0, 2));
  assert.deepEqual(answerCandidates(local, ["203.0.113.7", "2001:db8::7"], false), [
    local[0],
    "candidate:100 1 UDP 2113999900 203.0.113.7 5000 typ host",
  ]);
});

test("the library's description gives the transport", () => {
  const sdp =
    "v=0\r\nm=audio 9 X 1\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 AA\r\na=setup:passive\r\na=candidate:1 1 UDP 1 192.0.2.1 5 typ host\r\n";
  assert.deepEqual(readLocalTransport(sdp), {
    iceUfrag: "u",
    icePwd: "p",
    fingerprint: "sha-256 AA",
    setup: "passive",
    candidates: ["candidate:1 1 UDP 1 192.0.2.1 5 typ host"],
  });
  assert.throws(() => readLocalTransport(sdp.replace("a=ice-pwd:p\r\n", "")), /without ice-pwd/);
});

const spoilt: Record<string, (sdp: string) => string> = {
  empty: () => "",
  "another version": (sdp) => sdp.replace("v=0", "v=1"),
  "no media": (sdp) => sdp.slice(0, sdp.indexOf("m=audio")),
  "a control character": (sdp) => sdp.replace("a=mid:1", "a=mid:1\u0000"),
  "a line without a type": (sdp) => sdp.replace("a=mid:1", "mid:1"),
  "no BUNDLE": (sdp) => sdp.replace("a=group:BUNDLE 0 1 2\r\n", ""),
  "a part outside the bundle": (sdp) => sdp.replace("BUNDLE 0 1 2", "BUNDLE 0 1"),
  "two senders": (sdp) => sdp.replace("a=recvonly", "a=sendrecv"),
  "no sender": (sdp) => sdp.replace("a=sendonly", "a=recvonly"),
  "a mid twice": (sdp) => sdp.replace("a=mid:2", "a=mid:1"),
  "no mid": (sdp) => sdp.replace("a=mid:2\r\n", ""),
  "no rtcp-mux": (sdp) => sdp.replace("a=rtcp-mux\r\n", ""),
  "no Opus": (sdp) => sdp.replaceAll("opus/48000/2", "speex/8000"),
  "Opus on an RTCP number": (sdp) => sdp.replace("a=rtpmap:111 opus", "a=rtpmap:72 opus"),
  "Opus on a number not offered": (sdp) => sdp.replace("a=rtpmap:111 opus", "a=rtpmap:112 opus"),
  "no encryption": (sdp) => sdp.replaceAll("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
  "a fingerprint too short": (sdp) => sdp.replaceAll(/(a=fingerprint:sha-256 )../g, "$1"),
  "SHA-1": (sdp) => sdp.replaceAll("sha-256", "sha-1"),
  "no password": (sdp) => sdp.replaceAll(/a=ice-pwd:.*\r\n/g, ""),
  "a password too short": (sdp) => sdp.replaceAll(/a=ice-pwd:.*\r\n/g, "a=ice-pwd:short\r\n"),
  "another user name for another part": (sdp) =>
    sdp.replace(/(m=audio[^]*)(m=audio[^]*)a=ice-ufrag:XuqG/, "$1$2a=ice-ufrag:Other"),
  "a setup of its own": (sdp) => sdp.replaceAll("setup:actpass", "setup:holdconn"),
  "100 kB": (sdp) => sdp + "a=x\r\n".repeat(20_000),
};

for (const [name, spoil] of Object.entries(spoilt)) {
  test(`refused: ${name}`, () => {
    const sdp = spoil(chromiumOffer);
    assert.notEqual(sdp, chromiumOffer);
    assert.throws(() => parseOffer(sdp), { code: "media.badOffer" });
  });
}
