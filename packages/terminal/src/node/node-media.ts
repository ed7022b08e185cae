/** The sound of one call without a browser: from a source to the SFU, and from its slots to a sink. */
import { FrameDecryptor, FrameEncryptor, SenderContexts, importFrameEpoch, systemClock } from "@signet/e2ee";
import type { FrameEpoch, SpokenWord } from "@signet/e2ee";
import { SerialQueue, SignetError } from "@signet/protocol";
import { frameMs } from "@signet/protocol/voice";
import type { Bytes } from "@signet/protocol";

import type { CallMedia, MediaInput, MediaProvider } from "../environment.ts";
import { askFor } from "../media/speech-proofs.ts";
import { MediaConnector } from "../media/media-connector.ts";
import type { MediaAttempt } from "../media/media-connector.ts";
import { Speakers } from "../media/speakers.ts";
import type { AudioSink, AudioSource } from "./audio.ts";
import type { PlayedAs } from "./receive-slot.ts";
import { AudioConnection } from "./audio-connection.ts";
import { Mixer } from "./mix.ts";
import { Pacer } from "./pacer.ts";
import { PlayedVoices } from "./played-voices.ts";
import { Voice } from "./voice.ts";
import type { Sealer } from "./voice.ts";

export interface NodeMediaOptions {
  /** Asked for at the start of each call. Without it one listens only (`media.noMicrophone`). */
  readonly source?: () => AudioSource;
  /** Asked for at the start of each call: what one hears. */
  readonly sink?: () => AudioSink;
  /** Asked for at the start of each call: what one hears and what one says. */
  readonly record?: () => AudioSink;
  /** Local address to bind; default all. */
  readonly localAddress?: string;
  /** All packets of the voice have one size, at some more bandwidth: their sizes say nothing of it. Default no. */
  readonly voicePadding?: boolean;
  /** Shown each frame as the server forwards it, still encrypted: for whoever wants to see what passes. To be copied if kept. */
  readonly onFrame?: (frame: Bytes) => void;
  /** Told of each 20 ms of a voice how they were played: for whoever measures. */
  readonly onPlayed?: (how: PlayedAs) => void;
  /** Whether each packet says again what the one before it said, as much as the network loses; default yes. For whoever measures what it is good for. */
  readonly redundancy?: boolean;
}

/**
 * Sound for terminals without a browser. Sources and sinks begin when the call stands: connected, and with somebody else who holds
 * the key. They are closed with the call; a sink may be closed again, to wait until all is on disk.
 */
export function nodeMedia(options: NodeMediaOptions): MediaProvider {
  return { start: (input) => new NodeMedia(input, options) };
}

const relayCodes = {
  refused: "media.relayRefused",
  unreachable: "media.relayUnreachable",
  untrusted: "media.relayUntrusted",
} as const;

/** Who just got the key needs a moment to connect; once something is heard of somebody, it is over. */
const leadInMs = 1_000;
/** Own frames that wait to be recorded. */
const mostSaid = 5;

class NodeMedia implements CallMedia {
  readonly #input: MediaInput;
  readonly #options: NodeMediaOptions;
  readonly #contexts = new SenderContexts();
  readonly #decryptor: FrameDecryptor;
  readonly #played = new PlayedVoices();
  readonly #voice: Voice;
  readonly #speakers: Speakers;
  readonly #playout = new Pacer(frameMs, () => this.#play());
  readonly #mixer = new Mixer();
  readonly #sink: AudioSink | undefined;
  readonly #record: AudioSink | undefined;
  /** Said and not recorded yet. */
  readonly #said: Int16Array[] = [];
  readonly #connector: MediaConnector;
  #encryptor: FrameEncryptor;
  /** The current one. */
  #epoch: FrameEpoch | undefined;
  /** By attempt: the one that is in use, and one that is to take its place. */
  readonly #connections = new Map<number, AudioConnection>();
  /** The one in use. */
  #connection: AudioConnection | undefined;
  #connected = false;
  #accompanied = false;
  #stands = false;
  /** Until it is connected, and while it is not. */
  #isPaused = true;
  readonly #epochs = new SerialQueue();
  #leadIn: ReturnType<typeof setTimeout> | undefined;

  constructor(input: MediaInput, options: NodeMediaOptions) {
    this.#input = input;
    this.#options = options;
    const { proofs } = input;
    this.#decryptor = new FrameDecryptor(
      systemClock,
      undefined,
      proofs && { ...proofs, ask: askFor(proofs, () => this.#decryptor) },
    );
    this.#encryptor = this.#newEncryptor();
    this.#sink = options.sink?.();
    try {
      this.#record = options.record?.();
    } catch (error) {
      this.#sink?.close().catch(() => undefined);
      throw error;
    }
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
      onConnection: (shown) => {
        this.#connected = shown.status === "connected";
        input.onConnection(shown);
        this.#check();
      },
      open: (attempt) => this.#open(attempt),
      use: (attempt) => this.#use(attempt),
      close: (but) => this.#disconnect(but),
      counts: async (attempt) => this.#connections.get(attempt)?.counts,
      way: async () => this.#connection?.way,
      replaceFrames: () => this.#replaceEncryptor(),
      onFailure: (code) => {
        // Nothing is sent any more, and nothing can be heard: the person has to know.
        clearTimeout(this.#leadIn);
        this.#playout.stop();
        this.#voice.close();
        input.onFailure(code);
      },
    });
    this.#voice = new Voice({
      source: options.source,
      encryptor: { seal: (frame) => this.#seal(frame) },
      constantRate: options.voicePadding === true,
      redundancy: options.redundancy !== false,
      onMicrophone: (state) => input.onMicrophone(state),
      send: (sealed, level) => this.#connection?.send(sealed, level),
      onSaid: (frame) => {
        if (this.#record === undefined) return;
        this.#said.push(frame);
        if (this.#said.length > mostSaid) this.#said.shift();
      },
      onFailure: () => this.#connector.giveUp("frames.workerFailed"),
    });
  }

  setEpoch(secret: Parameters<CallMedia["setEpoch"]>[0]): Promise<void> {
    // One after the other: an epoch that comes second is not entered first.
    return this.#epochs.run(async () => {
      const epoch = await importFrameEpoch(secret).catch((error: unknown) => {
        // With the former key, whoever was removed would hear on.
        this.#connector.giveUp("frames.workerFailed");
        throw error;
      });
      // Receiving first, so that no frame of ours is out before the others' frames can be opened.
      this.#decryptor.setEpoch(epoch);
      this.#encryptor.setEpoch(epoch);
      if (this.#epoch === undefined || epoch.epoch > this.#epoch.epoch) this.#epoch = epoch;
      this.#accompanied ||= epoch.senders.length > 1;
      this.#check();
    });
  }

  finish(): Promise<Bytes | undefined> {
    return this.#encryptor.finish();
  }

  hearEnd(frame: Bytes): void {
    // In the order of the epochs. One that cannot be tried says nothing.
    void this.#epochs.run(async () => void this.#decryptor.hearEnd(frame).catch(() => undefined));
  }

  hearWord(word: Bytes): void {
    // In the order of the epochs, as all that the server says.
    void this.#epochs.run(async () => this.#decryptor.hearWord(word));
  }

  connect(): void {
    this.#connector.connect();
  }

  look(why: "signalled" | "unheard"): void {
    if (why === "signalled") {
      // What was said on the connection before may not have arrived.
      this.#decryptor.signalling(false);
      this.#decryptor.signalling(true);
    }
    this.#connector[why]();
  }

  setMuted(muted: boolean): void {
    this.#voice.setMuted(muted);
  }

  /** There is one source; it is asked for again. */
  setMicrophone(): Promise<void> {
    if (!this.#connector.isOver) this.#voice.open();
    return Promise.resolve();
  }

  microphoneLevel(): number {
    return this.#voice.level();
  }

  close(): void {
    this.#connector.close();
    clearTimeout(this.#leadIn);
    this.#playout.stop();
    this.#voice.close();
    this.#encryptor.stop();
    this.#speakers.stop();
    this.#decryptor.close();
    // Whoever made them may wait for it and hear of a failure by closing them again.
    this.#sink?.close().catch(() => undefined);
    this.#record?.close().catch(() => undefined);
  }

  async #open(attempt: MediaAttempt): Promise<void> {
    const connection = new AudioConnection({
      slots: this.#input.slots,
      decryptor: this.#decryptor,
      played: this.#played,
      localAddress: this.#options.localAddress,
      allAtOnce: attempt.isBeside,
      relays: () => this.#input.relays(),
      onRelayFailure: (why) => attempt.hindered(relayCodes[why]),
      onFrame: this.#options.onFrame,
      onPlayed: this.#options.onPlayed,
      onState: (state) => {
        if (state === "connected") attempt.connected();
        else if (state === "disconnected") attempt.disconnected();
        else attempt.failed();
      },
      onSpeaker: (slot, speaker) => {
        if (connection === this.#connection) this.#speakers.setSpeaker(slot, speaker);
      },
      onLost: (lost) => {
        if (attempt.isCurrent) this.#voice.lost(lost);
      },
      onHeard: () => {
        if (this.#stands && this.#leadIn !== undefined) this.#begin();
      },
    });
    this.#connections.set(attempt.number, connection);
    await connection.open((offer) => attempt.exchange(offer));
    if (attempt.isCurrent) attempt.connected();
  }

  #use(attempt: number): void {
    const connection = this.#connections.get(attempt);
    if (connection === undefined) return;
    this.#disconnect(attempt);
    this.#connection = connection;
    this.#speakers.stop();
    this.#speakers.start((slot) => connection.levelOf(slot));
  }

  #disconnect(but?: number): void {
    for (const [attempt, connection] of this.#connections) {
      if (attempt === but) continue;
      this.#connections.delete(attempt);
      connection.close();
      if (connection !== this.#connection) continue;
      this.#connection = undefined;
      this.#speakers.stop();
    }
  }

  async #seal(frame: Bytes): ReturnType<Sealer["seal"]> {
    const encryptor = this.#encryptor;
    try {
      return await encryptor.seal(frame);
    } catch (cause) {
      if (encryptor === this.#encryptor)
        this.#connector.failed(new SignetError("frames.workerFailed", cause));
      return { type: "dropped" };
    }
  }

  #replaceEncryptor(): void {
    const encryptor = this.#newEncryptor();
    if (this.#epoch !== undefined) encryptor.setEpoch(this.#epoch);
    this.#encryptor.stop();
    this.#encryptor = encryptor;
  }

  #newEncryptor(): FrameEncryptor {
    const { proofs } = this.#input;
    const onWord = (word: SpokenWord): void => {
      void proofs?.onWord(word).then((signed) => {
        if (signed !== undefined) encryptor.carry(signed);
      });
    };
    const encryptor = new FrameEncryptor(this.#contexts.next(), proofs && onWord);
    return encryptor;
  }

  /** The call stands from when both are so for the first time. What can wait waits while there is no connection, and until others had time to be back. */
  #check(): void {
    if (this.#connector.isOver || !this.#accompanied) return;
    if (!this.#connected) {
      clearTimeout(this.#leadIn);
      this.#leadIn = undefined;
      this.#isPaused = true;
      return this.#voice.pause();
    }
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#leadIn = setTimeout(() => this.#begin(), leadInMs);
    if (this.#stands) return;
    this.#stands = true;
    this.#playout.start();
    this.#voice.start();
  }

  #begin(): void {
    clearTimeout(this.#leadIn);
    this.#leadIn = undefined;
    this.#voice.begin();
  }

  #play(): void {
    const mixer = this.#mixer;
    mixer.begin();
    this.#played.tick();
    this.#connection?.play(mixer);
    this.#sink?.write(mixer.frame());
    if (this.#record === undefined) return;
    const said = this.#said.shift();
    if (said !== undefined) mixer.add(said);
    this.#record.write(mixer.frame());
  }
}
