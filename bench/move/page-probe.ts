/** Runs in the page before Signet does: the microphone says a steady tone, and it is noted when the page plays something loud. */
export interface PageProbe {
  /** Milliseconds since 1970, with fractions; since `reset`. */
  first: number | undefined;
  last: number | undefined;
  reset(): void;
}

/** @param hertz of the microphone */
export function installPageProbe(hertz: number): void {
  const probe: PageProbe = {
    first: undefined,
    last: undefined,
    reset() {
      probe.first = undefined;
      probe.last = undefined;
    },
  };
  Object.assign(globalThis, { pageProbe: probe });
  let context: AudioContext | undefined;
  const opened = (): AudioContext => (context ??= new AudioContext({ latencyHint: "interactive" }));
  navigator.mediaDevices.getUserMedia = () => {
    const destination = opened().createMediaStreamDestination();
    const tone = new OscillatorNode(opened(), { frequency: hertz });
    tone.connect(new GainNode(opened(), { gain: 0.25 })).connect(destination);
    tone.start();
    return Promise.resolve(destination.stream);
  };
  const analysers = new Map<HTMLMediaElement, AnalyserNode>();
  const streams = new Map<HTMLMediaElement, MediaStream>();
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    const stream = this.srcObject;
    if (stream instanceof MediaStream && streams.get(this) !== stream) {
      streams.set(this, stream);
      const analyser = new AnalyserNode(opened(), { fftSize: 512 });
      opened().createMediaStreamSource(stream).connect(analyser);
      analysers.set(this, analyser);
    }
    return play.call(this);
  };
  const samples = new Float32Array(512);
  setInterval(() => {
    const isLoud = [...analysers].some(([element, analyser]) => {
      if (element.srcObject !== streams.get(element)) return false;
      analyser.getFloatTimeDomainData(samples);
      return samples.some((sample) => Math.abs(sample) > 0.05);
    });
    if (!isLoud) return;
    probe.last = performance.timeOrigin + performance.now();
    probe.first ??= probe.last;
  }, 5);
}
