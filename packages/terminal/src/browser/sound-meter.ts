/** How loud a microphone is. It listens to a copy of the track, which goes on while the one that is sent is disabled. */
export class SoundMeter {
  readonly #context: AudioContext;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #tracks: readonly MediaStreamTrack[];

  private constructor(context: AudioContext, tracks: readonly MediaStreamTrack[]) {
    this.#context = context;
    this.#tracks = tracks;
    this.#analyser = new AnalyserNode(context, { fftSize: 1024 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([...tracks]) }).connect(
      this.#analyser,
    );
  }

  /** @returns undefined where there is none to be had: the voice is sent all the same */
  static of(stream: MediaStream): SoundMeter | undefined {
    const tracks = stream.getAudioTracks().map((track) => track.clone());
    let context: AudioContext | undefined;
    try {
      context = new AudioContext();
      return new SoundMeter(context, tracks);
    } catch {
      for (const track of tracks) track.stop();
      void context?.close();
      return undefined;
    }
  }

  /** Root mean square, 0 to 1. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.sqrt(sum / this.#samples.length);
  }

  close(): void {
    for (const track of this.#tracks) track.stop();
    void this.#context.close();
  }
}
