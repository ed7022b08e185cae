/** Runs in the page before Signet does: notes when something of the call happened, by the machine's clock. */
export interface CallProbe {
  /** Milliseconds since 1970, with fractions. */
  now(): number;
  /** When the dialog "Incoming call" was there, since `reset`. */
  ringAt?: number;
  /** When each leaf's first frame was decrypted, since `reset`. */
  readonly heardAt: Map<number, number>;
  /** When the frame worker was given the keys of each epoch, since `reset`. */
  readonly epochAt: Map<number, number>;
  reset(): void;
}

export function installCallProbe(): void {
  const now = (): number => performance.timeOrigin + performance.now();
  const probe: CallProbe = {
    now,
    heardAt: new Map(),
    epochAt: new Map(),
    reset() {
      delete probe.ringAt;
      probe.heardAt.clear();
      probe.epochAt.clear();
    },
  };
  const NativeWorker = Worker;
  globalThis.Worker = class extends NativeWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }: MessageEvent<{ type?: string; leaf?: number }>) => {
        if (data.type === "speaker" && data.leaf !== undefined && !probe.heardAt.has(data.leaf))
          probe.heardAt.set(data.leaf, now());
      });
    }

    override postMessage(message: unknown, ...rest: unknown[]): void {
      const { type, epoch } = message as { type?: string; epoch?: bigint };
      if (type === "epoch" && epoch !== undefined) probe.epochAt.set(Number(epoch), now());
      (super.postMessage as (...all: unknown[]) => void)(message, ...rest);
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
      if (probe.ringAt === undefined && document.querySelector("[role=dialog], dialog[open]") !== null)
        probe.ringAt = now();
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  Object.assign(globalThis, { callProbe: probe });
}
