import { MediaPeer, RoundTrip } from "@signet/media/peer";
import type { MediaPeerOptions, PeerWay, TurnFailure } from "@signet/media/peer";
import { frameMs } from "@signet/protocol/voice";

/** What the audio connection did when it was tested without a call. */
export type MediaProbe =
  | {
      readonly connected: true;
      readonly afterMs: number;
      readonly addresses: readonly string[];
      readonly by: PeerWay;
      /** To the server and back; undefined when it did not say in time. */
      readonly roundTripMs?: number;
    }
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
    const roundTripMs = connected ? await measure(peer, roundTrip) : undefined;
    const by = peer.way ?? "udp";
    await link.endMediaProbe();
    if (!connected) return { connected, addresses, ...(relayFailure === undefined ? {} : { relayFailure }) };
    return { connected, afterMs, addresses, by, ...(roundTripMs === undefined ? {} : { roundTripMs }) };
  } finally {
    clearTimeout(limit);
    peer.close();
  }
}

/** Half a second of packets with nothing in them; the server reports on who sends. */
async function measure(peer: MediaPeer, roundTrip: RoundTrip): Promise<number | undefined> {
  const untilMs = performance.now() + reportWithinMs;
  for (let sent = 0; roundTrip.ms === undefined && performance.now() < untilMs; sent++) {
    if (sent < packets) peer.send(new Uint8Array(0), { level: 127 });
    peer.sendRaw(roundTrip.report(peer.timestamp, performance.now()));
    await new Promise((resolve) => setTimeout(resolve, frameMs));
  }
  return roundTrip.ms === undefined ? undefined : Math.round(roundTrip.ms);
}

/** From the candidates of a description (RFC 8839 section 5.1); each once. */
export function addressesOf(sdp: string): readonly string[] {
  const lines = [...sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ /gim)];
  const written = lines.map(([, address = "", port = ""]) =>
    address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
  );
  return [...new Set(written)];
}
