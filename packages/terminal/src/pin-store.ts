import { DeviceId, SignetError, UserId } from "@signet/protocol";

/**
 * Remembers which device each person was first met with, so that a server cannot slip in another one later.
 * One entry per user ID, for one server.
 */
export interface PinStore {
  get(userId: UserId): DeviceId | undefined;
  set(userId: UserId, deviceId: DeviceId): void;
}

export class MemoryPinStore implements PinStore {
  readonly #pins = new Map<UserId, DeviceId>();

  get(userId: UserId): DeviceId | undefined {
    return this.#pins.get(userId);
  }

  set(userId: UserId, deviceId: DeviceId): void {
    this.#pins.set(userId, deviceId);
  }
}

/** Pairs rather than an object: `constructor` and `__proto__` are user IDs like any other. @throws when it is anything else */
function parsePins(text: string): Map<UserId, DeviceId> {
  const stored: unknown = JSON.parse(text);
  if (!Array.isArray(stored)) throw new TypeError("no list of pins");
  return new Map(
    stored.map((pair: unknown) => {
      if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError("no pair");
      return [UserId.parse(pair[0]), DeviceId.parse(pair[1])];
    }),
  );
}

/**
 * Keeps pins in a `Storage` such as `localStorage`, as JSON. Other tabs of the same origin share it. Both methods throw
 * SignetError `directory.badPins` when the storage cannot be used.
 */
export class WebPinStore implements PinStore {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, serverOrigin: string) {
    this.#storage = storage;
    this.#key = `signet.pins.${serverOrigin}`;
  }

  get(userId: UserId): DeviceId | undefined {
    return this.#read().get(userId);
  }

  set(userId: UserId, deviceId: DeviceId): void {
    const pins = [...this.#read().set(userId, deviceId)];
    try {
      this.#storage.setItem(this.#key, JSON.stringify(pins));
    } catch (cause) {
      throw new SignetError("directory.badPins", cause);
    }
  }

  #read(): Map<UserId, DeviceId> {
    try {
      const text = this.#storage.getItem(this.#key);
      return text === null ? new Map() : parsePins(text);
    } catch (cause) {
      // Pins that cannot be read must not silently become "never met": the person has to know.
      throw new SignetError("directory.badPins", cause);
    }
  }
}
