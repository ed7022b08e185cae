/** One terminal of the bench: a whole SignetTerminal with keys, proofs and checks of its own. */
import { utf8 } from "@signet/protocol";
import type { UserId } from "@signet/protocol";
import { MemoryPinStore, SignetTerminal, deviceAtHand } from "@signet/terminal";
import type { TerminalState } from "@signet/terminal";

import { createLoadDevice } from "../server/load-device.ts";
import { keyedMedia } from "./keyed-media.ts";
import type { FrameKeys } from "./keyed-media.ts";
import { nowMs } from "./messages.ts";
import type { InitiatorFrame, Steps } from "./messages.ts";
import { Traffic, withTap } from "./tapped-socket.ts";

/** What all terminals of a process tell, and ask. */
export interface BenchTerminalHost {
  readonly steps: Steps;
  /** How many members the epoch has that counts. */
  readonly countedMembers: number;
  sealed(frame: InitiatorFrame): void;
  opened(userId: string): void;
  failed(reason: string): void;
}

const frameText = utf8(
  "a frame of the initiator, as long as one of Opus is at 20 ms and 32 kbit/s, more or less exactly",
);

export class BenchTerminal {
  readonly userId: string;
  readonly traffic = new Traffic();
  readonly #host: BenchTerminalHost;
  #terminal: SignetTerminal | undefined;
  #isInitiator = false;
  #entered: { readonly epoch: number; readonly keys: FrameKeys } | undefined;
  #frame: InitiatorFrame | undefined;
  #inGroup = false;

  private constructor(userId: string, host: BenchTerminalHost) {
    this.userId = userId;
    this.#host = host;
  }

  /** Registered and signed in. */
  static async open(userId: string, origin: string, host: BenchTerminalHost): Promise<BenchTerminal> {
    const opened = new BenchTerminal(userId, host);
    const terminal = await SignetTerminal.create({
      url: `${origin.replace("http://localhost", "ws://127.0.0.1")}/ws`,
      pins: new MemoryPinStore(),
      devices: deviceAtHand(await createLoadDevice()),
      media: keyedMedia({ entered: (...epoch) => opened.#enter(...epoch) }),
    });
    opened.#terminal = terminal;
    withTap(opened.#tap(), opened.traffic, () => terminal.start());
    await until(terminal, ({ connection }) => connection.status === "online");
    await terminal.register({ userId: userId as UserId, displayName: `Person ${userId}` });
    terminal.subscribe((state) => opened.#watch(state));
    return opened;
  }

  get isInitiator(): boolean {
    return this.#isInitiator;
  }

  call(memberIds: readonly string[]): Promise<void> {
    this.#isInitiator = true;
    return this.#require().call(memberIds as UserId[]);
  }

  leave(): Promise<void> {
    this.#host.steps.leaveMs = nowMs();
    return this.#require().leave();
  }

  async endForAll(): Promise<void> {
    await this.#require().endForAll();
  }

  hear(frame: InitiatorFrame): void {
    this.#frame = frame;
    this.#openFrame();
  }

  close(): void {
    this.#terminal?.close();
  }

  #require(): SignetTerminal {
    if (this.#terminal === undefined) throw new Error("not open");
    return this.#terminal;
  }

  #tap(): Parameters<typeof withTap>[0] {
    const { steps } = this.#host;
    return {
      sent: (type) => {
        if (type === "call.request") steps.requestedMs = nowMs();
        if (type === "call.join") steps.lastJoinMs = nowMs();
      },
      received: (type, id) => {
        if (type === "call.ring") steps.lastRingMs = nowMs();
        if (type === "call.request" && id !== undefined) steps.acknowledgedMs = nowMs();
        if (type === "call.commit" && id !== undefined) steps.commitsMs.push(nowMs());
      },
    };
  }

  /** Answers as soon as it rings, as somebody whose finger is on the device already. */
  #watch({ ringing, call }: TerminalState): void {
    const [ring] = ringing;
    if (ring !== undefined && call === undefined && !this.#answering) {
      this.#answering = true;
      this.#require()
        .answer(ring.callId)
        .catch((error: unknown) => this.#host.failed(`${this.userId} could not answer: ${String(error)}`));
    }
    if (call?.end?.type === "failed") this.#host.failed(`${this.userId} failed: ${call.end.code}`);
  }

  #answering = false;

  #enter(epoch: number, members: number, keys: FrameKeys): void {
    if (!this.#inGroup) {
      this.#inGroup = true;
      if (!this.#isInitiator) this.#host.steps.lastWelcomeMs = nowMs();
    }
    this.#entered = { epoch, keys };
    if (!this.#isInitiator) return this.#openFrame();
    if (members !== this.#host.countedMembers) return;
    keys.seal(frameText).then(
      (data) => this.#host.sealed({ epoch, data }),
      (error: unknown) => this.#host.failed(String(error)),
    );
  }

  #openFrame(): void {
    const frame = this.#frame;
    if (frame === undefined || frame.epoch !== this.#entered?.epoch) return;
    this.#frame = undefined;
    this.#entered.keys.open(frame.data).then(
      () => this.#host.opened(this.userId),
      (error: unknown) => this.#host.failed(`${this.userId}: ${String(error)}`),
    );
  }
}

export function until(terminal: SignetTerminal, test: (state: TerminalState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = terminal.subscribe(check);
    function check(state: TerminalState): void {
      if (!test(state)) return;
      stop();
      resolve();
    }
    check(terminal.state);
  });
}
