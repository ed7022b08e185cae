/** Runs in the page before anything of Signet: listens to whatever media elements play, and counts samples of silence. */
export function installListening(): void {
  interface Ear {
    readonly analyser: AnalyserNode;
    readonly stream: MediaStream;
  }
  const ears = new Map<HTMLMediaElement, Ear>();
  let context: AudioContext | undefined;
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    const stream = this.srcObject;
    if (stream instanceof MediaStream && ears.get(this)?.stream !== stream) {
      context ??= new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 4096;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(stream).connect(analyser);
      ears.set(this, { analyser, stream });
    }
    return play.call(this);
  };
  const peers: RTCPeerConnection[] = [];
  const Native = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      peers.push(this);
    }
  };
  Object.assign(globalThis, {
    signetTest: {
      peers,
      /** Loudness (dB, most of all elements that play) at each frequency, most over `ms`. */
      async loudness(frequencies: readonly number[], ms: number): Promise<number[]> {
        const most = frequencies.map(() => -Infinity);
        const until = performance.now() + ms;
        while (performance.now() < until) {
          for (const [element, { analyser, stream }] of ears) {
            if (element.paused || element.srcObject !== stream || context === undefined) continue;
            const spectrum = new Float32Array(analyser.frequencyBinCount);
            analyser.getFloatFrequencyData(spectrum);
            frequencies.forEach((hertz, i) => {
              const bin = Math.round((hertz * analyser.fftSize) / context!.sampleRate);
              most[i] = Math.max(most[i]!, spectrum[bin]!, spectrum[bin - 1]!, spectrum[bin + 1]!);
            });
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return most;
      },
    },
  });
}

export interface ListeningPage {
  readonly peers: readonly RTCPeerConnection[];
  loudness(frequencies: readonly number[], ms: number): Promise<number[]>;
}
