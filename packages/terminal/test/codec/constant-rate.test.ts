import assert from "node:assert/strict";
import { test } from "node:test";

import { askForConstantRate } from "../../src/browser/constant-rate.ts";

const wanted = "minptime=10;useinbandfec=1;cbr=1;usedtx=0";
const sdp = (...lines: string[]): string => [...lines, ""].join("\r\n");

test("every Opus of an answer gets a constant rate, and nothing else changes", () => {
  const answer = (parameters: string): string =>
    sdp(
      "v=0",
      "s=-",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
      "a=rtpmap:111 opus/48000/2",
      `a=fmtp:111 ${parameters}`,
      "a=rtcp-fb:111 nack",
      "a=rtpmap:63 red/48000/2",
      "a=fmtp:63 111/111",
      "m=audio 9 UDP/TLS/RTP/SAVPF 109",
      "a=rtpmap:109 OPUS/48000/2",
      `a=fmtp:109 ${parameters}`,
      "a=sendonly",
    );
  assert.equal(askForConstantRate(answer("minptime=10;useinbandfec=1")), answer(wanted));
  assert.equal(askForConstantRate(answer(wanted)), answer(wanted));
});

test("a server that asks for the contrary, or for nothing, is not asked", () => {
  const head = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2"];
  const expected = sdp(...head, `a=fmtp:111 ${wanted}`, "a=sendonly");
  for (const theirs of [
    [],
    ["a=fmtp:111 cbr=0"],
    ["a=fmtp:111 usedtx=1;cbr=0;maxaveragebitrate=6000"],
    ["a=fmtp:111 usedtx=1", "a=fmtp:111 cbr=0"],
    ["A=FMTP:111 cbr=0"],
  ])
    assert.equal(askForConstantRate(sdp(...head, ...theirs, "a=sendonly")), expected);
  assert.equal(
    askForConstantRate(sdp("m=audio 9 UDP/TLS/RTP/SAVPF 11", "a=fmtp:111 cbr=0", "a=rtpmap:11 opus/48000/2")),
    sdp(
      "m=audio 9 UDP/TLS/RTP/SAVPF 11",
      "a=fmtp:111 cbr=0",
      "a=rtpmap:11 opus/48000/2",
      `a=fmtp:11 ${wanted}`,
    ),
    "another payload type of the same beginning",
  );
});

test("lines that end without a carriage return stay so", () => {
  assert.equal(
    askForConstantRate("m=audio 9 RTP 111\na=rtpmap:111 opus/48000/2\na=sendonly\n"),
    `m=audio 9 RTP 111\na=rtpmap:111 opus/48000/2\na=fmtp:111 ${wanted}\na=sendonly\n`,
  );
});
