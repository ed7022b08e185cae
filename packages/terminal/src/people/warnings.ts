import type { ErrorCode, UserId } from "@signet/protocol";

import type { Warning } from "../state.ts";

/** Each is a thing that a person has to deal with: of more than these only the latest are kept. */
const warningsMost = 50;

/** What a check refused and the person has to know of, until they dismiss it; each thing once. */
export class Warnings {
  #list: readonly Warning[] = [];
  #nextId = 0;

  /** Oldest first. */
  get list(): readonly Warning[] {
    return this.#list;
  }

  /** @returns whether it is new */
  add(warning: Omit<Warning, "id">): boolean {
    const same = ({ code, device, userId }: Omit<Warning, "id">): boolean =>
      code === warning.code && userId === warning.userId && device?.deviceId === warning.device?.deviceId;
    if (this.#list.some(same)) return false;
    this.#list = [...this.#list, { id: this.#nextId++, ...warning }].slice(-warningsMost);
    return true;
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((warning) => warning.id !== id);
  }

  /** The person settled it. */
  settle(userId: UserId | undefined, ...codes: readonly ErrorCode[]): void {
    this.#list = this.#list.filter((warning) => warning.userId !== userId || !codes.includes(warning.code));
  }
}
