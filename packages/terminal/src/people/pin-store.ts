import { DeviceId, SignetError, UserId } from "@signet/protocol";

/**
 * Remembers which device each person was first met with, so that a server cannot slip in another one later.
 * One entry per user ID, for one server.
 */
export interface PinStore {
  get(userId: UserId): DeviceId | undefined;
  /** Whether the person was met with a valid certificate: then a server must not leave it out later. */
  isCertified(userId: UserId): boolean;
  /** Unless there is one for the person already, which somebody else may have written just now. @returns the one that stands */
  add(userId: UserId, deviceId: DeviceId, certified?: boolean): DeviceId;
  /** In place of the one there is. */
  set(userId: UserId, deviceId: DeviceId, certified?: boolean): void;
  /** Everybody who was met. A store without it is asked for nobody: who looks like them is not told then. */
  userIds?(): readonly UserId[];
}

export interface Pin {
  readonly deviceId: DeviceId;
  readonly certified: boolean;
}

export class MemoryPinStore implements PinStore {
  readonly #pins = new Map<UserId, Pin>();

  get(userId: UserId): DeviceId | undefined {
    return this.#pins.get(userId)?.deviceId;
  }

  isCertified(userId: UserId): boolean {
    return this.#pins.get(userId)?.certified ?? false;
  }

  add(userId: UserId, deviceId: DeviceId, certified = false): DeviceId {
    if (!this.#pins.has(userId)) this.set(userId, deviceId, certified);
    return this.get(userId) ?? deviceId;
  }

  set(userId: UserId, deviceId: DeviceId, certified = false): void {
    this.#pins.set(userId, { deviceId, certified });
  }

  userIds(): readonly UserId[] {
    return [...this.#pins.keys()];
  }
}

const certifiedMark = "certified";
const pinsVersion = 1;

/**
 * `{ version, pins }`, or the pins alone, as they stood before there was a version. Pairs rather than an object: `constructor` and
 * `__proto__` are user IDs like any other. A third part marks who was met with a certificate.
 * @throws SignetError `directory.newerPins`; another error when it is anything else
 */
export function parsePins(text: string): Map<UserId, Pin> {
  const pins = pinsIn(JSON.parse(text));
  return new Map(
    pins.map((pin: unknown) => {
      if (!Array.isArray(pin) || pin.length < 2 || pin.length > 3) throw new TypeError("no pin");
      const certified = pin.length === 3;
      if (certified && pin[2] !== certifiedMark) throw new TypeError("no pin");
      return [UserId.parse(pin[0]), { deviceId: DeviceId.parse(pin[1]), certified }];
    }),
  );
}

function pinsIn(stored: unknown): readonly unknown[] {
  if (Array.isArray(stored)) return stored;
  const { version, pins } = Object(stored) as { readonly version?: unknown; readonly pins?: unknown };
  if (typeof version === "number" && version > pinsVersion) throw new SignetError("directory.newerPins");
  if (version !== pinsVersion || !Array.isArray(pins)) throw new TypeError("no list of pins");
  return pins;
}

/** What {@link parsePins} reads. */
export function formatPins(pins: ReadonlyMap<UserId, Pin>): string {
  const pairs = Array.from(pins, ([userId, { deviceId, certified }]) =>
    certified ? [userId, deviceId, certifiedMark] : [userId, deviceId],
  );
  return JSON.stringify({ version: pinsVersion, pins: pairs });
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

  add(userId: UserId, deviceId: DeviceId, certified = false): DeviceId {
    // Nothing locks a `Storage`: of two windows in the very same moment the later one stands, and the other one hears so at its next look.
    if (this.get(userId) === undefined) this.set(userId, deviceId, certified);
    return this.get(userId) ?? deviceId;
  }

  set(userId: UserId, deviceId: DeviceId, certified = false): void {
    const pins = this.#read().set(userId, { deviceId, certified });
    try {
      this.#storage.setItem(this.#key, formatPins(pins));
    } catch (cause) {
      throw new SignetError("directory.badPins", cause);
    }
  }

  userIds(): readonly UserId[] {
    return [...this.#read().keys()];
  }

  #read(): Map<UserId, Pin> {
    try {
      const text = this.#storage.getItem(this.#key);
      return text === null ? new Map() : parsePins(text);
    } catch (cause) {
      throw unreadablePins(cause);
    }
  }
}
