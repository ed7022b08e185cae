import { MediaRefusal } from "../refusal.ts";

/**
 * What the SFU needs of a terminal's offer. Its candidates are not among it: the terminal's own checks tell its address, and
 * so the SFU sends nothing to addresses that somebody merely names. Besides, a check that reaches libdatachannel before it
 * has the answer can make it connect, and fail, while it reads the answer.
 * Every text in it matched a strict pattern, so that it can be put into SDP again.
 */
export interface Offer {
  readonly iceUfrag: string;
  readonly icePwd: string;
  /** `sha-256 AB:CD...` */
  readonly fingerprint: string;
  readonly setup: "actpass" | "active" | "passive";
  readonly media: readonly OfferedMedia[];
}

export type OfferedMedia =
  | {
      readonly kind: "audio";
      readonly role: "send" | "receive";
      readonly mid: string;
      readonly opusPayloadType: number;
      readonly midId: number;
      readonly levelId: number;
    }
  /** Video, data, inactive or stopped parts: answered with port 0. */
  | { readonly kind: "refused"; readonly mid: string; readonly mediaLine: string };

/** A Chromium offer with 8 slots has 9 kB. */
const maxOfferBytes = 64 * 1024;
const maxMedia = 64;

const midUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
const levelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

const iceCharacters = /^[A-Za-z0-9+/]+$/;
const fingerprintPattern =
  /^(sha-256 (?:[0-9A-F]{2}:){31}|sha-384 (?:[0-9A-F]{2}:){47}|sha-512 (?:[0-9A-F]{2}:){63})[0-9A-F]{2}$/;
const midPattern = /^[A-Za-z0-9._~{}-]{1,16}$/;
const mediaLinePattern =
  /^(audio|video|application|text) (\d{1,5}) ([A-Za-z0-9/]{1,32}) ((?:[A-Za-z0-9-]{1,32} ?){1,64})$/;

interface Section {
  readonly mediaLine: string;
  readonly attributes: readonly string[];
}

/**
 * Reads a browser's offer (RFC 8866, RFC 8829): unified plan, one BUNDLE group, rtcp-mux, exactly one sending audio part.
 * @throws MediaRefusal `media.badOffer`
 */
export function parseOffer(sdp: string): Offer {
  if (sdp.length > maxOfferBytes) fail("too long");
  const { session, sections } = split(sdp);
  if (sections.length === 0 || sections.length > maxMedia) fail("number of media parts");
  const bundles = session.filter((attribute) => attribute.startsWith("group:BUNDLE "));
  const bundled = new Set(bundles.length === 1 ? bundles[0]?.split(" ").slice(1) : fail("BUNDLE group"));
  const first = sections[0] ?? fail("no media");
  const transport = readTransport(session, first);
  const media = sections.map((section) => readMedia(section, bundled, session, transport));
  const mids = new Set(media.map((part) => part.mid));
  if (mids.size !== media.length) fail("mid used twice");
  if (media.filter((part) => part.kind === "audio" && part.role === "send").length !== 1)
    fail("number of sending parts");
  return { ...transport, media };
}

function fail(reason: string): never {
  throw new MediaRefusal("media.badOffer", reason);
}

function split(sdp: string): { session: string[]; sections: Section[] } {
  const lines = sdp.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  if (lines[0] !== "v=0") fail("version");
  const session: string[] = [];
  const sections: { mediaLine: string; attributes: string[] }[] = [];
  for (const line of lines) {
    // Printable ASCII and UTF-8 names; a control character is nowhere legal and must not come out again in an answer.
    // oxlint-disable-next-line no-control-regex
    if (!/^[a-z]=[^\u0000-\u001f\u007f]*$/.test(line)) fail("line");
    const value = line.slice(2);
    if (line.startsWith("m=")) sections.push({ mediaLine: value, attributes: [] });
    else if (line.startsWith("a=")) (sections.at(-1)?.attributes ?? session).push(value);
  }
  return { session, sections };
}

function attribute(attributes: readonly string[], name: string): string | undefined {
  const found = attributes.find((candidate) => candidate.startsWith(name + ":"));
  return found?.slice(name.length + 1);
}

function readTransport(session: readonly string[], section: Section): Omit<Offer, "media"> {
  const of = (name: string): string =>
    attribute(section.attributes, name) ?? attribute(session, name) ?? fail(`no ${name}`);
  const iceUfrag = of("ice-ufrag");
  const icePwd = of("ice-pwd");
  if (!iceCharacters.test(iceUfrag) || iceUfrag.length < 4 || iceUfrag.length > 256) fail("ice-ufrag");
  if (!iceCharacters.test(icePwd) || icePwd.length < 22 || icePwd.length > 256) fail("ice-pwd");
  const [algorithm = "", digest = ""] = of("fingerprint").split(" ");
  const fingerprint = `${algorithm.toLowerCase()} ${digest.toUpperCase()}`;
  if (!fingerprintPattern.test(fingerprint)) fail("fingerprint");
  const setup = of("setup");
  if (setup !== "actpass" && setup !== "active" && setup !== "passive") fail("setup");
  return { iceUfrag, icePwd, fingerprint, setup };
}

function readMedia(
  section: Section,
  bundled: ReadonlySet<string>,
  session: readonly string[],
  transport: Omit<Offer, "media">,
): OfferedMedia {
  const parts = mediaLinePattern.exec(section.mediaLine) ?? fail("media line");
  const [, kind, port, protocol] = parts;
  const mid = attribute(section.attributes, "mid") ?? fail("no mid");
  if (!midPattern.test(mid)) fail("mid");
  const direction = directionOf(section.attributes) ?? directionOf(session) ?? "sendrecv";
  const stopped = port === "0" && !section.attributes.includes("bundle-only");
  if (kind !== "audio" || stopped || direction === "inactive")
    return { kind: "refused", mid, mediaLine: section.mediaLine };
  if (protocol !== "UDP/TLS/RTP/SAVPF") fail("protocol");
  if (!bundled.has(mid)) fail("not in BUNDLE");
  if (!section.attributes.includes("rtcp-mux")) fail("no rtcp-mux");
  const ufrag = attribute(section.attributes, "ice-ufrag");
  if (ufrag !== undefined && ufrag !== transport.iceUfrag) fail("several transports");
  return {
    kind: "audio",
    role: direction === "recvonly" ? "receive" : "send",
    mid,
    opusPayloadType: opusPayloadType(section),
    midId: extensionId(section.attributes, midUri),
    levelId: extensionId(section.attributes, levelUri),
  };
}

function directionOf(attributes: readonly string[]): string | undefined {
  return attributes.find(
    (name) => name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive",
  );
}

/** Payload types 64-95 cannot be told from RTCP on one port (RFC 5761 section 4). */
function opusPayloadType(section: Section): number {
  for (const line of section.attributes) {
    const match = /^rtpmap:(\d{1,3}) opus\/48000\/2$/i.exec(line);
    if (match === null) continue;
    const type = Number(match[1]);
    if (type > 127 || (type >= 64 && type <= 95)) fail("payload type");
    if (!section.mediaLine.split(" ").slice(3).includes(String(type))) fail("payload type not offered");
    return type;
  }
  return fail("no Opus");
}

/** @returns ID 1-14 (one-byte form, RFC 8285 section 4.2), 0 when the extension is not offered in a form that we send */
function extensionId(attributes: readonly string[], uri: string): number {
  for (const line of attributes) {
    const match = /^extmap:(\d{1,3})(?:\/[a-z]+)? (\S+)/.exec(line);
    if (match?.[2] === uri) {
      const id = Number(match[1]);
      return id >= 1 && id <= 14 ? id : 0;
    }
  }
  return 0;
}

/** The one part of the offer that libdatachannel gets to see: with exactly one track it hands over every packet once. */
export function reducedOffer(offer: Offer): string {
  const type = sendingMedia(offer).opusPayloadType;
  return [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    `m=audio 9 UDP/TLS/RTP/SAVPF ${type}`,
    "c=IN IP4 0.0.0.0",
    `a=ice-ufrag:${offer.iceUfrag}`,
    `a=ice-pwd:${offer.icePwd}`,
    `a=fingerprint:${offer.fingerprint}`,
    // Where the terminal leaves the choice, as browsers do, it begins the DTLS handshake: it knows first when ICE is through, and repeats its first message
    // soon. This library does so after a second only, so terminals of the library let the SFU begin.
    `a=setup:${offer.setup === "actpass" ? "active" : offer.setup}`,
    "a=mid:0",
    "a=sendrecv",
    "a=rtcp-mux",
    `a=rtpmap:${type} opus/48000/2`,
    "",
  ].join("\r\n");
}

export type OfferedAudio = Extract<OfferedMedia, { kind: "audio" }>;

export function sendingMedia(offer: Offer): OfferedAudio {
  for (const part of offer.media) if (part.kind === "audio" && part.role === "send") return part;
  return fail("nothing is sent");
}

export function receivingMedia(offer: Offer): OfferedAudio[] {
  return offer.media.filter((part) => part.kind === "audio" && part.role === "receive") as OfferedAudio[];
}
