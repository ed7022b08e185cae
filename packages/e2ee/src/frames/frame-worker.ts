import { SignetError, SerialQueue } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import type { SignedWord } from "./carried-word.ts";
import { importFrameEpoch, type FrameEpoch, type FrameEpochSecret } from "./epoch-keys.ts";
import type { ProofListener, ReachedFrame } from "./frame-decryptor.ts";
import { SenderContexts } from "./sender-contexts.ts";
import type { SpokenWord } from "./spoken-word.ts";
import type {
  FrameCounters,
  FromFrameWorker,
  SlotSpeaker,
  ToFrameWorker,
  TransformOptions,
} from "./worker-messages.ts";

/**
 * How long the worker may take to answer; twice this without an answer counts as dead. A worker that hangs passes no frame, so that
 * somebody sits in silence meanwhile; one that is merely slow, on a starved machine, gets slower when it is replaced.
 */
const answerWithinMs = 5_000;
/** For the word of how far was counted: who waits for it hears a second of silence without it, and not much longer. */
const finishWithinMs = 1_000;
/** For what was sealed last, to be spoken for: nobody waits for it, and the worker ends so much later. */
const stopWithinMs = 500;
/** Before its first answer, when its code is still to be loaded. */
const startWithinMs = 10_000;

/** What signs, and what is told, of who said what. */
export interface WorkerProofs extends ProofListener {
  /** To be signed with the own leaf's key, and told to the others. @returns what the sound is to carry of it */
  readonly onWord: (word: SpokenWord) => Promise<SignedWord | undefined>;
}

/**
 * The page's end of the frame worker. One per call: it outlives the connections of the call, so that keys, counters and
 * replay windows do when media reconnects. It also outlives a worker that failed: {@link restart} puts another in its place.
 */
export class FrameWorker {
  readonly #createWorker: () => Worker;
  readonly #proofs: WorkerProofs | undefined;
  readonly #contexts = new SenderContexts();
  readonly #speakerListeners = new Set<(speaker: SlotSpeaker) => void>();
  readonly #failureListeners = new Set<(error: SignetError) => void>();
  readonly #counts = new Map<number, (counters: FrameCounters | undefined) => void>();
  #worker: Worker | undefined;
  #finished: (frame: Bytes | undefined) => void = () => undefined;
  #hasAnswered = false;
  #requests = 0;
  #connections = 0;
  #failure: SignetError | undefined;
  #closed = false;
  #isConnected = true;
  readonly #epochs = new SerialQueue();
  /** By leaf: what any worker of this call opened. */
  readonly #reached = new Map<number, ReachedFrame>();
  /** The current one. */
  #epoch: FrameEpoch | undefined;

  constructor(
    createWorker = () =>
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "signet-frames" }),
    proofs?: WorkerProofs,
  ) {
    this.#createWorker = createWorker;
    this.#proofs = proofs;
    try {
      this.#start();
    } catch (cause) {
      this.#failure = new SignetError("frames.workerFailed", cause);
    }
  }

  /** Set while the worker is of no use; nothing is sent or played then. */
  get failure(): SignetError | undefined {
    return this.#failure;
  }

  /**
   * Puts a new worker in the place of the one that failed. Connections of the former one send and play nothing any more. The new one
   * seals under a context of its own, with the key of the current epoch; of former epochs it opens nothing, and of the current one
   * nothing that was opened before. To be called a moment after the failure: what the former one last opened is still on its way.
   * @throws SignetError `frames.workerFailed`
   */
  restart(): void {
    if (this.#closed) throw new SignetError("frames.workerFailed");
    this.#end();
    try {
      this.#start();
      this.#failure = undefined;
    } catch (cause) {
      this.#failure = new SignetError("frames.workerFailed", cause);
      throw this.#failure;
    }
  }

  /**
   * Enters an epoch: frames are sealed with its key from now on, and the former epoch's frames are opened 10 s more.
   * Epochs that are not later than the current one change nothing.
   * @param secret from `exportFrameEpoch`; its bytes are overwritten, and the worker gets a key that WebCrypto keeps
   */
  setEpoch(secret: FrameEpochSecret): Promise<void> {
    const imported = importFrameEpoch(secret);
    // Told by whoever waits below, also when that is later than it happens.
    imported.catch(() => undefined);
    return this.#epochs.run(async () => {
      const epoch = await imported;
      if (this.#epoch !== undefined && epoch.epoch <= this.#epoch.epoch) return;
      this.#epoch = epoch;
      this.#post({ type: "epoch", ...epoch });
    });
  }

  /**
   * @param connection whose encrypted frames are wanted
   * @throws SignetError `frames.workerFailed` when the worker does not answer
   */
  async counters(connection: number): Promise<FrameCounters> {
    const worker = this.#worker;
    // Asked twice: a timer may ring before the answer is delivered when the machine wakes from sleep.
    const counters = (await this.#count(connection)) ?? (await this.#count(connection));
    if (counters !== undefined) return counters;
    // Whoever asked a worker that was replaced meanwhile says nothing about the one in its place.
    throw worker === this.#worker ? this.#fail() : new SignetError("frames.workerFailed");
  }

  /**
   * Nothing is sealed from now on. Once.
   * @returns what tells the others how far was counted; undefined where the worker cannot say
   */
  finish(): Promise<Bytes | undefined> {
    if (this.#failure !== undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#finished(undefined), finishWithinMs);
      this.#finished = (frame) => {
        clearTimeout(timer);
        resolve(frame);
      };
      this.#post({ type: "finish" });
    });
  }

  /** Another terminal said how far it counted, before one of the same person took its place. */
  hearEnd(frame: Bytes): void {
    // In the order of the epochs: it may be of one that is on its way to the worker.
    void this.#epochs.run(async () => this.#post({ type: "hearEnd", frame }));
  }

  /** Somebody signed what they sealed. */
  hearWord(word: Bytes): void {
    void this.#epochs.run(async () => this.#post({ type: "hearWord", word }));
  }

  /** Whether the connection to the server stands, by which such words come. */
  signalling(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#post({ type: "signalling", isConnected });
  }

  /** All has come that the server had said when `ask` was called with this number. */
  answered(number: number): void {
    void this.#epochs.run(async () => this.#post({ type: "answered", number }));
  }

  /** Whose key opened a slot's frames, told at each change. @returns unsubscribes */
  onSpeaker(listener: (speaker: SlotSpeaker) => void): () => void {
    this.#speakerListeners.add(listener);
    return () => this.#speakerListeners.delete(listener);
  }

  /** Told once for each worker, at most. @returns unsubscribes */
  onFailure(listener: (error: SignetError) => void): () => void {
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  /** A number for a new connection, by which the worker keeps its frames apart. */
  nextConnection(): number {
    return this.#connections++;
  }

  /** To be told after the connection was closed: a voice may go on in another one at once. */
  connectionClosed(connection: number): void {
    this.#post({ type: "closed", connection });
  }

  /** @throws SignetError `frames.workerFailed` */
  transform(options: TransformOptions): RTCRtpScriptTransform {
    if (this.#failure !== undefined || this.#worker === undefined)
      throw this.#failure ?? new SignetError("frames.workerFailed");
    return new RTCRtpScriptTransform(this.#worker, options);
  }

  /** Ends the worker for good, as soon as it has spoken for all that was sealed. Connections that still use it send and play nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const isSpeaking = this.#failure === undefined && this.#proofs !== undefined;
    this.#failure ??= new SignetError("frames.workerFailed");
    if (!isSpeaking) return this.#end();
    this.#post({ type: "stop" });
    const worker = this.#worker;
    setTimeout(() => {
      if (worker === this.#worker) this.#end();
    }, stopWithinMs);
  }

  #start(): void {
    const context = this.#contexts.next();
    const worker = this.#createWorker();
    this.#worker = worker;
    this.#hasAnswered = false;
    worker.addEventListener("message", ({ data }: MessageEvent<FromFrameWorker>) => {
      if (worker === this.#worker) this.#receive(data);
    });
    for (const type of ["error", "messageerror"] as const)
      worker.addEventListener(type, () => {
        if (worker === this.#worker) this.#fail();
      });
    this.#post({ type: "start", context });
    // Words for what comes now may have come to the worker before it.
    this.#post({ type: "signalling", isConnected: false });
    if (this.#isConnected) this.#post({ type: "signalling", isConnected: true });
    if (this.#epoch !== undefined)
      this.#post({ type: "epoch", ...this.#epoch, reached: [...this.#reached.values()] });
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#finished(undefined);
    for (const settle of this.#counts.values()) settle(undefined);
  }

  #count(connection: number): Promise<FrameCounters | undefined> {
    if (this.#failure !== undefined) return Promise.resolve(undefined);
    const request = this.#requests++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), this.#hasAnswered ? answerWithinMs : startWithinMs);
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
      this.#hasAnswered = true;
      this.#counts.get(message.request)?.(message.counters);
    } else if (message.type === "spoke") {
      void this.#proofs?.onWord(message.word).then((signed) => {
        if (signed !== undefined) this.#post({ type: "carry", ...signed });
      });
    } else if (message.type === "stopped") {
      this.#end();
    } else if (message.type === "proof") {
      const { person, state } = message;
      if (!this.#closed) this.#proofs?.onNews({ person, state });
    } else if (message.type === "ask") {
      this.#proofs?.ask(message.number);
    } else if (message.type === "finished") {
      this.#finished(message.frame);
    } else if (message.type === "reached") {
      const { leaf, epoch, context, ctr } = message;
      // Frames of a former epoch may follow those of the current one, which count.
      if (epoch >= (this.#reached.get(leaf)?.epoch ?? 0n))
        this.#reached.set(leaf, { leaf, epoch, context, ctr });
    } else if (message.type === "failed") {
      this.#fail();
    }
  }

  #fail(): SignetError {
    const error = this.#failure ?? new SignetError("frames.workerFailed");
    if (this.#failure === undefined) {
      this.#failure = error;
      this.#finished(undefined);
      for (const listener of this.#failureListeners) listener(error);
    }
    return error;
  }

  #post(message: ToFrameWorker): void {
    this.#worker?.postMessage(message);
  }
}
