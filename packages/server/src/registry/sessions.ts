import { verifyBinding } from "@signet/device";
import type { Binding } from "@signet/device";
import { BoundedMap, equalBytes } from "@signet/protocol";
import type { BindingEndReason, DeviceId, SeenPerson, TerminalId, UserId } from "@signet/protocol";

import type { PresenceChoice, Store, StoredBinding } from "../store/store.ts";
import type { Directory } from "./directory.ts";
import type { Endpoint } from "./endpoint.ts";

/** About 100 bytes each. */
const mostRevokedAt = 4_096;

/** A binding with what only this run of the server knows. */
export interface Session {
  readonly stored: StoredBinding;
  /** Absent until the first use after a restart. */
  binding: Binding | undefined;
  /** Absent while the terminal is away. */
  endpoint: Endpoint | undefined;
}

/** What was bound to where. */
export type BoundDevice = Pick<StoredBinding, "userId" | "terminalId" | "deviceId">;

/** Told after the change, of each terminal. A person is reachable while one of theirs is connected. */
export interface SessionListener {
  connected(userId: UserId, terminalId: TerminalId): void;
  disconnected(userId: UserId, terminalId: TerminalId): void;
  unbound(bound: BoundDevice, reason: BindingEndReason): void;
  /** Somebody else is at the terminal now at which this device was, until it was taken over. */
  gaveWay(former: BoundDevice): void;
  /** The device is bound nowhere any more. */
  deviceEnded(userId: UserId, deviceId: DeviceId, reason: BindingEndReason): void;
  /** Whether the person is in a call. */
  isEngaged?(userId: UserId): boolean;
}

/** Of those who show whether they are there. */
type VisiblePeople = ReadonlyMap<UserId, Pick<PresenceChoice, "doNotDisturb">>;
const nobody: VisiblePeople = new Map();

export interface SessionsOptions {
  readonly store: Store;
  readonly directory: Directory;
  readonly originOf: () => string;
  readonly clock: () => number;
}

/**
 * Who is bound to which terminals: user ID -> a session for each device -> endpoint, and back. A device is at one terminal, and a terminal has
 * one device.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  /** By device. Nobody stands in it without one. */
  readonly #byUser = new Map<UserId, Map<string, Session>>();
  readonly #byTerminal = new Map<TerminalId, Session>();
  /** The other direction of {@link Session.endpoint}: always in step with it. */
  readonly #byEndpoint = new Map<Endpoint, Session>();
  /** Terminals that were signed in and are still connected: they are told what has become of what rang there. */
  readonly #former = new Map<TerminalId, Endpoint>();
  /** Of those, where the device was bound elsewhere: what is over. */
  readonly #takenOver = new WeakMap<Endpoint, Session>();
  /** Terminals for which a binding is being written. */
  readonly #claims = new Map<TerminalId, Set<StoredBinding>>();
  /** Of claims: the device was revoked while the binding was written. */
  readonly #void = new WeakSet<StoredBinding>();
  readonly #watchers = new Map<UserId, Set<Endpoint>>();
  /** Whose reachability an endpoint is told, and what it was told last. */
  readonly #watched = new Map<Endpoint, Map<UserId, SeenPerson>>();
  /** Where the device was revoked: whoever comes back there is told so, until the server is started anew. */
  readonly #revokedAt = new BoundedMap<TerminalId, true>(mostRevokedAt);
  #listener: SessionListener | undefined;
  #nextExpiryMs = Infinity;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byTerminal.size;
  }

  listen(listener: SessionListener | undefined): void {
    this.#listener = listener;
  }

  /** Takes up the bindings that an earlier run left. */
  async load(): Promise<void> {
    for (const stored of await this.#options.store.bindings()) {
      this.#put({ stored, binding: undefined, endpoint: undefined });
    }
  }

  /** At each terminal of a person. */
  of(userId: UserId): readonly Session[] {
    return [...(this.#byUser.get(userId)?.values() ?? [])];
  }

  atTerminal(terminalId: TerminalId): Session | undefined {
    return this.#byTerminal.get(terminalId);
  }

  /** Whether nobody is signed in there since their device was revoked. */
  wasRevokedAt(terminalId: TerminalId): boolean {
    return this.#revokedAt.has(terminalId);
  }

  /** Who is signed in there. */
  at(endpoint: Endpoint): Session | undefined {
    return this.#byEndpoint.get(endpoint);
  }

  /** Where a terminal is reached that is signed in, or was until now. */
  endpointAt(terminalId: TerminalId): Endpoint | undefined {
    return this.#byTerminal.get(terminalId)?.endpoint ?? this.#former.get(terminalId);
  }

  /** Who was signed in there until their device was bound elsewhere; undefined once anybody is again. */
  takenOverAt(endpoint: Endpoint): Session | undefined {
    return this.#byEndpoint.has(endpoint) ? undefined : this.#takenOver.get(endpoint);
  }

  isReachable(userId: UserId): boolean {
    return this.of(userId).some(({ endpoint }) => endpoint !== undefined);
  }

  /** The binding in its verified form; undefined when the stored proof does not hold (any more). */
  async bindingOf(session: Session): Promise<Binding | undefined> {
    if (session.binding !== undefined) return session.binding;
    const person = await this.#options.directory.personOf(session.stored.userId);
    if (person === undefined) return undefined;
    const expected = { serverOrigin: this.#options.originOf(), person, nowMs: this.#options.clock() };
    const result = await verifyBinding(session.stored.proof, expected);
    if (result.ok) session.binding = result.binding;
    return session.binding;
  }

  /**
   * To be held while a binding is written: until then it stands in no map, and another connection could bind somebody
   * else to the same terminal. The same terminal may try again meanwhile, over a newer connection.
   * @returns what ends the claim; undefined when the terminal is somebody else's, or about to be
   */
  claim(stored: StoredBinding): (() => void) | undefined {
    const { terminalId } = stored;
    const bound = this.#byTerminal.get(terminalId)?.stored;
    const claims = this.#claims.get(terminalId) ?? new Set();
    const others = bound === undefined ? [...claims] : [bound, ...claims];
    if (!others.every((other) => isSameHolder(other, stored))) return undefined;
    claims.add(stored);
    this.#claims.set(terminalId, claims);
    return () => {
      claims.delete(stored);
      if (claims.size === 0) this.#claims.delete(terminalId);
    };
  }

  /**
   * Makes a binding that is durable already. The terminal at which this device was is told that it was taken over; terminals of the user's other
   * devices stay.
   */
  bound(stored: StoredBinding, binding: Binding, endpoint: Endpoint): void {
    const { deviceId, terminalId, userId } = stored;
    if (this.#void.has(stored)) return;
    const elsewhere = this.#byUser.get(userId)?.get(deviceId);
    if (elsewhere !== undefined && elsewhere.stored.terminalId !== terminalId)
      this.#take(elsewhere, "takenOver");
    const session: Session = { stored, binding, endpoint: undefined };
    // Of this device or of another one of the user's: `claim` lets nobody else in here.
    const before = this.#byTerminal.get(terminalId);
    if (before !== undefined) this.#drop(before);
    if (before?.endpoint !== undefined) {
      // The same terminal: what it was connected with goes over to the new binding, and `attach` ends it.
      session.endpoint = before.endpoint;
      this.#byEndpoint.set(before.endpoint, session);
    }
    this.#put(session);
    this.attach(session, endpoint);
    const former = this.#takenOver.get(endpoint)?.stored;
    this.#takenOver.delete(endpoint);
    if (former !== undefined && former.userId !== userId) this.#listener?.gaveWay(former);
  }

  /** The terminal of this session is on `endpoint` from now on. */
  attach(session: Session, endpoint: Endpoint): void {
    // The socket may have closed while the proof was checked or the binding was written. An older one that is still there
    // keeps the session, and its own end is announced when it comes.
    if (!endpoint.isOpen) return;
    const before = session.endpoint;
    if (before !== undefined && before !== endpoint) this.#replaced(before);
    session.endpoint = endpoint;
    this.#byEndpoint.set(endpoint, session);
    this.#former.delete(session.stored.terminalId);
    if (before === undefined) this.personChanged(session.stored.userId);
  }

  /** Says that the terminal is there, once it knows that it is signed in. */
  announceConnected(session: Session): void {
    if (session.endpoint !== undefined) {
      this.#listener?.connected(session.stored.userId, session.stored.terminalId);
    }
  }

  /** The socket closed; the binding stays. @param terminalId as which the endpoint introduced itself */
  detach(endpoint: Endpoint, terminalId: TerminalId | undefined): void {
    this.watch(endpoint, []);
    if (terminalId !== undefined && this.#former.get(terminalId) === endpoint)
      this.#former.delete(terminalId);
    const session = this.#byEndpoint.get(endpoint);
    if (session === undefined) return;
    this.#byEndpoint.delete(endpoint);
    session.endpoint = undefined;
    this.#listener?.disconnected(session.stored.userId, session.stored.terminalId);
    this.personChanged(session.stored.userId);
  }

  async release(session: Session, reason: "released" | "expired"): Promise<void> {
    const { userId, terminalId } = session.stored;
    await this.#options.store.unbind(userId, terminalId);
    if (this.#byTerminal.get(terminalId) === session) this.#take(session, reason);
  }

  /** Devices that count no more: their bindings, which the store has dropped, end, and none that is being made comes to be. */
  revoked(userId: UserId, deviceIds: readonly string[]): void {
    const isOf = ({ stored }: Pick<Session, "stored">): boolean =>
      stored.userId === userId && deviceIds.includes(stored.deviceId);
    for (const deviceId of deviceIds) {
      const session = this.#byUser.get(userId)?.get(deviceId);
      if (session !== undefined) this.#take(session, "revoked");
      else this.#listener?.deviceEnded(userId, deviceId as DeviceId, "revoked");
    }
    for (const claims of this.#claims.values())
      for (const stored of claims) if (isOf({ stored })) this.#void.add(stored);
  }

  /** Who is told of this person: whoever watches them, and their own terminals. */
  toldOf(userId: UserId): ReadonlySet<Endpoint> {
    const own = this.of(userId).flatMap(({ endpoint }) => endpoint ?? []);
    return new Set([...(this.#watchers.get(userId) ?? []), ...own]);
  }

  /** @returns the sessions whose time is over */
  expired(nowMs: number): readonly Session[] {
    if (nowMs < this.#nextExpiryMs) return [];
    const over: Session[] = [];
    this.#nextExpiryMs = Infinity;
    for (const session of this.#byTerminal.values()) {
      if (nowMs >= session.stored.expiresAtMs) over.push(session);
      else this.#nextExpiryMs = Math.min(this.#nextExpiryMs, session.stored.expiresAtMs);
    }
    // Asked again soon, should the store not take the release.
    if (over.length > 0) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, nowMs + 5_000);
    return over;
  }

  /**
   * Replaces the set of people whose reachability goes to this endpoint.
   * @param visible those who show it to whoever is there
   * @returns what is seen of each, in order
   */
  watch(
    endpoint: Endpoint,
    userIds: readonly UserId[],
    visible: VisiblePeople = nobody,
  ): readonly SeenPerson[] {
    for (const userId of this.#watched.get(endpoint)?.keys() ?? []) {
      const watchers = this.#watchers.get(userId);
      watchers?.delete(endpoint);
      if (watchers?.size === 0) this.#watchers.delete(userId);
    }
    const seen = userIds.map((userId) => this.#seen(userId, visible.get(userId)));
    if (userIds.length === 0) this.#watched.delete(endpoint);
    else this.#watched.set(endpoint, new Map(seen.map((person) => [person.userId, person])));
    for (const userId of userIds) {
      const watchers = this.#watchers.get(userId) ?? new Set();
      watchers.add(endpoint);
      this.#watchers.set(userId, watchers);
    }
    return seen;
  }

  /** @param choice undefined for somebody who does not show it: then they are as away, whatever they do */
  #seen(userId: UserId, choice: { readonly doNotDisturb: boolean } | undefined): SeenPerson {
    const reachable = choice !== undefined && this.isReachable(userId);
    if (!reachable) return { userId, reachable };
    if (this.#listener?.isEngaged?.(userId) === true) return { userId, reachable, doing: "inCall" };
    return { userId, reachable, ...(choice.doNotDisturb ? { doing: "doNotDisturb" } : {}) };
  }

  #put(session: Session): void {
    const { deviceId, userId, terminalId, expiresAtMs } = session.stored;
    this.#byUser.set(userId, (this.#byUser.get(userId) ?? new Map<string, Session>()).set(deviceId, session));
    this.#byTerminal.set(terminalId, session);
    this.#revokedAt.delete(terminalId);
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs);
  }

  #drop({ stored: { deviceId, terminalId, userId } }: Session): void {
    const sessions = this.#byUser.get(userId);
    sessions?.delete(deviceId);
    if (sessions?.size === 0) this.#byUser.delete(userId);
    this.#byTerminal.delete(terminalId);
  }

  #take(session: Session, reason: BindingEndReason): void {
    const { deviceId, terminalId, userId } = session.stored;
    const { endpoint } = session;
    this.#drop(session);
    if (reason === "revoked") this.#revokedAt.set(terminalId, true);
    session.endpoint = undefined;
    if (endpoint !== undefined) {
      if (reason === "takenOver") this.#takenOver.set(endpoint, session);
      this.#byEndpoint.delete(endpoint);
      this.#former.set(terminalId, endpoint);
      this.watch(endpoint, []);
      endpoint.send({ type: "binding.ended", body: { reason } });
    }
    this.#listener?.unbound({ userId, terminalId, deviceId }, reason);
    if (reason !== "takenOver") this.#listener?.deviceEnded(userId, deviceId as DeviceId, reason);
    if (endpoint !== undefined) this.personChanged(session.stored.userId);
  }

  /** The same terminal is there at a newer endpoint: this one is a leftover of a lost network path. */
  #replaced(endpoint: Endpoint): void {
    this.#byEndpoint.delete(endpoint);
    endpoint.close(1000, "replaced");
  }

  /** What there is to be seen of this person may be otherwise: one of their terminals came or went, or they came into a call or out of it. */
  personChanged(userId: UserId): void {
    if (this.#watchers.has(userId)) void this.ruleChanged(userId);
  }

  /** So may what is seen of it, or by whom. Nobody hears of it where that cannot be told. */
  async ruleChanged(userId: UserId): Promise<void> {
    const watcherIds = this.#watchersOf(userId).map(([, watcherId]) => watcherId);
    const rule = await this.#options.store.presence.watchersOf(userId, watcherIds).catch(() => undefined);
    if (rule === undefined) return;
    // Whoever began to watch meanwhile read the rule after this, or is among them.
    for (const [endpoint, watcherId] of this.#watchersOf(userId)) {
      const told = this.#watched.get(endpoint);
      if (!watcherIds.includes(watcherId)) continue;
      const seen = this.#seen(userId, rule.watcherIds.has(watcherId) ? rule : undefined);
      const before = told?.get(userId);
      if (before?.reachable === seen.reachable && before.doing === seen.doing) continue;
      told?.set(userId, seen);
      endpoint.send({ type: "presence.changed", body: seen });
    }
  }

  #watchersOf(userId: UserId): readonly (readonly [Endpoint, UserId])[] {
    return [...(this.#watchers.get(userId) ?? [])].flatMap((endpoint) => {
      const session = this.at(endpoint);
      return session === undefined ? [] : [[endpoint, session.stored.userId] as const];
    });
  }
}

export function isSameHolder(
  one: Pick<StoredBinding, "userId" | "terminalKey">,
  other: Pick<StoredBinding, "userId" | "terminalKey">,
): boolean {
  return one.userId === other.userId && equalBytes(one.terminalKey, other.terminalKey);
}
