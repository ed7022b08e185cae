/**
 * With whom the person at this terminal compared in person, and how the histories that the server shows stand to that. What was compared counts also at a terminal
 * that never met them: a history without it is not theirs, whatever the server says.
 */
import { lastRecovery, standingOf } from "@signet/device";
import type { ComparisonStanding, Person } from "@signet/device";
import { equalBytes } from "@signet/protocol";
import type { ListedPerson, UserId } from "@signet/protocol";

import type { Comparison } from "./comparison.ts";
import type { HistoryListener } from "./met-keys.ts";

type Compared = NonNullable<ListedPerson["comparedHeads"]>;
type Found = Pick<Comparison, "status" | "recovered">;

export class Comparisons {
  readonly #onRecovered: (userId: UserId) => void;
  #compared: ReadonlyMap<UserId, Compared> = new Map();
  readonly #found = new Map<UserId, Found>();

  /** @param onRecovered hears of somebody whom an administrator recovered since, each time that it is found anew */
  constructor(onRecovered: (userId: UserId) => void) {
    this.#onRecovered = onRecovered;
  }

  /** Of whoever is signed in. @returns of whom no history was held against it yet */
  follow(people: readonly ListedPerson[]): readonly UserId[] {
    const before = this.#compared;
    this.#compared = new Map(
      people.flatMap(({ comparedHeads, userId }) =>
        comparedHeads ? [[userId, comparedHeads] as const] : [],
      ),
    );
    for (const userId of this.#found.keys()) {
      const [was, is] = [before.get(userId), this.#compared.get(userId)];
      if (was === undefined || is === undefined || !equalBytes(was.head, is.head)) this.#found.delete(userId);
    }
    return [...this.#compared.keys()].filter((userId) => !this.#found.has(userId));
  }

  get listener(): HistoryListener {
    return {
      onShown: (person) => this.#note(person),
      check: (person) => (this.#standing(person) === "other" ? "directory.otherThanCompared" : undefined),
      // Whoever was met face to face is nobody new, also where this terminal sees them for the first time.
      isKnown: (userId) => this.#found.get(userId)?.status === "holds",
    };
  }

  #standing(person: Person): ComparisonStanding | undefined {
    const compared = this.#compared.get(person.userId);
    return compared && standingOf(person, compared.head);
  }

  /** A history that verified, whether it is believed or not. */
  #note(person: Person): void {
    const { userId } = person;
    const status = this.#standing(person);
    // That an administrator signed is not taken back by a history of before.
    if (status === undefined || this.#found.get(userId)?.status === "recovered") return;
    const recovery = status === "recovered" ? lastRecovery(person) : undefined;
    this.#found.set(userId, {
      status,
      ...(recovery === undefined ? {} : { recovered: { atMs: recovery.atMs, by: recovery.by.userId } }),
    });
    if (status === "recovered") this.#onRecovered(userId);
  }

  /** @param self the person at this terminal, as their history is now */
  listed(self: Person | undefined): readonly Comparison[] {
    return Array.from(this.#compared, ([userId, { atMs, ownHead }]): Comparison => {
      const found = this.#found.get(userId) ?? { status: "unknown" };
      const isOwn = self !== undefined && standingOf(self, ownHead) === "other";
      return { userId, atMs, ...(isOwn && found.status === "holds" ? { status: "ownOther" } : found) };
    });
  }
}
