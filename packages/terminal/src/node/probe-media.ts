import { MediaPeer } from "@signet/media/peer";

/** What the audio connection did when it was tested without a call. */
export type MediaProbe =
  | { readonly connected: true; readonly afterMs: number; readonly addresses: readonly string[] }
  /** `addresses`: where the server said that it listens, `address:port` over UDP. */
  | { readonly connected: false; readonly addresses: readonly string[] };

export interface MediaProbeLink {
  /** As `SignetTerminal` has it. @throws SignetError of `media.probe` */
  probeMedia(offerSdp: string): Promise<string>;
  endMediaProbe(): Promise<void>;
}

export interface MediaProbeOptions {
  /** Default 5 s: several times what ICE and DTLS take where packets get lost, and less than the server waits. */
  readonly withinMs?: number;
  /** Local address to bind; default all. */
  readonly localAddress?: string;
}

/**
 * Connects to the media engine as a call would, and hangs up.
 * @throws SignetError when the server refuses the test
 */
export async function probeMedia(
  link: MediaProbeLink,
  { localAddress, withinMs = 5_000 }: MediaProbeOptions = {},
): Promise<MediaProbe> {
  const peer = new MediaPeer({
    slots: 1,
    ...(localAddress === undefined ? {} : { address: localAddress }),
  });
  const limit = setTimeout(() => peer.close(), withinMs);
  try {
    const answer = await link.probeMedia(await peer.offer());
    const addresses = addressesOf(answer);
    const beganMs = performance.now();
    const connected = await peer.accept(answer).then(
      () => true,
      () => false,
    );
    await link.endMediaProbe();
    return connected
      ? { connected, afterMs: Math.round(performance.now() - beganMs), addresses }
      : { connected, addresses };
  } finally {
    clearTimeout(limit);
    peer.close();
  }
}

/** From the candidates of a description (RFC 8839 section 5.1); each once. */
export function addressesOf(sdp: string): readonly string[] {
  const lines = [...sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ /gim)];
  const written = lines.map(([, address = "", port = ""]) =>
    address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
  );
  return [...new Set(written)];
}
