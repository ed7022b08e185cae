interface Place {
  readonly group: string | undefined;
  readonly sinceMs: number;
}

export interface StrangerLimits {
  readonly most: number;
  readonly mostOfGroup: number;
  readonly mostMs: number;
}

/**
 * Who takes up a socket without being signed in. Nobody is turned away: where it is full, whoever has been there longest makes room, first
 * among those of the same address, then among those of the address that has the most: so that many connections from a few addresses push
 * each other out, and not somebody who has one.
 */
export class Strangers<Who> {
  readonly #limits: StrangerLimits;
  /** The oldest first. */
  readonly #places = new Map<Who, Place>();
  /** Those of no group are one as well, without a bound of its own. */
  readonly #groups = new Map<string | undefined, Set<Who>>();

  constructor(limits: StrangerLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#places.size;
  }

  has(who: Who): boolean {
    return this.#places.has(who);
  }

  /**
   * To be called again when the group becomes known.
   * @param group those who share one allowance; undefined for who is under that of all only
   * @param sinceMs since when their time runs; Infinity for who may stay
   * @returns who has to make room; they are not counted any more
   */
  admit(who: Who, group: string | undefined, sinceMs: number): readonly Who[] {
    this.leave(who);
    const out: Who[] = [];
    const members = group === undefined ? undefined : this.#groups.get(group);
    if (members !== undefined && members.size >= this.#limits.mostOfGroup) out.push(...first(members));
    else if (this.#places.size >= this.#limits.most) out.push(...this.#oldestOfLargest());
    for (const other of out) this.leave(other);
    this.#places.set(who, { group, sinceMs });
    this.#groups.set(group, (this.#groups.get(group) ?? new Set()).add(who));
    return out;
  }

  /** They signed in, or are gone. */
  leave(who: Who): void {
    const place = this.#places.get(who);
    if (place === undefined) return;
    this.#places.delete(who);
    const members = this.#groups.get(place.group);
    members?.delete(who);
    if (members?.size === 0) this.#groups.delete(place.group);
  }

  /** Of several groups that are the largest, the one of which somebody has been there longest. */
  *#oldestOfLargest(): Generator<Who> {
    const largest = Math.max(...Array.from(this.#groups.values(), ({ size }) => size));
    for (const [who, { group }] of this.#places) {
      if (this.#groups.get(group)?.size !== largest) continue;
      yield who;
      return;
    }
  }

  /** The one that has been there longest of those that fit. */
  oldest(fits: (who: Who) => boolean): Who | undefined {
    for (const who of this.#places.keys()) if (fits(who)) return who;
    return undefined;
  }

  /** @returns whose time is over; they are not counted any more */
  over(nowMs: number): readonly Who[] {
    const out: Who[] = [];
    for (const [who, { sinceMs }] of this.#places) if (nowMs - sinceMs >= this.#limits.mostMs) out.push(who);
    for (const who of out) this.leave(who);
    return out;
  }
}

function* first<T>(all: Iterable<T>): Generator<T> {
  for (const one of all) {
    yield one;
    return;
  }
}
