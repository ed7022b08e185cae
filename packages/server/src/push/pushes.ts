/** Who can be called where no page is open: browsers that asked to be notified, and what is sent to them. */
import { countsNow } from "@signet/device";
import type { Person } from "@signet/device";
import type { Bytes, ErrorCode, TerminalId, UserId } from "@signet/protocol";
import type { Logger } from "pino";

import type { ServerMetrics } from "../metrics.ts";
import { PersonShares } from "../person-shares.ts";
import type { Sessions } from "../registry/sessions.ts";
import type { Store, StoredPush } from "../store/store.ts";
import { endpointRefusal } from "./push-endpoint.ts";
import { pushKeyIn } from "./push-key.ts";
import type { PushKey } from "./push-key.ts";
import { PushSender } from "./push-sender.ts";
import type { PushReach } from "./push-sender.ts";

/** Browsers of one person. The one that was signed in at longest ago goes. */
export const browsersMost = 16;
/** Where nobody signed in for so long, nobody looks. */
export const unusedMostMs = 60 * 24 * 3_600_000;
/** Notifications of one person a minute: who calls and hangs up all the time wakes nobody all the time. */
export const wakesPerMinute = 6;
/** Of these by one caller: who calls and hangs up all the time leaves the others theirs. */
export const wakesPerCallerPerMinute = 2;
/** How often it is looked for browsers that nobody used for long (ms). */
const tidyEveryMs = 3_600_000;
/** On their way at once, of all people. */
const sendingMost = 1_000;

export interface PushOptions extends PushReach {
  /** Hosts of push services that the server calls; with none, it calls nobody. */
  readonly services: readonly string[];
  /** How a push service reaches who runs this server: a `mailto:` or `https:` address; default the origin. */
  readonly contact?: string | undefined;
}

interface PushParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly metrics: ServerMetrics;
  readonly log: Logger;
  readonly originOf: () => string;
  readonly clock: () => number;
}

export class Pushes {
  readonly #parts: PushParts;
  readonly #services: readonly string[];
  readonly #key: PushKey | undefined;
  readonly #sender: PushSender | undefined;
  readonly #byUser = new Map<UserId, readonly StoredPush[]>();
  readonly #shares: PersonShares;
  /** By caller and person. */
  readonly #pairs: PersonShares<string>;
  #sending = 0;
  #tidyAtMs = 0;

  private constructor(parts: PushParts, options: PushOptions, key: PushKey | undefined) {
    this.#parts = parts;
    this.#services = options.services;
    this.#key = key;
    const contact = (): string => options.contact ?? parts.originOf();
    this.#sender = key === undefined ? undefined : new PushSender(key, contact, options);
    this.#shares = new PersonShares({ perMinute: wakesPerMinute }, parts.clock);
    this.#pairs = new PersonShares({ perMinute: wakesPerCallerPerMinute }, parts.clock);
  }

  get isOn(): boolean {
    return this.#key !== undefined;
  }

  /** @param options without services nobody can subscribe, and nobody is woken */
  static async open(parts: PushParts, options: PushOptions): Promise<Pushes> {
    const isOn = options.services.length > 0;
    const pushes = new Pushes(parts, options, isOn ? await pushKeyIn(parts.store) : undefined);
    // Also what is not called now: signing out ends it, and what is called may change again.
    for (const stored of await parts.store.pushes.all())
      pushes.#byUser.set(stored.userId, [...pushes.#of(stored.userId), stored]);
    return pushes;
  }

  /** undefined where the server calls no push service. */
  get publicKey(): Bytes | undefined {
    return this.#key?.publicKey;
  }

  /** @returns why not; undefined when it is durable */
  async subscribe(made: Omit<StoredPush, "atMs">): Promise<ErrorCode | undefined> {
    const { clock, store } = this.#parts;
    if (this.#key === undefined) return "push.off";
    const refusal = endpointRefusal(made.endpoint, this.#services);
    if (refusal !== undefined) return refusal;
    if (!(await isPoint(made.p256dh))) return "push.badEndpoint";
    const stored = { ...made, atMs: clock() };
    await store.pushes.put(stored, browsersMost);
    const others = this.#of(made.userId).filter(({ endpoint }) => endpoint !== made.endpoint);
    this.#byUser.set(made.userId, [...others, stored].slice(-browsersMost));
    return undefined;
  }

  unsubscribe(userId: UserId, endpoint: string): Promise<void> {
    return this.#remove(userId, (push) => push.endpoint === endpoint);
  }

  /** Nothing wakes a browser that the person signed out of. */
  signedOut(userId: UserId, terminalId: TerminalId): Promise<void> {
    return this.#remove(userId, (push) => push.terminalId === terminalId);
  }

  /** Whether a browser is there to be woken. @param isAway count also those that are connected, as if the person were away */
  canWake(person: Person, isAway: boolean): boolean {
    const { userId } = person;
    // Nothing wakes a browser for a device that was revoked, and nothing of it is kept.
    void this.#remove(userId, (push) => !isOfTheirs(push, person)).catch((error: unknown) =>
      this.#parts.log.error({ err: error, userId }, "browsers of a revoked device could not be forgotten"),
    );
    return (isAway ? this.#wakeable(userId) : this.#sleeping(userId)).length > 0;
  }

  /** Whoever called goes on meanwhile. Of somebody who {@link canWake}. @param untilMs when it rings no more */
  async wake(userId: UserId, callerId: UserId, untilMs: number): Promise<void> {
    const { clock, log } = this.#parts;
    // The caller's first: what they have no share of takes nothing of the person's.
    if (!this.#pairs.take(`${callerId} ${userId}`) || !this.#shares.take(userId))
      return log.info({ userId }, "called too often to be woken again");
    const room = Math.max(0, sendingMost - this.#sending);
    const leftMs = untilMs - clock();
    await Promise.all(
      this.#sleeping(userId)
        .slice(0, room)
        .map((push) => this.#send(push, leftMs)),
    );
  }

  tick(nowMs: number): void {
    this.#shares.tick(nowMs);
    this.#pairs.tick(nowMs);
    if (nowMs < this.#tidyAtMs) return;
    this.#tidyAtMs = nowMs + tidyEveryMs;
    void this.#forgetUnused(nowMs).catch((error: unknown) =>
      this.#parts.log.error({ err: error }, "browsers that nobody used for long could not be forgotten"),
    );
  }

  async #forgetUnused(nowMs: number): Promise<void> {
    for (const userId of this.#byUser.keys())
      await this.#remove(userId, ({ atMs }) => atMs < nowMs - unusedMostMs);
  }

  close(): void {
    this.#sender?.close();
  }

  async #send(push: StoredPush, leftMs: number): Promise<void> {
    const { log, metrics } = this.#parts;
    this.#sending += 1;
    try {
      const result = (await this.#sender?.send(push, leftMs)) ?? "failed";
      metrics.pushes.inc({ result });
      // The rest of the address is a secret: whoever has it can ask for notifications.
      const service = new URL(push.endpoint).host;
      if (result === "failed") log.warn({ service }, "a push service took no notification");
      if (result === "gone") await this.unsubscribe(push.userId, push.endpoint);
    } catch (error) {
      log.error({ err: error }, "a notification could not be sent");
    } finally {
      this.#sending -= 1;
    }
  }

  #of(userId: UserId): readonly StoredPush[] {
    return this.#byUser.get(userId) ?? [];
  }

  /** Where a terminal is connected at which the person is signed in it rings by itself. */
  #sleeping(userId: UserId): readonly StoredPush[] {
    const awake = this.#parts.sessions
      .of(userId)
      .flatMap(({ endpoint, stored }) => (endpoint === undefined ? [] : [stored.terminalId]));
    return this.#wakeable(userId).filter(({ terminalId }) => !awake.includes(terminalId));
  }

  /** What was allowed before may be allowed no more. */
  #wakeable(userId: UserId): readonly StoredPush[] {
    const oldestMs = this.#parts.clock() - unusedMostMs;
    return this.#of(userId).filter(
      ({ atMs, endpoint }) => atMs >= oldestMs && endpointRefusal(endpoint, this.#services) === undefined,
    );
  }

  async #remove(userId: UserId, which: (push: StoredPush) => boolean): Promise<void> {
    const gone = this.#of(userId).filter(which);
    if (gone.length === 0) return;
    const left = this.#of(userId).filter((push) => !gone.includes(push));
    if (left.length === 0) this.#byUser.delete(userId);
    else this.#byUser.set(userId, left);
    await Promise.all(gone.map(({ endpoint }) => this.#parts.store.pushes.delete(userId, endpoint)));
  }
}

const isOfTheirs = ({ deviceId }: StoredPush, { devices }: Person): boolean =>
  devices.some((device) => device.deviceId === deviceId && countsNow(device));

/** A point that is not on the curve would fail with each notification. */
const isPoint = (p256dh: Bytes): Promise<boolean> =>
  crypto.subtle.importKey("raw", p256dh, { name: "ECDH", namedCurve: "P-256" }, false, []).then(
    () => true,
    () => false,
  );
