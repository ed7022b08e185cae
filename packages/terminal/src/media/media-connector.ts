import { SignetError } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";

import type { MediaInput } from "../environment.ts";
import { stepMediaConnection } from "./media-connection.ts";
import { startMediaConnection } from "./media-connection-state.ts";
import type {
  MediaConnectionEffect,
  MediaConnectionInput,
  MediaConnectionShown,
} from "./media-connection-state.ts";
import { isSameWay, roundedWay } from "./sound-way.ts";
import type { SoundWay } from "./sound-way.ts";

/** How often the way is looked at while it is connected. */
const lookEveryMs = 2_000;
/** Between two looks at what came: a small part of what raises a doubt. */
const countEveryMs = 250;
/** What was sent before the server answered, and comes by another way, may be so much later. */
const stragglesMs = 150;
/** What went out within so long still does. */
const sendsWithinMs = 1_000;

/** One try to connect, as the platform that makes the connection sees it. */
export interface MediaAttempt {
  /** By which the connector names it. */
  readonly number: number;
  /** Made beside one in doubt: what carried that may carry nothing any more, so that no way is to be tried before the others. */
  readonly isBeside: boolean;
  /** Another was begun meanwhile, or it is over: what comes of this one is of no use. */
  readonly isCurrent: boolean;
  /** Takes the offer to the server. @throws SignetError */
  exchange(offerSdp: string): Promise<string>;
  connected(): void;
  /** One of its ways leads nowhere; another may. */
  hindered(code: ErrorCode): void;
  /** It may come back by itself. */
  disconnected(): void;
  failed(cause?: unknown): void;
}

/** Packets with sound on one connection, since it was made. */
export interface PacketCounts {
  /** That somebody in the call sealed, each once: whatever else comes is the server's making, and no sound. */
  readonly received: number;
  /** That waited for the key of an epoch that is not known yet, on any connection of the call. */
  readonly held: number;
  readonly sent: number;
  /** The address by which they go is none of this machine any more; left out where that cannot be told. */
  readonly isAddressGone?: boolean;
}

export interface MediaConnectorOptions extends Pick<
  MediaInput,
  "system" | "exchange" | "onConnection" | "expectsSound" | "askFlow" | "signalAnew"
> {
  /** Makes a connection, which sends and plays nothing before {@link use}. What it throws counts as a failed attempt. */
  open(attempt: MediaAttempt): Promise<void>;
  /** Sends and plays by this one from now on, and closes all others. */
  use(attempt: number): void;
  /** Closes all but this one: nothing is sent or played by others any more. */
  close(but?: number): void;
  /** Undefined where that cannot be told, or there is no such connection any more. */
  counts(attempt: number): Promise<PacketCounts | undefined>;
  /** How the sound travels; undefined while that cannot be told. */
  way(): Promise<SoundWay | undefined>;
  /** What encrypts the frames failed: another takes its place. @throws SignetError */
  replaceFrames(): void;
  /** Over for this call. */
  onFailure: MediaInput["onFailure"];
}

type EffectOf<T extends MediaConnectionEffect["type"]> = Extract<MediaConnectionEffect, { type: T }>;

/** The shell of the media connection's machine, on every platform. */
export class MediaConnector {
  readonly #options: MediaConnectorOptions;
  #state = startMediaConnection();
  #cancelWake: () => void = () => undefined;
  #cancelLook: () => void = () => undefined;
  #cancelCount: () => void = () => undefined;
  #sent = { packets: 0, atMs: -Infinity };
  /** The attempt of which that was told. */
  #addressGone: number | undefined;

  constructor(options: MediaConnectorOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#state.phase === "over";
  }

  connect(): void {
    this.#step({ type: "connect" });
  }

  /** Something failed that is not of one connection. */
  failed(cause: unknown): void {
    this.#step({ type: "failed", ...codeIn(cause) });
  }

  /** Nothing that is tried again would mend it. */
  giveUp(code: ErrorCode): void {
    this.#step({ type: "giveUp", code });
  }

  /** Nothing comes at the server. */
  unheard(): void {
    this.#step({ type: "unheard" });
  }

  /** The network is another one; `gone`: the address in use is none of this machine any more. */
  changed(gone: boolean): void {
    this.#step({ type: "changed", gone });
  }

  /** The connection to the server is another one. */
  signalled(): void {
    this.#step({ type: "signalled" });
  }

  close(): void {
    this.#step({ type: "close" });
  }

  #step(input: MediaConnectionInput): void {
    const { state, effects } = stepMediaConnection(this.#state, input, this.#options.system.monotonicMs());
    this.#state = state;
    if (state.dueAtMs === Infinity) this.#cancelWake();
    if (state.phase === "over") this.#cancelLook();
    if (state.serving === undefined) this.#cancelCount();
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: MediaConnectionEffect): void {
    const { system } = this.#options;
    switch (effect.type) {
      case "open":
        this.#options.close(effect.beside);
        return void this.#open(effect);
      case "use":
        this.#options.use(effect.attempt);
        this.#sent = { packets: 0, atMs: -Infinity };
        return this.#countLater(effect.attempt);
      case "close":
        return this.#options.close(effect.but);
      case "ask":
        return void this.#ask(effect.ask);
      case "signal":
        return this.#options.signalAnew();
      case "show":
        return this.#show(effect.shown);
      case "fail":
        return this.#options.onFailure(effect.code);
      case "wake":
        this.#cancelWake();
        this.#cancelWake = system.after(Math.max(0, effect.atMs - system.monotonicMs()), () =>
          this.#step({ type: "time" }),
        );
    }
  }

  #show(shown: MediaConnectionShown): void {
    this.#cancelLook();
    this.#options.onConnection(shown);
    if (shown.status === "connected") void this.#look(shown);
  }

  /** @param shown what is shown until something else is */
  async #look(shown: MediaConnectionShown & { readonly status: "connected" }): Promise<void> {
    const found = await this.#options.way().catch(() => undefined);
    if (this.#state.shown?.status !== "connected" || this.isOver) return;
    const way = found === undefined ? shown.way : roundedWay(found);
    const next = way === undefined ? shown : { ...shown, way };
    if (!isSameWay(shown.way, way)) this.#options.onConnection(next);
    this.#cancelLook();
    this.#cancelLook = this.#options.system.after(lookEveryMs, () => void this.#look(next));
  }

  #countLater(attempt: number): void {
    this.#cancelCount();
    this.#cancelCount = this.#options.system.after(countEveryMs, () => void this.#count(attempt));
  }

  async #count(attempt: number): Promise<void> {
    await this.#countNow(attempt);
    if (attempt === this.#state.serving) this.#countLater(attempt);
  }

  async #countNow(attempt: number): Promise<void> {
    const counts = await this.#options.counts(attempt).catch(() => undefined);
    if (attempt !== this.#state.serving) return;
    if (counts !== undefined) {
      const { held, isAddressGone = false, received: packets, sent } = counts;
      if (isAddressGone && attempt !== this.#addressGone) {
        this.#addressGone = attempt;
        this.changed(true);
      }
      if (sent > this.#sent.packets) this.#sent = { packets: sent, atMs: this.#options.system.monotonicMs() };
      this.#step({ type: "counted", attempt, packets, held, expected: this.#options.expectsSound() });
    }
  }

  async #ask(ask: number): Promise<void> {
    try {
      const flow = await this.#options.askFlow();
      const { doubt, serving } = this.#state;
      if (doubt === "nothing" && serving !== undefined) {
        await new Promise<void>((resolve) => void this.#options.system.after(stragglesMs, resolve));
        await this.#countNow(serving);
      }
      const sends = this.#options.system.monotonicMs() - this.#sent.atMs < sendsWithinMs;
      this.#step({ type: "told", ask, flow, sends });
    } catch {
      this.#step({ type: "untold", ask });
    }
  }

  async #open({ attempt, beside, replaceFrames }: EffectOf<"open">): Promise<void> {
    try {
      if (replaceFrames) this.#options.replaceFrames();
      await this.#options.open(this.#attempt(attempt, beside !== undefined));
    } catch (cause) {
      this.#step({ type: "failed", attempt, ...codeIn(cause) });
    }
  }

  #attempt(attempt: number, isBeside: boolean): MediaAttempt {
    const isCurrent = (): boolean =>
      (attempt === this.#state.attempt || attempt === this.#state.serving) && !this.isOver;
    return {
      number: attempt,
      isBeside,
      get isCurrent() {
        return isCurrent();
      },
      exchange: async (offerSdp) => {
        const answerSdp = await this.#options.exchange(offerSdp);
        this.#step({ type: "answered", attempt });
        return answerSdp;
      },
      connected: () => this.#step({ type: "connected", attempt }),
      hindered: (code) => this.#step({ type: "hindered", attempt, code }),
      disconnected: () => this.#step({ type: "disconnected", attempt }),
      failed: (cause) => this.#step({ type: "failed", attempt, ...codeIn(cause) }),
    };
  }
}

function codeIn(cause: unknown): { code?: ErrorCode } {
  return cause instanceof SignetError ? { code: cause.code } : {};
}
