import type { AddressGroup } from "../http/client-address.ts";

interface Place<Who> {
  /** All that they count with, the widest first. */
  readonly groups: readonly Group<Who>[];
  readonly sinceMs: number;
}

/** Those of some addresses, and of narrower ones within. */
interface Group<Who> {
  readonly name: string;
  /** The oldest first, by the turn in which they came. */
  readonly members: Map<Who, number>;
  readonly inner: Map<string, Group<Who>>;
  /** The turn of the oldest one: to find the largest of thousands must not take a look at all that is in them. */
  oldestTurn: number;
}

/** Of those who are under the allowance of all only: they are one group as well. */
const ofNoGroup = "";

const groupCalled = <Who>(name: string): Group<Who> => ({
  name,
  members: new Map(),
  inner: new Map(),
  oldestTurn: Infinity,
});

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
  readonly #places = new Map<Who, Place<Who>>();
  readonly #all = groupCalled<Who>("");
  #turn = 0;

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
    const makeRoom = (among: Group<Who>): void => {
      const other = oldestOfLargest(among);
      if (other === undefined) return;
      this.leave(other);
      out.push(other);
    };
    // The narrowest first: who makes room there does so for the wider ones as well.
    for (const [depth, { addresses }] of [...groups.entries()].toReversed()) {
      const group = this.#find(groups.slice(0, depth + 1));
      if (group !== undefined && group.members.size >= addresses * this.#limits.mostOfAddress)
        makeRoom(group);
    }
    if (this.#places.size >= this.#limits.most) makeRoom(this.#all);
    this.#add(who, groups, sinceMs);
    return out;
  }

  #find(groups: readonly AddressGroup[]): Group<Who> | undefined {
    let found: Group<Who> | undefined = this.#all;
    for (const { name } of groups) found = found?.inner.get(name);
    return found;
  }

  #add(who: Who, groups: readonly AddressGroup[], sinceMs: number): void {
    const path = [this.#all];
    let outer = this.#all;
    for (const { name } of groups.length === 0 ? [{ name: ofNoGroup }] : groups) {
      const group = outer.inner.get(name) ?? groupCalled<Who>(name);
      outer.inner.set(name, group);
      path.push(group);
      outer = group;
    }
    this.#turn += 1;
    for (const group of path) {
      if (group.members.size === 0) group.oldestTurn = this.#turn;
      group.members.set(who, this.#turn);
    }
    this.#places.set(who, { groups: path, sinceMs });
  }

  /** They signed in, or are gone. */
  leave(who: Who): void {
    const place = this.#places.get(who);
    if (place === undefined) return;
    this.#places.delete(who);
    for (const [depth, group] of place.groups.entries()) {
      group.members.delete(who);
      const [oldest = Infinity] = group.members.values();
      group.oldestTurn = oldest;
      if (group.members.size === 0) place.groups[depth - 1]?.inner.delete(group.name);
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

/** Of several groups that are the largest, the one of which somebody has been there longest, and within it so again. */
function oldestOfLargest<Who>({ inner, members }: Group<Who>): Who | undefined {
  let largest: Group<Who> | undefined;
  for (const group of inner.values()) {
    const more = group.members.size - (largest?.members.size ?? 0);
    if (more > 0 || (more === 0 && group.oldestTurn < (largest?.oldestTurn ?? Infinity))) largest = group;
  }
  if (largest !== undefined) return oldestOfLargest(largest);
  const [oldest] = members.keys();
  return oldest;
}
