import { readFileSync } from "node:fs";

/** From Chromium 156: one sending and two receiving transceivers. The file has the line ends of the checkout, SDP has CRLF. */
export const chromiumOffer = readFileSync(
  new URL("fixtures/chromium-offer.sdp", import.meta.url),
  "utf8",
).replaceAll(/\r?\n/g, "\r\n");

const firefoxPart = (mid: number, direction: string): string[] => [
  "m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101",
  "c=IN IP4 0.0.0.0",
  `a=${direction}`,
  "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  ...(direction === "recvonly" ? ["a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level"] : []),
  "a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid",
  "a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1",
  "a=fmtp:101 0-15",
  "a=ice-pwd:d2a0d3a8d4a9f3d0b4e5a1c6f7b8092a",
  "a=ice-ufrag:6a3f0c1d",
  `a=mid:${mid}`,
  "a=rtcp-mux",
  "a=rtpmap:109 opus/48000/2",
  "a=rtpmap:9 G722/8000/1",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:101 telephone-event/8000/1",
  "a=setup:actpass",
];

/** In Firefox's form: fingerprint for the whole session, Opus as 109, extension IDs with a direction. */
export const firefoxOffer = [
  "v=0",
  "o=mozilla...THIS_IS_SDPARTA-99.0 5138713294527193345 0 IN IP4 0.0.0.0",
  "s=-",
  "t=0 0",
  "a=fingerprint:sha-256 64:27:F7:BB:06:61:08:7E:22:38:6A:ED:A7:72:FB:0E:9E:AB:50:AB:8C:AF:B2:36:1D:4F:9A:78:83:F8:B4:FF",
  "a=group:BUNDLE 0 1",
  "a=ice-options:trickle",
  "a=msid-semantic:WMS *",
  ...firefoxPart(0, "sendonly"),
  ...firefoxPart(1, "recvonly"),
  "",
].join("\r\n");
