import type { ErrorCode } from "@signet/protocol";

import type { MicrophoneState } from "../state.ts";

/** One microphone at a time: its track, whether it is muted, and how loud it is. */
export class Microphone {
  readonly #onState: (state: MicrophoneState) => void;
  readonly #onTrack: (track: MediaStreamTrack | undefined) => void;
  #stream: MediaStream | undefined;
  #meter:
    | {
        readonly context: AudioContext;
        readonly analyser: AnalyserNode;
        readonly samples: Float32Array<ArrayBuffer>;
      }
    | undefined;
  #muted = false;
  #opening = 0;

  constructor(
    onState: (state: MicrophoneState) => void,
    onTrack: (track: MediaStreamTrack | undefined) => void,
  ) {
    this.#onState = onState;
    this.#onTrack = onTrack;
  }

  get track(): MediaStreamTrack | undefined {
    return this.#stream?.getAudioTracks()[0];
  }

  /** @param deviceId undefined for the default one */
  async open(deviceId: string | undefined): Promise<void> {
    const opening = ++this.#opening;
    this.#onState({ status: "starting" });
    this.#drop();
    try {
      const audio: MediaTrackConstraints = {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
      };
      if (deviceId !== undefined) audio.deviceId = { exact: deviceId };
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      if (opening !== this.#opening) return stop(stream);
      this.#stream = stream;
    } catch (error) {
      if (opening === this.#opening) this.#onState({ status: "unavailable", code: toCode(error) });
      return;
    }
    const { track } = this;
    track?.addEventListener("ended", () => {
      // Unplugged, or the permission was taken back.
      if (track === this.track) {
        this.#drop();
        this.#onTrack(undefined);
        this.#onState({ status: "unavailable", code: "media.noMicrophone" });
      }
    });
    this.#applyMute();
    this.#onTrack(track);
    this.#startMeter();
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#stream !== undefined) this.#applyMute();
  }

  /** Root mean square, 0 to 1, of what would be sent. */
  level(): number {
    if (this.#meter === undefined || this.#muted) return 0;
    const { analyser, samples } = this.#meter;
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    return Math.sqrt(sum / samples.length);
  }

  close(): void {
    this.#opening++;
    this.#drop();
  }

  #applyMute(): void {
    // A disabled track sends silence: the connection stays warm, and unmuting is immediate.
    if (this.track !== undefined) this.track.enabled = !this.#muted;
    this.#onState({ status: this.#muted ? "muted" : "on" });
  }

  #startMeter(): void {
    if (this.#stream === undefined) return;
    let context: AudioContext | undefined;
    try {
      context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 1024;
      context.createMediaStreamSource(this.#stream).connect(analyser);
      this.#meter = { context, analyser, samples: new Float32Array(analyser.fftSize) };
    } catch {
      // Without a meter the voice is sent all the same.
      void context?.close();
    }
  }

  #drop(): void {
    if (this.#stream !== undefined) stop(this.#stream);
    this.#stream = undefined;
    void this.#meter?.context.close();
    this.#meter = undefined;
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function toCode(error: unknown): ErrorCode {
  const name = error instanceof DOMException ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError"
    ? "media.microphoneDenied"
    : "media.noMicrophone";
}
