import { statementBytes } from "@signet/protocol";
import type { DirectoryEntryIn, UserId } from "@signet/protocol";

import type { Person } from "../verified.ts";
import { foldHistory } from "./fold.ts";
import type { FoldOptions, FoldResult } from "./fold.ts";
import { isSameEntry } from "./same-entry.ts";

/** Registration and what is made of it, without statements. */
const personBytes = 2_048;

const historyBytes = ({ statements }: DirectoryEntryIn): number =>
  statements.reduce((sum, statement) => sum + statementBytes(statement), personBytes);

/** The latest history of each person, folded: none is folded twice while it is kept, and one that continues it only from there on. */
export class Histories {
  readonly #most: { readonly people: number; readonly bytes: number };
  readonly #known = new Map<UserId, Person>();
  /** Histories that are being folded. */
  readonly #pending = new Map<
    UserId,
    { readonly history: DirectoryEntryIn; readonly result: Promise<FoldResult> }
  >();
  #bytes = 0;

  /** @param most what is kept at the same time; `bytes` of histories. What was kept longest ago gives way. */
  constructor(most: { readonly people: number; readonly bytes: number }) {
    this.#most = most;
  }

  of(userId: UserId): Person | undefined {
    return this.#known.get(userId);
  }

  /** As foldHistory; nothing is kept of it until {@link keep}. */
  fold(history: DirectoryEntryIn, options: Omit<FoldOptions, "known">): Promise<FoldResult> {
    const { userId } = history;
    const known = this.#known.get(userId);
    if (known !== undefined && isSameEntry(history, known.history))
      return Promise.resolve({ ok: true, person: known });
    const pending = this.#pending.get(userId);
    if (pending !== undefined && isSameEntry(history, pending.history)) return pending.result;
    const result = foldHistory(history, { ...options, known });
    const folding = { history, result };
    this.#pending.set(userId, folding);
    return result.finally(() => {
      if (this.#pending.get(userId) === folding) this.#pending.delete(userId);
    });
  }

  /** In place of what was kept of the person. */
  keep(person: Person): void {
    const { userId } = person;
    this.#drop(userId);
    this.#known.set(userId, person);
    this.#bytes += historyBytes(person.history);
    for (const oldest of this.#known.keys()) {
      const isFull = this.#known.size > this.#most.people || this.#bytes > this.#most.bytes;
      if (!isFull || oldest === userId) return;
      this.#drop(oldest);
    }
  }

  #drop(userId: UserId): void {
    const known = this.#known.get(userId);
    if (known === undefined) return;
    this.#known.delete(userId);
    this.#bytes -= historyBytes(known.history);
  }
}
