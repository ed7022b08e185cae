export interface PageHearing {
  timesOf(hertz: number, sinceMs: number): number[];
}

/** Runs in the page before Signet does: notes every 20 ms which tone of each media element is the loudest. */
export function installPageHearing(): void {
  const lookEveryMs = 20;
  /** dB; a voice has some -30 where it is loudest. */
  const audible = -55;
  const heard: { readonly atMs: number; readonly hertz: number }[] = [];
  const ears = new Map<HTMLMediaElement, { analyser: AnalyserNode; stream: MediaStream }>();
  let context: AudioContext | undefined;
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    const stream = this.srcObject;
    if (stream instanceof MediaStream && ears.get(this)?.stream !== stream) {
      context ??= new AudioContext();
      const analyser = new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
      context.createMediaStreamSource(stream).connect(analyser);
      ears.set(this, { analyser, stream });
    }
    return play.call(this);
  };
  setInterval(() => {
    for (const [element, { analyser, stream }] of ears) {
      if (element.paused || element.srcObject !== stream) continue;
      const spectrum = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(spectrum);
      let loudest = 0;
      spectrum.forEach((level, bin) => {
        if (level > spectrum[loudest]!) loudest = bin;
      });
      if (spectrum[loudest]! < audible) continue;
      const hertz = (loudest * analyser.context.sampleRate) / analyser.fftSize;
      heard.push({ atMs: performance.timeOrigin + performance.now(), hertz });
    }
  }, lookEveryMs);
  Object.assign(globalThis, {
    pageHearing: {
      timesOf: (hertz: number, sinceMs: number) =>
        heard
          .filter((look) => look.atMs >= sinceMs && Math.abs(look.hertz - hertz) < 40)
          .map(({ atMs }) => atMs),
    },
  });
}
