import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

import type { DeviceId, UserId } from "@signet/protocol";

import {
  formatPins,
  parseAdministrators,
  parsePinnedLog,
  parsePins,
  unreadablePins,
} from "../people/pin-store.ts";
import type { RememberedHead } from "@signet/device";
import type { AdministratorPin, KeptPins, Pin, PinStore } from "../people/pin-store.ts";
import type { LogPin } from "../people/log-pin.ts";
import { parseMissed } from "../people/kept-missed.ts";
import type { KeptMissed } from "../people/kept-missed.ts";
import { inTurn, replaceFile } from "./file-turn.ts";

/**
 * Keeps pins in a JSON file that only its owner can read (mode 0600); one file for one server. Other processes may use the same one:
 * they write in turns, by a lock on `<path>.lock`.
 * All methods throw SignetError `directory.badPins` when the file cannot be used, `directory.newerPins` when a newer version wrote it.
 */
export class FilePinStore implements PinStore {
  readonly #path: string;

  /** @param path made with the first pin, with its folder */
  constructor(path: string) {
    this.#path = path;
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
    let stands = deviceId;
    this.#change((pins) => {
      stands = pins.get(userId)?.deviceId ?? deviceId;
      return pins.has(userId) ? undefined : { pins: pins.set(userId, { deviceId, certified, head }) };
    });
    return stands;
  }

  set(userId: UserId, deviceId: DeviceId, certified = false, head?: RememberedHead): void {
    this.#change((pins) => ({ pins: pins.set(userId, { deviceId, certified, head }) }));
  }

  userIds(): readonly UserId[] {
    return [...this.#read().keys()];
  }

  administrators(): readonly AdministratorPin[] | undefined {
    return this.#parsed(parseAdministrators, undefined);
  }

  setAdministrators(administrators: readonly AdministratorPin[]): void {
    this.#change(() => ({ administrators }));
  }

  missed(): readonly KeptMissed[] {
    return this.#parsed(parseMissed, []);
  }

  changeMissed(change: (kept: readonly KeptMissed[]) => readonly KeptMissed[]): void {
    this.#change(() => ({ missed: change(this.missed()) }));
  }

  log(): LogPin | undefined {
    return this.#parsed(parsePinnedLog, undefined);
  }

  setLog(log: LogPin | undefined): void {
    this.#change(() => ({ log: log ?? null }));
  }

  /** @param change returns what is to be written, if anything */
  #change(change: (pins: Map<UserId, Pin>) => Partial<KeptPins> | undefined): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      inTurn(this.#path, () => {
        const changed = change(this.#read());
        if (changed !== undefined) this.#write(changed);
      });
    } catch (cause) {
      throw unreadablePins(cause);
    }
  }

  #write({
    pins = this.#read(),
    administrators = this.administrators(),
    missed = this.missed(),
    log = this.log(),
  }: Partial<KeptPins>): void {
    replaceFile(this.#path, `${formatPins({ pins, administrators, missed, log })}\n`);
  }

  #read(): Map<UserId, Pin> {
    return this.#parsed(parsePins, new Map());
  }

  #parsed<T>(parse: (text: string) => T, none: T): T {
    try {
      return parse(readFileSync(this.#path, "utf8"));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return none;
      throw unreadablePins(cause);
    }
  }
}
