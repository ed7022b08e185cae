import { isIP } from "node:net";
import type { Offer, OfferedAudio } from "./offer.ts";

/** What libdatachannel decided: everything that the answer needs of its local description. */
export interface LocalTransport {
  readonly iceUfrag: string;
  readonly icePwd: string;
  readonly fingerprint: string;
  readonly setup: string;
  /** `candidate:...` lines. */
  readonly candidates: readonly string[];
}

/** @throws Error when an attribute is missing, which would be a bug of the library */
export function readLocalTransport(sdp: string): LocalTransport {
  const lines = sdp.split(/\r?\n/);
  const of = (name: string): string => {
    const line = lines.find((candidate) => candidate.startsWith(`a=${name}:`));
    if (line === undefined) throw new Error(`local description without ${name}`);
    return line.slice(name.length + 3);
  };
  return {
    iceUfrag: of("ice-ufrag"),
    icePwd: of("ice-pwd"),
    fingerprint: of("fingerprint"),
    setup: of("setup"),
    candidates: lines.filter((line) => line.startsWith("a=candidate:")).map((line) => line.slice(2)),
  };
}

/** What stands in one of these lines. */
export function readCandidate(line: string) {
  const [, , protocol = "", , address = "", port = "", , type] = line.split(" ");
  return { protocol: protocol.toUpperCase(), address, port: Number(port), type };
}

/**
 * The candidates to name: the local ones and, for each port, one per announced address. TCP is left out (browsers and
 * this library do not meet over it).
 */
export function answerCandidates(
  local: readonly string[],
  announcedAddresses: readonly string[],
  ipv6: boolean,
): string[] {
  const kept: string[] = [];
  const ports = new Set<number>();
  for (const line of local) {
    const { protocol, address, port, type } = readCandidate(line);
    if (protocol !== "UDP" || (isIP(address) === 6 && !ipv6)) continue;
    kept.push(line);
    if (type === "host") ports.add(port);
  }
  let foundation = 100;
  for (const address of announcedAddresses) {
    if (isIP(address) === 6 && !ipv6) continue;
    // Just below the local ones, which are shorter where they work at all.
    for (const port of ports)
      kept.push(`candidate:${foundation} 1 UDP ${2_114_000_000 - foundation} ${address} ${port} typ host`);
    foundation++;
  }
  return kept;
}

/**
 * Answers the terminal's own offer; libdatachannel saw only a part of it.
 * @param slotSsrcs one per receiving part, in order
 */
export function buildAnswer(offer: Offer, transport: LocalTransport, slotSsrcs: readonly number[]): string {
  const accepted = offer.media.filter((part) => part.kind === "audio");
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${accepted.map((part) => part.mid).join(" ")}`,
    "a=msid-semantic: WMS *",
  ];
  let slot = 0;
  for (const part of offer.media) {
    if (part.kind === "refused") {
      lines.push(
        `m=${part.mediaLine.replace(/^(\S+) \d+/, "$1 0")}`,
        "c=IN IP4 0.0.0.0",
        `a=mid:${part.mid}`,
        "a=inactive",
      );
      continue;
    }
    lines.push(...audioLines(part, transport));
    if (part.role === "receive") {
      const name = `slot${slot + 1}`;
      lines.push(`a=msid:${name} ${name}`, `a=ssrc:${slotSsrcs[slot]} cname:sfu`);
      slot++;
    }
    // With BUNDLE the candidates stand in the part that is tagged, the first accepted one (RFC 9143 section 7.3).
    if (part === accepted[0])
      lines.push(...transport.candidates.map((candidate) => `a=${candidate}`), "a=end-of-candidates");
  }
  return lines.join("\r\n") + "\r\n";
}

function audioLines(part: OfferedAudio, transport: LocalTransport): string[] {
  const type = part.opusPayloadType;
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${type}`,
    "c=IN IP4 0.0.0.0",
    `a=ice-ufrag:${transport.iceUfrag}`,
    `a=ice-pwd:${transport.icePwd}`,
    `a=fingerprint:${transport.fingerprint}`,
    `a=setup:${transport.setup}`,
    `a=mid:${part.mid}`,
    ...(part.midId === 0 ? [] : [`a=extmap:${part.midId} urn:ietf:params:rtp-hdrext:sdes:mid`]),
    ...(part.levelId === 0 ? [] : [`a=extmap:${part.levelId} urn:ietf:params:rtp-hdrext:ssrc-audio-level`]),
    part.role === "send" ? "a=recvonly" : "a=sendonly",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    `a=rtpmap:${type} opus/48000/2`,
    `a=fmtp:${type} minptime=10;useinbandfec=1`,
    // Chromium does not offer NACK for audio but honours it: at 1 loss in 13 concealment went from 400 ms in 6 s to 0.
    `a=rtcp-fb:${type} nack`,
  ];
}
