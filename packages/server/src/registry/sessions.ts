import { verifyBinding } from "@signet/device";
import type { Binding } from "@signet/device";
import { encodeMessage, equalBytes } from "@signet/protocol";
import type { BindingEndReason, TerminalId, UserId } from "@signet/protocol";

import type { Store, StoredBinding } from "../store/store.ts";
import type { Connection } from "../ws/connection.ts";
import type { Directory } from "./directory.ts";

/** A binding with what only this run of the server knows. */
export interface Session {
  readonly stored: StoredBinding;
  /** Absent until the first use after a restart. */
  binding: Binding | undefined;
  /** Absent while the terminal is away. */
  connection: Connection | undefined;
}

/** Told after the change. A person is reachable while bound and connected. */
export interface SessionListener {
  connected(userId: UserId, terminalId: TerminalId): void;
  disconnected(userId: UserId, terminalId: TerminalId): void;
  unbound(userId: UserId, terminalId: TerminalId, reason: BindingEndReason): void;
}

export interface SessionsOptions {
  readonly store: Store;
  readonly directory: Directory;
  readonly originOf: () => string;
  readonly clock: () => number;
}

/** Who is bound to which terminal: user ID -> session -> connection. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #byUser = new Map<UserId, Session>();
  readonly #byTerminal = new Map<TerminalId, Session>();
  /** Terminals that were signed in and are still connected: they are told what has become of what rang there. */
  readonly #former = new Map<TerminalId, Connection>();
  /** Terminals for which a binding is being written. */
  readonly #claims = new Map<TerminalId, Set<StoredBinding>>();
  readonly #watchers = new Map<UserId, Set<Connection>>();
  #listener: SessionListener | undefined;
  #nextExpiryMs = Infinity;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byUser.size;
  }

  listen(listener: SessionListener | undefined): void {
    this.#listener = listener;
  }

  /** Takes up the bindings that an earlier run left. */
  async load(): Promise<void> {
    for (const stored of await this.#options.store.bindings()) {
      this.#put({ stored, binding: undefined, connection: undefined });
    }
  }

  of(userId: UserId): Session | undefined {
    return this.#byUser.get(userId);
  }

  atTerminal(terminalId: TerminalId): Session | undefined {
    return this.#byTerminal.get(terminalId);
  }

  /** Where a terminal is reached that is signed in, or was until now. */
  connectionAt(terminalId: TerminalId): Connection | undefined {
    return this.#byTerminal.get(terminalId)?.connection ?? this.#former.get(terminalId);
  }

  isReachable(userId: UserId): boolean {
    return this.#byUser.get(userId)?.connection !== undefined;
  }

  /** The binding in its verified form; undefined when the stored proof does not hold (any more). */
  async bindingOf(session: Session): Promise<Binding | undefined> {
    if (session.binding !== undefined) return session.binding;
    const entry = await this.#options.directory.entryOf(session.stored.userId);
    if (entry === undefined) return undefined;
    const expected = { serverOrigin: this.#options.originOf(), entry, nowMs: this.#options.clock() };
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

  /** Makes a binding that is durable already. Another terminal of this user is told that it was taken over. */
  bound(stored: StoredBinding, binding: Binding, connection: Connection): void {
    const before = this.#byUser.get(stored.userId);
    if (before !== undefined && before.stored.terminalId !== stored.terminalId) {
      this.#take(before, "takenOver");
    }
    const session: Session = { stored, binding, connection: undefined };
    if (before?.connection !== undefined && this.#byUser.get(stored.userId) === before) {
      // The same terminal: what it was connected with goes over to the new binding, and `attach` ends it.
      session.connection = before.connection;
      session.connection.session = session;
    }
    this.#put(session);
    this.attach(session, connection);
  }

  /** The terminal of this session is on `connection` from now on. */
  attach(session: Session, connection: Connection): void {
    const { userId } = session.stored;
    // The socket may have closed while the proof was checked or the binding was written. An older one that is still there
    // keeps the session, and its own end is announced when it comes.
    if (!connection.isOpen) return;
    if (session.connection !== undefined && session.connection !== connection) replaced(session.connection);
    const wasReachable = session.connection !== undefined;
    session.connection = connection;
    connection.session = session;
    this.#former.delete(session.stored.terminalId);
    if (!wasReachable) this.#announce(userId, true);
  }

  /** Says that the terminal is there, once it knows that it is signed in. */
  announceConnected(session: Session): void {
    if (session.connection !== undefined) {
      this.#listener?.connected(session.stored.userId, session.stored.terminalId);
    }
  }

  /** The socket closed; the binding stays. */
  detach(connection: Connection): void {
    this.watch(connection, []);
    const { session, terminal } = connection;
    if (terminal !== undefined && this.#former.get(terminal.terminalId) === connection) {
      this.#former.delete(terminal.terminalId);
    }
    if (session === undefined || session.connection !== connection) return;
    session.connection = undefined;
    this.#listener?.disconnected(session.stored.userId, session.stored.terminalId);
    this.#announce(session.stored.userId, false);
  }

  async release(session: Session, reason: "released" | "expired"): Promise<void> {
    const { userId, terminalId } = session.stored;
    await this.#options.store.unbind(userId, terminalId);
    if (this.#byUser.get(userId) === session) this.#take(session, reason);
  }

  /** @returns the sessions whose time is over */
  expired(nowMs: number): readonly Session[] {
    if (nowMs < this.#nextExpiryMs) return [];
    const over: Session[] = [];
    this.#nextExpiryMs = Infinity;
    for (const session of this.#byUser.values()) {
      if (nowMs >= session.stored.expiresAtMs) over.push(session);
      else this.#nextExpiryMs = Math.min(this.#nextExpiryMs, session.stored.expiresAtMs);
    }
    // Asked again soon, should the store not take the release.
    if (over.length > 0) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, nowMs + 5_000);
    return over;
  }

  /** Replaces the set of people whose reachability goes to this connection. */
  watch(connection: Connection, userIds: readonly UserId[]): void {
    for (const userId of connection.watched ?? []) {
      const watchers = this.#watchers.get(userId);
      watchers?.delete(connection);
      if (watchers?.size === 0) this.#watchers.delete(userId);
    }
    connection.watched = userIds.length === 0 ? undefined : new Set(userIds);
    for (const userId of userIds) {
      const watchers = this.#watchers.get(userId) ?? new Set();
      watchers.add(connection);
      this.#watchers.set(userId, watchers);
    }
  }

  #put(session: Session): void {
    const { userId, terminalId, expiresAtMs } = session.stored;
    this.#byUser.set(userId, session);
    this.#byTerminal.set(terminalId, session);
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs);
  }

  #take(session: Session, reason: BindingEndReason): void {
    const { userId, terminalId } = session.stored;
    const { connection } = session;
    if (this.#byUser.get(userId) === session) this.#byUser.delete(userId);
    if (this.#byTerminal.get(terminalId) === session) this.#byTerminal.delete(terminalId);
    session.connection = undefined;
    if (connection !== undefined) {
      connection.session = undefined;
      this.#former.set(terminalId, connection);
      this.watch(connection, []);
      connection.send({ type: "binding.ended", body: { reason } });
    }
    this.#listener?.unbound(userId, terminalId, reason);
    if (connection !== undefined) this.#announce(userId, false);
  }

  #announce(userId: UserId, reachable: boolean): void {
    const watchers = this.#watchers.get(userId);
    if (watchers === undefined) return;
    const text = encodeMessage({ type: "presence.changed", body: { userId, reachable } });
    for (const watcher of watchers) watcher.sendText(text);
  }
}

export function isSameHolder(
  one: Pick<StoredBinding, "userId" | "terminalKey">,
  other: Pick<StoredBinding, "userId" | "terminalKey">,
): boolean {
  return one.userId === other.userId && equalBytes(one.terminalKey, other.terminalKey);
}

/** The same terminal is there on a newer connection: this one is a leftover of a lost network path. */
function replaced(connection: Connection): void {
  connection.session = undefined;
  connection.close(1000, "replaced");
}
