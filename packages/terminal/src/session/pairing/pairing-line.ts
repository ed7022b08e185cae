/** One terminal's end of the way to the other one, over the server. */
import {
  SerialQueue,
  SignetError,
  decodePairingMessage,
  encodePairingMessage,
  pairingMs,
} from "@signet/protocol";
import type { ErrorCode, PairingMessage, ServerEvent } from "@signet/protocol";

import type { ServerRequests } from "../../server-requests.ts";
import type { System } from "../../system.ts";
import type { PairingKeys } from "./pairing-keys.ts";
import { SealedWords } from "./sealed-words.ts";
import type { Side } from "./sealed-words.ts";

export type PairingEvent = Extract<ServerEvent, { readonly type: `pairing.${string}` }>;

export interface PairingLineParts extends Pick<System, "after" | "randomBytes"> {
  readonly link: ServerRequests;
  readonly keys: PairingKeys;
  readonly side: Side;
  /** Given up by the person. */
  readonly signal?: AbortSignal | undefined;
}

type Heard = { readonly type: "entered" } | PairingMessage;

export class PairingLine {
  readonly #parts: PairingLineParts;
  readonly #words: SealedWords;
  /** What the server brought is looked at in the order in which it came. */
  readonly #arrived = new SerialQueue();
  readonly #heard: Heard[] = [];
  #waiting:
    | { readonly resolve: (heard: Heard) => void; readonly reject: (error: SignetError) => void }
    | undefined;
  #failed: ErrorCode | undefined;
  readonly #onFailed: ((code: ErrorCode) => void)[] = [];
  #cancelEnd: () => void;

  constructor(parts: PairingLineParts) {
    this.#parts = parts;
    this.#words = new SealedWords(parts.keys, parts.randomBytes);
    this.#cancelEnd = this.#endLater();
    const { signal } = parts;
    if (signal?.aborted === true) this.fail("device.cancelled");
    signal?.addEventListener("abort", () => this.fail("device.cancelled"), { once: true });
  }

  get pairingId(): PairingKeys["pairingId"] {
    return this.#parts.keys.pairingId;
  }

  hear(event: PairingEvent): void {
    if (event.body.pairingId !== this.#parts.keys.pairingId) return;
    void this.#arrived.run(() => this.#take(event));
  }

  /** Nothing more is taken from it. The first reason stands. */
  fail(code: ErrorCode): void {
    if (this.#failed !== undefined) return;
    this.#failed = code;
    this.#cancelEnd();
    for (const tell of this.#onFailed) tell(code);
    this.#waiting?.reject(new SignetError(code));
    this.#waiting = undefined;
  }

  /** What people take their time for, and what is for nothing when the other side is gone. @throws SignetError as {@link next} */
  async whileOpen<T>(work: Promise<T>): Promise<T> {
    this.#requireOpen();
    return Promise.race([
      work,
      new Promise<never>((_resolve, reject) => this.#onFailed.push((code) => reject(new SignetError(code)))),
    ]);
  }

  /** @throws SignetError why it is over; `pairing.ended` */
  async say(message: PairingMessage): Promise<void> {
    this.#requireOpen();
    const { keys, link, side } = this.#parts;
    const sealed = await this.#words.seal(side, encodePairingMessage(message));
    this.#requireOpen();
    await link.request("pairing.send", { pairingId: keys.pairingId, sealed });
  }

  /** The code was entered; from now on there is as much time again. @throws SignetError as {@link next} */
  async entered(): Promise<void> {
    await this.#nextHeard("entered");
    this.#cancelEnd();
    this.#cancelEnd = this.#endLater();
  }

  /** @throws SignetError `pairing.broken`, `pairing.ended`, `pairing.refused`, `pairing.expired`, `device.cancelled`, `connection.lost` */
  async next<T extends PairingMessage["type"]>(type: T): Promise<Extract<PairingMessage, { type: T }>> {
    return (await this.#nextHeard(type)) as Extract<PairingMessage, { type: T }>;
  }

  /** Over, whatever came of it. The other side is told that it came to nothing where it waits for a word. */
  async close(comesToNothing?: "refused" | "failed"): Promise<void> {
    const { keys, link, side } = this.#parts;
    if (comesToNothing !== undefined && this.#words.turn === side) {
      const ended = encodePairingMessage({ type: "ended", why: comesToNothing });
      const sealed = await this.#words.seal(side, ended);
      await link.request("pairing.send", { pairingId: keys.pairingId, sealed }).catch(() => undefined);
    }
    this.fail("pairing.ended");
    await link.request("pairing.close", { pairingId: keys.pairingId }).catch(() => undefined);
  }

  #endLater(): () => void {
    return this.#parts.after(pairingMs, () => this.fail("pairing.expired"));
  }

  #requireOpen(): void {
    if (this.#failed !== undefined) throw new SignetError(this.#failed);
  }

  async #nextHeard(type: Heard["type"]): Promise<Heard> {
    const heard = this.#heard.shift() ?? (await this.#wait());
    if (heard.type === type) return heard;
    const isRefused = heard.type === "ended" && heard.why === "refused";
    const code =
      heard.type === "ended" ? (isRefused ? "pairing.refused" : "pairing.ended") : "pairing.broken";
    this.fail(code);
    throw new SignetError(code);
  }

  #wait(): Promise<Heard> {
    this.#requireOpen();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async #take(event: PairingEvent): Promise<void> {
    if (this.#failed !== undefined) return;
    if (event.type === "pairing.closed") return this.fail("pairing.ended");
    const heard =
      event.type === "pairing.entered" ? ({ type: "entered" } as const) : await this.#open(event.body.sealed);
    if (heard === undefined) return this.fail("pairing.broken");
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#heard.push(heard);
    else waiting.resolve(heard);
  }

  async #open(sealed: Parameters<SealedWords["open"]>[1]): Promise<PairingMessage | undefined> {
    const word = await this.#words.open(this.#parts.side === "old" ? "new" : "old", sealed);
    return word === undefined ? undefined : decodePairingMessage(word);
  }
}
