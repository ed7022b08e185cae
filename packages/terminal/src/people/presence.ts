import type { SeenPerson, UserId } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";

/** `away`: or they do not show it to the person here. */
export type SeenPresence = "away" | "reachable" | NonNullable<SeenPerson["doing"]>;

const seenOf = ({ doing, reachable }: SeenPerson): SeenPresence =>
  reachable ? (doing ?? "reachable") : "away";

interface Watch {
  readonly userIds: readonly UserId[];
  readonly listener: (seen: ReadonlyMap<UserId, SeenPresence>) => void;
}

/** As many as one `presence.watch` may name. */
const watchedMost = 256;

/** Who is seen as what, for as long as somebody watches. The server knows one set per terminal: the union of all watches. */
export class Presence {
  readonly #link: ServerRequests;
  readonly #watches = new Set<Watch>();
  readonly #seen = new Map<UserId, SeenPresence>();

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
      for (const person of answer.body.people) this.#seen.set(person.userId, seenOf(person));
      this.#tell();
    });
  }

  changed(person: SeenPerson): void {
    const { userId } = person;
    if (!this.#watched().includes(userId)) return;
    this.#seen.set(userId, seenOf(person));
    this.#tell();
  }

  clear(): void {
    this.#seen.clear();
    this.#tell();
  }

  #tell(): void {
    for (const { userIds, listener } of this.#watches) listener(this.#known(userIds));
  }

  #watched(): UserId[] {
    return [...new Set([...this.#watches].flatMap(({ userIds }) => userIds))];
  }

  #known(userIds: readonly UserId[]): ReadonlyMap<UserId, SeenPresence> {
    const known = userIds.flatMap((userId) => {
      const seen = this.#seen.get(userId);
      return seen === undefined ? [] : [[userId, seen] as const];
    });
    return new Map(known);
  }
}
