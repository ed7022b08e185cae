import { randomBytes } from "node:crypto";
import { isIP } from "node:net";

import { withoutNamedCandidates } from "@signet/protocol";
import { frameUnits } from "@signet/protocol/voice";
import { Audio, PeerConnection } from "node-datachannel";
import type { Track } from "node-datachannel";
import { isRtcp } from "../rtp/header.ts";
import type { TransportAddress } from "../turn/stun-message.ts";
import { RelayWays } from "./relay-ways.ts";
import type { PeerRelay, PeerWay } from "./relay-ways.ts";
import type { TurnFailure } from "./turn-transport.ts";

/** IDs and numbers of the offer that {@link MediaPeer} makes, as Chromium chooses them. */
export const peerPayloadType = 111;
export const peerLevelId = 1;
export const peerMidId = 4;

export interface MediaPeerOptions {
  /** Receiving slots to offer. */
  readonly slots: number;
  /** Local address to bind; default all. */
  readonly address?: string;
  /** What carries the audio where UDP does not get through; asked for when UDP takes long. Default none. */
  readonly relays?: () => Promise<readonly PeerRelay[]>;
  /** UDP has no head start: for whoever doubts that it gets through. */
  readonly allAtOnce?: boolean;
  /** Neither end is told where the other is, so that nothing but a relay leads on: for whoever tests one. */
  readonly relaysOnly?: boolean;
  /** A relay gives no way. */
  onRelayFailure?(why: TurnFailure): void;
  onRtp?(packet: Buffer): void;
  onRtcp?(packet: Buffer): void;
  /** The connection broke off, perhaps for a moment (`disconnected`), or came back (`connected`). */
  onState?(state: PeerState): void;
}

export type PeerState = "connected" | "disconnected" | "failed" | "closed";

/**
 * A terminal's audio connection without a browser: the same offer, RTP packets in and out. For terminals, tests and load.
 * Like the SFU it shows libdatachannel one track only, which carries all.
 */
export class MediaPeer {
  readonly ssrc = randomBytes(4).readUInt32BE(0);
  readonly #peer: PeerConnection;
  readonly #track: Track;
  /** Resolves when all addresses are known, or the peer was closed. */
  readonly #gathered: Promise<void>;
  #endGathering: () => void = () => undefined;
  readonly #options: MediaPeerOptions;
  #ways: RelayWays | undefined;
  readonly #packet = Buffer.alloc(1500);
  #sequence = 1000;
  #timestamp = 0;
  #settle: ((state: PeerState) => void) | undefined;
  #closed = false;

  constructor(options: MediaPeerOptions) {
    this.#options = options;
    this.#peer = new PeerConnection("peer", {
      iceServers: [],
      disableAutoNegotiation: true,
      ...(options.address === undefined ? {} : { bindAddress: options.address }),
    });
    this.#gathered = new Promise((resolve) => {
      this.#endGathering = resolve;
      this.#peer.onGatheringStateChange((state) => state === "complete" && resolve());
    });
    this.#peer.onStateChange((state) => {
      if (state !== "connected" && state !== "disconnected" && state !== "failed" && state !== "closed")
        return;
      this.#is(state);
    });
    const audio = new Audio("0", "SendRecv");
    audio.addOpusCodec(peerPayloadType);
    this.#track = this.#peer.addTrack(audio);
    // The library lets go of a closed track, and the process of its threads, only where somebody listens for it; so for the state.
    this.#track.onClosed(() => undefined);
    this.#track.onMessage((packet) => {
      if (this.#closed) return;
      if (isRtcp(packet)) options.onRtcp?.(packet);
      else options.onRtp?.(packet);
    });
  }

  /** @throws Error when it is closed meanwhile: nobody may answer an offer that nobody stands behind */
  async offer(): Promise<string> {
    this.#requireOpen();
    this.#peer.setLocalDescription("offer");
    await this.#gathered;
    this.#requireOpen();
    const lines = (this.#peer.localDescription()?.sdp ?? "").split(/\r?\n/);
    const transport = lines.filter((line) => /^a=(ice-ufrag|ice-pwd|fingerprint):/.test(line));
    const mids = Array.from({ length: this.#options.slots + 1 }, (_, mid) => String(mid));
    const parts = mids.flatMap((mid) => [
      `m=audio 9 UDP/TLS/RTP/SAVPF ${peerPayloadType}`,
      "c=IN IP4 0.0.0.0",
      ...transport,
      // The SFU begins the DTLS handshake: its end of ICE is through a moment after this one, so that what was said here first mostly came too early, and was
      // repeated after a second.
      "a=setup:passive",
      `a=mid:${mid}`,
      `a=extmap:${peerLevelId} urn:ietf:params:rtp-hdrext:ssrc-audio-level`,
      `a=extmap:${peerMidId} urn:ietf:params:rtp-hdrext:sdes:mid`,
      ...(mid === "0" ? ["a=sendonly", `a=ssrc:${this.ssrc} cname:peer`] : ["a=recvonly"]),
      "a=rtcp-mux",
      `a=rtpmap:${peerPayloadType} opus/48000/2`,
      ...(mid === "0" && this.#options.relaysOnly !== true
        ? lines.filter((line) => line.startsWith("a=candidate:"))
        : []),
    ]);
    return [
      "v=0",
      "o=- 1 1 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      `a=group:BUNDLE ${mids.join(" ")}`,
      ...parts,
      "",
    ].join("\r\n");
  }

  /**
   * Shows the library the first part of the answer, and waits for the connection.
   * @throws Error when it fails, or is closed meanwhile
   */
  async accept(answerSdp: string): Promise<void> {
    this.#requireOpen();
    const connected = new Promise<void>((resolve, reject) => {
      this.#settle = (state) => reject(new Error(`connection ${state}`));
      // The track opens a moment after the state says "connected"; what is sent in between is lost.
      this.#track.onOpen(resolve);
    });
    // When the library refuses the answer, nobody waits for it any more.
    connected.catch(() => undefined);
    const first = withoutNamedCandidates(answerSdp)
      .split(/(?=^m=)/m)
      .slice(0, 2)
      .join("")
      // The library takes the candidates out and adds them later: told that there are no more, ICE can fail meanwhile.
      .replace(/^a=end-of-candidates\r?\n/m, "");
    const { address: localAddress, allAtOnce = false, relays, relaysOnly = false } = this.#options;
    const shown = relaysOnly ? first.replaceAll(/^a=candidate:.*\r?\n/gm, "") : first;
    this.#peer.setRemoteDescription(
      shown.replace(/^a=group:BUNDLE .*$/m, "a=group:BUNDLE 0\r").replace("a=recvonly", "a=sendrecv"),
      "answer",
    );
    if (relays !== undefined)
      this.#ways = new RelayWays({
        relays,
        ...(relaysOnly || allAtOnce ? { headStartMs: 0 } : {}),
        localAddress,
        localPort: candidatesIn(this.#peer.localDescription()?.sdp ?? "")[0]?.port ?? 0,
        peers: candidatesIn(first),
        onAddress: (address, priority) => this.#addCandidate(address, priority),
        onFailure: (why) => this.#options.onRelayFailure?.(why),
        onGone: (gone) => {
          // ICE would not notice for long, if ever.
          if (gone.some(({ port }) => port === this.#remotePort)) this.#is("failed");
        },
      });
    await connected;
    this.#ways?.settle(this.way);
  }

  /** What carries the audio now; undefined without a connection. */
  get way(): PeerWay | undefined {
    const port = this.#remotePort;
    return port === undefined ? undefined : (this.#ways?.wayBy(port) ?? "udp");
  }

  /** Of this machine, by which the audio goes now; undefined without a connection. */
  get localAddress(): string | undefined {
    const pair = this.#closed ? null : this.#peer.getSelectedCandidatePair();
    if (pair === null) return undefined;
    // To a hop it goes by the loopback network, and from there on by another address.
    return this.#ways?.localAddressBy(pair.remote.port) ?? pair.local.address;
  }

  /**
   * Sends one 20 ms packet.
   * @param options.level RFC 6464 byte; left out, the packet has no such extension
   * @param options.skip sequence numbers to leave out before it, as if lost
   * @returns the packet, valid until the next one
   */
  send(payload: Uint8Array, options: { level?: number; skip?: number; marker?: boolean } = {}): Buffer {
    this.#sequence = (this.#sequence + 1 + (options.skip ?? 0)) & 0xffff;
    this.#timestamp = (this.#timestamp + frameUnits * (1 + (options.skip ?? 0))) >>> 0;
    const packet = this.build(payload, this.#sequence, this.#timestamp, options);
    this.sendRaw(packet);
    return packet;
  }

  /** The packet as {@link send} makes it, with the numbers given. */
  build(
    payload: Uint8Array,
    sequence: number,
    timestamp: number,
    options: { level?: number; marker?: boolean } = {},
  ): Buffer {
    const packet = this.#packet;
    const extended = options.level !== undefined;
    packet[0] = extended ? 0x90 : 0x80;
    packet[1] = peerPayloadType | (options.marker === true ? 0x80 : 0);
    packet.writeUInt16BE(sequence, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    if (options.level !== undefined) {
      packet.writeUInt32BE(0xbede0001, 12);
      packet.writeUInt32BE(((peerLevelId << 28) | (options.level << 16)) >>> 0, 16);
    }
    const start = extended ? 20 : 12;
    packet.set(payload, start);
    return packet.subarray(0, start + payload.length);
  }

  /** The last ones sent. */
  get sequence(): number {
    return this.#sequence;
  }

  get timestamp(): number {
    return this.#timestamp;
  }

  /** RTP or RTCP as it is; without a connection it is lost. */
  sendRaw(packet: Buffer): void {
    try {
      this.#track.sendMessageBinary(packet);
    } catch {
      // As on any network.
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endGathering();
    this.#settle?.("closed");
    this.#ways?.close();
    this.#track.close();
    this.#peer.close();
  }

  get #remotePort(): number | undefined {
    return this.#closed ? undefined : this.#peer.getSelectedCandidatePair()?.remote.port;
  }

  #is(state: PeerState): void {
    if (state === "failed" || state === "closed") this.#settle?.(state);
    if (!this.#closed) this.#options.onState?.(state);
  }

  /** Behind all that the answer names. */
  #addCandidate({ address, port }: TransportAddress, priority: number): void {
    if (this.#closed) return;
    this.#peer.addRemoteCandidate(
      `candidate:relay${port} 1 UDP ${priority} ${address} ${port} typ host`,
      "0",
    );
  }

  #requireOpen(): void {
    if (this.#closed) throw new Error("connection closed");
  }
}

/** Those of UDP in a description that name an address (RFC 8839 section 5.1). */
function candidatesIn(sdp: string): TransportAddress[] {
  const lines = [...sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ /gim)];
  return lines
    .map(([, address = "", port]) => ({ address, port: Number(port) }))
    .filter(({ address }) => isIP(address) !== 0);
}
