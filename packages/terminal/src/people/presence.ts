import type { UserId } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";

interface Watch {
  readonly userIds: readonly UserId[];
  readonly listener: (reachable: ReadonlyMap<UserId, boolean>) => void;
}

/** As many as one `presence.watch` may name. */
const watchedMost = 256;

/** Who is reachable, for as long as somebody watches. The server knows one set per terminal: the union of all watches. */
export class Presence {
  readonly #link: ServerRequests;
  readonly #watches = new Set<Watch>();
  readonly #reachable = new Map<UserId, boolean>();

  constructor(link: ServerRequests) {
    this.#link = link;
  }

  watch(userIds: readonly UserId[], listener: Watch["listener"]): () => void {
    const watch: Watch = { userIds, listener };
    this.#watches.add(watch);
    listener(this.#known(userIds));
    this.renew();
    return () => {
      this.#watches.delete(watch);
      this.renew();
    };
  }

  /** Tells the server the set anew: when it changed, and after a reconnection. */
  renew(): void {
    const userIds = this.#watched().slice(0, watchedMost);
    void this.#link.ask("presence.watch", { userIds }, (answer) => {
      // Not connected or not signed in: renewed when that is over.
      if (!answer.ok) return;
      for (const { userId, reachable } of answer.body.people) this.#reachable.set(userId, reachable);
      this.#tell();
    });
  }

  changed(userId: UserId, reachable: boolean): void {
    if (!this.#watched().includes(userId)) return;
    this.#reachable.set(userId, reachable);
    this.#tell();
  }

  clear(): void {
    this.#reachable.clear();
    this.#tell();
  }

  #tell(): void {
    for (const { userIds, listener } of this.#watches) listener(this.#known(userIds));
  }

  #watched(): UserId[] {
    return [...new Set([...this.#watches].flatMap(({ userIds }) => userIds))];
  }

  #known(userIds: readonly UserId[]): ReadonlyMap<UserId, boolean> {
    const known = userIds.flatMap((userId) => {
      const reachable = this.#reachable.get(userId);
      return reachable === undefined ? [] : [[userId, reachable] as const];
    });
    return new Map(known);
  }
}
