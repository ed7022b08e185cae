import { SignetError } from "@signet/protocol";
import type { FrameWorker } from "./frame-worker.ts";
import { initialGuard, readSent, stepGuard } from "./plaintext-guard.ts";
import type { FrameCounters, SlotSpeaker } from "./worker-messages.ts";

export interface ProtectedConnectionOptions {
  /** Of the call; stays open when the connection closes. */
  readonly frames: FrameWorker;
  readonly configuration?: RTCConfiguration;
  /** Receiving transceivers; K of design section 7. */
  readonly slotCount?: number;
  /** Whose key opened the frames of a slot, at each change. */
  readonly onSpeaker?: (speaker: SlotSpeaker) => void;
  /** The worker's counters, at each check. */
  readonly onStats?: (counters: FrameCounters) => void;
  /** The connection was closed because it could not be sure that what it sends is encrypted. Told once, at most. */
  readonly onFailure?: (error: SignetError) => void;
}

/** A peer connection whose audio is encrypted and decrypted frame by frame, or does not flow. */
export interface ProtectedConnection {
  readonly peerConnection: RTCPeerConnection;
  readonly sending: RTCRtpTransceiver;
  /** In the order of `SlotSpeaker.slot`. */
  readonly slots: readonly RTCRtpTransceiver[];
  /**
   * Sends `track`, or nothing. Without effect after `close`.
   * @throws SignetError the one given to `onFailure`, after the connection failed
   */
  setTrack(track: MediaStreamTrack | null): Promise<void>;
  /** What the worker did for it. @throws SignetError `frames.workerFailed` */
  counters(): Promise<FrameCounters>;
  close(): void;
}

const defaultSlotCount = 8;
/** Half a second of a voice is the most that could escape before it is noticed. */
const checkEveryMs = 500;
/** Firefox sends about 20 packets without payload at the start, which bypass the transform. */
const emptyPacketsInFirefox = 40;

/**
 * Makes the connection with one sending and `slotCount` receiving audio transceivers, in this order.
 *
 * Chromium ignores a sender's transform that is set later than in the task of `addTransceiver`, and sends plaintext; so
 * transforms are set in the same synchronous step, the track comes afterwards, the legacy option
 * `encodedInsertableStreams` makes a sender without a transform send nothing, and what is sent is compared with what the
 * worker encrypted for as long as there is a track.
 * @throws SignetError `frames.unsupported` or `frames.workerFailed`
 */
export function createProtectedConnection(options: ProtectedConnectionOptions): ProtectedConnection {
  if (typeof RTCRtpScriptTransform !== "function") throw new SignetError("frames.unsupported");
  const { frames, slotCount = defaultSlotCount } = options;
  const connection = frames.nextConnection();
  // Not in the standard; Firefox ignores it, and takes transforms at any time.
  const configuration: RTCConfiguration & { encodedInsertableStreams: boolean } = {
    ...options.configuration,
    encodedInsertableStreams: true,
  };
  const peerConnection = new RTCPeerConnection(configuration);
  const slots: RTCRtpTransceiver[] = [];
  let sending: RTCRtpTransceiver;
  try {
    sending = peerConnection.addTransceiver("audio", { direction: "sendonly" });
    sending.sender.transform = frames.transform({ side: "send", connection });
    for (let slot = 0; slot < slotCount; slot++) {
      const transceiver = peerConnection.addTransceiver("audio", { direction: "recvonly" });
      transceiver.receiver.transform = frames.transform({ side: "receive", connection, slot });
      slots.push(transceiver);
    }
  } catch (cause) {
    peerConnection.close();
    throw cause instanceof SignetError ? cause : new SignetError("frames.unsupported", cause);
  }

  let ended: SignetError | "closed" | undefined;
  const guard = guardSender(sending.sender, frames, connection, fail, options.onStats);
  const stopListening = [
    frames.onFailure(fail),
    frames.onSpeaker((speaker) => {
      if (speaker.connection === connection) options.onSpeaker?.(speaker);
    }),
  ];

  function end(why: SignetError | "closed"): void {
    ended = why;
    guard.stop();
    for (const stop of stopListening) stop();
    // Closing ends the sender at once; replaceTrack(null) beforehand would only take effect in a later task.
    peerConnection.close();
    frames.connectionClosed(connection);
  }

  function fail(error: SignetError): void {
    if (ended !== undefined) return;
    end(error);
    options.onFailure?.(error);
  }

  return {
    peerConnection,
    sending,
    slots,
    async setTrack(track) {
      if (ended === "closed") return;
      if (ended !== undefined) throw ended;
      if (track !== null) {
        // Proves that the worker runs before the first frame goes its way.
        await frames.counters(connection);
        guard.start();
      }
      await sending.sender.replaceTrack(track);
    },
    counters: () => frames.counters(connection),
    close() {
      if (ended === undefined) end("closed");
    },
  };
}

/**
 * Compares, twice a second, what `sender` sent with what the worker encrypted for it (see `plaintext-guard.ts`).
 * @param fail told `frames.plaintextDetected` or `frames.workerFailed`
 */
export function guardSender(
  sender: RTCRtpSender,
  frames: FrameWorker,
  connection: number,
  fail: (error: SignetError) => void,
  onStats?: (counters: FrameCounters) => void,
): { start(): void; stop(): void } {
  let state = initialGuard(navigator.userAgent.includes("Firefox/") ? emptyPacketsInFirefox : 0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  async function check(): Promise<void> {
    try {
      const askedAtMs = performance.now();
      const sent = readSent(await sender.getStats());
      const counters = await frames.counters(connection);
      if (stopped) return;
      const { framesEncrypted, bytesEncrypted } = counters;
      const countedAtMs = performance.now();
      const step = stepGuard(state, { ...sent, framesEncrypted, bytesEncrypted, askedAtMs, countedAtMs });
      state = step.state;
      if (step.verdict === "plaintext") return fail(new SignetError("frames.plaintextDetected"));
      onStats?.(counters);
      timer = setTimeout(() => void check(), checkEveryMs);
    } catch (cause) {
      if (!stopped)
        fail(cause instanceof SignetError ? cause : new SignetError("frames.workerFailed", cause));
    }
  }

  return {
    start() {
      timer ??= setTimeout(() => void check(), checkEveryMs);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
