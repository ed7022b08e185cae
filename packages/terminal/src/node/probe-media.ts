import { MediaPeer, RoundTrip } from "@signet/media/peer";
import type { MediaPeerOptions, PeerWay, TurnFailure } from "@signet/media/peer";
import { frameMs, frameUnits } from "@signet/protocol/voice";

/** As far as the server said it in time. */
export interface MediaProbeFigures {
  /** To the server and back. */
  readonly roundTripMs?: number;
  /** On the way to the server: what was lost, 0 to 1, and how much the time varies that packets take. */
  readonly lost?: number;
  readonly jitterMs?: number;
}

/** What the audio connection did when it was tested without a call. */
export type MediaProbe =
  | ({
      readonly connected: true;
      readonly afterMs: number;
      readonly addresses: readonly string[];
      readonly by: PeerWay;
    } & MediaProbeFigures)
  /** `addresses`: where the server said that it listens, `address:port` over UDP. */
  | {
      readonly connected: false;
      readonly addresses: readonly string[];
      /** Why a relay gave no way. */
      readonly relayFailure?: TurnFailure;
    };

export interface MediaProbeLink {
  /** As `SignetTerminal` has it. @throws SignetError of `media.probe` */
  probeMedia(offerSdp: string): Promise<string>;
  endMediaProbe(): Promise<void>;
}

export interface MediaProbeOptions {
  /** Default 5 s, and 9 s by a relay: several times what ICE and DTLS take where packets get lost, and less than the server waits. */
  readonly withinMs?: number;
  /** Local address to bind; default all. */
  readonly localAddress?: string;
  /** Tries relays, and nothing but them; without them UDP is tried, and nothing else. */
  readonly relays?: NonNullable<MediaPeerOptions["relays"]>;
}

const udpWithinMs = 5_000;
/** TCP, TLS, the credentials, ICE and DTLS are some ten times there and back, which far away is 600 ms each. */
const relayWithinMs = 9_000;
/** What is sent to be reported on. */
const packets = 25;
const reportWithinMs = 1_000;

/**
 * Connects to the media engine as a call would, and hangs up.
 * @throws SignetError when the server refuses the test
 */
export async function probeMedia(
  link: MediaProbeLink,
  {
    localAddress,
    relays,
    withinMs = relays === undefined ? udpWithinMs : relayWithinMs,
  }: MediaProbeOptions = {},
): Promise<MediaProbe> {
  let relayFailure: TurnFailure | undefined;
  const peer: MediaPeer = new MediaPeer({
    slots: 1,
    ...(localAddress === undefined ? {} : { address: localAddress }),
    ...(relays === undefined ? {} : { relays, relaysOnly: true }),
    onRelayFailure: (why) => {
      relayFailure = why;
    },
    onRtcp: (packet) => roundTrip.heard(packet, performance.now()),
  });
  const roundTrip = new RoundTrip(peer.ssrc);
  const limit = setTimeout(() => peer.close(), withinMs);
  try {
    const answer = await link.probeMedia(await peer.offer());
    const addresses = addressesOf(answer);
    const beganMs = performance.now();
    const connected = await peer.accept(answer).then(
      () => true,
      () => false,
    );
    const afterMs = Math.round(performance.now() - beganMs);
    clearTimeout(limit);
    const figures = connected ? await measure(peer, roundTrip) : {};
    const by = peer.way ?? "udp";
    await link.endMediaProbe();
    if (!connected) return { connected, addresses, ...(relayFailure === undefined ? {} : { relayFailure }) };
    return { connected, afterMs, addresses, by, ...figures };
  } finally {
    clearTimeout(limit);
    peer.close();
  }
}

/** Half a second of packets with nothing in them; the server reports on who sends. */
async function measure(peer: MediaPeer, roundTrip: RoundTrip): Promise<MediaProbeFigures> {
  const untilMs = performance.now() + reportWithinMs;
  const isWhole = (): boolean => ((roundTrip.reported?.highestSequence ?? -1) & 0xffff) === peer.sequence;
  for (let sent = 0; (sent < packets || !isWhole()) && performance.now() < untilMs; sent++) {
    if (sent < packets) peer.send(new Uint8Array(0), { level: 127 });
    peer.sendRaw(roundTrip.report(peer.timestamp, performance.now()));
    await new Promise((resolve) => setTimeout(resolve, frameMs));
  }
  const { ms, reported } = roundTrip;
  if (ms === undefined || reported === undefined) return {};
  return {
    roundTripMs: Math.round(ms),
    lost: Math.max(0, reported.cumulativeLost) / packets,
    jitterMs: Math.round((reported.jitter * frameMs) / frameUnits),
  };
}

/** From the candidates of a description (RFC 8839 section 5.1); each once. */
export function addressesOf(sdp: string): readonly string[] {
  const lines = [...sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ /gim)];
  const written = lines.map(([, address = "", port = ""]) =>
    address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
  );
  return [...new Set(written)];
}
