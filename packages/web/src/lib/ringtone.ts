/** Two rising notes with a soft tail, like a struck bowl, made on the spot: no file to load. */
const notesHz = [587.33, 880] as const;
const noteGapS = 0.22;
const noteLengthS = 1.1;
const ringEveryMs = 2600;
const volume = 0.18;

export interface Ringtone {
  /** Call it in a click or key press once: browsers let no page sound before that. */
  readonly unlock: () => void;
  /** @returns whether it can be heard; false while the browser holds sound back */
  readonly start: () => Promise<boolean>;
  readonly stop: () => void;
}

export function createRingtone(): Ringtone {
  let context: AudioContext | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let output: GainNode | undefined;

  const open = (): AudioContext => (context ??= new AudioContext());

  const strike = (): void => {
    if (context === undefined || output === undefined) return;
    for (const [index, frequencyHz] of notesHz.entries()) {
      const atS = context.currentTime + 0.02 + index * noteGapS;
      for (const [partial, share] of [
        [1, 1],
        [2.01, 0.25],
      ] as const) {
        const tone = new OscillatorNode(context, { frequency: frequencyHz * partial });
        const envelope = new GainNode(context, { gain: 0 });
        envelope.gain.setValueAtTime(0, atS);
        envelope.gain.linearRampToValueAtTime(volume * share, atS + 0.015);
        envelope.gain.exponentialRampToValueAtTime(0.0001, atS + noteLengthS);
        tone.connect(envelope).connect(output);
        tone.start(atS);
        tone.stop(atS + noteLengthS);
      }
    }
  };

  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    output?.disconnect();
    output = undefined;
  };

  return {
    unlock: () => {
      const opened = open();
      if (opened.state === "suspended") opened.resume().catch(() => {});
    },
    start: async () => {
      stop();
      const opened = open();
      output = new GainNode(opened);
      output.connect(opened.destination);
      timer = setInterval(strike, ringEveryMs);
      if (opened.state === "suspended") {
        // Without a click so far, `resume` stays pending for ever: do not wait for it.
        opened.resume().then(strike, () => {});
        await new Promise((resolve) => setTimeout(resolve, 150));
      } else strike();
      return opened.state === "running";
    },
    stop,
  };
}
