/** Microphone, loudspeakers and the protected connection of one call in a browser. */
import { FrameWorker, createProtectedConnection } from "@signet/e2ee";
import type { ProtectedConnection } from "@signet/e2ee";
import { withoutNamedCandidates } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { CallMedia, MediaInput, MediaProvider } from "../environment.ts";
import { MediaConnector } from "../media/media-connector.ts";
import type { MediaAttempt } from "../media/media-connector.ts";
import { Speakers } from "../media/speakers.ts";
import { Loudspeakers } from "./loudspeakers.ts";
import { Microphone } from "./microphone.ts";
import { WayReader } from "./way-reader.ts";

/** @param microphone the chosen one, asked at the beginning of each call; undefined for the default one */
export const browserMedia = (microphone: () => string | undefined): MediaProvider => ({
  start: (input) => new BrowserMedia(input, microphone()),
});

/** Of an `icecandidateerror`: the server was not reached. Others are what it answered (RFC 8656 section 18). */
const noServer = 701;

class BrowserMedia implements CallMedia {
  readonly #input: MediaInput;
  readonly #frames = new FrameWorker();
  readonly #microphone: Microphone;
  readonly #loudspeakers = new Loudspeakers();
  readonly #speakers: Speakers;
  readonly #connector: MediaConnector;
  #connection: ProtectedConnection | undefined;
  #wayReader: WayReader | undefined;

  constructor(input: MediaInput, microphone: string | undefined) {
    this.#input = input;
    this.#speakers = new Speakers(input.system, (speakers) => input.onSpeakers(speakers));
    this.#connector = new MediaConnector({
      system: input.system,
      exchange: (offerSdp) => input.exchange(offerSdp),
      onConnection: (shown) => input.onConnection(shown),
      open: (attempt) => this.#open(attempt),
      close: () => this.#disconnect(),
      way: async () => this.#wayReader?.read(),
      replaceFrames: () => this.#frames.restart(),
      onFailure: (code) => {
        // Nothing is sent any more, and nothing can be heard: the person has to know.
        this.#microphone.close();
        input.onFailure(code);
      },
    });
    this.#frames.onFailure((error) => this.#connector.failed(error));
    this.#microphone = new Microphone(
      (state) => input.onMicrophone(state),
      (track) => this.#send(track),
    );
    void this.#microphone.open(microphone);
  }

  async setEpoch(epoch: Parameters<CallMedia["setEpoch"]>[0]): Promise<void> {
    try {
      await this.#frames.setEpoch(epoch);
    } catch (error) {
      // With the former key, whoever was removed would hear on.
      this.#connector.giveUp("frames.workerFailed");
      throw error;
    }
  }

  finish(): Promise<Bytes | undefined> {
    return this.#frames.finish();
  }

  hearEnd(frame: Bytes): void {
    this.#frames.hearEnd(frame);
  }

  connect(): void {
    this.#connector.connect();
  }

  setMuted(muted: boolean): void {
    this.#microphone.setMuted(muted);
  }

  setMicrophone(deviceId: string | undefined): Promise<void> {
    return this.#microphone.open(deviceId);
  }

  microphoneLevel(): number {
    return this.#microphone.level();
  }

  voiceLevel(): number {
    return this.#microphone.voice();
  }

  close(): void {
    this.#connector.close();
    this.#frames.close();
    this.#microphone.close();
    this.#loudspeakers.close();
    this.#speakers.stop();
  }

  async #open(attempt: MediaAttempt): Promise<void> {
    this.#disconnect();
    const iceServers = await this.#relays();
    if (!attempt.isCurrent) return;
    const connection = createProtectedConnection({
      frames: this.#frames,
      configuration: { iceServers },
      slotCount: this.#input.slots,
      onSpeaker: ({ slot, leaf, epoch }) =>
        this.#speakers.setSpeaker(
          slot,
          leaf === undefined || epoch === undefined ? undefined : { leaf, epoch },
        ),
      onFailure: (error) => attempt.failed(error),
    });
    this.#connection = connection;
    const { peerConnection, slots } = connection;
    this.#wayReader = new WayReader(peerConnection);
    peerConnection.addEventListener("connectionstatechange", () => {
      const { connectionState } = peerConnection;
      if (connectionState === "connected") attempt.connected();
      else if (connectionState === "disconnected") attempt.disconnected();
      else if (connectionState === "failed") attempt.failed();
    });
    peerConnection.addEventListener("icecandidateerror", ({ errorCode }) =>
      attempt.hindered(errorCode === noServer ? "media.relayUnreachable" : "media.relayRefused"),
    );
    await peerConnection.setLocalDescription();
    const sdp = await attempt.exchange(peerConnection.localDescription?.sdp ?? "");
    if (!attempt.isCurrent) return;
    await peerConnection.setRemoteDescription({ type: "answer", sdp: withoutNamedCandidates(sdp) });
    const receivers = slots.map(({ receiver }) => receiver);
    this.#loudspeakers.play(receivers.map(({ track }) => track));
    this.#speakers.start((slot) => receivers[slot]?.getSynchronizationSources()[0]?.audioLevel ?? 0);
    if (this.#microphone.track !== undefined) await connection.setTrack(this.#microphone.track);
  }

  /** Who cannot be told of one connects without. */
  async #relays(): Promise<RTCIceServer[]> {
    const relays = await this.#input.relays().catch(() => []);
    return relays.map(({ credential, urls, username }) => ({ urls: [...urls], username, credential }));
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#wayReader = undefined;
    this.#speakers.stop();
  }

  #send(track: MediaStreamTrack | undefined): void {
    const connection = this.#connection;
    connection?.setTrack(track ?? null).catch((error: unknown) => {
      if (connection === this.#connection) this.#connector.failed(error);
    });
  }
}
