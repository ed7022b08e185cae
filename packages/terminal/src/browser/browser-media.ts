/** Microphone, loudspeakers and the protected connection of one call in a browser. */
import { FrameWorker, createProtectedConnection } from "@signet/e2ee";
import type { ProtectedConnection } from "@signet/e2ee";
import { withoutNamedCandidates } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import type { CallMedia, MediaInput, MediaProvider, Speaker } from "../environment.ts";
import { askFor } from "../media/speech-proofs.ts";
import { MediaConnector } from "../media/media-connector.ts";
import type { MediaAttempt, PacketCounts } from "../media/media-connector.ts";
import { Speakers } from "../media/speakers.ts";
import type { SoundChoices } from "../sound-choices.ts";
import { Loudspeakers } from "./loudspeakers.ts";
import { Microphone } from "./microphone.ts";
import { AddressWatch } from "./address-watch.ts";
import { watchNetwork } from "./network-watch.ts";
import { WayReader } from "./way-reader.ts";

export const browserMedia = (choices: SoundChoices): MediaProvider => ({
  start: (input) => new BrowserMedia(input, choices),
});

/** Of an `icecandidateerror`: the server was not reached. Others are what it answered (RFC 8656 section 18). */
const noServer = 701;

/** A browser does not say whether it is the certificate that it does not take. @param url of the server, where the browser names it */
function hindranceOf(errorCode: number, url: string | undefined): ErrorCode {
  if (errorCode !== noServer) return "media.relayRefused";
  return url?.startsWith("turns:") === true ? "media.relayTlsFailed" : "media.relayUnreachable";
}

interface OpenConnection {
  readonly connection: ProtectedConnection;
  readonly wayReader: WayReader;
  readonly address: AddressWatch;
  /** By slot: who is heard in it, before this one is in use as well. */
  readonly speakers: Map<number, Speaker>;
}

class BrowserMedia implements CallMedia {
  readonly #input: MediaInput;
  readonly #choices: SoundChoices;
  readonly #frames: FrameWorker;
  readonly #microphone: Microphone;
  readonly #loudspeakers: Loudspeakers;
  readonly #speakers: Speakers;
  readonly #connector: MediaConnector;
  readonly #stopWatching: () => void;
  /** By attempt: the one that is in use, and one that is to take its place. */
  readonly #connections = new Map<number, OpenConnection>();
  /** The one in use. */
  #used: OpenConnection | undefined;

  constructor(input: MediaInput, choices: SoundChoices) {
    this.#input = input;
    this.#choices = choices;
    const { proofs } = input;
    this.#frames = new FrameWorker(
      undefined,
      proofs && { ...proofs, ask: askFor(proofs, () => this.#frames) },
    );
    this.#loudspeakers = new Loudspeakers(choices.loudspeaker, (trouble) => input.onLoudspeaker?.(trouble));
    this.#speakers = new Speakers(
      input.system,
      (speakers) => input.onSpeakers(speakers),
      (speakers) => input.onHeard(speakers),
    );
    this.#connector = new MediaConnector({
      system: input.system,
      exchange: (offerSdp) => input.exchange(offerSdp),
      expectsSound: () => input.expectsSound(),
      askFlow: () => input.askFlow(),
      signalAnew: () => input.signalAnew(),
      onConnection: (shown) => input.onConnection(shown),
      open: (attempt) => this.#open(attempt),
      use: (attempt) => this.#use(attempt),
      close: (but) => this.#disconnect(but),
      counts: (attempt) => this.#counts(attempt),
      way: async () => this.#used?.wayReader.read(),
      replaceFrames: () => this.#frames.restart(),
      onFailure: (code) => {
        // Nothing is sent any more, and nothing can be heard: the person has to know.
        this.#microphone.close();
        input.onFailure(code);
      },
    });
    this.#frames.onFailure((error) => this.#connector.failed(error));
    this.#microphone = new Microphone(
      choices,
      (state) => input.onMicrophone(state),
      (track) => this.#send(track),
    );
    void this.#microphone.open(choices.microphone());
    this.#stopWatching = watchNetwork(() => this.#connector.changed(false));
  }

  async setEpoch(epoch: Parameters<CallMedia["setEpoch"]>[0]): Promise<void> {
    try {
      await this.#frames.setEpoch(epoch);
      // Whose leaf is whose may be another now.
      this.#setVolumes();
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

  hearWord(word: Bytes): void {
    this.#frames.hearWord(word);
  }

  connect(): void {
    this.#connector.connect();
  }

  look(why: "signalled" | "unheard"): void {
    if (why === "signalled") {
      // What was said on the connection before may not have arrived.
      this.#frames.signalling(false);
      this.#frames.signalling(true);
    }
    this.#connector[why]();
  }

  setMuted(muted: boolean): void {
    this.#microphone.setMuted(muted);
  }

  setMicrophone(deviceId: string | undefined): Promise<void> {
    return this.#microphone.open(deviceId);
  }

  soundChosen(): void {
    void this.#loudspeakers.chosen();
    void this.#microphone.processingChosen();
    this.#setVolumes();
  }

  microphoneLevel(): number {
    return this.#microphone.level();
  }

  voiceLevel(): number {
    return this.#microphone.voice();
  }

  close(): void {
    this.#stopWatching();
    this.#connector.close();
    this.#frames.close();
    this.#microphone.close();
    this.#loudspeakers.close();
    this.#speakers.stop();
  }

  async #open(attempt: MediaAttempt): Promise<void> {
    const iceServers = await this.#relays();
    if (!attempt.isCurrent) return;
    const speakers = new Map<number, Speaker>();
    const connection = createProtectedConnection({
      frames: this.#frames,
      configuration: { iceServers },
      slotCount: this.#input.slots,
      onSpeaker: ({ slot, leaf, epoch }) => {
        const speaker = leaf === undefined || epoch === undefined ? undefined : { leaf, epoch };
        if (speaker === undefined) speakers.delete(slot);
        else speakers.set(slot, speaker);
        if (this.#used?.connection !== connection) return;
        this.#setVolume(slot, speaker);
        this.#speakers.setSpeaker(slot, speaker);
      },
      onFailure: (error) => attempt.failed(error),
    });
    const { peerConnection } = connection;
    const wayReader = new WayReader(peerConnection);
    const address = new AddressWatch(peerConnection, this.#input.system.after);
    this.#connections.set(attempt.number, { connection, wayReader, address, speakers });
    peerConnection.addEventListener("connectionstatechange", () => {
      const { connectionState } = peerConnection;
      if (connectionState === "connected") attempt.connected();
      else if (connectionState === "disconnected") attempt.disconnected();
      else if (connectionState === "failed") attempt.failed();
    });
    peerConnection.addEventListener("icecandidateerror", ({ errorCode, url }) =>
      attempt.hindered(hindranceOf(errorCode, url)),
    );
    await peerConnection.setLocalDescription();
    const sdp = await attempt.exchange(peerConnection.localDescription?.sdp ?? "");
    if (!attempt.isCurrent) return;
    await peerConnection.setRemoteDescription({ type: "answer", sdp: withoutNamedCandidates(sdp) });
  }

  /** What is said goes out by one connection alone: the SFU would pass on the frames of either. */
  #use(attempt: number): void {
    const used = this.#connections.get(attempt);
    if (used === undefined) return;
    this.#disconnect(attempt);
    this.#used = used;
    this.#setVolumes();
    const receivers = used.connection.slots.map(({ receiver }) => receiver);
    this.#loudspeakers.play(receivers.map(({ track }) => track));
    this.#speakers.stop();
    for (const [slot, speaker] of used.speakers) this.#speakers.setSpeaker(slot, speaker);
    this.#speakers.start((slot) => receivers[slot]?.getSynchronizationSources()[0]?.audioLevel ?? 0);
    if (this.#microphone.track !== undefined) void this.#send(this.#microphone.track);
  }

  /** Of a slot that is nobody's the volume stays, until somebody is heard in it. */
  #setVolumes(): void {
    for (const [slot, speaker] of this.#used?.speakers ?? []) this.#setVolume(slot, speaker);
  }

  #setVolume(slot: number, speaker: Speaker | undefined): void {
    const userId = speaker === undefined ? undefined : this.#input.personOf?.(speaker);
    if (userId !== undefined) this.#loudspeakers.setVolume(slot, this.#choices.volumeOf(userId));
  }

  /** As what encrypts the frames counts them: what nobody in the call sealed is no sound. */
  async #counts(attempt: number): Promise<PacketCounts | undefined> {
    const open = this.#connections.get(attempt);
    if (open === undefined) return undefined;
    const counters = await open.connection.counters();
    const { framesAuthentic: received, framesEncrypted: sent, framesHeld: held } = counters;
    return { received, held, sent, isAddressGone: await open.address.isGone(received) };
  }

  /** Who cannot be told of one connects without. */
  async #relays(): Promise<RTCIceServer[]> {
    const relays = await this.#input.relays().catch(() => []);
    return relays.map(({ credential, urls, username }) => ({ urls: [...urls], username, credential }));
  }

  #disconnect(but?: number): void {
    for (const [attempt, open] of this.#connections) {
      if (attempt === but) continue;
      this.#connections.delete(attempt);
      open.connection.close();
      if (open !== this.#used) continue;
      this.#used = undefined;
      this.#speakers.stop();
    }
  }

  /** Resolves when nothing goes out any more by the track before. */
  async #send(track: MediaStreamTrack | undefined): Promise<void> {
    const used = this.#used;
    await used?.connection.setTrack(track ?? null).catch((error: unknown) => {
      if (used === this.#used) this.#connector.failed(error);
    });
  }
}
