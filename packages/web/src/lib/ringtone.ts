import { openOutput } from "./sound-output.ts";
import type { RingTone, RingWish } from "./sound-wishes.ts";

/** Notes with a soft tail, like a struck bowl, made on the spot: no file to load. */
interface Tune {
  readonly notesHz: readonly number[];
  readonly gapS: number;
  readonly lengthS: number;
  readonly volume: number;
  /** For those that go on until they are stopped. */
  readonly everyMs?: number;
  /** Frequency of each partial by that of the note, and its share of the volume; without it those of a bowl. */
  readonly partials?: readonly (readonly [number, number])[];
}

const bowl = [
  [1, 1],
  [2.01, 0.25],
] as const;

const tunes = {
  /** Somebody calls while one is in a call. */
  waiting: { notesHz: [587.33], gapS: 0, lengthS: 0.5, volume: 0.086, everyMs: 6_000 },
  /** It rings at those who are called. */
  ringback: { notesHz: [440, 440], gapS: 0.4, lengthS: 0.7, volume: 0.05, everyMs: 4_000 },
  join: { notesHz: [523.25, 783.99], gapS: 0.1, lengthS: 0.4, volume: 0.08 },
  leave: { notesHz: [783.99, 523.25], gapS: 0.1, lengthS: 0.4, volume: 0.08 },
  end: { notesHz: [523.25, 392, 261.63], gapS: 0.14, lengthS: 0.5, volume: 0.08 },
} as const satisfies Record<string, Tune>;

/** Somebody calls: by the tone that the person chose. */
const rings: Readonly<Record<RingTone, Tune & { readonly everyMs: number }>> = {
  bowl: { notesHz: [587.33, 880], gapS: 0.22, lengthS: 1.1, volume: 0.26, everyMs: 2_600 },
  telephone: {
    // Two strikes of a bell that quiver, as a telephone on a desk does.
    notesHz: Array.from({ length: 16 }, (_, strike) => (strike % 2 === 0 ? 932.33 : 1174.66)),
    gapS: 0.06,
    lengthS: 0.35,
    volume: 0.2,
    everyMs: 3_000,
    partials: [
      [1, 1],
      [2.76, 0.3],
    ],
  },
  marimba: {
    notesHz: [523.25, 659.26, 783.99, 1046.5, 783.99, 659.26],
    gapS: 0.16,
    lengthS: 0.45,
    volume: 0.26,
    everyMs: 2_800,
    partials: [
      [1, 1],
      [3.93, 0.12],
    ],
  },
  pulse: {
    notesHz: [440, 440, 440],
    gapS: 0.3,
    lengthS: 0.28,
    volume: 0.26,
    everyMs: 2_400,
    partials: [
      [1, 1],
      [2, 0.4],
      [3, 0.2],
    ],
  },
};

/** A telephone on a table: twice, and a pause. */
const vibrationMs = [350, 180, 350];

/** What the person chose, asked at each sound. */
export interface RingtoneChoices {
  readonly ring: () => RingWish;
  /** By which it rings; undefined for the default one. */
  readonly ringLoudspeaker: () => string | undefined;
  /** By which one hears what happens in a call. */
  readonly loudspeaker: () => string | undefined;
}

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
  /** As it would ring, once. */
  readonly preview: () => void;
  /** Nothing is heard of it any more, until it is asked for again. */
  readonly close: () => void;
}

/** How long after the last note what it was played by is let go of. */
const afterMs = 2_000;

export function createRingtone(choices: RingtoneChoices): Ringtone {
  let context: AudioContext | undefined;
  let ringbackTimer: ReturnType<typeof setInterval> | undefined;
  /** Ends what rings. */
  let endRing = (): void => {};

  const open = (): AudioContext => (context ??= new AudioContext());

  const sound = (tune: Tune, to: AudioNode): void => {
    if (context?.state !== "running") return;
    const { notesHz, gapS, lengthS, volume, partials = bowl } = tune;
    for (const [index, frequencyHz] of notesHz.entries()) {
      const atS = context.currentTime + 0.02 + index * gapS;
      for (const [partial, share] of partials) {
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

  const soundOnce = (tune: Tune, deviceId: string | undefined, volume = 1): void => {
    const opened = open();
    void openOutput(opened, deviceId).then(({ node, close }) => {
      const loudness = new GainNode(opened, { gain: volume });
      loudness.connect(node);
      sound(tune, loudness);
      setTimeout(close, (tune.notesHz.length * tune.gapS + tune.lengthS) * 1000 + afterMs);
    });
  };

  const vibrate = (name: "ring" | "waiting"): void => {
    if (name === "ring" && choices.ring().vibrates) vibrateHere(vibrationMs);
  };

  const stop = (): void => {
    endRing();
    endRing = () => {};
  };

  const stopRingback = (): void => clearInterval(ringbackTimer);

  return {
    play: (name) => soundOnce(tunes[name], choices.loudspeaker()),
    startRingback: () => {
      stopRingback();
      const tone = (): void => soundOnce(tunes.ringback, choices.loudspeaker());
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
      const { tone, volume } = choices.ring();
      const tune = name === "ring" ? rings[tone] : tunes.waiting;
      let isOver = false;
      let end = (): void => {};
      endRing = () => {
        isOver = true;
        end();
      };
      const output = await openOutput(opened, choices.ringLoudspeaker());
      if (isOver) {
        output.close();
        return true;
      }
      const loudness = new GainNode(opened, { gain: volume });
      loudness.connect(output.node);
      const strike = (): void => {
        vibrate(name);
        sound(tune, loudness);
      };
      const timer = setInterval(strike, tune.everyMs);
      end = () => {
        clearInterval(timer);
        loudness.disconnect();
        output.close();
        vibrateHere([]);
      };
      strike();
      if (opened.state !== "suspended") return opened.state === "running";
      // Without a click so far, `resume` stays pending for ever: do not wait for it.
      opened.resume().then(
        () => {
          if (!isOver) sound(tune, loudness);
        },
        () => {},
      );
      await new Promise((resolve) => setTimeout(resolve, 150));
      return (opened.state as AudioContextState) === "running";
    },
    stop,
    preview: () => {
      const { tone, volume } = choices.ring();
      const opened = open();
      void opened.resume().then(() => soundOnce(rings[tone], choices.ringLoudspeaker(), volume));
      vibrate("ring");
    },
    close: () => {
      stop();
      stopRingback();
      context?.close().catch(() => {});
      context = undefined;
    },
  };
}

/** Whether it is a machine that is held in a hand; others have the function, and do nothing. */
export const canVibrate = (): boolean => "vibrate" in navigator && matchMedia("(pointer: coarse)").matches;

/** @param patternMs none ends what vibrates */
function vibrateHere(patternMs: readonly number[]): void {
  // Not every browser has it. Before the first touch of the page it does nothing.
  const { vibrate } = navigator as { readonly vibrate?: Navigator["vibrate"] };
  if (vibrate !== undefined && canVibrate()) vibrate.call(navigator, [...patternMs]);
}
