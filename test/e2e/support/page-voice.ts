/** Runs in the page before Signet: the microphone gives a tone that swells and fades as syllables do. Several guests share a
 * browser this way, which itself has one microphone for all. */
export function installVoice(hertz: number): void {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    const syllables = new GainNode(context, { gain: 0.17 });
    const swell = new OscillatorNode(context, { frequency: 4 });
    swell.connect(new GainNode(context, { gain: 0.15 })).connect(syllables.gain);
    swell.start();
    const tone = new OscillatorNode(context, { frequency: hertz });
    tone.connect(syllables).connect(destination);
    tone.start();
    return destination.stream;
  };
}
