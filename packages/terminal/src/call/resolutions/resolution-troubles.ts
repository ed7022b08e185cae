/** What is shown of what is wrong with the words of one call. */
import { BoundedMap, mostResolutions } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { WordTrouble } from "../word-trouble.ts";

/** That are shown of one call. */
const mostTroubles = 16;

export class ResolutionTroubles {
  #all: readonly WordTrouble[] = [];
  /** By a resolution that nobody has shown here so far: who said something about it. */
  readonly #unknown = new BoundedMap<string, ReadonlySet<UserId>>(mostResolutions);

  get all(): readonly WordTrouble[] {
    return this.#all;
  }

  /** @returns whether it is not there yet */
  add({ code, userId }: WordTrouble): boolean {
    if (this.#all.some((one) => one.code === code && one.userId === userId)) return false;
    this.#all = [...this.#all, { code, ...(userId === undefined ? {} : { userId }) }].slice(-mostTroubles);
    return true;
  }

  isUnknown(id: string, userId: UserId): void {
    this.#unknown.set(id, new Set([...(this.#unknown.get(id) ?? []), userId]));
  }

  /** The resolution came: who comes into a call may hear what is said about one before it is shown again, with that. */
  isKnown(id: string): void {
    if (!this.#unknown.delete(id)) return;
    const still = new Set([...this.#unknown.values()].flatMap((userIds) => [...userIds]));
    this.#all = this.#all.filter(
      ({ code, userId }) => code !== "resolution.unknown" || (userId !== undefined && still.has(userId)),
    );
  }
}
