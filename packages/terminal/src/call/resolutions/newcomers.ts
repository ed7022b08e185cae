/**
 * What those who came into the call last have of its resolutions. All the others work it out alike, by the call's order: a word sealed in the epoch with which
 * they came, or in a later one, is theirs, too; one of an epoch before is not, however late it arrives, and neither is what is said about a resolution that
 * they do not have yet. What they lack one of the others shows them: whoever proposed it, else the host, else the first of them.
 *
 *   epoch n --- word(n) ---------> theirs as well
 *   they come: n + 1 -----------.
 *   word(n), that arrives now --+--> lacking --- resolution.again(n + 1) ---> theirs as well
 */
import { encodeProof, sortedPeople, toBase64Url } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { StatedIn } from "./resolution-words.ts";

/** With an epoch: who is in it, and who came, or came back, with it. */
export interface Entrance {
  readonly epoch: number;
  readonly members: readonly UserId[];
  readonly entered: readonly UserId[];
}

/** By resolution: what was said about it. */
type SaidOf = Map<string, Set<string>>;

/** Whole: with another signature it is something that they may have refused. */
const saidName = ({ proof }: StatedIn): string => toBase64Url(encodeProof(proof));

export class Newcomers {
  #since: number | undefined;
  #newcomers: readonly UserId[] = [];
  #members: readonly UserId[] = [];
  readonly #theirs: SaidOf = new Map();
  /** On its way from here. */
  readonly #shown: SaidOf = new Map();

  entered({ entered, epoch, members }: Entrance): void {
    this.#members = members;
    if (entered.length === 0) return;
    this.#since = epoch;
    this.#newcomers = entered;
    this.#theirs.clear();
    this.#shown.clear();
  }

  /** In the call's order. @param brings the word has the resolution itself in it */
  heard(id: string, said: readonly StatedIn[], { brings, epoch }: { brings: boolean; epoch: number }): void {
    if (this.#since === undefined || epoch < this.#since || !(brings || this.#theirs.has(id))) return;
    note(this.#theirs, id, said);
  }

  /** @returns of what was said, what they are to be shown with the resolution by this terminal now; undefined for nothing */
  toBeShown(
    id: string,
    said: readonly StatedIn[],
    { hostId, proposer, selfId }: { hostId: string | undefined; proposer: UserId; selfId: UserId },
  ): readonly StatedIn[] | undefined {
    if (this.#since === undefined) return undefined;
    const before = sortedPeople(this.#members.filter((userId) => !this.#newcomers.includes(userId)));
    const giver = [proposer, hostId, ...before].find((userId) => before.some((one) => one === userId));
    if (giver !== selfId) return undefined;
    const has = [this.#theirs.get(id), this.#shown.get(id)];
    const lacking = said.filter((one) => !has.some((names) => names?.has(saidName(one))));
    if (lacking.length === 0 && has.some((names) => names !== undefined)) return undefined;
    note(this.#shown, id, lacking);
    return lacking;
  }
}

function note(saidOf: SaidOf, id: string, said: readonly StatedIn[]): void {
  saidOf.set(id, new Set([...(saidOf.get(id) ?? []), ...said.map(saidName)]));
}
