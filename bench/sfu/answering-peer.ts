import { Audio, PeerConnection, type Track } from "node-datachannel";

const payloadType = 111;

/** A receiver that answers somebody else's offer, as Janus' subscribers have to. */
export class AnsweringPeer {
  readonly #peer: PeerConnection;
  readonly #track: Track;
  readonly #gathered: Promise<void>;
  readonly connected: Promise<void>;

  constructor(onPacket: (packet: Buffer) => void) {
    this.#peer = new PeerConnection("subscriber", { iceServers: [] });
    this.#gathered = new Promise((resolve) => {
      this.#peer.onGatheringStateChange((state) => {
        if (state === "complete") resolve();
      });
    });
    this.connected = new Promise((resolve) => {
      this.#peer.onStateChange((state) => {
        if (state === "connected") resolve();
      });
    });
    const audio = new Audio("0", "RecvOnly");
    audio.addOpusCodec(payloadType);
    this.#track = this.#peer.addTrack(audio);
    this.#track.onMessage((packet) => onPacket(packet));
  }

  /** Shows the library the first part only: with one track it hands over every packet once. */
  async answer(offerSdp: string): Promise<string> {
    const [session = "", first = "", ...rest] = offerSdp.split(/(?=^m=)/m);
    const mids = [first, ...rest].map((part) => /^a=mid:(\S+)/m.exec(part)?.[1] ?? "");
    this.#peer.setRemoteDescription(
      session.replace(/^a=group:BUNDLE .*$/m, "a=group:BUNDLE 0") +
        first.replace(/^a=mid:\S+/m, "a=mid:0").replace(/^a=end-of-candidates\r?\n/m, ""),
      "offer",
    );
    await this.#gathered;
    const lines = (this.#peer.localDescription()?.sdp ?? "").split(/\r?\n/);
    const transport = lines.filter((line) => /^a=(ice-ufrag|ice-pwd|fingerprint|setup):/.test(line));
    const candidates = lines.filter((line) => line.startsWith("a=candidate:"));
    const parts = mids.flatMap((mid, i) => [
      `m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
      "c=IN IP4 0.0.0.0",
      ...transport,
      `a=mid:${mid}`,
      "a=recvonly",
      "a=rtcp-mux",
      `a=rtpmap:${payloadType} opus/48000/2`,
      ...(i === 0 ? candidates : []),
    ]);
    const bundle = `a=group:BUNDLE ${mids.join(" ")}`;
    return ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", bundle, ...parts, ""].join("\r\n");
  }

  close(): void {
    this.#track.close();
    this.#peer.close();
  }
}
