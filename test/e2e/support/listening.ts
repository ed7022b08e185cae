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
    // One that has no media is made to name the addresses of the machine.
    override addTransceiver(
      ...parameters: Parameters<RTCPeerConnection["addTransceiver"]>
    ): RTCRtpTransceiver {
      if (!peers.includes(this)) peers.push(this);
      return super.addTransceiver(...parameters);
    }
  };
  Object.assign(globalThis, {
    signetTest: {
      peers,
      /** By which each element plays that plays something. */
      sinks: () => [...ears.keys()].filter((element) => !element.paused).map(({ sinkId }) => sinkId),
      /**
       * Loudness (dB, most of all elements that play) at each frequency, mean power over `ms`. Sound that stutters clicks, and a click
       * is heard at every frequency: what is far below the strongest of the same element is none of its voices.
       */
      async loudness(frequencies: readonly number[], ms: number): Promise<number[]> {
        const powers = new Map<HTMLMediaElement, number[]>();
        let looks = 0;
        const until = performance.now() + ms;
        while (performance.now() < until) {
          looks += 1;
          for (const [element, { analyser, stream }] of ears) {
            if (element.paused || element.srcObject !== stream || context === undefined) continue;
            // Heard is what goes to the loudspeaker.
            const volume = element.volume ** 2;
            if (volume === 0) continue;
            const spectrum = new Float32Array(analyser.frequencyBinCount);
            analyser.getFloatFrequencyData(spectrum);
            const before = powers.get(element);
            const sums = frequencies.map((hertz, i) => {
              const bin = Math.round((hertz * analyser.fftSize) / context!.sampleRate);
              const most = Math.max(spectrum[bin]!, spectrum[bin - 1]!, spectrum[bin + 1]!);
              return (before?.[i] ?? 0) + volume * 10 ** (most / 10);
            });
            powers.set(element, sums);
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const levels = frequencies.map(() => -Infinity);
        for (const sums of powers.values()) {
          const strongest = Math.max(...sums);
          sums.forEach((sum, i) => {
            if (sum > strongest / 100) levels[i] = Math.max(levels[i]!, 10 * Math.log10(sum / looks));
          });
        }
        return levels;
      },
    },
  });
}

export interface ListeningPage {
  readonly peers: readonly RTCPeerConnection[];
  sinks(): readonly string[];
  loudness(frequencies: readonly number[], ms: number): Promise<number[]>;
}
