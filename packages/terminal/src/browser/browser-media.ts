/** Microphone, loudspeakers and the protected connection of one call in a browser. */
import { FrameWorker, createProtectedConnection } from "@signet/e2ee";
import type { ProtectedConnection } from "@signet/e2ee";
import { SignetError, withoutNamedCandidates } from "@signet/protocol";

import type { CallMedia, MediaInput, MediaProvider } from "../environment.ts";
import { disconnectedGraceMs, isFinal, retryAfterMs } from "../media/reconnection.ts";
import { Speakers } from "../call/speakers.ts";
import { Loudspeakers } from "./loudspeakers.ts";
import { Microphone } from "./microphone.ts";

export const browserMedia: MediaProvider = { start: (input) => new BrowserMedia(input) };

class BrowserMedia implements CallMedia {
  readonly #input: MediaInput;
  readonly #frames: FrameWorker | undefined;
  readonly #microphone: Microphone;
  readonly #loudspeakers = new Loudspeakers();
  readonly #speakers: Speakers;
  #connection: ProtectedConnection | undefined;
  #attempt = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(input: MediaInput) {
    this.#input = input;
    this.#speakers = new Speakers((speakers) => input.onSpeakers(speakers));
    this.#microphone = new Microphone(
      (state) => input.onMicrophone(state),
      (track) => this.#send(track),
    );
    try {
      this.#frames = new FrameWorker();
      this.#frames.onFailure((error) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
    void this.#microphone.open(undefined);
  }

  async setEpoch(epoch: Parameters<CallMedia["setEpoch"]>[0]): Promise<void> {
    if (this.#frames === undefined) epoch.baseKey.fill(0);
    else await this.#frames.setEpoch(epoch);
  }

  connect(): void {
    clearTimeout(this.#timer);
    if (this.#over || this.#frames === undefined) return;
    this.#input.onConnection("connecting");
    this.#failures = 0;
    void this.#open(this.#frames);
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

  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#connection?.close();
    this.#frames?.close();
    this.#microphone.close();
    this.#loudspeakers.close();
    this.#speakers.close();
  }

  async #open(frames: FrameWorker): Promise<void> {
    const attempt = ++this.#attempt;
    this.#connection?.close();
    this.#speakers.clear();
    try {
      const connection = createProtectedConnection({
        frames,
        slotCount: this.#input.slots,
        onSpeaker: ({ slot, leaf, epoch }) =>
          this.#speakers.setSpeaker(
            slot,
            leaf === undefined || epoch === undefined ? undefined : { leaf, epoch },
          ),
        onFailure: (error) => this.#fail(error),
      });
      this.#connection = connection;
      const { peerConnection, slots } = connection;
      peerConnection.addEventListener("connectionstatechange", () => this.#onState(attempt, peerConnection));
      await peerConnection.setLocalDescription();
      const sdp = await this.#input.exchange(peerConnection.localDescription?.sdp ?? "");
      if (attempt !== this.#attempt || this.#over) return;
      await peerConnection.setRemoteDescription({ type: "answer", sdp: withoutNamedCandidates(sdp) });
      const receivers = slots.map(({ receiver }) => receiver);
      this.#loudspeakers.play(receivers.map(({ track }) => track));
      this.#speakers.watch((slot) => receivers[slot]?.getSynchronizationSources()[0]?.audioLevel ?? 0);
      if (this.#microphone.track !== undefined) await connection.setTrack(this.#microphone.track);
    } catch (error) {
      if (attempt !== this.#attempt || this.#over) return;
      if (isFinal(error)) this.#fail(error);
      else this.#retry();
    }
  }

  #onState(attempt: number, { connectionState }: RTCPeerConnection): void {
    if (attempt !== this.#attempt || this.#over) return;
    clearTimeout(this.#timer);
    if (connectionState === "connected") {
      this.#failures = 0;
      this.#input.onConnection("connected");
    } else if (connectionState === "disconnected") {
      this.#timer = setTimeout(() => this.#retry(), disconnectedGraceMs);
    } else if (connectionState === "failed") this.#retry();
  }

  #retry(): void {
    this.#input.onConnection("connecting");
    const waitMs = retryAfterMs(this.#failures++);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#over && this.#frames !== undefined) void this.#open(this.#frames);
    }, waitMs);
  }

  #send(track: MediaStreamTrack | undefined): void {
    this.#connection?.setTrack(track ?? null).catch((error: unknown) => this.#fail(error));
  }

  /** Nothing is sent any more, and nothing can be heard: the person has to know. */
  #fail(cause: unknown): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#connection?.close();
    this.#microphone.close();
    this.#input.onFailure(cause instanceof SignetError ? cause.code : "media.connectionFailed");
  }
}
