/**
 * The dedicated worker through which every audio frame passes. A thin shell: it moves frames between the browser's
 * streams and `FrameEncryptor`/`FrameDecryptor`. A frame that cannot be sealed or opened is not passed on; a transform
 * that throws ends its stream, after which the browser sends or plays nothing.
 *
 * Bundled as a module worker by whoever writes `new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })`.
 */
import { systemClock } from "./clock.ts";
import { FrameDecryptor } from "./frame-decryptor.ts";
import type { ReceiveStream } from "./frame-decryptor.ts";
import { FrameEncryptor } from "./frame-encryptor.ts";
import { PlayoutGate } from "./playout-gate.ts";
import { SlotSpeakers } from "./slot-speakers.ts";
import type {
  FrameCounters,
  FrameDropReason,
  FromFrameWorker,
  ToFrameWorker,
  TransformOptions,
} from "./worker-messages.ts";

/** An `RTCEncodedAudioFrame`, as far as it is used here. */
interface EncodedFrame {
  data: ArrayBuffer;
  /** RTP timestamp; browsers that have it in the metadata only, or not at all, are told apart below. */
  readonly timestamp?: number;
  getMetadata(): { readonly rtpTimestamp?: number };
}

/** The part of `DedicatedWorkerGlobalScope` in use; TypeScript cannot load its library beside that of the page. */
interface WorkerScope {
  postMessage(message: FromFrameWorker): void;
  onmessage: ((event: MessageEvent<ToFrameWorker>) => void) | null;
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
}

interface Transformer {
  readonly options: TransformOptions;
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
}

const scope = globalThis as unknown as WorkerScope;
const quietCheckMs = 500;
/** Timers are no finer. */
const leastWaitMs = 1;

let encryptor: FrameEncryptor | undefined;
const decryptor = new FrameDecryptor(
  systemClock,
  (reached) => scope.postMessage({ type: "reached", ...reached }),
  {
    onNews: (news) => scope.postMessage({ type: "proof", ...news }),
    ask: (number) => scope.postMessage({ type: "ask", number }),
  },
);
const gate = new PlayoutGate();
const speakers = new SlotSpeakers();
const encrypted = new Map<number, { frames: number; bytes: number }>();
/** By connection: one for each slot. */
const streams = new Map<number, ReceiveStream[]>();
const framesDropped: Partial<Record<FrameDropReason, number>> = {};
let framesDecrypted = 0;

scope.onmessage = ({ data: message }) => {
  if (message.type === "start") {
    encryptor ??= new FrameEncryptor(message.context, (word) => scope.postMessage({ type: "spoke", word }));
  } else if (message.type === "epoch") {
    // Receiving first, so that no frame of ours is out before the others' frames can be opened.
    decryptor.setEpoch(message, message.reached);
    encryptor?.setEpoch(message);
  } else if (message.type === "hearEnd") {
    decryptor.hearEnd(message.frame).catch(failed);
  } else if (message.type === "finish") {
    void finish();
  } else if (message.type === "stop") {
    encryptor?.stop();
    scope.postMessage({ type: "stopped" });
  } else if (message.type === "hearWord") {
    decryptor.hearWord(message.word);
  } else if (message.type === "carry") {
    encryptor?.carry(message);
  } else if (message.type === "signalling") {
    decryptor.signalling(message.isConnected);
  } else if (message.type === "answered") {
    decryptor.answered(message.number);
  } else if (message.type === "closed") {
    gate.close(message.connection);
    encrypted.delete(message.connection);
    streams.delete(message.connection);
  } else {
    scope.postMessage({
      type: "counted",
      request: message.request,
      counters: countersFor(message.connection),
    });
  }
};

scope.onrtctransform = ({ transformer: { options, readable, writable } }) => {
  const transform =
    options.side === "send" ? sealing(options.connection) : opening(options.connection, options.slot);
  void readable
    .pipeThrough(transform)
    .pipeTo(writable)
    // The stream also ends this way when its connection closes, which is no failure.
    .catch(() => undefined);
};

setInterval(() => {
  const nowMs = performance.now();
  gate.alive(nowMs);
  for (const speaker of speakers.quiet(nowMs)) scope.postMessage({ type: "speaker", ...speaker });
}, quietCheckMs);

scope.postMessage({ type: "ready" });

async function finish(): Promise<void> {
  try {
    const frame = await encryptor?.finish();
    scope.postMessage({ type: "finished", ...(frame === undefined ? {} : { frame }) });
  } catch (cause) {
    failed(cause);
  }
}

function sealing(connection: number): TransformStream<EncodedFrame, EncodedFrame> {
  const count = { frames: 0, bytes: 0 };
  encrypted.set(connection, count);
  return new TransformStream({
    transform: reportingFailure(async (frame, controller) => {
      const result = await encryptor?.seal(new Uint8Array(frame.data));
      if (result?.type !== "sealed") return drop(result?.reason ?? "noKey");
      // Counted before it can leave: the page takes packets beyond this count for plaintext.
      count.frames++;
      count.bytes += result.data.length;
      frame.data = result.data.buffer;
      controller.enqueue(frame);
    }),
  });
}

function opening(connection: number, slot: number): TransformStream<EncodedFrame, EncodedFrame> {
  const stream = decryptor.stream();
  streams.set(connection, [...(streams.get(connection) ?? []), stream]);
  return new TransformStream({
    transform: reportingFailure(async (frame, controller) => {
      // Not awaited: a frame that waits for its key must not keep those behind it, which may be of a known epoch.
      void stream.open(new Uint8Array(frame.data)).then((result) => {
        if (result.type === "dropped") return drop(result.reason);
        framesDecrypted++;
        const nowMs = performance.now();
        gate.alive(nowMs);
        const { leaf, voice, place, epoch } = result;
        const timestamp = frame.getMetadata().rtpTimestamp ?? frame.timestamp;
        // Where the browser will play it cannot be known.
        if (timestamp === undefined) return drop("misplaced");
        const verdict = gate.take({ voice, place, connection, slot, timestamp }, nowMs);
        if (verdict.type === "drop") return drop(verdict.reason);
        const speaker = speakers.heard(connection, slot, leaf, epoch, nowMs);
        if (speaker !== undefined) scope.postMessage({ type: "speaker", ...speaker });
        frame.data = result.data.buffer;
        const waitMs = verdict.atMs - nowMs;
        if (waitMs < leastWaitMs) passOn(frame, controller);
        else setTimeout(() => passOn(frame, controller), waitMs);
      }, failed);
    }),
  });
}

type Transform = NonNullable<Transformer_["transform"]>;
type Transformer_ = globalThis.Transformer<EncodedFrame, EncodedFrame>;

function reportingFailure(transform: (...parameters: Parameters<Transform>) => Promise<void>): Transform {
  return async (frame, controller) => {
    try {
      await transform(frame, controller);
    } catch (cause) {
      failed(cause);
      throw cause;
    }
  };
}

function passOn(frame: EncodedFrame, controller: TransformStreamDefaultController<EncodedFrame>): void {
  try {
    controller.enqueue(frame);
  } catch {
    // The connection was closed while the frame waited.
    drop("closed");
  }
}

function failed(cause: unknown): void {
  scope.postMessage({ type: "failed", what: cause instanceof Error ? cause.name : "unknown" });
}

function drop(reason: FrameDropReason): void {
  framesDropped[reason] = (framesDropped[reason] ?? 0) + 1;
}

function countersFor(connection: number): FrameCounters {
  const { frames, bytes } = encrypted.get(connection) ?? { frames: 0, bytes: 0 };
  return {
    framesAuthentic: (streams.get(connection) ?? []).reduce((sum, { authentic }) => sum + authentic, 0),
    framesEncrypted: frames,
    bytesEncrypted: bytes,
    framesDecrypted,
    framesHeld: decryptor.framesHeld,
    framesDropped: { ...framesDropped },
  };
}
