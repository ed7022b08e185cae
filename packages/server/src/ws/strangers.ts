import type { AddressGroup } from "../http/client-address.ts";

interface Place {
  readonly groups: readonly AddressGroup[];
  readonly sinceMs: number;
}

export interface StrangerLimits {
  readonly most: number;
  readonly mostOfAddress: number;
  readonly mostMs: number;
}

/**
 * Who takes up a socket without being signed in. Nobody is turned away: where it is full, whoever has been there longest makes room, first
 * among those of the same addresses, then among those of the addresses that have the most: so that many connections from a few networks
 * push each other out, and not somebody who has one.
 */
export class Strangers<Who> {
  readonly #limits: StrangerLimits;
  /** The oldest first. */
  readonly #places = new Map<Who, Place>();
  /** By name. */
  readonly #groups = new Map<string, Set<Who>>();

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
   * To be called again when the groups become known.
   * @param groups with whom they share an allowance, the widest first; none for who is under that of all only
   * @param sinceMs since when their time runs; Infinity for who may stay
   * @returns who has to make room; they are not counted any more
   */
  admit(who: Who, groups: readonly AddressGroup[], sinceMs: number): readonly Who[] {
    this.leave(who);
    const out: Who[] = [];
    const makeRoom = (among: Iterable<Who>, depth: number): void => {
      const other = this.#oldestOfLargest([...among], depth);
      if (other === undefined) return;
      this.leave(other);
      out.push(other);
    };
    // The narrowest first: who makes room there does so for the wider ones as well.
    for (const [depth, { name, addresses }] of [...groups.entries()].toReversed()) {
      const members = this.#groups.get(name);
      if (members !== undefined && members.size >= addresses * this.#limits.mostOfAddress)
        makeRoom(members, depth + 1);
    }
    if (this.#places.size >= this.#limits.most) makeRoom(this.#places.keys(), 0);
    this.#places.set(who, { groups, sinceMs });
    for (const { name } of groups) this.#groups.set(name, (this.#groups.get(name) ?? new Set()).add(who));
    return out;
  }

  /** They signed in, or are gone. */
  leave(who: Who): void {
    const place = this.#places.get(who);
    if (place === undefined) return;
    this.#places.delete(who);
    for (const { name } of place.groups) {
      const members = this.#groups.get(name);
      members?.delete(who);
      if (members?.size === 0) this.#groups.delete(name);
    }
  }

  /**
   * Of several groups that are the largest, the one of which somebody has been there longest, and within it so again. Those of no group are
   * one as well.
   * @param among the oldest first
   * @param depth in which of their groups they are counted
   */
  #oldestOfLargest(among: readonly Who[], depth: number): Who | undefined {
    const nameOf = (who: Who): string | undefined => this.#places.get(who)?.groups[depth]?.name;
    const sizes = new Map<string | undefined, number>();
    for (const who of among) sizes.set(nameOf(who), (sizes.get(nameOf(who)) ?? 0) + 1);
    const largest = Math.max(...sizes.values());
    const first = among.find((who) => sizes.get(nameOf(who)) === largest);
    const name = first === undefined ? undefined : nameOf(first);
    if (name === undefined) return first;
    return this.#oldestOfLargest(
      among.filter((who) => nameOf(who) === name),
      depth + 1,
    );
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
