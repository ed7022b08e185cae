import { happenedSince, headOf } from "@signet/device";
import type { Person } from "@signet/device";
import { shownName } from "@signet/protocol";

import type { Notice } from "../state.ts";

/** Of more than these only the latest are kept. */
const noticesMost = 50;

/** What people's own devices signed since they were seen last, until it is dismissed. */
export class Notices {
  #list: readonly Notice[] = [];
  #nextId = 0;
  readonly #nowMs: () => number;
  readonly #onChange: () => void;

  constructor(nowMs: () => number, onChange: () => void) {
    this.#nowMs = nowMs;
    this.#onChange = onChange;
  }

  /** Oldest first. */
  get list(): readonly Notice[] {
    return this.#list;
  }

  /** @param sequence of the last statement that was known of them */
  add(person: Person, sequence: number): void {
    const notice = {
      id: this.#nextId++,
      userId: person.userId,
      displayName: shownName(person),
      head: headOf(person),
      happened: happenedSince(person, sequence),
      atMs: this.#nowMs(),
    };
    this.#list = [...this.#list, notice].slice(-noticesMost);
    this.#onChange();
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
    this.#onChange();
  }
}
