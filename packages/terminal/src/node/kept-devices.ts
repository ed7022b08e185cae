/**
 * A microphone and a loudspeaker that stay those of a call while the device is away: unplugged, busy in another program, or not there yet. It is
 * tried again and again, and taken as soon as it is there.
 */
import { SignetError } from "@signet/protocol";

import type { AudioSink, AudioSource, DeviceTrouble } from "./audio.ts";
import { microphoneSource, speakerSink } from "./sound-card.ts";

/** Before the first and the second try; then twice as long each time, up to the last (ms): whoever plugs one in does not wait for longer. */
const againMs = 500;
const slowestAgainMs = 4_000;
/**
 * Nothing but zeros for longer than this is a microphone that the system or a switch mutes (ms): every room and every amplifier makes some noise.
 * Those that cut out noise themselves give zeros between words, but not for so long.
 */
const silentAfterMs = 5_000;
/** A player that runs for so long found its device (ms). */
const playsAfterMs = 1_000;

/** Waits ever longer. */
class Again {
  #delayMs = againMs;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Once, after a while. */
  try(act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, this.#delayMs);
    this.#delayMs = Math.min(2 * this.#delayMs, slowestAgainMs);
  }

  worked(): void {
    this.#delayMs = againMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** @param open the device, anew each time; default that of {@link microphoneSource} */
export function keptMicrophone(open: () => AudioSource = microphoneSource): AudioSource {
  return new KeptMicrophone(open);
}

class KeptMicrophone implements AudioSource {
  /** Never: it comes back. */
  readonly ended = new Promise<void>(() => undefined);
  readonly #open: () => AudioSource;
  readonly #again = new Again();
  #source: AudioSource | undefined;
  #trouble: DeviceTrouble | undefined;
  #onTrouble: ((trouble: DeviceTrouble | undefined) => void) | undefined;
  #heardAtMs = Infinity;
  #closed = false;

  constructor(open: () => AudioSource) {
    this.#open = open;
    this.#start();
  }

  watch(onTrouble: (trouble: DeviceTrouble | undefined) => void): void {
    this.#onTrouble = onTrouble;
    if (this.#trouble !== undefined) onTrouble(this.#trouble);
  }

  read(): Int16Array | undefined {
    const source = this.#source;
    if (source === undefined) return undefined;
    const nowMs = performance.now();
    // It is read from now on.
    if (this.#heardAtMs === Infinity) this.#heardAtMs = nowMs;
    const frame = source.read();
    if (frame !== undefined) this.#again.worked();
    if (frame?.some((sample) => sample !== 0) === true) {
      this.#heardAtMs = nowMs;
      this.#tell(undefined);
    } else if (nowMs - this.#heardAtMs >= silentAfterMs) this.#tell("silent");
    return frame;
  }

  close(): void {
    this.#closed = true;
    this.#again.stop();
    this.#source?.close();
    this.#source = undefined;
  }

  #start(): void {
    this.#heardAtMs = Infinity;
    try {
      const source = this.#open();
      this.#source = source;
      source.ended.catch((error: unknown) => {
        if (source === this.#source) this.#lose(error);
      });
    } catch (error) {
      this.#lose(error);
    }
  }

  #lose(error: unknown): void {
    this.#source?.close();
    this.#source = undefined;
    if (this.#closed) return;
    this.#again.try(() => this.#start());
    this.#tell(error instanceof SignetError ? error : new SignetError("media.noMicrophone", error));
  }

  #tell(trouble: DeviceTrouble | undefined): void {
    if (isSame(trouble, this.#trouble)) return;
    this.#trouble = trouble;
    this.#onTrouble?.(trouble);
  }
}

/**
 * Closing it rejects with what is the matter then.
 * @param onTrouble why nothing is heard from it; undefined as soon as something is
 * @param open the device, anew each time; default that of {@link speakerSink}
 */
export function keptSpeaker(
  onTrouble: (trouble: SignetError | undefined) => void,
  open: () => AudioSink = speakerSink,
): AudioSink {
  return new KeptSpeaker(onTrouble, open);
}

class KeptSpeaker implements AudioSink {
  readonly #open: () => AudioSink;
  readonly #onTrouble: (trouble: SignetError | undefined) => void;
  readonly #again = new Again();
  #sink: AudioSink | undefined;
  #trouble: SignetError | undefined;
  #steadyTimer: ReturnType<typeof setTimeout> | undefined;
  #closing: Promise<void> | undefined;

  constructor(onTrouble: (trouble: SignetError | undefined) => void, open: () => AudioSink) {
    this.#onTrouble = onTrouble;
    this.#open = open;
    this.#start();
  }

  write(frame: Int16Array): void {
    this.#sink?.write(frame);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#again.stop();
    clearTimeout(this.#steadyTimer);
    if (this.#sink === undefined && this.#trouble !== undefined) throw this.#trouble;
    await this.#sink?.close();
  }

  #start(): void {
    try {
      const sink = this.#open();
      this.#sink = sink;
      this.#steadyTimer = setTimeout(() => {
        this.#again.worked();
        this.#tell(undefined);
      }, playsAfterMs);
      void sink.failed?.then((error) => {
        if (sink === this.#sink) this.#lose(error);
      });
    } catch (error) {
      this.#lose(error instanceof SignetError ? error : new SignetError("media.noSpeaker", error));
    }
  }

  #lose(trouble: SignetError): void {
    clearTimeout(this.#steadyTimer);
    if (this.#closing !== undefined) return;
    // What its program still holds is lost with it.
    this.#sink?.close().catch(() => undefined);
    this.#sink = undefined;
    this.#again.try(() => this.#start());
    this.#tell(trouble);
  }

  #tell(trouble: SignetError | undefined): void {
    if (isSame(trouble, this.#trouble)) return;
    this.#trouble = trouble;
    this.#onTrouble(trouble);
  }
}

/** Each try fails with an error of its own. */
function isSame(one: DeviceTrouble | undefined, other: DeviceTrouble | undefined): boolean {
  return one instanceof SignetError && other instanceof SignetError ? one.code === other.code : one === other;
}
