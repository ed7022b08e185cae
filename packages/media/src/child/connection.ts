import { Audio, PeerConnection } from "node-datachannel";
import type { Track } from "node-datachannel";
import { MediaRefusal } from "../refusal.ts";
import { readLocalTransport } from "../sdp/answer.ts";
import type { LocalTransport } from "../sdp/answer.ts";
import { reducedOffer, sendingMedia } from "../sdp/offer.ts";
import type { Offer } from "../sdp/offer.ts";

export interface TransportConfig {
  readonly listenAddress: string | undefined;
  /** Shared by all connections of this process. */
  readonly udpPort: number | undefined;
  readonly portRange: readonly [number, number] | undefined;
}

export interface ConnectionListener {
  onPacket(packet: Buffer): void;
  onConnected(): void;
  onDisconnected(): void;
}

/** Gathering local addresses takes milliseconds; longer means that no socket can be bound. */
const gatherTimeoutMs = 5000;

/** One terminal's ICE, DTLS and SRTP, on libdatachannel with a single track that carries everything. */
export class Connection {
  connected = false;
  readonly #peer: PeerConnection;
  readonly #track: Track;
  readonly #gathered: Promise<void>;
  #closed = false;

  /** @throws Error of the library when it refuses the description or cannot make a socket */
  constructor(offer: Offer, config: TransportConfig, listener: ConnectionListener) {
    this.#peer = new PeerConnection("terminal", {
      iceServers: [],
      enableIceUdpMux: config.udpPort !== undefined,
      ...(config.listenAddress === undefined ? {} : { bindAddress: config.listenAddress }),
      ...(config.udpPort === undefined
        ? {}
        : { portRangeBegin: config.udpPort, portRangeEnd: config.udpPort }),
      ...(config.portRange === undefined || config.udpPort !== undefined
        ? {}
        : { portRangeBegin: config.portRange[0], portRangeEnd: config.portRange[1] }),
    });
    this.#gathered = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new MediaRefusal("media.unavailable", "no local address could be bound")),
        gatherTimeoutMs,
      );
      this.#peer.onGatheringStateChange((state) => {
        if (state !== "complete") return;
        clearTimeout(timer);
        resolve();
      });
    });
    // Whoever does not wait for it (closed early) must not bring the process down.
    this.#gathered.catch(() => undefined);
    // The track opens a moment after the state says "connected"; what is sent in between is lost.
    let stateConnected = false;
    let trackOpen = false;
    const update = (): void => {
      const connected = stateConnected && trackOpen;
      if (this.#closed || connected === this.connected) return;
      this.connected = connected;
      if (connected) listener.onConnected();
      else listener.onDisconnected();
    };
    this.#peer.onStateChange((state) => {
      stateConnected = state === "connected";
      update();
    });
    const audio = new Audio("0", "SendRecv");
    audio.addOpusCodec(sendingMedia(offer).opusPayloadType);
    this.#track = this.#peer.addTrack(audio);
    this.#track.onOpen(() => {
      trackOpen = true;
      update();
    });
    this.#track.onMessage((packet) => {
      if (!this.#closed) listener.onPacket(packet);
    });
    this.#peer.setRemoteDescription(reducedOffer(offer), "offer");
  }

  /** @throws MediaRefusal `media.unavailable` when no local address could be bound, or when closed meanwhile */
  async localTransport(): Promise<LocalTransport> {
    await this.#gathered;
    const description = this.#closed ? null : this.#peer.localDescription();
    if (description === null) throw new MediaRefusal("media.unavailable", "closed while it was set up");
    return readLocalTransport(description.sdp);
  }

  /**
   * Encrypts and sends; the library copies `packet` before it returns.
   * @returns false when it was not sent
   */
  send(packet: Buffer): boolean {
    if (!this.connected) return false;
    try {
      return this.#track.sendMessageBinary(packet);
    } catch {
      // libsrtp refuses a sequence number that it takes for a replay, and a closing transport throws: the packet is lost, as on any network.
      return false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.connected = false;
    // In this order: the other way round leaks 85 kB each time.
    this.#track.close();
    this.#peer.close();
  }
}
