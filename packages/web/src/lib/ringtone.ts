/** Notes with a soft tail, like a struck bowl, made on the spot: no file to load. */
interface Tune {
  readonly notesHz: readonly number[];
  readonly gapS: number;
  readonly lengthS: number;
  readonly volume: number;
  /** For those that go on until they are stopped. */
  readonly everyMs?: number;
}

const tunes = {
  /** Somebody calls. */
  ring: { notesHz: [587.33, 880], gapS: 0.22, lengthS: 1.1, volume: 0.18, everyMs: 2_600 },
  /** Somebody calls while one is in a call. */
  waiting: { notesHz: [587.33], gapS: 0, lengthS: 0.5, volume: 0.06, everyMs: 6_000 },
  /** It rings at those who are called. */
  ringback: { notesHz: [440, 440], gapS: 0.4, lengthS: 0.7, volume: 0.05, everyMs: 4_000 },
  join: { notesHz: [523.25, 783.99], gapS: 0.1, lengthS: 0.4, volume: 0.08 },
  leave: { notesHz: [783.99, 523.25], gapS: 0.1, lengthS: 0.4, volume: 0.08 },
  end: { notesHz: [523.25, 392, 261.63], gapS: 0.14, lengthS: 0.5, volume: 0.08 },
} as const satisfies Record<string, Tune>;

export interface Ringtone {
  /** Once, without waiting for anything: where the browser holds sound back it is not made up for. */
  readonly play: (name: "join" | "leave" | "end") => void;
  /** Goes on until it is stopped. */
  readonly startRingback: () => void;
  readonly stopRingback: () => void;
  /** Call it in a click or key press once: browsers let no page sound before that. */
  readonly unlock: () => void;
  /** @returns whether it can be heard; false while the browser holds sound back */
  readonly start: (name: "ring" | "waiting") => Promise<boolean>;
  readonly stop: () => void;
}

export function createRingtone(): Ringtone {
  let context: AudioContext | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let ringbackTimer: ReturnType<typeof setInterval> | undefined;
  let output: GainNode | undefined;

  const open = (): AudioContext => (context ??= new AudioContext());

  const sound = ({ notesHz, gapS, lengthS, volume }: Tune, to: AudioNode): void => {
    if (context?.state !== "running") return;
    for (const [index, frequencyHz] of notesHz.entries()) {
      const atS = context.currentTime + 0.02 + index * gapS;
      for (const [partial, share] of [
        [1, 1],
        [2.01, 0.25],
      ] as const) {
        const tone = new OscillatorNode(context, { frequency: frequencyHz * partial });
        const envelope = new GainNode(context, { gain: 0 });
        envelope.gain.setValueAtTime(0, atS);
        envelope.gain.linearRampToValueAtTime(volume * share, atS + 0.015);
        envelope.gain.exponentialRampToValueAtTime(0.0001, atS + lengthS);
        tone.connect(envelope).connect(to);
        tone.start(atS);
        tone.stop(atS + lengthS);
      }
    }
  };

  const strike = (name: "ring" | "waiting"): void => {
    if (output !== undefined) sound(tunes[name], output);
  };

  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    output?.disconnect();
    output = undefined;
  };

  const stopRingback = (): void => clearInterval(ringbackTimer);

  return {
    play: (name) => {
      const { destination } = open();
      sound(tunes[name], destination);
    },
    startRingback: () => {
      stopRingback();
      const { destination } = open();
      const tone = (): void => sound(tunes.ringback, destination);
      tone();
      ringbackTimer = setInterval(tone, tunes.ringback.everyMs);
    },
    stopRingback,
    unlock: () => {
      const opened = open();
      if (opened.state === "suspended") opened.resume().catch(() => {});
    },
    start: async (name) => {
      stop();
      const opened = open();
      output = new GainNode(opened);
      output.connect(opened.destination);
      timer = setInterval(() => strike(name), tunes[name].everyMs);
      if (opened.state === "suspended") {
        // Without a click so far, `resume` stays pending for ever: do not wait for it.
        opened.resume().then(
          () => strike(name),
          () => {},
        );
        await new Promise((resolve) => setTimeout(resolve, 150));
      } else strike(name);
      return opened.state === "running";
    },
    stop,
  };
}
