import type { AudioSink, AudioSource } from "./audio.ts";
import { EchoGate } from "./echo-gate.ts";

/** Keeps what the loudspeaker plays out of what the microphone sends, for one sound card and all calls on it: see {@link EchoGate}. */
export class HalfDuplex {
  readonly #gate = new EchoGate();

  speaker(sink: AudioSink): AudioSink {
    return {
      ...(sink.failed === undefined ? {} : { failed: sink.failed }),
      write: (frame) => {
        this.#gate.play(frame);
        sink.write(frame);
      },
      close: () => sink.close(),
    };
  }

  microphone(source: AudioSource): AudioSource {
    return {
      ended: source.ended,
      read: () => {
        const frame = source.read();
        if (frame !== undefined) this.#gate.hear(frame);
        return frame;
      },
      ...(source.watch === undefined ? {} : { watch: (onTrouble) => source.watch?.(onTrouble) }),
      close: () => source.close(),
    };
  }
}
