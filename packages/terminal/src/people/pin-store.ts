import type { RememberedHead } from "@signet/device";
import { parseLogPin } from "./log-pin.ts";
import type { LogPin } from "./log-pin.ts";
import { parseMissed } from "./kept-missed.ts";
import type { KeptMissed } from "./kept-missed.ts";
import { DeviceId, SignetError, UserId, fromBase64Url, toBase64Url } from "@signet/protocol";

/**
 * Remembers each person's key history as it was when they were met last: by the device that registered, so that a server cannot slip in
 * another one later, and by its head, so that it cannot take back or change what was shown. One entry per user ID, for one server.
 */
export interface PinStore {
  get(userId: UserId): DeviceId | undefined;
  /** Whether the person was met with a valid certificate: then a server must not leave it out later. */
  isCertified(userId: UserId): boolean;
  /** The head of the history that was met last; undefined where it was written before there were histories. */
  headOf(userId: UserId): RememberedHead | undefined;
  /** Unless there is one for the person already, which somebody else may have written just now. @returns the one that stands */
  add(userId: UserId, deviceId: DeviceId, certified?: boolean, head?: RememberedHead): DeviceId;
  /** In place of the one there is. */
  set(userId: UserId, deviceId: DeviceId, certified?: boolean, head?: RememberedHead): void;
  /** Everybody who was met. A store without it is asked for nobody: who looks like them is not told then. */
  userIds?(): readonly UserId[];
  /** Whom the server named as administrators first, and whom the person accepted since; undefined before it was asked. */
  administrators?(): readonly AdministratorPin[] | undefined;
  setAdministrators?(administrators: readonly AdministratorPin[]): void;
  /** Missed calls that were taken from the server. A store without it keeps none: they are forgotten with the terminal. */
  missed?(): readonly KeptMissed[];
  /** Of all people who use the store. @param change of what is kept now, which another terminal may have changed */
  changeMissed?(change: (kept: readonly KeptMissed[]) => readonly KeptMissed[]): void;
  /** The server's log, as it was believed last. A store without it forgets it with the terminal. */
  log?(): LogPin | undefined;
  /** @param log undefined: none was believed */
  setLog?(log: LogPin | undefined): void;
}

/** An administrator, as they were when they were named, or signed something last. */
export interface AdministratorPin {
  readonly userId: UserId;
  /** Of the device that registered. */
  readonly deviceId: DeviceId;
  readonly head: RememberedHead;
  /** Believed for the appointment in their history, and so by what it was from there on alone. */
  readonly appointed?: true;
}

export interface Pin {
  /** Of the device that registered. */
  readonly deviceId: DeviceId;
  readonly certified: boolean;
  readonly head?: RememberedHead | undefined;
}

export class MemoryPinStore implements PinStore {
  readonly #pins = new Map<UserId, Pin>();
  #administrators: readonly AdministratorPin[] | undefined;
  #missed: readonly KeptMissed[] = [];
  #log: LogPin | undefined;

  get(userId: UserId): DeviceId | undefined {
    return this.#pins.get(userId)?.deviceId;
  }

  isCertified(userId: UserId): boolean {
    return this.#pins.get(userId)?.certified ?? false;
  }

  headOf(userId: UserId): RememberedHead | undefined {
    return this.#pins.get(userId)?.head;
  }

  add(userId: UserId, deviceId: DeviceId, certified = false, head?: RememberedHead): DeviceId {
    if (!this.#pins.has(userId)) this.set(userId, deviceId, certified, head);
    return this.get(userId) ?? deviceId;
  }

  set(userId: UserId, deviceId: DeviceId, certified = false, head?: RememberedHead): void {
    this.#pins.set(userId, { deviceId, certified, head });
  }

  userIds(): readonly UserId[] {
    return [...this.#pins.keys()];
  }

  missed(): readonly KeptMissed[] {
    return this.#missed;
  }

  changeMissed(change: (kept: readonly KeptMissed[]) => readonly KeptMissed[]): void {
    this.#missed = change(this.#missed);
  }

  administrators(): readonly AdministratorPin[] | undefined {
    return this.#administrators;
  }

  setAdministrators(administrators: readonly AdministratorPin[]): void {
    this.#administrators = administrators;
  }

  log(): LogPin | undefined {
    return this.#log;
  }

  setLog(log: LogPin | undefined): void {
    this.#log = log;
  }
}

const certifiedMark = "certified";
const appointedMark = "appointed";
const pinsVersion = 2;
/** Nobody had a history. */
const firstPinsVersion = 1;

/**
 * `{ version, pins, administrators, missed }`, or the pins alone, as they stood before there was a version. Pairs rather than an object: `constructor` and
 * `__proto__` are user IDs like any other. After user ID and device come, from version 2 on, the place of the head and its digest; the last
 * part marks who was met with a certificate.
 * @throws SignetError `directory.newerPins`; another error when it is anything else
 */
export function parsePins(text: string): Map<UserId, Pin> {
  const { pins, version } = pinsIn(JSON.parse(text));
  return new Map(
    pins.map((pin: unknown) => {
      if (!Array.isArray(pin)) throw new TypeError("no pin");
      const [userId, deviceId, ...more] = pin as readonly unknown[];
      const certified = more.at(-1) === certifiedMark;
      const head = headIn(certified ? more.slice(0, -1) : more, version);
      return [UserId.parse(userId), { deviceId: DeviceId.parse(deviceId), certified, head }];
    }),
  );
}

/** Beside the pins: user ID, device, place of the head and its digest, as in a pin; the last part marks who was appointed. undefined where no server was asked yet. @throws as {@link parsePins} */
export function parseAdministrators(text: string): readonly AdministratorPin[] | undefined {
  const stored: unknown = JSON.parse(text);
  const { version } = pinsIn(stored);
  const { administrators } = Object(stored) as { readonly administrators?: unknown };
  if (administrators === undefined) return undefined;
  if (!Array.isArray(administrators)) throw new TypeError("no list of administrators");
  return administrators.map((pin: unknown) => {
    if (!Array.isArray(pin)) throw new TypeError("no administrator");
    const [userId, deviceId, ...parts] = pin as readonly unknown[];
    const isAppointed = parts.at(-1) === appointedMark;
    const head = headIn(isAppointed ? parts.slice(0, -1) : parts, version);
    if (head === undefined) throw new TypeError("no administrator");
    return {
      userId: UserId.parse(userId),
      deviceId: DeviceId.parse(deviceId),
      head,
      ...(isAppointed ? { appointed: true as const } : {}),
    };
  });
}

function headIn(parts: readonly unknown[], version: number): RememberedHead | undefined {
  // Of somebody who was not met since.
  if (parts.length === 0) return undefined;
  const [sequence, text] = parts;
  const digest = typeof text === "string" ? fromBase64Url(text) : undefined;
  if (version === firstPinsVersion || parts.length !== 2 || digest?.length !== 32)
    throw new TypeError("no pin");
  if (typeof sequence !== "number" || !Number.isSafeInteger(sequence) || sequence < 0)
    throw new TypeError("no pin");
  return { sequence, digest };
}

function pinsIn(stored: unknown): { readonly pins: readonly unknown[]; readonly version: number } {
  if (Array.isArray(stored)) return { pins: stored, version: firstPinsVersion };
  const { version, pins } = Object(stored) as { readonly version?: unknown; readonly pins?: unknown };
  if (typeof version === "number" && version > pinsVersion) throw new SignetError("directory.newerPins");
  if ((version !== firstPinsVersion && version !== pinsVersion) || !Array.isArray(pins))
    throw new TypeError("no list of pins");
  return { pins, version };
}

/** All that lies in one place. */
export interface KeptPins {
  readonly pins: ReadonlyMap<UserId, Pin>;
  readonly administrators: readonly AdministratorPin[] | undefined;
  readonly missed: readonly KeptMissed[];
  /** null: none was believed; in what is to be changed, undefined: as it was. */
  readonly log: LogPin | null | undefined;
}

/** What {@link parsePins}, {@link parseAdministrators}, {@link parseMissed} and {@link parsePinnedLog} read. */
export function formatPins({ administrators, log, missed, pins }: KeptPins): string {
  const parts = Array.from(pins, ([userId, { deviceId, certified, head }]) => [
    userId,
    deviceId,
    ...(head === undefined ? [] : [head.sequence, toBase64Url(head.digest)]),
    ...(certified ? [certifiedMark] : []),
  ]);
  const named = administrators?.map(({ userId, deviceId, head, appointed }) => [
    userId,
    deviceId,
    head.sequence,
    toBase64Url(head.digest),
    ...(appointed === undefined ? [] : [appointedMark]),
  ]);
  return JSON.stringify({
    version: pinsVersion,
    pins: parts,
    ...(named === undefined ? {} : { administrators: named }),
    ...(missed.length === 0 ? {} : { missed }),
    ...(log ? { log } : {}),
  });
}

/** Beside the pins. undefined where no log was believed yet. @throws as {@link parsePins} */
export function parsePinnedLog(text: string): LogPin | undefined {
  const stored: unknown = JSON.parse(text);
  pinsIn(stored);
  return parseLogPin((Object(stored) as { readonly log?: unknown }).log);
}

/** Pins that cannot be read must not silently become "never met": the person has to know. */
export const unreadablePins = (cause: unknown): SignetError =>
  cause instanceof SignetError ? cause : new SignetError("directory.badPins", cause);

/**
 * Keeps pins in a `Storage` such as `localStorage`, as JSON. Other tabs of the same origin share it. All methods throw
 * SignetError `directory.badPins` when the storage cannot be used, `directory.newerPins` when a newer version wrote it.
 */
export class WebPinStore implements PinStore {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, serverOrigin: string) {
    this.#storage = storage;
    this.#key = `signet.pins.${serverOrigin}`;
  }

  get(userId: UserId): DeviceId | undefined {
    return this.#read().get(userId)?.deviceId;
  }

  isCertified(userId: UserId): boolean {
    return this.#read().get(userId)?.certified ?? false;
  }

  headOf(userId: UserId): RememberedHead | undefined {
    return this.#read().get(userId)?.head;
  }

  add(userId: UserId, deviceId: DeviceId, certified = false, head?: RememberedHead): DeviceId {
    // Nothing locks a `Storage`: of two windows in the very same moment the later one stands, and the other one hears so at its next look.
    if (this.get(userId) === undefined) this.set(userId, deviceId, certified, head);
    return this.get(userId) ?? deviceId;
  }

  set(userId: UserId, deviceId: DeviceId, certified = false, head?: RememberedHead): void {
    this.#write({ pins: this.#read().set(userId, { deviceId, certified, head }) });
  }

  administrators(): readonly AdministratorPin[] | undefined {
    return this.#parsed(parseAdministrators, undefined);
  }

  setAdministrators(administrators: readonly AdministratorPin[]): void {
    this.#write({ administrators });
  }

  missed(): readonly KeptMissed[] {
    return this.#parsed(parseMissed, []);
  }

  changeMissed(change: (kept: readonly KeptMissed[]) => readonly KeptMissed[]): void {
    this.#write({ missed: change(this.missed()) });
  }

  log(): LogPin | undefined {
    return this.#parsed(parsePinnedLog, undefined);
  }

  setLog(log: LogPin | undefined): void {
    this.#write({ log: log ?? null });
  }

  #write({
    pins = this.#read(),
    administrators = this.administrators(),
    missed = this.missed(),
    log = this.log(),
  }: Partial<KeptPins>): void {
    try {
      this.#storage.setItem(this.#key, formatPins({ pins, administrators, missed, log }));
    } catch (cause) {
      throw new SignetError("directory.badPins", cause);
    }
  }

  userIds(): readonly UserId[] {
    return [...this.#read().keys()];
  }

  #read(): Map<UserId, Pin> {
    return this.#parsed(parsePins, new Map());
  }

  #parsed<T>(parse: (text: string) => T, none: T): T {
    try {
      const text = this.#storage.getItem(this.#key);
      return text === null ? none : parse(text);
    } catch (cause) {
      throw unreadablePins(cause);
    }
  }
}
