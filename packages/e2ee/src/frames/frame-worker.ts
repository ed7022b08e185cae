import { SignetError } from "@signet/protocol";
import { nextSenderContext } from "../sframe/kid.ts";
import { importFrameEpoch, type FrameEpochSecret } from "./epoch-keys.ts";
import type {
  FrameCounters,
  FromFrameWorker,
  SlotSpeaker,
  ToFrameWorker,
  TransformOptions,
} from "./worker-messages.ts";

/** How long the worker may take to answer; twice this without an answer counts as dead. Generous, since a starved machine is no
 * reason to end a call, and a worker that hangs passes no frame either. */
const answerWithinMs = 10_000;

/**
 * The page's end of the frame worker. One per call: it outlives the connections of the call, so that keys, counters and
 * replay windows do when media reconnects.
 */
export class FrameWorker {
  readonly #worker: Worker;
  readonly #speakerListeners = new Set<(speaker: SlotSpeaker) => void>();
  readonly #failureListeners = new Set<(error: SignetError) => void>();
  readonly #counts = new Map<number, (counters: FrameCounters) => void>();
  #requests = 0;
  #connections = 0;
  #failure: SignetError | undefined;
  #epochs: Promise<void> = Promise.resolve();

  constructor(
    worker: Worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "signet-frames",
    }),
  ) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<FromFrameWorker>) => this.#receive(data));
    worker.addEventListener("error", () => this.#fail());
    worker.addEventListener("messageerror", () => this.#fail());
    this.#post({ type: "start", context: nextSenderContext() });
  }

  /** Set once the worker is of no use any more; nothing is sent or played from then on. */
  get failure(): SignetError | undefined {
    return this.#failure;
  }

  /**
   * Enters an epoch: frames are sealed with its key from now on, and the former epoch's frames are opened 10 s more.
   * Epochs that are not later than the current one change nothing.
   * @param secret from `exportFrameEpoch`; its bytes are overwritten, and the worker gets a key that WebCrypto keeps
   */
  setEpoch(secret: FrameEpochSecret): Promise<void> {
    const imported = importFrameEpoch(secret);
    const before = this.#epochs;
    this.#epochs = imported.then(async (epoch) => {
      await before.catch(() => undefined);
      this.#post({ type: "epoch", ...epoch });
    });
    return this.#epochs;
  }

  /**
   * @param connection whose encrypted frames are wanted
   * @throws SignetError `frames.workerFailed` when the worker does not answer
   */
  async counters(connection: number): Promise<FrameCounters> {
    // Asked twice: a timer may ring before the answer is delivered when the machine wakes from sleep.
    const counters = (await this.#count(connection)) ?? (await this.#count(connection));
    if (counters === undefined) throw this.#fail();
    return counters;
  }

  /** Whose key opened a slot's frames, told at each change. @returns unsubscribes */
  onSpeaker(listener: (speaker: SlotSpeaker) => void): () => void {
    this.#speakerListeners.add(listener);
    return () => this.#speakerListeners.delete(listener);
  }

  /** Told once, at most. @returns unsubscribes */
  onFailure(listener: (error: SignetError) => void): () => void {
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  /** A number for a new connection, by which the worker keeps its frames apart. */
  nextConnection(): number {
    return this.#connections++;
  }

  /** @throws SignetError `frames.workerFailed` */
  transform(options: TransformOptions): RTCRtpScriptTransform {
    if (this.#failure !== undefined) throw this.#failure;
    return new RTCRtpScriptTransform(this.#worker, options);
  }

  /** Ends the worker. Connections that still use it send and play nothing. */
  close(): void {
    this.#failure ??= new SignetError("frames.workerFailed");
    this.#worker.terminate();
  }

  #count(connection: number): Promise<FrameCounters | undefined> {
    const request = this.#requests++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), answerWithinMs);
      const settle = (counters: FrameCounters | undefined) => {
        clearTimeout(timer);
        this.#counts.delete(request);
        resolve(counters);
      };
      this.#counts.set(request, settle);
      this.#post({ type: "count", request, connection });
    });
  }

  #receive(message: FromFrameWorker): void {
    if (message.type === "speaker") {
      const { connection, slot, leaf, epoch } = message;
      for (const listener of this.#speakerListeners) listener({ connection, slot, leaf, epoch });
    } else if (message.type === "counted") {
      this.#counts.get(message.request)?.(message.counters);
    } else if (message.type === "failed") {
      this.#fail();
    }
  }

  #fail(): SignetError {
    const error = this.#failure ?? new SignetError("frames.workerFailed");
    if (this.#failure === undefined) {
      this.#failure = error;
      this.#worker.terminate();
      for (const listener of this.#failureListeners) listener(error);
    }
    return error;
  }

  #post(message: ToFrameWorker): void {
    this.#worker.postMessage(message);
  }
}
