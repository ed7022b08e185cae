import { z } from "zod";
import { DeviceId, UserId } from "@signet/protocol";

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

const StoredPins = z.record(UserId, DeviceId);

/** Keeps pins in a `Storage` such as `localStorage`, as one JSON object. Other tabs of the same origin share it. */
export class WebPinStore implements PinStore {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, serverOrigin: string) {
    this.#storage = storage;
    this.#key = `signet.pins.${serverOrigin}`;
  }

  get(userId: UserId): DeviceId | undefined {
    return this.#read()[userId];
  }

  set(userId: UserId, deviceId: DeviceId): void {
    this.#storage.setItem(this.#key, JSON.stringify({ ...this.#read(), [userId]: deviceId }));
  }

  #read(): Partial<Record<UserId, DeviceId>> {
    const text = this.#storage.getItem(this.#key);
    if (text === null) return {};
    // Pins that cannot be read must not silently become "never met": let the exception reach the person.
    return StoredPins.parse(JSON.parse(text));
  }
}
